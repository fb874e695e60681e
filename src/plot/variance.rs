//! Shares of an outcome's variance due to learning rate, seed and data, with confidence intervals.

use super::frame::{Frame, MARGIN, start_titled};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Scene};
use super::study_picture::{Availability, StudyData, StudyPicture};
use super::text_layout::{shortened, width};
use super::theme::{AXIS_TITLE, BLUE, BODY, INK, SIZE, SOFT, named, number, percent};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::results::VarianceShare;
use crate::sweep::{CellColumn, Hyperparameter};

/// Maximum number of panels, and maximum width of the names of the terms.
const MOST_PANELS: usize = 4;
const NAMES: f64 = 480.0;
/// Maximum and minimum height of a row, and top of the panels below two lines of subtitle.
const HIGHEST: f64 = 80.0;
const LOWEST: f64 = 30.0;
const HEADER: f64 = 215.0;
/// Room right of the bars for the shares, and below a panel.
const NUMBERS: f64 = 130.0;
const BELOW: f64 = 62.0;

/// Component of the data seed in `variance.csv`.
const DATA_SEED: &str = CellColumn::DataSeed.name();
/// Maximum number of panels in the caption; all of them are in `variance.csv`.
const MOST_IN_CAPTION: usize = 2;

/// Picture of the shares of a study's variance.
#[derive(Debug, Clone)]
pub struct VariancePlot<'a> {
    /// All rows of `variance.csv`.
    pub splits: &'a [VarianceShare],
    /// The subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

/// Human-readable name of a term: `initial weights × data`.
pub fn term(component: &str) -> String {
    let words = |factor| match factor {
        "seed" => "initial weights",
        DATA_SEED => "data",
        other => Hyperparameter::ALL
            .into_iter()
            .find(|hyperparameter| hyperparameter.name() == other)
            .map_or(other, |hyperparameter| hyperparameter.words()),
    };
    component.split(':').map(words).collect::<Vec<_>>().join(" × ")
}

impl<'a> VariancePlot<'a> {
    /// Human-readable name of an outcome.
    pub fn outcome(name: &str) -> &str {
        match name {
            "train_acc" => "training accuracy",
            "test_acc" => "test accuracy",
            "train_r2" => "training R²",
            "test_r2" => "test R²",
            other => other,
        }
    }

    /// Whether data sets are crossed with another factor, and there are shares to show.
    pub fn suits(splits: &[VarianceShare]) -> bool {
        splits.iter().any(|split| split.component == DATA_SEED && share(split).is_some())
    }

    /// Panels: success first, then accuracies, of the first combinations; an outcome that is the same for all models
    /// has none.
    pub fn panels(&self) -> Vec<&'a [VarianceShare]> {
        let same = |a: &VarianceShare, b: &VarianceShare| a.labels == b.labels && a.outcome == b.outcome;
        let mut panels: Vec<&[VarianceShare]> = self.splits.chunk_by(same).collect();
        panels.retain(|panel| panel.iter().any(|split| share(split).is_some()));
        panels.sort_by_key(|panel| panel[0].outcome != "success");
        panels.truncate(MOST_PANELS);
        // Rows must not overlap.
        while panels.len() > 1 && row_height(HEADER, &panels) < LOWEST {
            panels.pop();
        }
        panels
    }

    /// Note on the number of combinations of settings and outcomes that have no panel.
    fn left_out(&self, panels: &[&[VarianceShare]]) -> Option<String> {
        let same = |a: &VarianceShare, b: &VarianceShare| a.labels == b.labels && a.outcome == b.outcome;
        let all = self.splits.chunk_by(same).filter(|panel| panel.iter().any(|split| share(split).is_some())).count();
        (all > panels.len()).then(|| format!("{} more in variance.csv", all - panels.len()))
    }

    fn title(&self, panels: &[&[VarianceShare]]) -> String {
        let Some(first) = panels.first() else { return "No variance to share out".into() };
        let largest = first.iter().filter_map(|split| Some((split, share(split)?)));
        match largest.reduce(|a, b| if b.1 > a.1 { b } else { a }) {
            Some((split, share)) => {
                let (of, term) = (Self::outcome(split.outcome), term(&split.component));
                format!("Of the variance of {of} the largest share, {}, belongs to: {term}", percent(share))
            }
            None => "No variance to share out".into(),
        }
    }

    fn subtitle(&self, panels: &[&[VarianceShare]]) -> String {
        let intervals = panels.iter().copied().flatten().any(|split| interval(split).is_some());
        let bars = match intervals {
            true => "lines: 95\u{a0}% intervals (bootstrap over whole seeds and data sets)",
            false => "no intervals: fewer than 10 seeds or data sets",
        };
        let parts = [Some(self.settings.to_owned()), Some(bars.to_owned()), self.left_out(panels)];
        let parts = parts.into_iter().flatten().chain(["a share estimated below 0 stands for 0".to_owned()]);
        parts.collect::<Vec<_>>().join(" · ")
    }
}

/// Height of a row of these panels below a header that ends at `base`.
fn row_height(base: f64, panels: &[&[VarianceShare]]) -> f64 {
    let rows: usize = panels.iter().map(|panel| panel.len()).sum();
    let room = f64::from(SIZE.1) - base - 60.0 - (BELOW + 56.0) * panels.len() as f64;
    (room / rows.max(1) as f64).min(HIGHEST)
}

fn share(split: &VarianceShare) -> Option<f64> {
    split.estimate.and_then(|estimate| estimate.share)
}

fn interval(split: &VarianceShare) -> Option<(f64, f64)> {
    split.estimate.and_then(|estimate| estimate.interval)
}

/// Draws a panel's terms, a row each.
fn draw(scene: &mut Scene, frame: &Frame, splits: &[VarianceShare]) {
    frame.draw(scene);
    let zero = frame.x(0.0);
    scene.line(vec![(zero, frame.top), (zero, frame.bottom)], 2.0, SOFT);
    let height = (frame.bottom - frame.top) / splits.len().max(1) as f64;
    for (n, split) in splits.iter().enumerate() {
        let (middle, half) = (frame.top + (n as f64 + 0.5) * height, (height * 0.3).min(16.0));
        let name = shortened(&term(&split.component), BODY, NAMES);
        scene.text((frame.left - 20.0, middle + 9.0), name, BODY, Align::End);
        let Some(share) = share(split) else { continue };
        scene.rectangle((zero, middle - half), (frame.x(share), middle + half), BLUE);
        if let Some((low, high)) = interval(split) {
            scene.line(vec![(frame.x(low), middle), (frame.x(high), middle)], 4.0, INK);
            for at in [low, high] {
                scene.line(vec![(frame.x(at), middle - 8.0), (frame.x(at), middle + 8.0)], 3.0, INK);
            }
        }
        scene.text((frame.right + 16.0, middle + 9.0), percent(share).replace('-', "−"), named(SOFT), Align::Start);
    }
}

impl Picture for VariancePlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Variance
    }

    fn scene(&self) -> Result<Scene> {
        let panels = self.panels();
        let (mut scene, base) = start_titled(&self.title(&panels), &self.subtitle(&panels));
        let all = panels.iter().copied().flatten();
        let names = all.clone().map(|split| width(&term(&split.component), BODY)).fold(0.0, f64::max).min(NAMES);
        let seen = all.flat_map(|split| [share(split), interval(split).map(|i| i.0), interval(split).map(|i| i.1)]);
        let (low, high) = seen.flatten().fold((0.0_f64, 0.1_f64), |(a, b), v| (a.min(v), b.max(v)));
        let x = PlotAxis::linear(low.max(-0.3), high.min(1.2)).written(|v| number(100.0 * v, 3)).widened();
        let height = row_height(base, &panels);
        let mut top = base + 66.0;
        for panel in panels {
            let words = [
                vec![format!("share of the variance of {} (%)", Self::outcome(panel[0].outcome))],
                panel[0].labels.clone(),
            ];
            let words = super::theme::titled(&words.concat().join(", "));
            scene.text((MARGIN, top), words, AXIS_TITLE, Align::Start);
            let (left, right) = (MARGIN + names + 20.0, f64::from(SIZE.0) - MARGIN - NUMBERS);
            let bottom = top + 22.0 + height * panel.len() as f64;
            let y = PlotAxis::linear(0.0, 1.0).without_ticks();
            draw(&mut scene, &Frame { left, right, top: top + 22.0, bottom, x: x.clone(), y }, panel);
            top = bottom + BELOW + 34.0;
        }
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(&self.panels())
    }
}

impl StudyPicture for VariancePlot<'_> {
    fn availability(study: &StudyData) -> Availability {
        if Self::suits(study.splits) { Availability::Drawn } else { Availability::Pointless }
    }

    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        Some(Box::new(VariancePlot { splits: study.splits, settings: &study.settings }))
    }
}

/// Returns each term's share with its interval, for the first panels of the picture.
fn caption(panels: &[&[VarianceShare]]) -> String {
    let sentences: Vec<String> = panels.iter().take(MOST_IN_CAPTION).map(|panel| of_panel(panel)).collect();
    format!(
        "{} With 95\u{a0}% intervals where there are seeds and data sets enough; variance.csv has all.",
        sentences.join(" ")
    )
}

/// Returns, for example, `Of the variance of success: learning rate 61.2 % (54.1 % to 68 %), initial weights × data 3 %
/// (no interval).`
fn of_panel(panel: &[VarianceShare]) -> String {
    let shown = |share: f64| percent(share).replace('-', "−");
    let one = |split: &VarianceShare| {
        let estimate = split.estimate?;
        let interval = match estimate.interval {
            Some((low, high)) => format!("{} to {}", shown(low), shown(high)),
            None => "no interval".to_owned(),
        };
        Some(format!("{} {} ({interval})", term(&split.component), shown(estimate.share?)))
    };
    let terms: Vec<String> = panel.iter().filter_map(one).collect();
    let place = [vec![VariancePlot::outcome(panel[0].outcome).to_owned()], panel[0].labels.clone()].concat().join(", ");
    format!("Of the variance of {place}: {}.", terms.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::scene::Primitive;
    use super::*;
    use crate::statistics::variance::VarianceComponent;

    fn split(outcome: &'static str, component: &str, share: f64, interval: Option<(f64, f64)>) -> VarianceShare {
        let estimate = Some(VarianceComponent { factors: 1, variance: share, share: Some(share), interval });
        VarianceShare { labels: Vec::new(), outcome, component: component.into(), estimate, seeds: 20, levels: 2 }
    }

    #[test]
    fn every_term_has_a_bar_as_long_as_its_share_and_its_interval() {
        let wide = Some((0.3, 0.7));
        let splits = [
            split("success", "lr", 0.25, None),
            split("success", "data_seed", 0.5, wide),
            split("success", "lr:data_seed", 0.25, None),
            split("train_acc", "data_seed", 1.0, None),
        ];
        assert!(VariancePlot::suits(&splits) && !VariancePlot::suits(&splits[..1]));
        let scene = VariancePlot { splits: &splits, settings: "" }.scene().unwrap();
        let bars: Vec<f64> = scene
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Primitive::Rectangle { corners: [low, high], .. } => Some(high.0 - low.0),
                _ => None,
            })
            .collect();
        assert!((bars[1] / bars[0] - 2.0).abs() < 1e-9 && (bars[3] / bars[0] - 4.0).abs() < 1e-9, "{bars:?}");
        let words: Vec<&str> = scene.labels.iter().map(|label| label.text.as_str()).collect();
        assert!(words.contains(&"learning rate × data") && words.contains(&"50\u{a0}%"), "{words:?}");
        assert!(scene.title.contains("success") && scene.title.ends_with("belongs to: data"), "{}", scene.title);
    }

    #[test]
    fn rows_never_overlap() {
        let terms = ["lr", "seed", "data_seed", "lr:seed", "lr:data_seed", "seed:data_seed", "lr:seed:data_seed"];
        let of = |outcome| terms.map(|term| split(outcome, term, 1.0 / 7.0, None));
        let splits = ["success", "train_acc", "test_acc"].map(of).concat();
        let plot = VariancePlot { splits: &splits, settings: "" };
        assert_eq!((plot.panels().len(), plot.left_out(&plot.panels())), (2, Some("1 more in variance.csv".into())));
        let scene = plot.scene().unwrap();
        let mut at: Vec<f64> = scene.labels.iter().filter(|l| l.text.contains(" × ")).map(|label| label.at.1).collect();
        at.sort_by(f64::total_cmp);
        assert!(at.len() == 8 && at.windows(2).all(|pair| pair[1] - pair[0] >= LOWEST), "{at:?}");
    }

    #[test]
    fn every_share_has_its_interval_in_the_caption() {
        let split = |component: &str, share, interval| VarianceShare {
            labels: vec!["adam".to_owned()],
            ..split("success", component, share, interval)
        };
        let splits = [split("data_seed", 0.5, Some((0.3, 0.7))), split("lr", -0.0104, None)];
        let said = VariancePlot { splits: &splits, settings: "" }.caption().replace('\u{a0}', " ");
        let start = "Of the variance of success, adam: data 50 % (30 % to 70 %), learning rate −1 % (no interval).";
        assert!(said.starts_with(start), "{said}");
    }
}

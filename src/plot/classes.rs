//! Outcome classes along the learning rate or another hyper-parameter, as stacked shares.

use super::bins::Bins;
use super::caption_parts::ends;
use super::class_layers::{LAYERS, share, words};
use super::facet::Facet;
use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::scene::{Position, Scene};
use super::sentences;
use super::strip_rows::{self, StripRows};
use super::study_picture::{StudyData, StudyPicture};
use super::theme::{Rgb, WHITE, count, models, named, number, percent, readable, titled};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::plural::verb;
use crate::statistics::{Group, OutcomeClass};

/// Plot of the outcome classes of a sweep.
#[derive(Debug, Clone)]
pub struct ClassesPlot<'a> {
    /// Outcomes of all models along the plotted hyper-parameter; several curves are pooled or have a row each.
    pub view: Facet<'a>,
    /// Accuracy above which a model is a success, 0 to 1.
    pub threshold: f64,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

impl ClassesPlot<'_> {
    /// Returns the title: the number of successes, and the most frequent other class.
    fn title(&self) -> String {
        let total = self.view.summary.total();
        let failures = total.n - total.successes();
        let worst = LAYERS[1..].iter().max_by_key(|(class, ..)| total.of_class(*class));
        match worst {
            _ if total.n == 0 => "No models to show".into(),
            Some((class, _, words)) if failures > 0 => {
                let (most, good) = (total.of_class(*class), total.successes());
                let (all, ends) = (models(total.n), format!("{} as: {words}", verb(most, "end")));
                match good {
                    _ if total.n == 1 => format!("The only model {ends}"),
                    0 if most == total.n => format!("All {all} {ends}"),
                    0 => format!("None of {all} succeeds; {} of them {ends}", count(most)),
                    _ if failures == 1 => {
                        format!("{} of {all} {}; the other one {ends}", count(good), verb(good, "succeed"))
                    }
                    _ => format!(
                        "{} of {all} {}; {} of the others {ends}",
                        count(good),
                        verb(good, "succeed"),
                        count(most)
                    ),
                }
            }
            _ if total.n == 1 => "The only model succeeds".into(),
            _ => format!("All {} succeed", models(total.n)),
        }
    }

    fn subtitle(&self, bins: &Bins) -> String {
        let success = format!(
            "success: {} · on the right: all models",
            self.view.summary.measure().above_short(&percent(self.threshold))
        );
        let baseline = sentences::training_baseline(&self.view);
        let parts = [Some(self.settings.to_string()), Some(success), bins.note(self.view.x), baseline];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

impl ClassesPlot<'_> {
    fn strips_subtitle(&self) -> String {
        let success = format!("success: {}", self.view.summary.measure().above_short(&percent(self.threshold)));
        let baseline = sentences::training_baseline(&self.view);
        let parts = [Some(self.settings.to_string()), Some(success), strip_rows::left_out(&self.view), baseline];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

impl Picture for ClassesPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Classes
    }

    fn scene(&self) -> Result<Scene> {
        if strip_rows::suits(&self.view) {
            let (title, subtitle) = (self.title(), self.strips_subtitle());
            return Ok(StripRows { view: &self.view, title, subtitle, x: "Models (%)" }.classes());
        }
        let bins = Bins::of(&self.view.pooled());
        let (title, subtitle) = (self.title(), self.subtitle(&bins));
        let x = self.view.x_title();
        let header = Heading { title: &title, subtitle: &subtitle, x: &x, y: "Models (%)", right: 260.0 };
        let percents = PlotAxis::linear(0.0, 1.0).written(|v| number(100.0 * v, 4));
        let (mut scene, frame) = begin(&header, PlotAxis::learning_rate(&self.view.values()), percents);
        frame.draw(&mut scene);
        let groups: Vec<&Group> = bins.groups.iter().filter(|group| group.n > 0).collect();
        let mut below = vec![0.0; groups.len()];
        let mut ends = Vec::new();
        for &(class, rgb, words) in LAYERS {
            let above: Vec<f64> = groups.iter().zip(&below).map(|(group, low)| low + share(group, class)).collect();
            if above != below {
                layer(&mut scene, &frame, &groups, [&below, &above], rgb);
                let whole = share(&self.view.summary.total(), class);
                let middle = below.last().zip(above.last()).map_or(0.5, |(low, high)| (low + high) / 2.0);
                ends.push((frame.y(middle), format!("{words} {}", percent(whole)), named(readable(rgb))));
            }
            below = above;
        }
        frame.label_ends(&mut scene, &ends);
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(&self.view)
    }
}

impl StudyPicture for ClassesPlot<'_> {
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let (view, threshold) = (study.facets.view.clone(), study.threshold());
        Some(Box::new(ClassesPlot { view, threshold, settings: &study.settings }))
    }
}

/// Describes how many models fail and how, and where on the axis the most frequent class is.
fn caption(view: &Facet) -> String {
    let total = &view.summary.total();
    let failures = total.n - total.successes();
    let mut found = OutcomeClass::ALL.to_vec();
    found.retain(|class| *class != OutcomeClass::Success && total.of_class(*class) > 0);
    found.sort_by_key(|class| std::cmp::Reverse(total.of_class(*class)));
    let Some(first) = found.first().copied() else { return "No model failed.".to_owned() };
    let share = |(k, class): (usize, &OutcomeClass)| {
        let (n, end) = (total.of_class(*class), if k == 0 { "end as " } else { "as " });
        format!("{} ({}) {end}{}", count(n), percent(n as f64 / failures as f64), words(*class))
    };
    let listed: Vec<String> = found.iter().enumerate().map(share).collect();
    let who = match (failures, &found[..]) {
        (1, _) => format!("The only failure ends as {}", words(first)),
        (_, [only]) => format!("All {} failures end as {}", count(failures), words(*only)),
        _ => format!("Of the {} failures {}", count(failures), listed.join(", ")),
    };
    let pooled = view.pooled();
    let at = |group: &Group| percent(group.of_class(first) as f64 / group.n.max(1) as f64);
    let far = ends(pooled.groups()).map_or(String::new(), |[low, high]| {
        let (a, b, class) = (number(low.x, 3), number(high.x, 3), words(first));
        format!(" At {} {a} {} of all models end as {class}, at {b} {}.", view.x, at(low), at(high))
    });
    let meaning = meaning(first).map_or(String::new(), |meaning| format!(" {}: {meaning}.", titled(words(first))));
    format!("{who}.{meaning}{far}")
}

/// Explains a class; `None` if its name is enough.
fn meaning(class: OutcomeClass) -> Option<&'static str> {
    match class {
        OutcomeClass::Diverged => Some("a number grew beyond all bounds"),
        OutcomeClass::Exploded => Some("the loss ended beyond a million times the first"),
        OutcomeClass::DeadRelu => Some("no hidden unit answers to any point any more"),
        OutcomeClass::Chance => Some("hardly better than ignoring the inputs"),
        OutcomeClass::Slow => Some("the loss was still falling at the end"),
        OutcomeClass::Success | OutcomeClass::Other => None,
    }
}

/// Fills the area between two heights; a single group becomes a bar.
fn layer(scene: &mut Scene, frame: &Frame, groups: &[&Group], [low, high]: [&[f64]; 2], rgb: Rgb) {
    let places =
        |heights: &[f64]| -> Vec<Position> { groups.iter().zip(heights).map(|(g, y)| frame.at(g.x, *y)).collect() };
    let (low, high) = (places(low), places(high));
    match low[..] {
        [only] => scene.rectangle((only.0 - 60.0, only.1), (only.0 + 60.0, high[0].1), rgb),
        _ => {
            scene.fill(low.iter().chain(high.iter().rev()).copied().collect(), rgb);
            scene.line(high, 2.0, WHITE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::success::SuccessPlot;
    use super::*;
    use crate::statistics::{ModelResult, OutcomeClass, Summary};

    /// Titles of the classes and the success plot for models on 100 points, of these classes, at one learning rate.
    fn titles(classes: &[OutcomeClass]) -> [String; 2] {
        let mut summary = Summary::of_points(vec![[100, 0]]);
        for (id, class) in classes.iter().enumerate() {
            let correct =
                (*class != OutcomeClass::Diverged).then_some(if *class == OutcomeClass::Success { 95 } else { 50 });
            summary.add(0, &[Some(0.1)], ModelResult::of_training(id as u64, *class, correct, None));
        }
        let view = Facet::plain(&summary);
        let success = SuccessPlot { view: view.clone(), threshold: 0.7, settings: "" }.title();
        [ClassesPlot { view, threshold: 0.7, settings: "" }.title(), success].map(|title| title.replace('\u{a0}', " "))
    }

    #[test]
    fn titles_count_as_people_do() {
        use OutcomeClass::{Chance, Success};
        assert_eq!(titles(&[Success])[0], "The only model succeeds");
        assert_eq!(titles(&[Chance])[0], "The only model ends as: chance");
        assert_eq!(titles(&[Success; 3])[0], "All 3 models succeed");
        assert_eq!(titles(&[Chance; 3])[0], "All 3 models end as: chance");
        assert_eq!(
            titles(&[Chance, Chance, OutcomeClass::Diverged])[0],
            "None of 3 models succeeds; 2 of them end as: chance"
        );
        assert_eq!(titles(&[Success, Chance])[0], "1 of 2 models succeeds; the other one ends as: chance");
        let many = [Success, Chance, Chance, OutcomeClass::Diverged];
        assert_eq!(titles(&many)[0], "1 of 4 models succeeds; 2 of the others end as: chance");
        assert_eq!(titles(&[Success])[1], "The only model gets more than 70 % of the points right");
        assert_eq!(titles(&[Success, Chance])[1], "1 of 2 models gets more than 70 % of the points right");
    }
}

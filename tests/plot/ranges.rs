//! Axis ranges that ignore outliers, and the reference lines of accuracy pictures.

use crate::SETTINGS;
use crate::svg::{attribute, check_png, folder, labels, number, svg_words, tags};
use gpu_sweep::plot::{AccuracyPlot, ClassesPlot, ComparisonPlot, Facet, HistogramPlot, Picture, SuccessPlot, write};
use gpu_sweep::statistics::{ModelResult, OutcomeClass, RowCounts, SelectionScore, Summary};

/// Draws a picture; returns the label text and the source of its SVG.
fn drawn(picture: &dyn Picture, name: &str) -> (String, String) {
    let files = write(picture, &folder(&format!("ranges/{name}")).join(picture.name())).unwrap();
    check_png(&files[0]);
    (svg_words(&files[1]), std::fs::read_to_string(&files[1]).unwrap())
}

/// A summary of models at learning rates 0.1, 0.2, ..., given each model's correct points of 1000.
fn summary(baseline: f64, models: &[&[u32]]) -> Summary {
    let rows = RowCounts::binary(1000, (1000.0 * baseline).round() as u32);
    let mut summary = Summary::new(vec![[rows, RowCounts::default(), RowCounts::default()]]).sharing_seeds(true);
    for (k, correct) in models.iter().enumerate() {
        for (seed, correct) in correct.iter().enumerate() {
            let class = if f64::from(*correct) > 700.0 { OutcomeClass::Success } else { OutcomeClass::Chance };
            let verdict = ModelResult::of_training((100 * k + seed) as u64, class, Some(*correct), None);
            let choice = SelectionScore { score: Some(f64::from(*correct) / 1000.0), seed: Some(seed as u64) };
            summary.add_chosen(0, &[Some(0.1 * (k + 1) as f64)], verdict, choice);
        }
    }
    summary
}

fn accuracy(summary: &Summary) -> AccuracyPlot<'_> {
    AccuracyPlot { view: Facet::plain(summary), settings: SETTINGS, reference: None }
}

/// The smallest tick label of the vertical axis.
fn lowest(svg: &str) -> f64 {
    let ticks = labels(svg).into_iter().filter(|(_, [_, right, _])| *right < 1200.0);
    ticks.filter_map(|(text, _)| text.parse().ok()).fold(f64::INFINITY, f64::min)
}

#[test]
fn one_outlier_does_not_squeeze_the_accuracies() {
    let many: Vec<u32> = (0..50).map(|k| 955 + k % 30).collect();
    let with = [&many[1..], &[396]].concat();
    let (_, svg) = drawn(&accuracy(&summary(0.5, &[&many, &many])), "plain");
    let (words, outlier) = drawn(&accuracy(&summary(0.5, &[&many, &with])), "outlier");
    // The mean of the second group is 96 %; both axes begin shortly below the accuracies.
    assert!(lowest(&svg) >= 90.0 && lowest(&outlier) >= 90.0, "{} {}", lowest(&svg), lowest(&outlier));
    assert!(words.contains("1 model beyond the axis (triangles)"), "{words}");
    let dots = |svg: &str| tags(svg, "circle").len();
    assert_eq!(dots(&svg), dots(&outlier) + 1, "a triangle in the place of a dot");
    let camp: Vec<u32> = many.iter().enumerate().map(|(k, n)| if k % 5 == 0 { 500 } else { *n }).collect();
    let (words, svg) = drawn(&accuracy(&summary(0.5, &[&many, &camp])), "camp");
    assert!(lowest(&svg) <= 50.0 && !words.contains("beyond the axis"), "a tenth is no outlier: {}", lowest(&svg));
}

#[test]
fn the_most_common_class_is_a_line_in_every_picture_of_accuracies() {
    let many: Vec<u32> = (0..20).map(|k| 970 + k).collect();
    let summary = summary(0.975, &[&many, &many]);
    let view = || Facet::plain(&summary);
    let (threshold, settings) = (0.985, SETTINGS);
    let pictures: [&dyn Picture; 4] = [
        &accuracy(&summary),
        &HistogramPlot { summary: &summary, threshold, settings },
        &SuccessPlot { view: view(), threshold, settings },
        &ComparisonPlot { view: Facet { names: vec!["a".into()], ..view() }, threshold, paired: true, settings },
    ];
    for picture in pictures {
        let (words, _) = drawn(picture, "baseline");
        assert!(words.contains("always the most common class: 97.5 %"), "{}: {words}", picture.name());
    }
    // Far below the axis, the baseline is a label and a triangle instead of a line.
    let high: Vec<u32> = (0..20).map(|k| 990 + k % 5).collect();
    let (words, _) = drawn(&accuracy(&crate::ranges::summary(0.5, &[&high, &high])), "below");
    assert!(words.contains("always the most common class: 50 %"), "{words}");
}

#[test]
fn a_bar_under_the_axis_covers_what_is_as_good_as_the_best() {
    let low: Vec<u32> = (0..20).map(|k| 600 + 3 * k).collect();
    let a: Vec<u32> = (0..20).map(|k| 900 + 7 * (k % 5)).collect();
    let b: Vec<u32> = (0..20).map(|k| 900 + 7 * ((k + 2) % 5)).collect();
    let summary = summary(0.5, &[&low, &a, &b, &low]);
    let success = SuccessPlot { view: Facet::plain(&summary), threshold: 0.7, settings: SETTINGS };
    for picture in [&accuracy(&summary) as &dyn Picture, &success] {
        let (words, svg) = drawn(picture, "near_best");
        assert!(words.contains("bar: indistinguishable"), "{words}");
        let lines = |wanted: &str| -> Vec<[(f64, f64); 2]> {
            let of = tags(&svg, "polyline").into_iter().filter(|tag| attribute(tag, "stroke") == wanted);
            let place = |at: &str| at.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap();
            let ends = of.map(|tag| attribute(tag, "points").split_whitespace().map(place).collect::<Vec<_>>());
            ends.filter(|ends| ends.len() == 2).map(|ends| [ends[0], ends[1]]).collect()
        };
        let bottom = lines("#9CA3AF").iter().map(|[a, _]| a.1).fold(0.0, f64::max);
        let bars: Vec<_> = lines("#0072B2").into_iter().filter(|[a, b]| a.1 == b.1 && a.1 > bottom).collect();
        let [[from, to]] = bars[..] else { panic!("{bars:?}") };
        let tick = |text: &str| {
            let found = labels(&svg).into_iter().find(|(label, [_, _, y])| label == text && *y > bottom).unwrap();
            (found.1[0] + found.1[1]) / 2.0
        };
        assert!((from.0 - tick("0.2")).abs() < 15.0 && (to.0 - tick("0.3")).abs() < 15.0, "{from:?} {to:?}");
    }
}

#[test]
fn several_choices_at_one_value_are_rows() {
    let mut summary = Summary::of_points(vec![[100, 0]; 3]);
    for (cell, id) in (0..3).flat_map(|cell| (0..20u32).map(move |id| (cell, id))) {
        let train = Some(60 + 10 * cell as u32 + id);
        let class = if train > Some(70) { OutcomeClass::Success } else { OutcomeClass::Slow };
        summary.add(cell, &[Some(0.1)], ModelResult::of_training(id.into(), class, train, None));
    }
    let names = ["zeros", "xavier", "he"].map(String::from).to_vec();
    let view = Facet::of(&summary, "learning rate", summary.along(0), names);
    let (words, svg) = drawn(&AccuracyPlot { view: view.clone(), settings: SETTINGS, reference: None }, "strips");
    for part in ["zeros", "xavier", "he", "mean 69.5 %", "mean 89.5 %"] {
        assert!(words.contains(part), "no {part:?} in {words}");
    }
    assert_eq!(tags(&svg, "circle").len(), 60 + 2 * 3, "a dot for each model, and the means'");
    let colour = |svg: &str, name: &str| {
        let at = svg.find(&format!(">\n{name}\n<")).unwrap();
        attribute(&svg[svg[..at].rfind("<text").unwrap()..at], "fill").to_owned()
    };
    assert_eq!(colour(&svg, "zeros"), colour(&svg, "he"), "names are ink");
    let (words, svg) = drawn(&SuccessPlot { view: view.clone(), threshold: 0.7, settings: SETTINGS }, "strips");
    assert!(words.contains("9 of 20") && words.contains("19 of 20") && words.contains("20 of 20"), "{words}");
    let bars: Vec<f64> = tags(&svg, "rect").into_iter().skip(1).map(|tag| number(tag, "width")).collect();
    assert!(bars.len() == 3 && (bars[2] / bars[0] - 20.0 / 9.0).abs() < 0.01, "{bars:?}");
    let (words, svg) = drawn(&ClassesPlot { view, threshold: 0.7, settings: SETTINGS }, "strips");
    assert!(words.contains("success") && words.contains("slow") && words.contains("20 models"), "{words}");
    // Two parts of a bar in each of two rows, one in the third row, two in the legend.
    assert_eq!(tags(&svg, "rect").len() - 1, 2 + 2 + 1 + 2);
}

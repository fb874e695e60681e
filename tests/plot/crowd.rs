//! Pictures of many models: heat maps, quantile fans, comparisons, densities.

use crate::SETTINGS;
use crate::made_up::run;
use crate::svg::{attribute, check_png, folder, labels, number, svg_words, tags};
use gpu_sweep::plot::{
    AccuracyPlot, ComparisonPlot, Facet, FanPanel, FanPlot, HeatmapCell, HeatmapPlot, LossSource, Picture, SeedRow,
    few, write,
};
use gpu_sweep::statistics::{ModelResult, OutcomeClass, Summary};
use std::time::Instant;

const VERMILION: &str = "#D55E00";
/// Colour of the third curve.
const ADA: &str = "#009E73";
/// Size limit of an SVG file: larger ones are hard to mail and slow to open.
const MOST_BYTES: usize = 400_000;

/// Draws a picture; returns the label text and the source of its SVG.
fn drawn(picture: &dyn Picture, name: &str) -> (String, String) {
    let files = write(picture, &folder(&format!("crowd/{name}")).join(picture.name())).unwrap();
    check_png(&files[0]);
    let svg = std::fs::read_to_string(&files[1]).unwrap();
    assert!(svg.len() < MOST_BYTES, "{name}: {} bytes", svg.len());
    (svg_words(&files[1]), svg)
}

/// A heat map with a row per line: `+` succeeds with 90 %, `-` fails with 50 %, `x` diverged, ` ` is missing.
fn heatmap(lines: &[&str]) -> HeatmapPlot {
    let row = |(seed, line): (usize, &&str)| {
        let spot = |c| match c {
            '+' => HeatmapCell::Accuracy(0.9),
            '-' => HeatmapCell::Accuracy(0.5),
            'x' => HeatmapCell::Diverged,
            _ => HeatmapCell::Missing,
        };
        let spots: Vec<HeatmapCell> = line.chars().map(spot).collect();
        let accuracies =
            spots.iter().map(|spot| if let HeatmapCell::Accuracy(share) = spot { *share } else { 0.0 }).sum();
        let models = spots.iter().filter(|spot| **spot != HeatmapCell::Missing).count() as u64;
        SeedRow { seed: seed as u64, spots, models, successes: line.matches('+').count() as u64, accuracies }
    };
    let width = lines.first().map_or(0, |line| line.len());
    HeatmapPlot {
        measure: gpu_sweep::statistics::Measure::Accuracy,
        x: "learning rate".into(),
        values: (0..width).map(|k| 0.001 * 2f64.powi(k as i32)).collect(),
        all_values: width as u64,
        rows: lines.iter().enumerate().map(row).collect(),
        all_seeds: lines.len() as u64,
        tested: false,
        baseline: Some(0.5),
        curve: String::new(),
        data_sets: 1,
        settings: SETTINGS.into(),
    }
}

/// Left edge, top and colour of a heat map's cells: all rectangles right of the row names except the colour bar.
fn cells(svg: &str) -> Vec<(f64, f64, String)> {
    let cell = |tag: &&str| number(tag, "x") >= 3000.0 && number(tag, "x") < 13_500.0 && number(tag, "width") > 0.0;
    let cells = tags(svg, "rect").into_iter().filter(cell).skip(1);
    cells.map(|tag| (number(tag, "x"), number(tag, "y"), attribute(tag, "fill").to_owned())).collect()
}

#[test]
fn a_heat_map_sorts_its_seeds_and_merges_what_is_alike() {
    let plot = heatmap(&["--xx", "++++", "-+++", "----", "+++ "]);
    let (words, svg) = drawn(&plot, "heatmap");
    assert!(words.contains("2 of 5 seeds fail at every learning rate, 2 succeed at all of them"), "{words}");
    for part in ["2 succeed at all", "1 at some", "2 fail at all", "diverged", "no model"] {
        assert!(words.contains(part), "no {part:?} in {words}");
    }
    let cells = cells(&svg);
    // From the top: all succeed; all but a missing one; all but one; two failures, the better mean first.
    let rows: Vec<usize> = cells.chunk_by(|a, b| a.1 == b.1).map(<[_]>::len).collect();
    assert_eq!(rows, [1, 1, 2, 1, 2], "{cells:?}");
    assert!(cells.windows(2).all(|pair| pair[0].1 <= pair[1].1));
    assert_eq!(cells.iter().filter(|cell| cell.2 == VERMILION).count(), 1, "two diverged models in one piece");
    assert_eq!(cells[2].2, cells[4].2, "the same failure has the same colour in every row");
}

#[test]
fn a_heat_map_says_what_it_leaves_out_and_whose_it_is() {
    let plot = HeatmapPlot { all_seeds: 25_000, all_values: 9, curve: "adam".into(), ..heatmap(&["-x", "--"]) };
    let (words, _) = drawn(&plot, "heatmap_some");
    assert!(words.contains("2 of 25,000 seeds, evenly chosen · 2 of 9 learning rates, evenly chosen"), "{words}");
    assert!(words.contains("All 2 seeds fail at every learning rate") && words.contains("here: adam, the best"));
    let titles = [
        (&["++", "++"][..], "All 2 seeds succeed at every learning rate"),
        (&["+-", "-+"], "Each of 2 seeds succeeds at some learning rates and fails at others"),
        (&["+-", "++"], "Each of 2 seeds succeeds at some learning rate, 1 at all of them"),
        (&["+-", "--"], "1 of 2 seeds fails at every learning rate, none succeeds at all of them"),
        (&["++", "--", "--"], "2 of 3 seeds fail at every learning rate, 1 succeeds at all of them"),
        (&["xx", "xx"], "All 2 seeds fail at every learning rate"),
        (&[], "No seeds to show"),
    ];
    for (k, (lines, title)) in titles.into_iter().enumerate() {
        let (words, _) = drawn(&heatmap(lines), &format!("heatmap_{k}"));
        assert!(words.contains(title), "no {title:?} in {words}");
    }
    let mut broken = heatmap(&["++", "--"]);
    broken.values.pop();
    assert!(broken.scene().is_err());
}

#[test]
fn the_largest_heat_map_stays_small() {
    let mut plot = heatmap(&["+".repeat(40).as_str(); 100]);
    let mut k = 0u64;
    for spot in plot.rows.iter_mut().flat_map(|row| &mut row.spots) {
        k = k.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *spot = HeatmapCell::Accuracy((k >> 11) as f64 / (1u64 << 53) as f64);
    }
    drawn(&plot, "heatmap_large");
}

/// A fan for every learning rate of a generated run, from the quantiles at epochs 0 and 10.
fn fans(rates: &[f64], quantiles: &[[f64; 3]; 2]) -> FanPlot {
    let run = run(rates, 10, false, 0.0);
    let view = Facet::plain(&run.summary);
    let ends = |at: usize| quantiles[1][[0, 1, 1, 1, 1, 1, 1, 2, 2, 2][at]];
    let lost = (0..10).filter(|at| !ends(*at).is_finite()).count() as u64;
    let mut ended = Summary::of_points(vec![[200, 0]]);
    for (id, loss) in (0..10).map(|at| Some(ends(at)).filter(|loss| loss.is_finite())).enumerate() {
        let class = if loss.is_none() { OutcomeClass::Diverged } else { OutcomeClass::Other };
        ended.add(0, &[Some(0.1)], ModelResult::of_training(id as u64, class, loss.map(|_| 100), loss));
    }
    let fan = |picked| {
        let mut fan = FanPanel::of(picked, 10, lost, quantiles.to_vec());
        fan.group = ended.total();
        fan
    };
    FanPlot {
        epochs: vec![0, 10],
        loss: "mean binary cross-entropy".into(),
        fans: few(&view, 6).iter().map(fan).collect(),
        source: LossSource::Histograms,
        tested: 0,
        settings: SETTINGS.into(),
    }
}

#[test]
fn a_fan_has_a_panel_for_each_value_with_band_and_median() {
    let rates: Vec<f64> = (1..=9).map(|k| 0.01 * f64::from(k)).collect();
    for n in [1, 2, 3, 4, 9] {
        let (words, svg) = drawn(&fans(&rates[..n], &[[0.6, 0.7, 0.8], [0.1, 0.2, 0.7]]), &format!("fan_{n}"));
        assert_eq!(tags(&svg, "polygon").len(), n.min(6), "a band for each");
        assert!(words.contains("7 of 10 models end with a loss of 0.2 or less, 3 with 0.7 or more"), "{words}");
        assert!(
            words.contains("quantiles interpolated in bins 6 to 12 % wide")
                && words.contains(&format!("{} models", 10 * n.min(6)))
        );
    }
}

#[test]
fn what_diverges_leaves_a_fan_and_is_counted() {
    let gone = f64::INFINITY;
    let (words, svg) = drawn(&fans(&[0.1], &[[0.6, 0.7, 0.8], [0.1, 0.2, gone]]), "fan_leaves");
    assert!(
        words.contains("7 of 10 models end with a loss of 0.2 or less, 3 diverged")
            && words.contains("3 of them diverged: counted as infinite")
    );
    let band = attribute(tags(&svg, "polygon")[0], "points").to_owned();
    let heights: Vec<f64> = band.split_whitespace().map(|at| at.split(',').nth(1).unwrap().parse().unwrap()).collect();
    // At the end the band reaches the upper edge of the frame, above the initial losses.
    let top = heights.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(heights[3] < top + 1.0 || heights[2] < top + 1.0, "{heights:?}");
    let grid = tags(&svg, "polyline").into_iter().filter(|tag| attribute(tag, "stroke") == "#E5E7EB");
    let edges =
        grid.flat_map(|tag| attribute(tag, "points").split_whitespace()).map(|at| at.split(',').nth(1).unwrap());
    let edge = edges.map(|y| y.parse::<f64>().unwrap()).fold(f64::INFINITY, f64::min);
    assert!((top - edge).abs() <= 1.0, "{top} {edge}");
    let (words, _) = drawn(&fans(&[0.1], &[[0.6, 0.7, 0.8], [gone; 3]]), "fan_gone");
    assert!(words.contains("models diverged"), "{words}");
    let (words, _) = drawn(&fans(&[0.1], &[[gone; 3]; 2]), "fan_never");
    assert!(words.contains("all diverged"), "{words}");
    let mut broken = fans(&[0.1], &[[0.1; 3]; 2]);
    broken.epochs.pop();
    assert!(broken.scene().is_err());
}

/// A summary of `count` curves with `n` models each, the third one the best: rank r has `198 - r` of 200 points right,
/// ± 2; all models of the last curve diverged.
fn curves(count: usize, n: u64) -> Summary {
    let mut summary = Summary::of_points(vec![[200, 0]; count]);
    for (cell, id) in (0..count).flat_map(|cell| (0..n).map(move |id| (cell, id))) {
        let rank = (cell + count - 3) % (count - 1).max(1);
        let train = (cell + 1 < count).then(|| 198 - rank as u32 + 4 * (id % 2) as u32 - 2);
        let class = if train.is_none() { OutcomeClass::Diverged } else { OutcomeClass::Success };
        summary.add(cell, &[Some(0.1)], ModelResult::of_training(id, class, train, train.map(f64::from)));
    }
    summary
}

#[test]
fn a_comparison_is_sorted_by_its_means_and_has_their_intervals() {
    let summary = curves(5, 8);
    let names =
        ["cleo", "dora", "ada", "bea", "eva <&> of a very long name that nobody could write in a row of a picture"];
    let view = Facet::of(&summary, "learning rate", summary.along(0), names.map(String::from).to_vec());
    let plot = ComparisonPlot { view, threshold: 0.7, paired: true, settings: SETTINGS };
    let (words, svg) = drawn(&plot, "comparison");
    assert!(words.contains("In its best range, ada has a mean accuracy of 99 %, dora of 97.5 %"), "{words}");
    for part in ["differences are paired", "do not mean “no difference”", "no accuracy", "Student's t, Wilson"] {
        assert!(words.contains(part), "no {part:?} in {words}");
    }
    let height = |name: &str| labels(&svg).into_iter().find(|(text, _)| text.starts_with(name)).unwrap().1[2];
    let heights = ["ada", "bea", "cleo", "dora", "eva"].map(height);
    assert!(heights.windows(2).all(|pair| pair[0] < pair[1]), "{heights:?}");
    assert_eq!(tags(&svg, "circle").len(), 4 + 5, "a mean for each that has one, a share for each");
    // In the third curve's colour. 4 × 196 and 4 × 200 of 200: mean 0.99, s = 0.01069, t(7) = 2.3646, so ± 0.00894.
    let bars: Vec<[f64; 2]> = tags(&svg, "polyline")
        .into_iter()
        .filter(|tag| attribute(tag, "stroke") == ADA)
        .map(|tag| {
            let xs: Vec<f64> = attribute(tag, "points")
                .split_whitespace()
                .map(|at| at.split(',').next().unwrap().parse().unwrap())
                .collect();
            [xs[0], xs[1]]
        })
        .collect();
    let ticks: Vec<(f64, f64)> = labels(&svg)
        .into_iter()
        .filter_map(|(text, [left, right, _])| Some((text.parse().ok()?, (left + right) / 2.0)))
        .collect();
    let ((a, from), (b, to)) = (ticks[0], ticks[1]);
    let value = |x: f64| a + (b - a) * (x - from) / (to - from);
    let found = bars[0].map(value);
    assert!((found[0] - 98.106).abs() < 0.02 && (found[1] - 99.894).abs() < 0.02, "{found:?} {ticks:?}");
}

#[test]
fn of_many_curves_twenty_are_compared() {
    let summary = curves(34, 4);
    let names = (0..34).map(|k| format!("curve {k}")).collect();
    let view = Facet::of(&summary, "learning rate", summary.along(0), names);
    let plot = ComparisonPlot { view, threshold: 0.7, paired: false, settings: SETTINGS };
    let (words, _) = drawn(&plot, "comparison_many");
    assert!(words.contains("the best 20 of 34") && !words.contains("paired"), "{words}");
    assert!(words.contains("curve 21") && !words.contains("curve 22") && !words.contains("curve 1,"), "{words}");
    let mut none = Summary::of_points(vec![[200, 0]]);
    let model = ModelResult::of_training(0, OutcomeClass::Diverged, None, None);
    (0..4).for_each(|id| none.add(0, &[Some(0.1)], ModelResult { id, ..model }));
    let view = Facet { names: vec!["a".into()], ..Facet::plain(&none) };
    let (words, _) = drawn(&ComparisonPlot { view, threshold: 0.7, paired: true, settings: "" }, "comparison_none");
    assert!(words.contains("No accuracy to show: all 4 models diverged"), "{words}");
}

#[test]
fn very_many_models_are_shaded_and_none_is_a_dot() {
    let rates: Vec<f64> = (1..=40).map(|k| 0.0025 * f64::from(k)).collect();
    let few = run(&rates, 50, false, 0.0);
    let accuracy = |run| AccuracyPlot { view: Facet::plain(run), settings: SETTINGS, reference: None };
    let (words, svg) = drawn(&accuracy(&few.summary), "dots");
    assert!(!words.contains("shade") && tags(&svg, "circle").len() == 2000 + 40, "a dot for each, and the means'");
    let many = run(&rates, 250, true, 0.1);
    let start = Instant::now();
    let (words, svg) = drawn(&accuracy(&many.summary), "shades");
    println!("shades {:?}", start.elapsed());
    assert!(words.contains("shade: share of the column's models, square-root scale up to "), "{words}");
    assert_eq!(tags(&svg, "circle").len(), 2 * 40, "the means' alone");
    let columns: std::collections::BTreeSet<String> =
        tags(&svg, "rect").iter().skip(1).map(|tag| attribute(tag, "x").to_owned()).collect();
    assert_eq!(columns.len(), 40 + 1, "and the bar of the best values under the axis");
    assert!(tags(&svg, "rect").len() > 200);
}

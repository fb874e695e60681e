//! Pictures of synthetic runs, normal ones and degenerate ones.
//!
//! They are kept in `target/tmp/pictures` for inspection.

mod crowd;
mod made_up;
mod map;
mod ranges;
mod svg;

use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::plot::{
    AccuracyPlot, Boundary, ClassesPlot, ComparedLosses, DataPlot, EcdfPlot, Facet, HistogramPlot, LossComparison,
    LossHistogramPlot, LossPlot, Picture, ReferenceCurve, SeriesStyle, SuccessPlot, write, write_all,
};
use gpu_sweep::statistics::{Ending, ModelResult, OutcomeClass, Summary};
use made_up::{Run, boundaries, main_job, qwerties, run};
use svg::{check_png, folder, svg_words};

const SETTINGS: &str = "qwerties, 2-1-1 ReLU, 200 points, 1000 epochs, 25 seeds per learning rate";

fn data_plot<'a>(points: &'a Points, boundaries: &'a [Boundary]) -> DataPlot<'a> {
    let (features, classes) = (["x1", "x2"], vec!["0", "1"]);
    DataPlot { name: "qwerties", points, features, classes, boundaries, settings: SETTINGS, caption: String::new() }
}

fn loss_plot<'a>(run: &'a Run, settings: &'a str) -> LossPlot<'a> {
    let models = run.rates.len() as u64;
    let (epochs, values, losses) = (run.epochs.clone(), run.rates.clone(), run.losses.clone());
    let (loss, test) = ("mean binary cross-entropy", Vec::new());
    LossPlot { epochs, x: "learning rate", values, loss, losses, test, models, settings, caption: String::new() }
}

fn accuracy_plot<'a>(run: &'a Run, settings: &'a str) -> AccuracyPlot<'a> {
    AccuracyPlot { view: Facet::plain(&run.summary), settings, reference: None }
}

fn success_plot<'a>(run: &'a Run, settings: &'a str) -> SuccessPlot<'a> {
    SuccessPlot { view: Facet::plain(&run.summary), threshold: 0.7, settings }
}

fn histogram_plot<'a>(run: &'a Run, settings: &'a str) -> HistogramPlot<'a> {
    HistogramPlot { summary: &run.summary, threshold: 0.7, settings }
}

/// Draws all pictures of a run and returns the text of all SVGs.
fn draw(run: &Run, name: &str) -> String {
    let (loss, guess) = ("mean binary cross-entropy", Some(2f64.ln()));
    let pictures: [&dyn Picture; 7] = [
        &EcdfPlot { view: Facet::plain(&run.summary), loss: "mean binary cross-entropy", settings: SETTINGS },
        &accuracy_plot(run, SETTINGS),
        &success_plot(run, SETTINGS),
        &ClassesPlot { view: Facet::plain(&run.summary), threshold: 0.7, settings: SETTINGS },
        &loss_plot(run, SETTINGS),
        &histogram_plot(run, SETTINGS),
        &LossHistogramPlot { summary: &run.summary, loss, guess, settings: SETTINGS },
    ];
    let files = write_all(&pictures, &folder(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(files.len(), 14);
    files.iter().filter(|f| f.extension().unwrap() == "png").for_each(|f| check_png(f));
    files.iter().filter(|f| f.extension().unwrap() == "svg").map(|f| svg_words(f)).collect()
}

#[test]
fn the_pictures_of_the_main_job_say_what_is_seen() {
    let words = draw(&main_job(), "main_job");
    for part in [
        "Accuracy on the training points (%)",
        "Learning rate",
        "Best learning rate",
        "Training loss (mean binary cross-entropy)",
        "Epochs trained",
        "Number of models",
        "0.693: loss of predicting the class frequencies",
        "of 1,000 models end with a loss of",
        "of 1,000 models get more than 70 % of the points right",
        "get more than 70 % right",
        SETTINGS,
    ] {
        assert!(words.contains(part), "{part:?} is not in {words}");
    }
    let points = qwerties(200);
    let boundaries = boundaries(&points);
    let files = write(&data_plot(&points, &boundaries), &folder("data").join("data-0.1")).unwrap();
    check_png(&files[0]);
    let words = svg_words(&files[1]);
    for part in ["3 of 4 models", "no boundary (everything one class)", "class 0", "x2"] {
        assert!(words.contains(part), "{part:?} is not in {words}");
    }
    let left: Vec<_> = std::fs::read_dir(files[0].parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary file is left");
}

#[test]
fn runs_with_tests_divergence_random_search_or_few_models_are_drawn() {
    let search: Vec<f64> = (0..2500).map(|i| 10f64.powf(-4.0 + 4.0 * f64::from(i) / 2500.0)).collect();
    let words = draw(&run(&search, 1, false, 0.3), "random_search");
    assert!(words.contains("lines over 40 bins of neighbours among 2,500 learning rates"), "{words}");
    assert!(words.contains("400 of them drawn, evenly chosen"), "{words}");
    assert!(words.contains("diverged (no accuracy)"), "{words}");
    let geometric: Vec<f64> = (0..20).map(|i| 10f64.powf(-4.0 + f64::from(i) * 4.0 / 19.0)).collect();
    assert!(draw(&run(&geometric, 20, true, 0.5), "tested").contains("mean, test"));
    draw(&run(&[0.05], 1, false, 0.0), "one_model");
    draw(&run(&[0.05], 200, true, 0.0), "one_rate");
}

/// Three curves, the last of which diverges.
#[test]
fn what_is_compared_stands_side_by_side() {
    let rates: Vec<f64> = (0..7).map(|i| 10f64.powf(-3.0 + 0.5 * f64::from(i))).collect();
    let mut summary = Summary::of_points(vec![[200, 0]; 3]);
    for (cell, model) in (0..3).flat_map(|cell| (0..20).map(move |model| (cell, model))) {
        for (k, lr) in rates.iter().enumerate() {
            let correct = (100 + 12 * (k as u32 + cell as u32) + model).min(196);
            let diverged = cell == 2 && (k > 3 || model % 2 == 0);
            let ending = Ending { diverged, correct, ..Ending::default() };
            let class = OutcomeClass::of(&ending, 200, 100, 0.7);
            let (id, train) = (u64::from(model), (!diverged).then_some(correct));
            summary.add(cell, &[Some(*lr), Some(0.9)], ModelResult::of_training(id, class, train, None));
        }
    }
    let names = ["sgd", "momentum 0.9", "adam"].map(String::from).to_vec();
    let view = Facet::of(&summary, "learning rate", summary.along(0), names);
    let folder = folder("compared");
    let accuracy = AccuracyPlot { view: view.clone(), settings: SETTINGS, reference: None };
    let words = svg_words(&write(&accuracy, &folder.join("accuracy")).unwrap()[1]);
    // 184 to 203 of 200 points right, capped at 196: 192.1 on average.
    assert!(words.contains("with momentum 0.9 at learning rate") && words.contains(": mean accuracy"), "{words}");
    assert!(words.contains("bands: ± one standard error") && words.contains("100 diverged"), "{words}");
    let classes = ClassesPlot { view: view.clone(), threshold: 0.7, settings: SETTINGS };
    let words = svg_words(&write(&classes, &folder.join("classes")).unwrap()[1]);
    // 206 of 420 get more than 140 of 200 right; 100 diverged, 11 are within 10 of guessing, 103 are in between.
    assert!(words.contains("206 of 420 models succeed; 103 of the others end as: other"), "{words}");
    let success = SuccessPlot { view, threshold: 0.7, settings: SETTINGS };
    let words = svg_words(&write(&success, &folder.join("success")).unwrap()[1]);
    assert!(
        words.contains("Best with momentum 0.9 at learning rate") && words.contains("get more than 70 % right"),
        "{words}"
    );
    let contender = |(k, name): (usize, &str)| ComparedLosses {
        name: name.into(),
        at: 0.1,
        test: Vec::new(),
        style: SeriesStyle::of(k),
        curves: (0..5).map(|m| (0..11).map(|e| 0.7 / (1.0 + 0.1 * (e * (k + 1) + m) as f32)).collect()).collect(),
    };
    let contenders = ["sgd", "momentum 0.9", "adam"].into_iter().enumerate().map(contender).collect();
    let (epochs, caption) = ((0..11).map(|e| 10 * e).collect(), String::new());
    let losses = LossComparison { epochs, loss: "loss", x: "learning rate", contenders, settings: SETTINGS, caption };
    let files = write(&losses, &folder.join("losses")).unwrap();
    check_png(&files[0]);
    let words = svg_words(&files[1]);
    assert!(
        words.contains("Of the curves shown, adam at learning rate 0.1 ends with the lowest median loss, 0.17"),
        "{words}"
    );
}

#[test]
fn the_published_curve_stands_beside_ours() {
    let published = [(0.001, 0.554), (0.0112, 0.716), (0.0238, 0.743), (0.0492, 0.828), (0.0746, 0.814), (0.1, 0.819)];
    let points = published.iter().map(|(lr, mean)| (*lr, *mean, 0.029)).collect();
    let reference = ReferenceCurve { label: "course".into(), points };
    let run = main_job();
    let plot = AccuracyPlot { reference: Some(&reference), ..accuracy_plot(&run, SETTINGS) };
    let files = write(&plot, &folder("reference").join("reference")).unwrap();
    assert!(svg_words(&files[1]).contains("course"));
}

#[test]
fn degenerate_runs_are_drawn_too() {
    let cases: [(&str, Vec<f64>, usize, f64); 6] = [
        ("nothing", vec![], 0, 0.0),
        ("all_diverged", vec![0.1, 0.2, 0.4], 5, 1e9),
        ("zero_rate", vec![0.0], 3, 0.0),
        ("zero_and_more", vec![0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0], 10, 0.0),
        ("huge_span", vec![1e-30, 1e-10, 1.0, 1e30], 10, 0.2),
        ("tiny", vec![1e-300, 3e-300], 4, 0.0),
    ];
    for (name, rates, seeds, diverging) in cases {
        draw(&run(&rates, seeds, false, diverging), name);
    }
    let extreme = Run {
        losses: vec![1e-30, 1e30, f32::INFINITY, 0.0, 0.0, 0.0],
        epochs: vec![0],
        rates: vec![0.1; 6],
        ..run(&[], 0, false, 0.0)
    };
    draw(&extreme, "extreme_losses");
}

#[test]
fn degenerate_data_is_drawn_too() {
    let folder = folder("degenerate_data");
    let one = Points { features: 2, x: vec![3.0, -2.0], targets: Targets::Binary(vec![true]) };
    let same = Points { features: 2, x: [7.0, 7.0].repeat(50), targets: Targets::Binary(vec![false; 50]) };
    let none = Points { features: 2, x: vec![], targets: Targets::Binary(vec![]) };
    let flat = Points { features: 2, x: vec![0.0, 1.0, 1e9, 1.0], targets: Targets::Binary(vec![false, true]) };
    for (name, points) in [("one", one), ("same", same), ("none", none), ("flat", flat), ("many", qwerties(100_000))] {
        let broken =
            Boundary { label: "broken".into(), outputs: vec![f64::NAN; DataPlot::grid(&points).points().len()].into() };
        let files = write(&data_plot(&points, &[broken]), &folder.join(name)).unwrap();
        check_png(&files[0]);
        svg_words(&files[1]);
    }
}

#[test]
fn text_from_the_user_is_escaped() {
    let nasty = "a<b> & \"c\" 'd' \u{1}\u{0} ]]> é — 学";
    let points = qwerties(20);
    let plot = DataPlot {
        name: nasty,
        features: [nasty; 2],
        classes: vec![nasty; 2],
        settings: nasty,
        ..data_plot(&points, &[])
    };
    let files = write(&plot, &folder("nasty").join("nasty")).unwrap();
    assert!(svg_words(&files[1]).matches("a<b> & \"c\" 'd'").count() >= 5);
}

#[test]
fn input_that_does_not_fit_together_is_refused() {
    let folder = folder("refused");
    let run = run(&[0.1], 3, false, 0.0);
    let short = LossPlot { losses: run.losses[1..].to_vec(), ..loss_plot(&run, "") };
    assert!(write(&short, &folder.join("a")).is_err());
    let points = qwerties(20);
    let wrong = [Boundary { label: "short".into(), outputs: vec![0.0; 5].into() }];
    assert!(write(&data_plot(&points, &wrong), &folder.join("b")).is_err());
    let line = Points { features: 1, x: vec![0.0; 20], targets: Targets::Binary(points.labels()) };
    assert!(write(&data_plot(&line, &[]), &folder.join("c")).is_err());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing was written");
    assert!(write(&accuracy_plot(&run, ""), &folder.join("no/such/folder/d")).is_err());
}

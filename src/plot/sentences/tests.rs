//! Every number in the sentences, held against counts of random models.

use super::*;
use crate::math::rng::lot;
use crate::plot::{EcdfPlot, HistogramPlot, LossHistogramPlot, Picture, SuccessPlot};
use crate::statistics::{Choice, Class, Ending, Summary, Verdict};

/// Random numbers, the same every time.
struct Lots(u64);

impl Lots {
    fn below(&mut self, n: u64) -> u64 {
        self.0 += 1;
        lot(self.0) % n
    }
}

/// A model: value, rows right (`None`: diverged), loss.
type Model = (f64, Option<u32>, f64);

/// A study of few or many models in heaps, with ties and divergences.
fn study(lots: &mut Lots) -> (u32, Vec<Model>) {
    let points = [3, 10, 200, 997, 1000][lots.below(5) as usize];
    let most = if lots.below(8) == 0 { 400 } else { 30 };
    let (values, seeds) = (1 + lots.below(4), 1 + lots.below(most));
    let heaps = [lots.below(u64::from(points) + 1), lots.below(u64::from(points) + 1), u64::from(points)];
    let (spread, losing) = (1 + lots.below(u64::from(points) / 8 + 1), lots.below(6));
    let mut models = Vec::new();
    for (value, _) in (0..values).flat_map(|value| (0..seeds).map(move |seed| (value, seed))) {
        let right = (heaps[lots.below(3) as usize] + lots.below(spread)).min(points.into()) as u32;
        let loss = 0.001 * (1 + lots.below(if losing == 0 { 2 } else { 2000 })) as f64;
        models.push((0.1 * (1 + value) as f64, (losing == 0 || lots.below(5) > 0).then_some(right), loss));
    }
    (points, models)
}

fn summary(points: u32, models: &[Model]) -> Summary {
    let mut summary = Summary::of_points(vec![[points, 0]]);
    for (id, (x, train, loss)) in models.iter().enumerate() {
        let ending = Ending { diverged: train.is_none(), correct: train.unwrap_or(0), ..Ending::default() };
        let class = Class::of(&ending, points, points / 2, 0.7);
        let model = Verdict::of_training(id as u64, class, *train, train.map(|_| *loss));
        let score = train.map(|right| f64::from(right) / f64::from(points));
        summary.add_chosen(0, &[Some(*x)], model, Choice { score, seed: Some(id as u64) });
    }
    summary
}

/// The title of a picture.
fn title(picture: &dyn Picture) -> String {
    picture.scene().unwrap().title.replace('\u{a0}', " ").replace([',', ':'], "")
}

/// Numbers around these words, with `#` for each number: `# of # models have at least # %`.
fn matched(text: &str, pattern: &str) -> Option<Vec<f64>> {
    let (text, pattern): (Vec<&str>, Vec<&str>) = (text.split(' ').collect(), pattern.split(' ').collect());
    text.windows(pattern.len()).find_map(|window| {
        let one = |(word, wanted): (&&str, &&str)| match *wanted {
            "#" => word.parse::<f64>().ok().map(Some),
            wanted => (*word == wanted).then_some(None),
        };
        let found: Option<Vec<Option<f64>>> = window.iter().zip(&pattern).map(one).collect();
        found.map(|numbers| numbers.into_iter().flatten().collect())
    })
}

/// The models that a title is about: those of its value or range, all where it names none.
fn own<'a>(text: &str, models: &'a [Model]) -> Vec<&'a Model> {
    let range = matched(text, "learning rate # to #").map(|found| (found[0], found[1]));
    let one = ["learning rate # #", "learning rate #"].iter().find_map(|words| matched(text, words));
    let (low, high) = range.or(one.map(|found| (found[0], found[0]))).unwrap_or((0.0, f64::INFINITY));
    models.iter().filter(|model| (low - 1e-9..=high + 1e-9).contains(&model.0)).collect()
}

#[test]
fn what_titles_count_is_counted() {
    let (mut lots, mut seen) = (Lots(0), [0; 6]);
    for _ in 0..600 {
        let (points, models) = study(&mut lots);
        let summary = summary(points, &models);
        let (view, n) = (View::plain(&summary), models.len());
        let share = |model: &Model| model.1.map(|right| 100.0 * f64::from(right) / f64::from(points));
        let count = |models: &[&Model], is: &dyn Fn(f64) -> bool| {
            models.iter().filter(|model| share(model).is_some_and(is)).count() as f64
        };
        let ecdf = title(&EcdfPlot { view: view.clone(), loss: "", settings: "" }).replace(" models", "");
        let about = own(&ecdf, &models);
        if let Some(found) = matched(&ecdf, "# of # have at least # %") {
            let wanted = [count(&about, &|share| share >= found[2] - 1e-9), about.len() as f64];
            assert_eq!(found[..2], wanted, "{ecdf}: {models:?}");
            assert!(2.0 * found[0] >= found[1], "{ecdf}");
            seen[0] += 1;
        }
        if let Some(found) = matched(&ecdf, "# at most # %") {
            assert_eq!(found[0], count(&about, &|share| share <= found[1] + 1e-9), "{ecdf}");
            seen[1] += 1;
        }
        let lost = about.iter().filter(|model| model.1.is_none()).count() as f64;
        if let Some(found) = matched(&ecdf, "# of # diverged") {
            assert_eq!(found, [lost, about.len() as f64], "{ecdf}");
        } else if let Some(found) = matched(&ecdf, "# diverged") {
            assert_eq!(found[0], lost, "{ecdf}");
            seen[2] += 1;
        }
        let histogram = title(&HistogramPlot { summary: &summary, threshold: 0.7, settings: "" });
        let success = title(&SuccessPlot { view: view.clone(), threshold: 0.7, settings: "" });
        for text in [&histogram, &success] {
            if let Some(found) = matched(text, "# of # models get") {
                let about = own(text, &models);
                let above = |model: &&&Model| model.1.is_some_and(|right| 10 * right > 7 * points);
                assert_eq!(
                    found,
                    [about.iter().filter(above).count() as f64, about.len() as f64],
                    "{text}: {models:?}"
                );
                seen[3] += 1;
            }
        }
        let losses = title(&LossHistogramPlot { summary: &summary, loss: "", guess: None, settings: "" });
        let known: Vec<f64> = models.iter().filter(|model| model.1.is_some()).map(|model| model.2).collect();
        if let Some(found) = matched(&losses, "a loss of # or less") {
            assert!(
                2 * known.iter().filter(|loss| **loss <= found[0] * (1.0 + 1e-9)).count() >= known.len(),
                "{losses}"
            );
            seen[4] += 1;
        }
        if let Some(found) = matched(&losses, "a tenth with # or more") {
            assert!(
                10 * known.iter().filter(|loss| **loss >= found[0] * (1.0 - 1e-9)).count() >= known.len(),
                "{losses}"
            );
            seen[5] += 1;
        }
        // 100 % and 0 % are said of nothing else.
        for text in [&ecdf, &histogram, &success, &best(&view).unwrap_or_default().replace('\u{a0}', " ")] {
            let wholes = text.contains(" 100 %") as usize + text.contains(" 0 %") as usize;
            let extreme = models.iter().filter_map(share).any(|share| share == 100.0 || share == 0.0);
            assert!(wholes == 0 || extreme, "{text}: {n}");
        }
    }
    assert!(seen.iter().all(|n| *n > 50), "sentences that were held against the counts: {seen:?}");
}

#[test]
fn the_best_is_a_range_and_says_why() {
    let models = |of: &[(f64, u32)], seeds: u32| -> Vec<Model> {
        let one = |(x, right): &(f64, u32)| (0..seeds).map(|s| (*x, Some(right + s % 3), 0.1)).collect::<Vec<_>>();
        of.iter().flat_map(one).collect()
    };
    let said = |of: &[(f64, u32)], seeds: u32| {
        let mut summary = Summary::of_points(vec![[200, 0]]);
        for (id, (x, train, _)) in models(of, seeds).into_iter().enumerate() {
            let model = Verdict::of_training(id as u64, Class::Other, train, None);
            let seed = Some(id as u64 % u64::from(seeds));
            summary.add_chosen(0, &[Some(x)], model, Choice { score: train.map(f64::from).map(|n| n / 200.0), seed });
        }
        let view = View::plain(&summary);
        (best(&view).unwrap().replace('\u{a0}', " "), beyond(&view, Scalar::Lr))
    };
    let (text, next) = said(&[(0.01, 150), (0.03, 180), (0.1, 180)], 6);
    assert_eq!(text, "Best learning rate 0.03 to 0.1, indistinguishable: mean accuracy 90.5 %");
    assert_eq!(next.unwrap(), "the best may lie above the greatest learning rate: try --lr logspace:-1:1:20");
    let (text, next) = said(&[(0.01, 150), (0.03, 180), (0.1, 170)], 6);
    assert_eq!((text.as_str(), next), ("Best learning rate 0.03: mean accuracy 90.5 %", None));
    let (text, next) = said(&[(0.01, 190), (0.03, 180), (0.1, 170)], 6);
    assert_eq!(text, "Best learning rate 0.01: mean accuracy 95.5 %");
    assert_eq!(next.unwrap(), "the best may lie below the least learning rate: try --lr logspace:-4:-2:20");
    let (text, _) = said(&[(0.01, 150), (0.03, 180), (0.1, 170)], 1);
    assert_eq!(text, "Best learning rate 0.03, too few seeds to compare: mean accuracy 90 %");
    let (text, next) = said(&[(0.01, 98), (0.03, 97), (0.1, 98)], 6);
    assert_eq!(
        (next, text.as_str()),
        (None, "Nothing learned: no mean accuracy is above always naming the larger class (50 %)")
    );
    let (text, next) = said(&[(0.01, 180), (0.03, 180)], 6);
    assert_eq!(text, "Best learning rate 0.01 to 0.03, indistinguishable: mean accuracy 90.5 %");
    assert!(next.unwrap().contains("only more seeds distinguish them"));
    assert_eq!(said(&[(0.1, 180)], 6).0, "Mean accuracy 90.5 % at learning rate 0.1");
}

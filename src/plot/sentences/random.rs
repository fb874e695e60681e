//! Random studies for tests of sentences, and a parser that checks a sentence's counts against the models.

use crate::math::rng::sampling_key;
use crate::statistics::{
    CorrectRows, Ending, ModelResult, OutcomeClass, RowCounts, SelectionScore, Summary, is_success,
};

/// Deterministic random numbers.
pub struct RandomNumbers(pub u64);

impl RandomNumbers {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 += 1;
        sampling_key(self.0) % n
    }
}

/// Outcome of one model.
#[derive(Debug, Clone, Copy)]
pub struct RandomModel {
    pub x: f64,
    pub seed: u64,
    /// Correct training points; `None` for a lost model.
    pub right: Option<u32>,
    pub class: OutcomeClass,
    pub loss: f64,
}

/// Few or many models in clusters, with ties, divergences and explosions, for one or several values and seeds.
#[derive(Debug)]
pub struct RandomStudy {
    pub rows: RowCounts,
    pub threshold: f64,
    pub models: Vec<RandomModel>,
}

impl RandomStudy {
    pub fn draw(lots: &mut RandomNumbers) -> Self {
        let points = [3, 10, 200, 997, 1000][lots.below(5) as usize];
        let positives = if lots.below(2) == 0 { points / 2 } else { lots.below(u64::from(points) + 1) as u32 };
        let rows = RowCounts::binary(points, positives);
        let threshold = if lots.below(3) == 0 { 0.7 } else { rows.success_threshold(None) };
        let most = if lots.below(8) == 0 { 400 } else { 30 };
        let (values, seeds) = (1 + lots.below(4), 1 + lots.below(most));
        let heaps = [0; 3].map(|_| lots.below(u64::from(points) + 1));
        // Kind 0: all models alike; kinds 0 and 1: none is lost; kind 2: most are lost.
        let (kind, spread) = (lots.below(6), 1 + lots.below(u64::from(points) / 8 + 1));
        let mut models = Vec::new();
        for (value, seed) in (0..values).flat_map(|value| (0..seeds).map(move |seed| (value, seed))) {
            let right = (heaps[lots.below(3) as usize] + lots.below(spread)).min(points.into()) as u32;
            let right = if kind == 0 { heaps[0] as u32 } else { right };
            let lost = if kind < 2 { 9 } else { lots.below(if kind == 2 { 3 } else { 12 }) };
            let dead = lots.below(9) == 0;
            let ending = Ending { diverged: lost == 0, exploded: lost == 1, correct: right, dead, ..Ending::default() };
            let class = OutcomeClass::of(&ending, points, rows.majority(), threshold);
            let loss = 0.001 * (1 + lots.below(if kind == 0 { 1 } else { 2000 })) as f64;
            let right = (!class.is_lost()).then_some(right);
            models.push(RandomModel { x: 0.1 * (1 + value) as f64, seed, right, class, loss });
        }
        Self { rows, threshold, models }
    }

    pub fn summary(&self) -> Summary {
        let mut summary = Summary::new(vec![[self.rows, RowCounts::default(), RowCounts::default()]]);
        for (id, model) in self.models.iter().enumerate() {
            let loss = model.right.map(|_| model.loss);
            let hits = model.right.map(CorrectRows::of_negatives);
            let verdict = ModelResult { id: id as u64, class: model.class, hits: [hits, None, None], loss };
            let score = self.share(model).map(|percent| percent / 100.0);
            summary.add_chosen(0, &[Some(model.x)], verdict, SelectionScore { score, seed: Some(model.seed) });
        }
        summary
    }

    /// Percentage of correct training points.
    pub fn share(&self, model: &RandomModel) -> Option<f64> {
        model.right.map(|right| 100.0 * f64::from(right) / f64::from(self.rows.points))
    }

    /// The models that a text is about: those of the value or range it names, else all.
    pub fn own(&self, text: &str) -> Vec<&RandomModel> {
        let range = matched(text, "learning rate # to #").map(|found| (found[0], found[1]));
        let one = ["learning rate # #", "learning rate #"].iter().find_map(|words| matched(text, words));
        let (low, high) = range.or(one.map(|found| (found[0], found[0]))).unwrap_or((0.0, f64::INFINITY));
        self.models.iter().filter(|model| (low - 1e-9..=high + 1e-9).contains(&model.x)).collect()
    }

    /// Checks every count and mean in a text against the models that it is about; returns the number of checks.
    ///
    /// # Panics
    /// If one is wrong.
    pub fn check(&self, text: &str, about: &[&RandomModel]) -> usize {
        let text = plain(text);
        let (n, mut checked) = (about.len() as f64, 0);
        let right: Vec<f64> = about.iter().filter_map(|model| self.share(model)).collect();
        let losses: Vec<f64> = about.iter().filter(|model| model.right.is_some()).map(|model| model.loss).collect();
        let (within, known) = (|all: &[f64], low: f64, high: f64| within(all, low, high), right.len() as f64);
        let mut hold = |pattern: &str, wanted: &dyn Fn(&[f64]) -> Vec<f64>| {
            for found in all_matched(&text, pattern) {
                let (wanted, first) = (wanted(&found), found.iter());
                let same = first.zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-9);
                assert!(same, "{pattern:?}: {found:?}, counted {wanted:?}, in {text:?} of {about:?}");
                checked += 1;
            }
        };
        hold("# of # between # % and # %", &|f| vec![within(&right, f[2], f[3]), known]);
        hold("# of # at # %", &|f| vec![within(&right, f[2], f[2]), known]);
        hold("# of # models have at least # %", &|f| vec![within(&right, f[2], 100.0), n]);
        hold("right # at most # %", &|f| vec![within(&right, 0.0, f[1])]);
        hold("# of # models end with a loss of # or less", &|f| vec![within(&losses, 0.0, f[2]), n]);
        hold("or less # with # or more", &|f| vec![within(&losses, f[1], f64::INFINITY)]);
        hold("# of # between # and #", &|f| vec![within(&losses, f[2], f[3]), known]);
        hold("# of # models diverged", &|_| vec![of(about, OutcomeClass::Diverged), n]);
        hold("# diverged", &|_| vec![of(about, OutcomeClass::Diverged)]);
        hold("# exploded", &|_| vec![of(about, OutcomeClass::Exploded)]);
        let mean = (known > 0.0).then(|| right.iter().sum::<f64>() / known);
        let shown = |found: &[f64]| mean.is_some_and(|mean| (mean - found[0]).abs() < 0.0501);
        for found in all_matched(&text, "mean # %").into_iter().chain(all_matched(&text, "mean accuracy # %")) {
            assert!(shown(&found), "mean {mean:?} in {text:?}");
            checked += 1;
        }
        checked
    }
}

/// Number of values in a range, with a tolerance for rounding.
fn within(all: &[f64], low: f64, high: f64) -> f64 {
    all.iter().filter(|value| (low - 1e-9..=high + 1e-9).contains(*value)).count() as f64
}

fn of(models: &[&RandomModel], class: OutcomeClass) -> f64 {
    models.iter().filter(|model| model.class == class).count() as f64
}

/// The words of a text, separated by single spaces and without punctuation.
pub fn plain(text: &str) -> String {
    let text = text.replace(['\u{a0}', '\n'], " ").replace(['(', ')', '\u{2212}', ';'], " ");
    let words = text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ':']));
    words
        .map(|word| if word.contains(|c: char| c.is_ascii_digit()) { word.replace(',', "") } else { word.into() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Numbers where the text first matches a pattern, which has `#` for each number: `# of # models have at least # %`.
pub fn matched(text: &str, pattern: &str) -> Option<Vec<f64>> {
    all_matched(text, pattern).into_iter().next()
}

/// The same for every match.
pub fn all_matched(text: &str, pattern: &str) -> Vec<Vec<f64>> {
    let (text, pattern): (Vec<&str>, Vec<&str>) = (text.split(' ').collect(), pattern.split(' ').collect());
    let at = |window: &[&str]| -> Option<Vec<f64>> {
        let one = |(word, wanted): (&&str, &&str)| match *wanted {
            "#" => word.parse::<f64>().ok().map(Some),
            wanted => (*word == wanted).then_some(None),
        };
        let found: Option<Vec<Option<f64>>> = window.iter().zip(&pattern).map(one).collect();
        found.map(|numbers| numbers.into_iter().flatten().collect())
    };
    text.windows(pattern.len()).filter_map(at).collect()
}

/// Whether a model's correct points alone make it a success.
pub fn succeeds(study: &RandomStudy, model: &RandomModel) -> bool {
    model.right.is_some_and(|right| is_success(right, study.rows.points, study.threshold))
}

//! Counts per combination of settings, made model by model in fixed memory and in any order.

use super::{Choice, Class, ClassSums, Counts, FinalLosses, Hits, RowSet, Rows, Scores, wilson_95};
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::OnceLock;

/// How one model ended, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Its number in the study.
    pub id: u64,
    /// How it ended.
    pub class: Class,
    /// What it had right of each [`RowSet`]; `None`: diverged, or there are no such rows.
    pub hits: [Option<Hits>; 3],
    /// Mean training loss; one that is not finite is no loss.
    pub loss: Option<f64>,
}

impl Verdict {
    /// Of a model that was scored on training rows alone and had `correct` of them right; `None`: diverged.
    pub fn of_training(id: u64, class: Class, correct: Option<u32>, loss: Option<f64>) -> Self {
        Self { id, class, hits: [correct.map(Hits::of_negatives), None, None], loss }
    }
}

/// The models of one cell with the same hyper-parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Index of the cell.
    pub cell: usize,
    /// Hyper-parameters, the learning rate first; `None`: means nothing in this cell.
    pub values: Vec<Option<f64>>,
    /// The value that it is shown by: the learning rate, or another one in a [`Series`].
    pub x: f64,
    /// All models, diverged ones among them.
    pub n: u64,
    /// Models of each [`Class`].
    pub classes: [u64; Class::ALL.len()],
    /// Training accuracies of the models that did not diverge.
    pub train: Counts,
    /// Validation accuracies, where there are validation rows.
    pub validation: Counts,
    /// Test accuracies, where there are test rows.
    pub test: Counts,
    /// What the same models had right by class, of each [`RowSet`].
    pub by_class: [ClassSums; 3],
    /// Training losses of the models that have one; shared with its copies, of which pictures make many.
    pub losses: Arc<FinalLosses>,
    /// What its value is chosen by; shared with its copies.
    pub scores: Arc<Scores>,
    /// Share of the larger class among the rows that values are chosen on; of several data sets their mean; `None`: not known.
    pub baseline: Option<f64>,
    /// Whether other groups have models of the same seeds.
    pub shares_seeds: bool,
    /// Whether several such groups are in it: its models are fewer independent trials than there are models.
    pub is_dependent: bool,
}

impl Group {
    /// No models yet.
    fn empty(cell: usize, values: Vec<Option<f64>>, beginning: &Beginning) -> Self {
        let x = values.first().copied().flatten().unwrap_or(f64::NAN);
        let rows = beginning.rows.get(cell).copied().unwrap_or_default();
        let [train, validation, test] = rows.map(|rows| Counts::new(rows.points));
        let scores = Arc::new(Scores::new(1.0 / f64::from(train.points.max(1))));
        Self {
            cell,
            values,
            x,
            n: 0,
            classes: [0; _],
            train,
            validation,
            test,
            by_class: Default::default(),
            losses: Arc::new(beginning.losses.clone()),
            scores,
            baseline: beginning.baselines.get(cell).copied(),
            shares_seeds: beginning.shares_seeds,
            is_dependent: false,
        }
    }

    /// Adds another's models.
    pub fn merge(&mut self, other: &Self) {
        let both = self.n > 0 && other.n > 0;
        self.is_dependent |= other.is_dependent || (both && (self.shares_seeds || other.shares_seeds));
        self.baseline = mean_baseline(self, other);
        self.n += other.n;
        self.classes.iter_mut().zip(other.classes).for_each(|(all, more)| *all += more);
        self.train.merge(&other.train);
        self.validation.merge(&other.validation);
        self.test.merge(&other.test);
        self.by_class.iter_mut().zip(&other.by_class).for_each(|(all, more)| all.merge(more));
        Arc::make_mut(&mut self.losses).merge(&other.losses);
        Arc::make_mut(&mut self.scores).merge(&other.scores);
    }

    /// All models of neighbours as one group, shown by the middle one's values.
    ///
    /// # Panics
    /// Without any group.
    pub fn together<G: Borrow<Self>>(groups: &[G]) -> Self {
        let mut all = groups[0].borrow().clone();
        groups[1..].iter().for_each(|group| all.merge(group.borrow()));
        let middle = groups[groups.len() / 2].borrow();
        Self { x: middle.x, values: middle.values.clone(), ..all }
    }

    /// Accuracies on a set of rows.
    pub fn counts(&self, set: RowSet) -> &Counts {
        match set {
            RowSet::Train => &self.train,
            RowSet::Validation => &self.validation,
            RowSet::Test => &self.test,
        }
    }

    fn counts_mut(&mut self, set: RowSet) -> &mut Counts {
        match set {
            RowSet::Train => &mut self.train,
            RowSet::Validation => &mut self.validation,
            RowSet::Test => &mut self.test,
        }
    }

    /// Mean balanced accuracy of the models that did not diverge, a fraction, see [`ClassSums::balanced_accuracy`].
    pub fn mean_balanced_accuracy(&self, set: RowSet) -> Option<f64> {
        self.by_class[set as usize].balanced_accuracy()
    }

    /// Models of a class.
    pub fn of_class(&self, class: Class) -> u64 {
        self.classes[class as usize]
    }

    /// Models that diverged.
    pub fn diverged(&self) -> u64 {
        self.of_class(Class::Diverged)
    }

    /// Models that succeed.
    pub fn successes(&self) -> u64 {
        self.of_class(Class::Success)
    }

    /// Share of successes among all `n` models: a diverged one is a failure.
    pub fn success_rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.successes() as f64 / self.n as f64)
    }

    /// Wilson's 95 % interval of [`Group::success_rate`]; `None` also where the models are not independent, and the interval would
    /// be too narrow.
    pub fn success_interval(&self) -> Option<(f64, f64)> {
        if self.is_dependent { None } else { wilson_95(self.successes(), self.n) }
    }

    /// 95 % interval of [`Group::score`] by Student's t, see [`Counts::mean_interval`]; `None` also where the models are not
    /// independent.
    pub fn score_interval(&self) -> Option<(f64, f64)> {
        let counts = if self.test.points > 0 { &self.test } else { &self.train };
        if self.is_dependent { None } else { counts.mean_interval() }
    }

    /// Mean accuracy on the test points if there are any, else on the training points.
    pub fn score(&self) -> Option<f64> {
        if self.test.points > 0 { self.test.mean() } else { self.train.mean() }
    }
}

/// Groups that differ in one hyper-parameter alone, ascending by it: a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Index of the cell.
    pub cell: usize,
    /// The other hyper-parameters; `None` in the place of the one that differs.
    pub others: Vec<Option<f64>>,
    /// A point of the curve each.
    pub groups: Vec<Group>,
}

/// All combinations of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    beginning: Beginning,
    groups: BTreeMap<Vec<u64>, Group>,
    total: Total,
}

/// What a group begins with.
#[derive(Debug, Clone, PartialEq)]
struct Beginning {
    /// Rows of each cell, by [`RowSet`].
    rows: Vec<[Rows; 3]>,
    losses: FinalLosses,
    shares_seeds: bool,
    /// By cell; empty: not known.
    baselines: Vec<f64>,
}

/// Everything in one group, once somebody asked for it: of a million groups it takes a while. It says nothing that the groups don't.
#[derive(Debug, Clone, Default)]
struct Total(OnceLock<Box<Group>>);

impl PartialEq for Total {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Summary {
    /// No models yet, of cells with these rows, by [`RowSet`].
    pub fn new(rows: Vec<[Rows; 3]>) -> Self {
        let beginning = Beginning { rows, losses: FinalLosses::default(), shares_seeds: false, baselines: Vec::new() };
        Self { beginning, groups: BTreeMap::new(), total: Total::default() }
    }

    /// The same with so many training and test points of each cell, half of them of either class.
    pub fn of_points(points: Vec<[u32; 2]>) -> Self {
        let rows = |points| Rows { points, positives: points / 2 };
        Self::new(points.into_iter().map(|[train, test]| [rows(train), Rows::default(), rows(test)]).collect())
    }

    /// Says whether groups have models of the same seeds, which is not supposed otherwise.
    pub fn sharing_seeds(self, shares_seeds: bool) -> Self {
        Self { beginning: Beginning { shares_seeds, ..self.beginning }, ..self }
    }

    /// Expects so many groups: they share the room for losses.
    pub fn of_groups(self, groups: u64) -> Self {
        Self { beginning: Beginning { losses: FinalLosses::of_one_in(groups), ..self.beginning }, ..self }
    }

    /// Knows of each cell the share of the larger class.
    pub fn above(self, baselines: Vec<f64>) -> Self {
        Self { beginning: Beginning { baselines, ..self.beginning }, ..self }
    }

    /// Counts one model, chosen by its training accuracy and compared with no other; see [`Summary::add_chosen`].
    pub fn add(&mut self, cell: usize, values: &[Option<f64>], model: Verdict) {
        let rows = self.beginning.rows.get(cell).map(|rows| rows[RowSet::Train as usize]).unwrap_or_default();
        let score = model.hits[RowSet::Train as usize].and_then(|hits| rows.accuracy(hits));
        self.add_chosen(cell, values, model, Choice { score, seed: None });
    }

    /// Counts one model of cell number `cell` with these hyper-parameters, the learning rate first.
    pub fn add_chosen(&mut self, cell: usize, values: &[Option<f64>], model: Verdict, choice: Choice) {
        // For numbers from 0 the order of the bits is the order of the values; what is missing comes first.
        let bits = values.iter().map(|value| value.map_or(0, |value| value.to_bits() + 1));
        let key: Vec<u64> = std::iter::once(cell as u64).chain(bits).collect();
        let new = || Group::empty(cell, values.to_vec(), &self.beginning);
        let rows = self.beginning.rows.get(cell).copied().unwrap_or_default();
        let group = self.groups.entry(key).or_insert_with(new);
        self.total = Total::default();
        group.n += 1;
        Arc::make_mut(&mut group.scores).add(cell, choice);
        group.classes[model.class as usize] += 1;
        for (set, hits) in RowSet::ALL.into_iter().zip(model.hits) {
            let Some(hits) = hits else { continue };
            group.counts_mut(set).add(hits.correct);
            group.by_class[set as usize].add(rows[set as usize], hits);
        }
        if let Some(loss) = model.loss.filter(|loss| loss.is_finite()) {
            Arc::make_mut(&mut group.losses).add(model.id, loss);
        }
    }

    /// The groups by cell, then by ascending hyper-parameters.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &Group> + Clone {
        self.groups.values()
    }

    /// Everything in one group; its `x` is NaN.
    pub fn total(&self) -> Group {
        let all = || {
            let mut total = Group::empty(0, Vec::new(), &self.beginning);
            self.groups().for_each(|group| total.merge(group));
            Box::new(total)
        };
        Group::clone(self.total.0.get_or_init(all))
    }

    /// Share of the larger class, which naming it always would get; `None` where it is not known, or differs between data sets by more
    /// than a point.
    pub fn baseline(&self) -> Option<f64> {
        let shares = &self.beginning.baselines;
        let (low, high) =
            shares.iter().fold((1.0_f64, 0.0_f64), |(low, high), share| (low.min(*share), high.max(*share)));
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        (high >= low && high - low <= 0.01 + 1e-9).then(|| mean.clamp(low, high))
    }

    /// Curves along hyper-parameter number `axis`, by cell, then by the other hyper-parameters.
    pub fn along(&self, axis: usize) -> Vec<Series> {
        let (mut series, mut places) = (Vec::<Series>::new(), BTreeMap::new());
        for (key, group) in &self.groups {
            let mut key = key.clone();
            key.iter_mut().skip(axis + 1).take(1).for_each(|bits| *bits = 0);
            let mut others = group.values.clone();
            let x = others.get_mut(axis).and_then(Option::take);
            let group = Group { x: x.unwrap_or(f64::NAN), ..group.clone() };
            let place = *places.entry(key).or_insert(series.len());
            match series.get_mut(place) {
                Some(series) => series.groups.push(group),
                None => series.push(Series { cell: group.cell, others, groups: vec![group] }),
            }
        }
        series.iter_mut().for_each(|series| series.groups.sort_by(|a, b| a.x.total_cmp(&b.x)));
        series
    }
}

/// The baseline of all models of both.
fn mean_baseline(a: &Group, b: &Group) -> Option<f64> {
    match (a.n, b.n) {
        (0, _) => b.baseline,
        (_, 0) => a.baseline,
        _ if a.baseline == b.baseline => a.baseline,
        (n, m) => a.baseline.zip(b.baseline).map(|(own, other)| (own * n as f64 + other * m as f64) / (n + m) as f64),
    }
}

#[cfg(test)]
mod tests;

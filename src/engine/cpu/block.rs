//! Trains one block of models, one per SIMD lane, from trials to results.

use super::evaluation::score;
use super::network::{Networks, Pass, PassOptions};
use super::pass_sums::{PassSums, ScoreOptions};
use super::row_orders::{DrawOrders, SharedOrders};
use super::tiles::{GatherTile, GatheredTile, PointRows, RowChoice, Tiles};
use super::update::{self, Update};
use crate::engine::in_memory_sink::{self, History, TrainedModel};
use crate::engine::{Job, Outcome, Score};
use crate::math::optimizer::UpdateParams;
use crate::math::rng;
use crate::math::vector::{Isa, Vector};
use crate::statistics::{RowCounts, RowSet};
use crate::sweep::Trial;
use std::marker::PhantomData;
use std::ops::Range;

/// Data that all blocks of a training share.
pub struct TrainingContext<'a> {
    pub job: &'a Job,
    pub train: Tiles,
    pub validation: Option<Tiles>,
    pub test: Option<Tiles>,
    /// The same rows, for scores.
    pub rows: [RowCounts; 3],
    /// Mini-batches; `None` for full-batch training.
    pub batches: Option<MiniBatches<'a>>,
    /// Reports the epochs of a block done since the last call. `false` means stop: the block is then incomplete and
    /// must be discarded.
    pub progress: &'a (dyn Fn(&Range<u64>, u32) -> bool + Sync),
    /// Epochs between two calls of `progress`.
    pub stride: u32,
}

/// Rows and orders of mini-batches.
pub struct MiniBatches<'a> {
    /// Rows per batch.
    pub size: usize,
    pub rows: PointRows,
    /// Orders that all models share; `None` if each model has its own.
    pub orders: Option<SharedOrders<'a>>,
}

/// Models in training, one per lane.
struct Block<'a, I: Isa> {
    context: &'a TrainingContext<'a>,
    /// Epochs before which curves are recorded.
    recorded: &'a [u32],
    networks: Networks<I>,
    /// Learning rates and other rates, before the schedule.
    rates: UpdateParams<Vector<I>>,
    /// Models that have not diverged; bit n is lane n.
    active: u32,
    /// Epoch in which each model diverged.
    diverged: Vec<Option<u32>>,
    /// Mean training losses before the first update, and before the last tenth of the training.
    first: Vec<Option<f64>>,
    late: Vec<Option<f64>>,
    train: Vec<History>,
    test: Vec<History>,
}

/// Source of the rows of a block's updates, with its buffers.
enum RowFeed<'a, I: Isa> {
    /// All rows, in the order of the data.
    All,
    /// Mini-batches in an order that all models share.
    Shared { batches: &'a MiniBatches<'a>, orders: &'a SharedOrders<'a>, order: Vec<u32>, tile: GatheredTile<f32> },
    /// Mini-batches in a separate order for each model; `order` is `[rows, models]`.
    Own { batches: &'a MiniBatches<'a>, keys: Vec<[u32; 2]>, order: Vec<u32>, tile: GatheredTile<Vector<I>> },
}

/// Trains the trials in `range`, at most [`Isa::LANES`].
pub fn train<I: Isa>(context: &TrainingContext, range: Range<u64>) -> Vec<TrainedModel> {
    let (job, models) = (context.job, (range.end - range.start) as usize);
    // Lanes beyond the range repeat the last trial.
    let trial = |lane: usize| job.trials.get(range.start + lane.min(models - 1) as u64);
    let trials: Vec<Trial> = (0..I::LANES).map(trial).collect();
    let recorded = in_memory_sink::recorded(job, range.start);
    let mut block = Block::<I>::new(context, recorded, update::rates(&trials, &job.train_spec));
    block.networks.loss_params = update::loss_params(&trials, &job.train_spec);
    trials.iter().enumerate().for_each(|(lane, trial)| block.networks.set(lane, &in_memory_sink::initial(job, trial)));
    let initial: Vec<Vec<f64>> = (0..models).map(|lane| block.networks.get(lane)).collect();
    let keys: Vec<[u32; 2]> = trials.iter().map(|trial| rng::key(trial.seed)).collect();
    // In a grid, all trials of a block often share their seed.
    let alike = keys.iter().all(|key| *key == keys[0]).then(|| SharedOrders::of_key(keys[0]));
    block.run(&mut RowFeed::new(context, alike.as_ref(), keys), &range);
    let outcomes = block.conclude();
    let results = initial.into_iter().zip(outcomes).enumerate();
    results.map(|(lane, (initial, outcome))| block.result(lane, initial, outcome)).collect()
}

impl<'a, I: Isa> RowFeed<'a, I> {
    /// Chooses the source; `alike` holds the orders of a block whose models all have the same key.
    fn new(context: &'a TrainingContext<'a>, alike: Option<&'a SharedOrders<'a>>, keys: Vec<[u32; 2]>) -> Self {
        let Some(batches) = &context.batches else { return Self::All };
        let (rows, widths) = (context.train.rows(), batches.rows.widths());
        let size = context.train.size.min(batches.size);
        match batches.orders.as_ref().or(alike) {
            Some(orders) => Self::Shared { batches, orders, order: Vec::new(), tile: GatheredTile::new(widths, size) },
            None => {
                Self::Own { batches, order: vec![0; rows * keys.len()], keys, tile: GatheredTile::new(widths, size) }
            }
        }
    }
}

impl<'a, I: Isa> Block<'a, I> {
    fn new(context: &'a TrainingContext<'a>, recorded: &'a [u32], rates: UpdateParams<Vector<I>>) -> Self {
        let histories = || (0..I::LANES).map(|_| History::new(context.job, recorded.len())).collect();
        Self {
            context,
            recorded,
            networks: Networks::new(&context.job.shape, &context.job.train_spec, context.train.size),
            rates,
            active: u32::MAX >> (u32::BITS as usize - I::LANES),
            diverged: vec![None; I::LANES],
            first: vec![None; I::LANES],
            late: vec![None; I::LANES],
            train: histories(),
            test: histories(),
        }
    }

    /// Trains until the last epoch, a stop, or the divergence of every model.
    fn run(&mut self, feed: &mut RowFeed<I>, range: &Range<u64>) {
        let (job, context) = (self.context.job, self.context);
        let mut recorded = self.recorded.iter().peekable();
        let (mut scratch, mut reported) = (Vec::new(), 0);
        for epoch in 0..job.epochs {
            let scored = recorded.next_if(|next| **next == epoch).is_some();
            if self.active == 0 {
                break;
            }
            let rates = self.rates.scheduled(Vector::all(job.train_spec.schedule.multiplier(epoch) as f32));
            let noted = scored || epoch == 0 || epoch == job.late_loss_epoch();
            if noted && !matches!(feed, RowFeed::All) {
                let pass_sums = score(&mut self.networks, &context.train);
                self.store_scores(&pass_sums, scored, epoch);
            }
            match feed {
                RowFeed::All => self.learn_all(epoch, &rates, scored, noted),
                RowFeed::Shared { batches, orders, order, tile } => {
                    let order = orders.of(epoch, context.train.rows(), order, &mut scratch);
                    self.learn(batches, order, tile, epoch, &rates);
                }
                RowFeed::Own { batches, keys, order, tile } => {
                    I::run(DrawOrders { keys, epoch, scratch: &mut scratch, orders: order });
                    self.learn(batches, order, tile, epoch, &rates);
                }
            }
            if epoch + 1 - reported == context.stride {
                reported = epoch + 1;
                if !(context.progress)(range, context.stride) {
                    return;
                }
            }
        }
        (context.progress)(range, job.epochs - reported);
    }

    /// Makes one update with all rows. The same pass computes the scores if they are `noted`.
    fn learn_all(&mut self, epoch: u32, rates: &UpdateParams<Vector<I>>, scored: bool, noted: bool) {
        let mut pass_sums = PassSums::default();
        let wanted = match (noted, self.context.job.record.accuracy) {
            (false, _) => ScoreOptions::Nothing,
            (true, false) => ScoreOptions::Loss,
            (true, true) => ScoreOptions::All,
        };
        self.networks.zero_gradient();
        for tile in self.context.train.iter() {
            let pass_options = PassOptions { wanted, gradient: true, errors: false };
            I::run(Pass { networks: &mut self.networks, tile, pass_options, pass_sums: &mut pass_sums });
        }
        if noted {
            self.store_scores(&pass_sums, scored, epoch);
        }
        self.update(&pass_sums, self.context.train.rows(), epoch, rates);
    }

    /// Makes one update per mini-batch of `order`, gathered tile by tile.
    fn learn<V: RowChoice<I>>(
        &mut self,
        batches: &MiniBatches,
        order: &[u32],
        gathered: &mut GatheredTile<V>,
        epoch: u32,
        rates: &UpdateParams<Vector<I>>,
    ) {
        let (each, points) = (V::rows_per_point(), &batches.rows);
        for batch in order.chunks(batches.size * each) {
            let mut pass_sums = PassSums::default();
            self.networks.zero_gradient();
            for rows in batch.chunks(self.context.train.size * each) {
                I::run(GatherTile { gathered, rows, points, isa: PhantomData::<I> });
                let tile = gathered.tile(points.widths(), rows.len() / each);
                let pass_options = PassOptions { wanted: ScoreOptions::Nothing, gradient: true, errors: false };
                I::run(Pass { networks: &mut self.networks, tile, pass_options, pass_sums: &mut pass_sums });
            }
            self.update(&pass_sums, batch.len() / each, epoch, rates);
        }
    }

    /// Marks models with a non-finite logit as diverged, updates the others by their mean gradients over `rows` rows,
    /// then marks those with a parameter that is not finite or beyond 1e30.
    fn update(&mut self, pass_sums: &PassSums<I>, rows: usize, epoch: u32, rates: &UpdateParams<Vector<I>>) {
        self.mark_diverged(pass_sums.bad(), epoch);
        let (networks, active) = (&mut self.networks, self.active);
        let bad = I::run(Update { networks, active, rates, share: 1.0 / rows as f32 });
        self.mark_diverged(bad, epoch);
    }

    /// Stores `epoch` as the divergence of the models that are `bad` for the first time.
    fn mark_diverged(&mut self, bad: u32, epoch: u32) {
        let lost = bad & self.active;
        if lost != 0 {
            self.active &= !lost;
            let lanes = self.diverged.iter_mut().enumerate();
            lanes.filter(|(lane, _)| lost >> lane & 1 == 1).for_each(|(_, diverged)| *diverged = Some(epoch));
        }
    }

    /// Stores the scores before `epoch`: in the curves if `scored`, and as first or late loss.
    fn store_scores(&mut self, train: &PassSums<I>, scored: bool, epoch: u32) {
        if scored {
            self.record(train);
        }
        let (sound, rows) = (self.active & !train.bad(), self.context.train.rows());
        for (kept, at) in [(&mut self.first, 0), (&mut self.late, self.context.job.late_loss_epoch())] {
            let lanes = kept.iter_mut().enumerate().filter(|(lane, _)| epoch == at && sound >> lane & 1 == 1);
            lanes.for_each(|(lane, loss)| *loss = Some(train.score(lane, rows).loss));
        }
    }

    /// Appends the current scores to the curves of the models that have not diverged.
    fn record(&mut self, train: &PassSums<I>) {
        let (context, active) = (self.context, self.active);
        push(&mut self.train, active, train, context.rows[RowSet::Train as usize]);
        if let Some(tiles) = context.test.as_ref().filter(|_| context.job.record.test) {
            let test = score(&mut self.networks, tiles);
            push(&mut self.test, active, &test, context.rows[RowSet::Test as usize]);
        }
    }

    /// Computes the outcomes after the last update.
    fn conclude(&mut self) -> Vec<Outcome> {
        let context = self.context;
        let train = score(&mut self.networks, &context.train);
        let [validation, test] = [&context.validation, &context.test]
            .map(|tiles| tiles.as_ref().map(|tiles| (score(&mut self.networks, tiles), tiles.rows())));
        if self.recorded.last() == Some(&context.job.epochs) {
            self.record(&train);
        }
        self.mark_diverged(train.bad(), context.job.epochs);
        let sound = |lane: usize, score: Score| self.diverged[lane].is_none().then_some(score);
        let held_out = |pass_sums: Option<(PassSums<I>, usize)>, lane: usize| {
            pass_sums.filter(|(t, _)| t.bad() >> lane & 1 == 0).and_then(|(t, rows)| sound(lane, t.score(lane, rows)))
        };
        let outcome = |lane: usize| Outcome {
            train: sound(lane, train.score(lane, context.train.rows())),
            validation: held_out(validation, lane),
            test: held_out(test, lane),
            diverged: self.diverged[lane],
            first_loss: self.first[lane],
            late_loss: self.late[lane],
            ..Outcome::default()
        };
        (0..I::LANES).map(outcome).collect()
    }

    fn result(&mut self, lane: usize, initial: Vec<f64>, mut outcome: Outcome) -> TrainedModel {
        let (mut train, mut test) = (std::mem::take(&mut self.train[lane]), std::mem::take(&mut self.test[lane]));
        train.end(self.recorded.len());
        test.end(self.recorded.len());
        let last = self.networks.get(lane);
        outcome.dead = outcome.train.is_some() && self.context.job.is_dead(&last);
        TrainedModel { outcome, train, test, initial, last }
    }
}

/// Appends one value to each active model's curves.
fn push<I: Isa>(histories: &mut [History], active: u32, pass_sums: &PassSums<I>, rows: RowCounts) {
    let bad = pass_sums.bad();
    for (lane, history) in histories.iter_mut().enumerate().filter(|(lane, _)| active >> lane & 1 == 1) {
        let score = pass_sums.score(lane, rows.points as usize);
        history.push(score, rows, bad >> lane & 1 == 0);
    }
}

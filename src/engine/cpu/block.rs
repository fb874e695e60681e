//! One training of `N` models side by side, from their trials to their results.

use super::network::{Networks, Tally};
use super::tiles::Tiles;
use crate::engine::collect::{self, History, Trained};
use crate::engine::{Job, Outcome, Score};
use crate::math::Lanes;
use crate::model::Shape;

/// What all blocks of a training share.
pub struct Context<'a> {
    pub job: &'a Job,
    pub train: Tiles,
    pub test: Option<Tiles>,
    /// Told how many epochs of a block are done since the last call.
    pub progress: &'a (dyn Fn(&std::ops::Range<u64>, u32) + Sync),
    /// Epochs between two calls.
    pub stride: u32,
}

/// `N` models in training.
struct Block<'a, const N: usize> {
    context: &'a Context<'a>,
    /// Epochs before which curves are recorded.
    recorded: &'a [u32],
    networks: Networks<N>,
    lr: Lanes<N>,
    diverged: [Option<u32>; N],
    train: Vec<History>,
    test: Vec<History>,
}

/// Trains the trials in `range`, at most `N`.
#[inline(always)]
pub fn train<const N: usize>(context: &Context, range: std::ops::Range<u64>) -> Vec<Trained> {
    let (job, models) = (context.job, (range.end - range.start) as usize);
    // Lanes without a trial of their own repeat the last one.
    let trials: Vec<_> = (0..N).map(|lane| job.trials.get(range.start + lane.min(models - 1) as u64)).collect();
    let lr: [f32; N] = std::array::from_fn(|lane| trials[lane].lr() as f32);
    let mut block = Block::new(context, collect::recorded(job, range.start), Lanes(lr));
    trials.iter().enumerate().for_each(|(lane, trial)| block.networks.set(lane, &collect::initial(job, trial)));
    let initial: Vec<Vec<f64>> = (0..N).map(|lane| block.networks.get(lane)).collect();
    block.run(&range);
    let outcomes = block.conclude();
    let results = initial.into_iter().zip(outcomes).take(models).enumerate();
    results.map(|(lane, (initial, outcome))| block.result(lane, initial, outcome)).collect()
}

impl<'a, const N: usize> Block<'a, N> {
    fn new(context: &'a Context<'a>, recorded: &'a [u32], lr: Lanes<N>) -> Self {
        let histories = || (0..N).map(|_| History::with_capacity(recorded.len())).collect();
        Self {
            context,
            recorded,
            networks: Networks::new(&context.job.shape, context.train.size),
            lr,
            diverged: [None; N],
            train: histories(),
            test: histories(),
        }
    }

    /// All epochs, or as many as it takes until every model has diverged.
    #[inline(always)]
    fn run(&mut self, range: &std::ops::Range<u64>) {
        let (job, context) = (self.context.job, self.context);
        let share = 1.0 / context.train.rows() as f32;
        let mut recorded = self.recorded.iter().peekable();
        let mut told = 0;
        for epoch in 0..job.epochs {
            let scored = recorded.next_if(|next| **next == epoch).is_some();
            let active = self.diverged.map(|epoch| epoch.is_none());
            if active == [false; N] {
                break;
            }
            let tally = self.networks.differentiate(&context.train, scored);
            if scored {
                self.record(&active, &tally);
            }
            self.give_up(&tally.bad(), epoch);
            let active = self.diverged.map(|epoch| epoch.is_none());
            let bad = self.networks.update(&active, self.lr, share);
            self.give_up(&bad, epoch);
            if epoch + 1 - told == context.stride {
                (context.progress)(range, context.stride);
                told = epoch + 1;
            }
        }
        (context.progress)(range, job.epochs - told);
    }

    /// Notes `epoch` for the models that are `bad` for the first time.
    #[inline(always)]
    fn give_up(&mut self, bad: &[bool; N], epoch: u32) {
        for (diverged, bad) in self.diverged.iter_mut().zip(bad) {
            if *bad && diverged.is_none() {
                *diverged = Some(epoch);
            }
        }
    }

    /// Adds the present scores to the curves of the `active` models; the others' end at their divergence.
    #[inline(always)]
    fn record(&mut self, active: &[bool; N], train: &Tally<N>) {
        let context = self.context;
        push(&mut self.train, active, train, context.train.rows());
        if let Some(tiles) = context.test.as_ref().filter(|_| context.job.record.test) {
            let test = self.networks.score(tiles);
            push(&mut self.test, active, &test, tiles.rows());
        }
    }

    /// Scores after the last update.
    #[inline(always)]
    fn conclude(&mut self) -> Vec<Outcome> {
        let context = self.context;
        let train = self.networks.score(&context.train);
        let test = context.test.as_ref().map(|tiles| (self.networks.score(tiles), tiles.rows()));
        let active = self.diverged.map(|epoch| epoch.is_none());
        if self.recorded.last() == Some(&context.job.epochs) {
            self.record(&active, &train);
        }
        self.give_up(&train.bad(), context.job.epochs);
        let sound = |lane: usize, score: Score| self.diverged[lane].is_none().then_some(score);
        let outcome = |lane: usize| Outcome {
            train: sound(lane, train.score(lane, context.train.rows())),
            test: test.filter(|(t, _)| !t.bad()[lane]).and_then(|(t, rows)| sound(lane, t.score(lane, rows))),
            diverged: self.diverged[lane],
        };
        (0..N).map(outcome).collect()
    }

    fn result(&mut self, lane: usize, initial: Vec<f64>, outcome: Outcome) -> Trained {
        let (mut train, mut test) = (std::mem::take(&mut self.train[lane]), std::mem::take(&mut self.test[lane]));
        train.end(self.recorded.len());
        test.end(self.recorded.len());
        Trained { outcome, train, test, initial, last: self.networks.get(lane) }
    }
}

/// Adds one value to each active model's curves.
fn push<const N: usize>(histories: &mut [History], active: &[bool; N], tally: &Tally<N>, rows: usize) {
    for (lane, history) in histories.iter_mut().enumerate().filter(|(lane, _)| active[*lane]) {
        let score = tally.score(lane, rows);
        history.push(score.loss, f64::from(score.correct) / rows as f64);
    }
}

/// Scores at most `N` models given by their parameters; `None` where a logit is not finite.
#[inline(always)]
pub fn evaluate<const N: usize>(shape: &Shape, models: &[&[f64]], tiles: &Tiles) -> Vec<Option<Score>> {
    let mut networks = Networks::<N>::new(shape, tiles.size);
    models.iter().enumerate().for_each(|(lane, parameters)| networks.set(lane, parameters));
    let tally = networks.score(tiles);
    let bad = tally.bad();
    (0..models.len()).map(|lane| (!bad[lane]).then(|| tally.score(lane, tiles.rows()))).collect()
}

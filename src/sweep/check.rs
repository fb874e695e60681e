//! Which settings make sense, alone and together. What would do nothing is refused, too.

use super::{Axis, BatchSize, Choice, Curve, Scalar, Schedule, ScheduleKind, Shuffle, Sweep};
use crate::dataset::Source;
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Loss, Scaling};
use crate::model::MAX_FEATURES;
use clap::ValueEnum;

/// Most cells.
const MOST_CELLS: usize = 10_000;
/// Most points of a curve.
const MOST_POINTS: usize = 1_000_000;
/// Most numbers of a kind that all cells hold together.
pub(super) const MOST_HELD: usize = 10_000_000;

fn within(name: &str, value: f64, ok: bool, allowed: &str) -> Result<()> {
    if ok { Ok(()) } else { Err(Error::setting(name, value, allowed)) }
}

/// An error where a setting was given, but nothing that heeds it.
fn heeded(name: &str, given: bool, heeded: bool, allowed: impl FnOnce() -> String) -> Result<()> {
    if given && !heeded { Err(Error::setting(name, "without effect", allowed())) } else { Ok(()) }
}

/// `--optimizer adam, adamw`.
fn among<T: Choice>(flag: &str, choices: &[T]) -> String {
    let names: Vec<String> = choices.iter().map(Choice::text).collect();
    format!("together with {flag} {}", names.join(" or "))
}

impl Sweep {
    /// Checks every setting that can be judged without reading a file.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first bad one and what is allowed.
    pub fn validate(&self) -> Result<()> {
        self.validate_numbers()?;
        self.validate_size()?;
        self.validate_models()?;
        self.validate_scalars()?;
        self.validate_data()?;
        self.validate_training()?;
        self.validate_scaling()?;
        self.map.map_or(Ok(()), |axes| axes.validate(self))
    }

    /// A scaling is a factor of gradients, which not every optimizer is linear in.
    fn validate_scaling(&self) -> Result<()> {
        let flag = || format!("--scaling {}", self.scaling);
        if self.scaling.is_standard() {
            return Ok(());
        }
        if let Some(other) = self.optimizer.all().iter().find(|optimizer| !Scaling::OPTIMIZERS.contains(optimizer)) {
            return Err(Error::setting("--optimizer", other, format!("sgd, momentum or nesterov with {}", flag())));
        }
        if self.clip.is_some() {
            return Err(Error::setting("--clip", format!("together with {}", flag()), "one of the two"));
        }
        if self.bias {
            return Err(Error::setting("--scaling", self.scaling, "together with --no-bias"));
        }
        if self.init_from.is_some() {
            return Err(Error::setting("--scaling", self.scaling, "together with weights that --init draws"));
        }
        Ok(())
    }

    fn validate_numbers(&self) -> Result<()> {
        within("--blur", self.blur, self.blur.is_finite() && self.blur >= 0.0, "a number from 0")?;
        within("--noise", self.noise, self.noise.is_finite() && self.noise >= 0.0, "a number from 0")?;
        within("--points", self.points.into(), (2..=100_000).contains(&self.points), "2 to 100000")?;
        let threshold = self.success_threshold.unwrap_or(0.0);
        within("--success-threshold", threshold, (0.0..=1.0).contains(&threshold), "0 to 1, a share of the points")?;
        for (flag, fraction) in
            [("--validation-fraction", self.validation_fraction), ("--test-fraction", self.test_fraction)]
        {
            within(flag, fraction, (0.0..=0.9).contains(&fraction), "0 (no such rows) to 0.9")?;
        }
        let both = self.validation_fraction + self.test_fraction;
        within("--validation-fraction and --test-fraction together", both, both < 1.0, "less than 1: some rows train")?;
        within("--epochs", self.epochs as f64, self.epochs <= 100_000_000, "0 to 100000000")?;
        within("--record-every", 0.0, self.record_every != Some(0), "a whole number from 1")?;
        let seeds = self.data_seeds.unwrap_or(1);
        within("--data-seeds", seeds.into(), (1..=MOST_CELLS as u32).contains(&seeds), "1 to 10000")?;
        if self.data_seed.checked_add(u64::from(seeds) - 1).is_none() {
            let what = format!("{seeds} from --data-seed {} on", self.data_seed);
            return Err(Error::setting("--data-seeds", what, "seeds below 2^64"));
        }
        within("--chunk-models", 0.0, self.chunk_models != Some(0), "a whole number from 1")
    }

    /// What every cell holds in memory before the first model is trained.
    fn validate_size(&self) -> Result<()> {
        let lists = [
            self.dataset.all().len(),
            self.data_seeds.unwrap_or(1) as usize,
            self.hidden.all().len(),
            self.activation.all().len(),
            self.init.all().len(),
            self.optimizer.all().len(),
            self.schedule.all().len(),
            self.batch_size.all().len(),
        ];
        let cells = lists.iter().fold(1usize, |product, n| product.saturating_mul(*n));
        within("cells", cells as f64, cells <= MOST_CELLS, "up to 10000 combinations of what is no number")?;
        let values: usize = self.axes().iter().map(|(_, axis)| axis.values().len()).sum();
        let (held, allowed) = (values * cells, "up to 10000000 values of all axes together, in all cells");
        within("--lr and the other axes", held as f64, held <= MOST_HELD, allowed)?;
        let points = self.epochs.div_ceil(self.record_stride()) as usize + 1;
        within("--record-every", points as f64, points <= MOST_POINTS, "up to 1000000 points a curve")?;
        let (held, allowed) = (points * cells, "up to 10000000 recorded epochs in all cells");
        within("--record-every", held as f64, held <= MOST_HELD, allowed)
    }

    fn validate_models(&self) -> Result<()> {
        for (name, count) in [("--models", self.models), ("--seeds", self.seeds)] {
            let ok = count.is_none_or(|n| (1..=Self::MAX_MODELS).contains(&n));
            within(name, count.unwrap_or(0) as f64, ok, "a whole number from 1 to 2^40")?;
        }
        if self.models.is_some() && self.seeds.is_some() {
            return Err(Error::setting("--seeds", "together with --models", "one of the two"));
        }
        if self.trials.is_some() && (self.seeds.is_some() || self.independent_seeds) {
            return Err(Error::setting("--trials", "together with --seeds or --independent-seeds", "one of the two"));
        }
        Ok(())
    }

    fn validate_scalars(&self) -> Result<()> {
        for (scalar, axis) in self.axes() {
            let flag = scalar.flag();
            if let Some(bad) = axis.values().iter().find(|value| !scalar.allows(**value)) {
                return Err(Error::setting(flag, bad, scalar.allowed()));
            }
            self.check_heeded(scalar, &flag)?;
            if self.trials.is_some() && scalar != Scalar::Lr {
                let allowed = format!("a column {} in the --trials file", scalar.name());
                return Err(Error::setting(flag, "together with --trials", allowed));
            }
        }
        Ok(())
    }

    /// An error where no cell heeds `scalar`, which `name` gives.
    pub(super) fn check_heeded(&self, scalar: Scalar, name: &str) -> Result<()> {
        let optimizers = scalar.optimizers();
        let read = self.optimizer.all().iter().any(|o| optimizers.contains(o));
        heeded(name, true, read, || among("--optimizer", &optimizers))?;
        let drawn = self.init_from.is_none() && self.init.all() != [Scheme::Zeros];
        let of_start = matches!(scalar, Scalar::InitScale | Scalar::OffsetA | Scalar::OffsetB);
        heeded(name, of_start, drawn, || "together with weights that --init draws".into())
    }

    fn validate_data(&self) -> Result<()> {
        if self.data.is_none() && (self.label.is_some() || self.positive.is_some()) {
            return Err(Error::setting("--label, --positive", "without --data", "together with --data FILE.csv"));
        }
        if self.data.is_some() && self.dataset.vary() {
            return Err(Error::setting("--dataset", &self.dataset, "one of --data and --dataset"));
        }
        self.check_made("--noise", self.noise != 0.0, Source::is_noisy)?;
        self.check_made("--blur", self.blur != 1.0, Source::is_blurred)?;
        self.check_made("--features", self.features != super::FEATURES, Source::is_random)?;
        let features = self.features as usize;
        within("--features", features as f64, (1..=MAX_FEATURES).contains(&features), "1 to 1024")?;
        let random = self.data.is_none() && self.dataset.all().iter().any(|source| source.is_random());
        if random && self.loss != Loss::Mse {
            return Err(Error::setting("--dataset", "random, whose targets are no labels", "together with --loss mse"));
        }
        // Rows that are read differ only by which of them are set apart.
        let drawn = self.data.is_none() || self.is_split();
        heeded("--data-seeds", self.data_seeds.is_some_and(|seeds| seeds > 1), drawn, || {
            "data that are made, or a split of --data by --validation-fraction or --test-fraction".into()
        })?;
        if self.record.contains(&Curve::Test) && self.test_fraction == 0.0 {
            return Err(Error::setting("--record", "test without test rows", "together with --test-fraction"));
        }
        Ok(())
    }

    /// Whether rows are set apart from those that train.
    pub(crate) fn is_split(&self) -> bool {
        self.validation_fraction > 0.0 || self.test_fraction > 0.0
    }

    /// An error where `name` is given and no data set is made that heeds it.
    fn check_made(&self, name: &str, given: bool, heeds: fn(Source) -> bool) -> Result<()> {
        let all: Vec<Source> = Source::value_variants().iter().copied().filter(|source| heeds(*source)).collect();
        let any = self.data.is_none() && self.dataset.all().iter().any(|source| heeds(*source));
        heeded(name, given, any, || among("--dataset", &all))
    }

    fn validate_training(&self) -> Result<()> {
        let scheduled = |kinds: &[ScheduleKind]| self.schedule.all().iter().any(|kind| kinds.contains(kind));
        use ScheduleKind::{Exponential, Step, WarmupCosine};
        let heeding: [(&str, bool, &[ScheduleKind]); 3] = [
            ("--step-size", self.step_size.is_some(), &[Step]),
            ("--gamma", self.gamma.is_some(), &[Step, Exponential]),
            ("--warmup", self.warmup.is_some(), &[WarmupCosine]),
        ];
        for (name, given, kinds) in heeding {
            heeded(name, given, scheduled(kinds), || among("--schedule", kinds))?;
        }
        self.schedule.all().iter().try_for_each(|kind| self.schedule_of(*kind).map(|_| ()))?;
        let batches = self.batch_size.all().iter().any(|size| *size != BatchSize(None));
        let with_batches = || "together with --batch-size".to_owned();
        heeded("--batch-order", self.batch_order.is_some(), batches, with_batches)?;
        heeded("--shuffle", self.shuffle == Shuffle::PerSeed, batches, with_batches)?;
        if self.shuffle == Shuffle::PerSeed && self.batch_order.is_some() {
            return Err(Error::setting("--shuffle", "together with --batch-order", "one of the two"));
        }
        let drawn = self.init.all() != [Scheme::Torch];
        if self.init_from.is_some() && (drawn || self.init_bias != super::InitBias::Torch) {
            let allowed = "one of --init-from and --init, --init-bias";
            return Err(Error::setting("--init-from", "together with settings for drawn weights", allowed));
        }
        Ok(())
    }

    /// The scalars that are given, in the order of the trials.
    pub fn axes(&self) -> Vec<(Scalar, &Axis)> {
        let axis = |scalar: Scalar| match scalar {
            Scalar::Lr => Some(&self.lr),
            Scalar::LrFirst => self.lr_first.as_ref(),
            Scalar::Momentum => self.momentum.as_ref(),
            Scalar::WeightDecay => self.weight_decay.as_ref(),
            Scalar::InitScale => self.init_scale.as_ref(),
            Scalar::Beta1 => self.beta1.as_ref(),
            Scalar::Beta2 => self.beta2.as_ref(),
            Scalar::Alpha => self.alpha.as_ref(),
            Scalar::Epsilon => self.epsilon.as_ref(),
            Scalar::Clip => self.clip.as_ref(),
            Scalar::OffsetA => self.offset_a.as_ref(),
            Scalar::OffsetB => self.offset_b.as_ref(),
        };
        Scalar::ALL.into_iter().filter_map(|scalar| Some((scalar, axis(scalar)?))).collect()
    }

    /// The schedule of this kind with the numbers given.
    ///
    /// # Errors
    /// As for [`Schedule::new`].
    pub fn schedule_of(&self, kind: ScheduleKind) -> Result<Schedule> {
        Schedule::new(kind, self.epochs, self.step_size, self.gamma, self.warmup)
    }
}

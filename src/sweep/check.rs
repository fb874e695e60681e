//! Which settings make sense, alone and together. What would do nothing is refused, too.

mod rules;

use super::number_ranges::{MOST_CELLS, counted, measured};
use super::{Axis, BatchSize, Choice, ExtraCurve, Hyperparameter, Schedule, ScheduleKind, Shuffle, Sweep};
use crate::dataset::Generator;
use crate::error::{Error, Result, number, one_of};
use crate::math::init::Scheme;
use crate::math::{Loss, WeightScaling};
use clap::ValueEnum;
use rules::{among, effective, either, selectable};
use std::path::{Path, PathBuf};

/// Most points of a curve.
const MOST_POINTS: usize = 1_000_000;
/// Most numbers of a kind that all cells hold together.
pub(super) const MOST_HELD: usize = 10_000_000;

impl Sweep {
    /// Checks every setting that can be judged without reading a file.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first bad one and what is allowed, [`Error::Usage`] the first ones that do not fit together.
    pub fn validate(&self) -> Result<()> {
        self.validate_paths()?;
        self.validate_numbers()?;
        self.validate_size()?;
        self.validate_models()?;
        self.validate_scalars()?;
        self.validate_data()?;
        self.validate_training()?;
        self.validate_scaling()?;
        self.map.map_or(Ok(()), |axes| axes.validate(self))
    }

    /// What was given and probably not meant, each in one line for people.
    pub fn notes(&self) -> Vec<String> {
        self.axes().into_iter().filter_map(|(scalar, axis)| axis.note(&scalar.flag())).collect()
    }

    /// A `sweep.toml`, which is text, names these files.
    fn validate_paths(&self) -> Result<()> {
        let paths = [
            ("--data", &self.data),
            ("--trials", &self.trials),
            ("--init-from", &self.init_from),
            ("--batch-order", &self.batch_order),
        ];
        let is_text = |path: &PathBuf| path.to_str().is_some();
        match paths.into_iter().find(|(_, path)| path.as_ref().is_some_and(|path| !is_text(path))) {
            Some((flag, path)) => {
                let name = path.as_deref().unwrap_or(Path::new("")).display();
                let what = format!(
                    "{name} has a name that is not UTF-8, which sweep.toml can't hold; rename the file or its folder"
                );
                Err(Error::usage(flag, what))
            }
            None => Ok(()),
        }
    }

    /// A scaling is a factor of gradients, which not every optimizer is linear in.
    fn validate_scaling(&self) -> Result<()> {
        let flag = || format!("--scaling {}", self.scaling);
        if self.scaling.is_standard() {
            return Ok(());
        }
        if let Some(other) =
            self.optimizer.all().iter().find(|optimizer| !WeightScaling::OPTIMIZERS.contains(optimizer))
        {
            let allowed = format!("sgd, momentum or nesterov with {}", flag());
            return Err(Error::setting("--optimizer", other, allowed));
        }
        if self.clip.is_some() {
            return Err(either("--clip", &flag()));
        }
        if self.bias {
            return Err(Error::usage(flag(), "needs a network without biases; add --no-bias"));
        }
        if self.init_from.is_some() {
            return Err(either(&flag(), "--init-from"));
        }
        Ok(())
    }

    fn validate_numbers(&self) -> Result<()> {
        measured("--blur", self.blur)?;
        measured("--noise", self.noise)?;
        counted("--points", self.points)?;
        measured("--success-threshold", self.success_threshold.unwrap_or(0.0))?;
        measured("--validation-fraction", self.validation_fraction)?;
        measured("--test-fraction", self.test_fraction)?;
        let both = self.validation_fraction + self.test_fraction;
        if both >= 1.0 {
            let what =
                format!("and --test-fraction together must be less than 1, not {}: some rows train", number(both));
            return Err(Error::usage("--validation-fraction", what));
        }
        counted("--epochs", self.epochs)?;
        counted("--record-every", self.record_every.unwrap_or(1))?;
        let seeds = self.data_seeds.unwrap_or(1);
        counted("--data-seeds", seeds)?;
        if self.data_seed.checked_add(u64::from(seeds) - 1).is_none() {
            let what =
                format!("{seeds} from --data-seed {} on go beyond 2^64 - 1; use a smaller --data-seed", self.data_seed);
            return Err(Error::usage("--data-seeds", what));
        }
        selectable(self.select, &self.metrics)?;
        counted("--chunk-models", self.chunk_models.unwrap_or(1))
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
        if cells > MOST_CELLS {
            let what = format!(
                "--dataset, --hidden, --optimizer, ... have {cells} combinations; up to {MOST_CELLS} are possible"
            );
            return Err(Error::usage("the lists of", what));
        }
        let values: usize = self.axes().iter().map(|(_, axis)| axis.values().len()).sum();
        let held = values * cells;
        if held > MOST_HELD {
            let what = format!(
                "and the other lists have {held} values in all {cells} combinations; up to {MOST_HELD} are possible"
            );
            return Err(Error::usage("--lr", what));
        }
        let points = self.epochs.div_ceil(self.record_stride()) as usize + 1;
        let stride = self.record_stride();
        let refuse = |what: String| Err(Error::usage(format!("--record-every {stride}"), what));
        if points > MOST_POINTS {
            return refuse(format!(
                "makes {points} points a curve; up to {MOST_POINTS} are possible; use a larger one"
            ));
        }
        match points * cells {
            held if held > MOST_HELD => refuse(format!(
                "makes {held} points in all {cells} combinations; up to {MOST_HELD} are possible; use a larger one"
            )),
            _ => Ok(()),
        }
    }

    fn validate_models(&self) -> Result<()> {
        for (name, count) in [("--models", self.models), ("--seeds", self.seeds)] {
            counted(name, count.unwrap_or(1))?;
        }
        if self.models.is_some() && self.seeds.is_some() {
            return Err(either("--seeds", "--models"));
        }
        for (name, given) in [("--seeds", self.seeds.is_some()), ("--independent-seeds", self.independent_seeds)] {
            if self.trials.is_some() && given {
                let what = "has no effect with --trials, whose column seed has every model's seed; leave it out";
                return Err(Error::usage(name, what));
            }
        }
        Ok(())
    }

    fn validate_scalars(&self) -> Result<()> {
        for (scalar, axis) in self.axes() {
            let flag = scalar.flag();
            if let Some(bad) = axis.values().iter().find(|value| !scalar.allows(**value)) {
                return Err(Error::setting(flag, number(*bad), scalar.allowed()));
            }
            self.check_effective(scalar, &flag)?;
        }
        Ok(())
    }

    /// An error where `scalar`, which `name` gives, has an effect in no cell.
    pub(super) fn check_effective(&self, scalar: Hyperparameter, name: &str) -> Result<()> {
        let optimizers = scalar.optimizers();
        let read = self.optimizer.all().iter().any(|o| optimizers.contains(o));
        effective(name, true, read, || among("--optimizer", &self.optimizer, &optimizers))?;
        let drawn = self.init_from.is_none() && self.init.all() != [Scheme::Zeros];
        let of_start = matches!(scalar, Hyperparameter::InitScale | Hyperparameter::OffsetA | Hyperparameter::OffsetB);
        let start = if self.init_from.is_some() { "--init-from" } else { "--init zeros" };
        effective(name, of_start, drawn, || {
            format!("with {start}; use weights that --init draws, such as --init torch")
        })
    }

    fn validate_data(&self) -> Result<()> {
        let of_files = [
            ("--label", self.label.is_some()),
            ("--positive", self.positive.is_some()),
            ("--no-header", self.no_header),
        ];
        for (name, given) in of_files {
            effective(name, given, self.data.is_some(), || "without a file; add --data FILE.csv".into())?;
        }
        if self.data.is_some() && self.dataset.vary() {
            return Err(either("--dataset", "--data"));
        }
        self.check_made("--noise", self.noise != 0.0, Generator::is_noisy)?;
        self.check_made("--blur", self.blur != 1.0, Generator::is_blurred)?;
        self.check_made("--features", self.features != super::FEATURES, Generator::is_random)?;
        counted("--features", self.features)?;
        let random = self.data.is_none() && self.dataset.all().iter().any(|source| source.is_random());
        if random && self.loss != Loss::Mse {
            let what = "has targets that are no classes, which --loss bce can't learn; add --loss mse";
            return Err(Error::usage("--dataset random", what));
        }
        // Rows that are read differ only by which of them are set apart.
        let drawn = self.data.is_none() || self.is_split();
        effective("--data-seeds", self.data_seeds.is_some_and(|seeds| seeds > 1), drawn, || {
            "on a file whose rows are all trained on; add --test-fraction, which each of them splits differently".into()
        })?;
        if self.record.contains(&ExtraCurve::Test) && self.test_fraction == 0.0 {
            return Err(Error::usage(
                "--record",
                "has test curves, which need rows for testing; add --test-fraction 0.25",
            ));
        }
        Ok(())
    }

    /// Whether rows are set apart from those that train.
    pub(crate) fn is_split(&self) -> bool {
        self.validation_fraction > 0.0 || self.test_fraction > 0.0
    }

    /// An error where `name` is given and no data set is made that it has an effect on.
    fn check_made(&self, name: &str, given: bool, heeds: fn(Generator) -> bool) -> Result<()> {
        let all: Vec<Generator> = Generator::value_variants().iter().copied().filter(|source| heeds(*source)).collect();
        let any = self.data.is_none() && self.dataset.all().iter().any(|source| heeds(*source));
        let with_file = || {
            format!("with --data; use it with --dataset {}", one_of(&all.iter().map(Choice::text).collect::<Vec<_>>()))
        };
        let of_set = || among("--dataset", &self.dataset, &all);
        effective(name, given, any, || if self.data.is_some() { with_file() } else { of_set() })
    }

    fn validate_training(&self) -> Result<()> {
        let scheduled = |kinds: &[ScheduleKind]| self.schedule.all().iter().any(|kind| kinds.contains(kind));
        use ScheduleKind::{Exponential, Step, WarmupCosine};
        let kinds_of: [(&str, bool, &[ScheduleKind]); 3] = [
            ("--step-size", self.step_size.is_some(), &[Step]),
            ("--gamma", self.gamma.is_some(), &[Step, Exponential]),
            ("--warmup", self.warmup.is_some(), &[WarmupCosine]),
        ];
        for (name, given, kinds) in kinds_of {
            effective(name, given, scheduled(kinds), || among("--schedule", &self.schedule, kinds))?;
        }
        self.schedule.all().iter().try_for_each(|kind| self.schedule_of(*kind).map(|_| ()))?;
        let batches = self.batch_size.all().iter().any(|size| *size != BatchSize(None));
        let with_batches = || "without mini-batches; add --batch-size, such as --batch-size 32".to_owned();
        effective("--batch-order", self.batch_order.is_some(), batches, with_batches)?;
        effective("--shuffle", self.shuffle == Shuffle::PerSeed, batches, with_batches)?;
        if self.shuffle == Shuffle::PerSeed && self.batch_order.is_some() {
            return Err(either("--shuffle", "--batch-order"));
        }
        let drawn = self.init.all() != [Scheme::Torch];
        if self.init_from.is_some() && (drawn || self.init_bias != super::InitBias::Torch) {
            return Err(either("--init-from", if drawn { "--init" } else { "--init-bias" }));
        }
        Ok(())
    }

    /// The scalars that are given, in the order of the trials.
    pub fn axes(&self) -> Vec<(Hyperparameter, &Axis)> {
        let axis = |scalar: Hyperparameter| match scalar {
            Hyperparameter::Lr => Some(&self.lr),
            Hyperparameter::LrFirst => self.lr_first.as_ref(),
            Hyperparameter::Momentum => self.momentum.as_ref(),
            Hyperparameter::WeightDecay => self.weight_decay.as_ref(),
            Hyperparameter::InitScale => self.init_scale.as_ref(),
            Hyperparameter::Beta1 => self.beta1.as_ref(),
            Hyperparameter::Beta2 => self.beta2.as_ref(),
            Hyperparameter::Alpha => self.alpha.as_ref(),
            Hyperparameter::Epsilon => self.epsilon.as_ref(),
            Hyperparameter::Clip => self.clip.as_ref(),
            Hyperparameter::OffsetA => self.offset_a.as_ref(),
            Hyperparameter::OffsetB => self.offset_b.as_ref(),
        };
        Hyperparameter::ALL.into_iter().filter_map(|scalar| Some((scalar, axis(scalar)?))).collect()
    }

    /// The schedule of this kind with the numbers given.
    ///
    /// # Errors
    /// As for [`Schedule::new`].
    pub fn schedule_of(&self, kind: ScheduleKind) -> Result<Schedule> {
        Schedule::new(kind, self.epochs, self.step_size, self.gamma, self.warmup)
    }
}

//! Learning-rate schedules over epochs, equal to those of PyTorch's `torch.optim.lr_scheduler`.

use crate::error::{Error, Result, number};
use crate::math::choice_enum::choice_enum;

choice_enum! {
    /// Kinds of schedule.
    pub enum ScheduleKind {
        /// Always the same.
        Constant,
        /// Times gamma after every `step-size` epochs (`StepLR`).
        #[strum(to_string = "step", serialize = "step-lr", serialize = "steplr")]
        Step,
        /// Times gamma after every epoch (`ExponentialLR`).
        #[strum(to_string = "exponential", serialize = "exponential-lr", serialize = "exponentiallr")]
        Exponential,
        /// Half a cosine down to 0 (`CosineAnnealingLR`).
        #[strum(to_string = "cosine", serialize = "cosine-annealing")]
        Cosine,
        /// From a tenth up to all in `warmup` epochs (`LinearLR`), then half a cosine down to 0.
        WarmupCosine,
    }
}

/// A learning-rate schedule with all its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// Formula.
    pub kind: ScheduleKind,
    /// Number of epochs of the training.
    pub epochs: u32,
    /// Epochs between two steps, from 1.
    pub step_size: u32,
    /// Factor per step, or per epoch of an exponential schedule.
    pub gamma: f64,
    /// Warm-up epochs.
    pub warmup: u32,
}

impl Schedule {
    /// A constant learning rate.
    pub const CONSTANT: Self = Self { kind: ScheduleKind::Constant, epochs: 0, step_size: 1, gamma: 1.0, warmup: 0 };

    /// Creates a schedule. Defaults: a step of a third of the epochs, with factor 0.1; exponential decay to a hundredth
    /// over all epochs; a warm-up of a tenth of the epochs.
    ///
    /// # Errors
    /// [`Error::Setting`] for an invalid gamma, step size or warm-up.
    pub fn new(
        kind: ScheduleKind,
        epochs: u32,
        step_size: Option<u32>,
        gamma: Option<f64>,
        warmup: Option<u32>,
    ) -> Result<Self> {
        let gamma = gamma.unwrap_or_else(|| match kind {
            ScheduleKind::Exponential => 0.01f64.powf(1.0 / f64::from(epochs.max(1))),
            _ => 0.1,
        });
        let this = Self {
            kind,
            epochs,
            step_size: step_size.unwrap_or(epochs / 3).max(u32::from(step_size.is_none())),
            gamma,
            warmup: warmup.unwrap_or(epochs / 10),
        };
        if !(gamma.is_finite() && gamma >= 0.0) {
            return Err(Error::setting("--gamma", number(gamma), "a finite number from 0"));
        }
        if this.step_size == 0 {
            return Err(Error::setting("--step-size", 0, format!("a whole number from 1 to {}", u32::MAX)));
        }
        if kind == ScheduleKind::WarmupCosine && this.warmup >= epochs.max(1) {
            let allowed = format!("fewer than the {epochs} epochs of the training");
            return Err(Error::setting("--warmup", this.warmup, allowed));
        }
        Ok(this)
    }

    /// Returns the factor of the learning rates in `epoch`, counted from 0.
    pub fn multiplier(&self, epoch: u32) -> f64 {
        let half_cosine =
            |epoch: u32, of: u32| (1.0 + (std::f64::consts::PI * f64::from(epoch) / f64::from(of)).cos()) / 2.0;
        match self.kind {
            ScheduleKind::Constant => 1.0,
            ScheduleKind::Step => self.gamma.powf(f64::from(epoch / self.step_size)),
            ScheduleKind::Exponential => self.gamma.powf(f64::from(epoch)),
            ScheduleKind::Cosine => half_cosine(epoch, self.epochs),
            ScheduleKind::WarmupCosine if epoch < self.warmup => 0.1 + 0.9 * f64::from(epoch) / f64::from(self.warmup),
            ScheduleKind::WarmupCosine => half_cosine(epoch - self.warmup, self.epochs - self.warmup),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_nonsense() {
        let step = Schedule::new(ScheduleKind::Step, 90, None, None, None).unwrap();
        assert_eq!([0, 29, 30, 60].map(|e| step.multiplier(e)), [1.0, 1.0, 0.1, 0.1f64.powf(2.0)]);
        let exponential = Schedule::new(ScheduleKind::Exponential, 50, None, None, None).unwrap();
        assert!((exponential.multiplier(50) - 0.01).abs() < 1e-15);
        assert_eq!(Schedule::new(ScheduleKind::Step, 0, None, None, None).unwrap().multiplier(0), 1.0);
        assert!(Schedule::new(ScheduleKind::Step, 9, Some(0), None, None).is_err());
        assert!(Schedule::new(ScheduleKind::Step, 9, None, Some(f64::NAN), None).is_err());
        assert!(Schedule::new(ScheduleKind::WarmupCosine, 9, None, None, Some(9)).is_err());
    }

    #[test]
    fn multipliers_are_pytorchs_own() {
        let kinds = [
            (ScheduleKind::Step, "step", Some(50), Some(0.5), None),
            (ScheduleKind::Exponential, "exponential", None, Some(0.99), None),
            (ScheduleKind::Cosine, "cosine", None, None, None),
            (ScheduleKind::WarmupCosine, "warmup_cosine", None, None, Some(20)),
        ];
        for (kind, name, step_size, gamma, warmup) in kinds {
            let file = format!("{}/tests/data/tanh_2_6_1_sgd_{name}.npz", env!("CARGO_MANIFEST_DIR"));
            let expected = crate::npz::Npz::open(file.as_ref()).unwrap().read("lr_multiplier").unwrap().values;
            assert_eq!(expected.len(), 200);
            let schedule = Schedule::new(kind, 200, step_size, gamma, warmup).unwrap();
            for (expected, epoch) in expected.into_iter().zip(0..) {
                // PyTorch computes its factors by recurrence: 200 roundings of about 1e-16.
                let error = (schedule.multiplier(epoch) - expected).abs();
                assert!(error <= 1e-13, "{name} {epoch}: {error}");
            }
        }
    }
}

//! Zooming into an axis: a smaller range of the same kind elsewhere, within the limits of floating-point precision.

use super::{Hyperparameter, Sweep};
use crate::error::{Error, Result, number};

/// Floating-point format that an engine rounds axis values to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Format of the gpu and cpu engines
    F32,
    /// Format of the reference engine
    F64,
}

/// Minimum distance of neighbouring values in units in the last place. Rounding moves a value by up to half a unit, a
/// quarter of this distance.
pub const MIN_SPACING: f64 = 2.0;

impl Precision {
    /// Returns the smallest distance of neighbouring values of a hyper-parameter, in units in the last place of the
    /// larger value, or of the weight that it is added to. Infinite for a single value, 0 beyond the range of this
    /// precision.
    pub fn min_spacing(self, hyperparameter: Hyperparameter, values: &[f64]) -> f64 {
        // Offsets are added to weights, whose magnitude is taken as 1.
        let least = if matches!(hyperparameter, Hyperparameter::OffsetA | Hyperparameter::OffsetB) { 1.0 } else { 0.0 };
        let gap = |pair: &[f64]| {
            let gap = (pair[1] - pair[0]).abs() / self.unit(pair[0].abs().max(pair[1].abs()).max(least));
            if gap.is_nan() { 0.0 } else { gap }
        };
        values.windows(2).map(gap).fold(f64::INFINITY, f64::min)
    }

    /// Returns the distance from a magnitude to the next larger number.
    fn unit(self, magnitude: f64) -> f64 {
        match self {
            Self::F64 => magnitude.next_up() - magnitude,
            Self::F32 => {
                let near = magnitude as f32;
                f64::from(near.next_up()) - f64::from(near)
            }
        }
    }
}

impl std::fmt::Display for Precision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

const NO_MAP: &str = "needs a map; add --x and --y";

impl Sweep {
    /// Makes the map's window `factor` times smaller, around these values of its axes.
    ///
    /// # Errors
    /// As for [`Sweep::zoom_towards`].
    pub fn zoom(&mut self, centre: [f64; 2], factor: f64) -> Result<()> {
        self.zoom_towards(centre, factor, 0.0)
    }

    /// Makes the map's window `factor` times smaller, and moves its centre towards these values of its axes, leaving
    /// the fraction `rest` of the distance: 0 moves it onto them.
    ///
    /// # Errors
    /// [`Error::Usage`] for settings without a map, an axis that is a list, and a centre that the axis can't have;
    /// [`Error::Setting`] for a factor that is not finite and above 0.
    pub fn zoom_towards(&mut self, centre: [f64; 2], factor: f64, rest: f64) -> Result<()> {
        let axes = self.map.ok_or_else(|| Error::usage("--zoom", NO_MAP))?;
        if !(factor.is_finite() && factor > 0.0) {
            return Err(Error::setting("--zoom", number(factor), "X,Y,FACTOR with a factor above 0"));
        }
        for (hyperparameter, centre) in [axes.x, axes.y].into_iter().zip(centre) {
            let axis = self.axis(hyperparameter).and_then(|axis| axis.window(centre, factor, rest));
            let refuse = || {
                let (centre, name) = (number(centre), hyperparameter.name());
                Error::usage(
                    "--zoom",
                    format!("to {centre} needs {name} as a range, such as a logspace, and a place on it"),
                )
            };
            self.set_axis(hyperparameter, axis.ok_or_else(refuse)?);
        }
        Ok(())
    }

    /// Sets the number of values of both map axes.
    ///
    /// # Errors
    /// [`Error::Usage`] for settings without a map, and for an axis that is a list.
    pub fn set_pixels(&mut self, pixels: u32) -> Result<()> {
        let axes = self.map.ok_or_else(|| Error::usage("--pixels", NO_MAP))?;
        for hyperparameter in [axes.x, axes.y] {
            let axis = self.axis(hyperparameter).and_then(|axis| axis.of_count(pixels));
            let list = || {
                let what = format!(
                    "{pixels} needs {} as a range, such as a linspace, instead of a list",
                    hyperparameter.name()
                );
                Error::usage("--pixels", what)
            };
            self.set_axis(hyperparameter, axis.ok_or_else(list)?);
        }
        Ok(())
    }

    /// Returns the smallest distance of values on the map's axes, in units in the last place of this precision;
    /// infinite without a map.
    ///
    /// # Errors
    /// [`Error::Usage`] if it is less than [`MIN_SPACING`]: after rounding, pixels would train with values other than
    /// those drawn, or with equal ones.
    pub fn check_spacing(&self, precision: Precision) -> Result<f64> {
        let Some(axes) = self.map else { return Ok(f64::INFINITY) };
        let mut least = f64::INFINITY;
        for hyperparameter in [axes.x, axes.y] {
            let apart = self
                .axis(hyperparameter)
                .map_or(f64::INFINITY, |axis| precision.min_spacing(hyperparameter, axis.values()));
            if apart < MIN_SPACING {
                let what = format!(
                    "has pixels {apart:.3} units in the last place of {precision} apart; they must be {MIN_SPACING} or more \
                     apart, with a smaller zoom or fewer pixels"
                );
                return Err(Error::usage(hyperparameter.flag(), what));
            }
            least = least.min(apart);
        }
        Ok(least)
    }
}

#[cfg(test)]
mod tests {
    use super::super::MapAxes;
    use super::*;
    use crate::sweep::Axis;

    fn sweep(x: &str, y: &str) -> Sweep {
        let axis = |text| Axis::parse("--offset-a", text).unwrap();
        let map = Some(MapAxes { x: Hyperparameter::LrFirst, y: Hyperparameter::Lr });
        Sweep { lr_first: Some(axis(x)), lr: axis(y), map, ..Sweep::default() }
    }

    #[test]
    fn a_window_is_around_its_centre_and_as_much_smaller() {
        let mut zoomed = sweep("logspace:-3:3:7", "linspace:-2:2:5");
        zoomed.zoom([10.0, 1.0], 2.0).unwrap();
        let close = |values: &[f64], expected: &[f64]| {
            assert!(values.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-12), "{values:?}");
            assert_eq!(values.len(), expected.len());
        };
        close(
            zoomed.axis(Hyperparameter::LrFirst).unwrap().values(),
            &[-0.5f64, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5].map(|e| 10f64.powf(e)),
        );
        assert_eq!(zoomed.axis(Hyperparameter::Lr).unwrap().values(), [0.0, 0.5, 1.0, 1.5, 2.0]);
        // Three zooms by 4 equal one zoom by 64.
        let (mut steps, mut whole) =
            (sweep("logspace:-3:3:7", "linspace:-2:2:5"), sweep("logspace:-3:3:7", "linspace:-2:2:5"));
        (0..3).for_each(|_| steps.zoom([0.3, 0.7], 4.0).unwrap());
        whole.zoom([0.3, 0.7], 64.0).unwrap();
        close(steps.lr.values(), whole.lr.values());
        let mut fewer = sweep("logspace:-3:3:7", "linspace:-2:2:5");
        fewer.set_pixels(3).unwrap();
        assert_eq!(
            (fewer.lr.values(), fewer.lr_first.unwrap().values()),
            (&[-2.0, 0.0, 2.0][..], &[0.001, 1.0, 1000.0][..])
        );
    }

    #[test]
    fn what_has_no_window_is_refused() {
        for (x, y, centre, factor) in [
            ("1,2,3", "logspace:-1:1:3", [1.0, 1.0], 2.0),
            ("logspace:-1:1:3", "logspace:-1:1:3", [0.0, 1.0], 2.0),
            ("logspace:-1:1:3", "logspace:-1:1:3", [1.0, -1.0], 2.0),
            ("logspace:-1:1:3", "logspace:-1:1:3", [1.0, 1.0], 0.0),
            ("logspace:-1:1:3", "logspace:-1:1:3", [1.0, 1.0], f64::NAN),
        ] {
            assert!(sweep(x, y).zoom(centre, factor).is_err(), "{x} {y} {centre:?} {factor}");
        }
        assert!(Sweep::default().zoom([1.0, 1.0], 2.0).is_err() && Sweep::default().set_pixels(5).is_err());
    }

    /// Between 1 and 2 a unit of f32 is 2^-23: three values 2 units apart are just enough, and 1.9 are not.
    #[test]
    fn zooms_end_where_f32_tells_no_more_values_apart() {
        let unit = f64::from(f32::EPSILON);
        let (lr, offset) = (Hyperparameter::Lr, Hyperparameter::OffsetA);
        assert_eq!(Precision::F32.min_spacing(lr, &[1.0, 1.0 + 2.0 * unit, 1.0 + 6.0 * unit]), 2.0);
        assert_eq!(Precision::F64.min_spacing(lr, &[1.0, 1.0 + f64::EPSILON]), 1.0);
        // Values beyond the range of f32, and offsets that are lost in the rounding of weights.
        assert_eq!([[1e300, 1e301], [1e38, 1e39]].map(|values| Precision::F32.min_spacing(lr, &values)), [0.0, 0.0]);
        assert!(Precision::F32.min_spacing(lr, &[0.0, 1e-12]) > 1e6);
        assert!(Precision::F32.min_spacing(offset, &[0.0, 1e-12]) < 1e-4);
        let around = |units: f64| {
            let (low, high) = (1.5 - units * unit, 1.5 + units * unit);
            sweep("logspace:-1:1:3", &format!("linspace:{low}:{high}:3"))
        };
        assert_eq!(around(2.0).check_spacing(Precision::F32).unwrap(), 2.0);
        let error = around(1.9).check_spacing(Precision::F32).unwrap_err().to_string();
        assert!(error.contains("--lr") && error.contains("1.900 units in the last place of f32"), "{error}");
        assert!(around(1.9).check_spacing(Precision::F64).is_ok());
        let mut deep = sweep("logspace:-3:3:1024", "logspace:-3:3:1024");
        let apart = deep.check_spacing(Precision::F32).unwrap();
        deep.zoom([1.1, 1.1], apart).unwrap();
        assert!(deep.check_spacing(Precision::F32).is_err());
    }
}

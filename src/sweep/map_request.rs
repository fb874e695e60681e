//! What a map shows: its axes, its number of pixels, and its window.

use super::{Axis, Hyperparameter, MapAxes, Precision, Sweep};
use crate::error::{Error, Result, quoted};

/// Changes that make a sweep a map, or change its window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapRequest {
    /// Hyper-parameter from left to right, and its values; `None`: that of the sweep's own map.
    pub x: Option<(Hyperparameter, Axis)>,
    /// The same from bottom to top.
    pub y: Option<(Hyperparameter, Axis)>,
    /// Pixels across and up; `None`: the counts of the axes.
    pub pixels: Option<u32>,
    /// Values of both axes, and how many times smaller the window around them is.
    pub zoom: Option<([f64; 2], f64)>,
}

impl MapRequest {
    /// Returns what each hyper-parameter is called as an axis: its flag without the dashes.
    pub fn axis_names() -> Vec<String> {
        Hyperparameter::ALL.iter().map(|hyper| hyper.setting().key()).collect()
    }

    /// Parses an axis and its values, such as `lr=logspace:-3:0:100`; `flag` names it in messages.
    ///
    /// # Errors
    /// [`Error::Setting`] for an unknown axis or bad values.
    pub fn parse_axis(flag: &str, text: &str) -> Result<(Hyperparameter, Axis)> {
        let names = || Self::axis_names().join(", ");
        let allowed = || format!("AXIS=VALUES, such as lr=geomspace:0.001:1:100, with one of {}", names());
        let (name, values) = text.split_once('=').unwrap_or((text, ""));
        let all = Hyperparameter::ALL.map(Hyperparameter::name);
        let refuse = || Error::setting(flag, quoted(text), allowed()).or_closest(name, all);
        let hyperparameter = Hyperparameter::named(name).filter(|_| text.contains('=')).ok_or_else(refuse)?;
        let of_flag = |error: Error| error.of(&format!("{flag} {name}"));
        Ok((hyperparameter, Axis::parse(&hyperparameter.flag(), values).map_err(of_flag)?))
    }

    /// Makes `sweep` a map with these axes, one model per pair of their values.
    ///
    /// # Errors
    /// [`Error::Usage`] if an axis is missing and the sweep has no map.
    pub fn set_axes(&self, sweep: &mut Sweep) -> Result<()> {
        let (given, old) = ([&self.x, &self.y], sweep.map.map(|axes| [axes.x, axes.y]));
        let hyperparameter =
            |n: usize| given[n].as_ref().map(|(hyperparameter, _)| *hyperparameter).or(old.map(|old| old[n]));
        let (Some(x), Some(y)) = (hyperparameter(0), hyperparameter(1)) else {
            return Err(Error::usage("--x, --y", "are both needed where neither --preset nor --config has a map"));
        };
        // A former axis returns to its default value; the learning rate has no default that suits every network.
        if let Some(freed) = old.into_iter().flatten().find(|old| ![x, y, Hyperparameter::Lr].contains(old)) {
            sweep.clear_axis(freed);
        }
        given.into_iter().flatten().for_each(|(hyperparameter, axis)| sweep.set_axis(*hyperparameter, axis.clone()));
        sweep.map = Some(MapAxes { x, y });
        (sweep.seeds, sweep.models) = (Some(1), None);
        Ok(())
    }

    /// Sets the number of pixels of a map.
    ///
    /// # Errors
    /// As for [`Sweep::set_pixels`].
    pub fn set_pixels(&self, map: &mut Sweep) -> Result<()> {
        self.pixels.map_or(Ok(()), |pixels| map.set_pixels(pixels))
    }

    /// Returns `sweep` as a map with these axes, pixels and window. A map runs like any other sweep.
    ///
    /// # Errors
    /// As for the three steps, [`MapRequest::set_axes`], [`MapRequest::set_pixels`] and [`MapRequest::window`].
    pub fn map_of(&self, mut sweep: Sweep, precision: Precision) -> Result<Sweep> {
        self.set_axes(&mut sweep)?;
        self.set_pixels(&mut sweep)?;
        self.window(&sweep, precision)
    }

    /// Returns the window of a map: the whole one, or the zoomed one. `precision` has to keep its pixels apart.
    ///
    /// # Errors
    /// As for [`Sweep::zoom`], [`Sweep::validate`] and [`Sweep::check_spacing`].
    pub fn window(&self, map: &Sweep, precision: Precision) -> Result<Sweep> {
        let mut window = map.clone();
        self.zoom.map_or(Ok(()), |(centre, factor)| window.zoom(centre, factor))?;
        window.validate()?;
        window.check_spacing(precision)?;
        Ok(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Choices;

    #[test]
    fn a_preset_gets_other_axes_pixels_and_a_window() {
        let axis = |text: &str| MapRequest::parse_axis("--x", text).unwrap();
        let request = MapRequest {
            x: Some(axis("momentum=linspace:0:0.9:10")),
            pixels: Some(8),
            zoom: Some(([0.45, 1.0], 2.0)),
            ..MapRequest::default()
        };
        let mut map = Sweep::preset("fractal-tanh").unwrap();
        map.optimizer = Choices::parse("--optimizer", "momentum").unwrap();
        let (old, all) = (map.map.unwrap(), request.map_of(map.clone(), Precision::F32).unwrap());
        request.set_axes(&mut map).unwrap();
        request.set_pixels(&mut map).unwrap();
        assert_eq!(map.map, Some(MapAxes { x: Hyperparameter::Momentum, y: old.y }));
        let values = |sweep: &Sweep| sweep.axis(Hyperparameter::Momentum).unwrap().values().to_vec();
        assert_eq!((values(&map).len(), values(&map)[7]), (8, 0.9));
        let window = values(&request.window(&map, Precision::F32).unwrap());
        assert_eq!(window, values(&all));
        assert!((window[0] - 0.225).abs() < 1e-12 && (window[7] - 0.675).abs() < 1e-12, "{window:?}");
        let refused = MapRequest::default().set_axes(&mut Sweep::default()).unwrap_err().to_string();
        assert!(refused.contains("--x, --y"), "{refused}");
        assert!(MapRequest::parse_axis("--y", "lr").is_err());
    }
}

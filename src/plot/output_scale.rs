//! Model outputs as shading: from blue (class 0) over white to grey (class 1).

use super::boundaries::place;
use super::frame::Frame;
use super::grid_outputs::{GridOutputs, class_style};
use super::logit_grid::LogitGrid;
use super::scene::{Align, Position, Scene, TextStyle};
use super::text_layout::width;
use super::theme::{AXIS, BLACK, BLUE, BODY, Rgb, SOFT};
use crate::math::Loss;

/// Levels of the scale; an even number, so that none spans the boundary.
const LEVELS: usize = 24;
/// Maximum opacity of the shading, so that points of the same colour stay visible on it.
const MOST_COVER: f64 = 0.55;
/// Width and height of the scale in a legend.
const BAR: (f64, f64) = (240.0, 24.0);

/// Meaning of a model's output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OutputScale {
    /// Logit of cross-entropy: its logistic function is the probability of class 1.
    Probability,
    /// Trained towards these outputs for labels 0 and 1, not a probability; clamped to them for display.
    Output([f64; 2]),
}

impl OutputScale {
    /// The scale of models that are trained by this loss.
    pub fn of(loss: Loss) -> Self {
        loss.targets().map_or(Self::Probability, Self::Output)
    }

    /// Output from 0 (class 0) to 1 (class 1), 0.5 on the boundary; `excess` is the output minus the loss's threshold.
    pub fn share(self, excess: f64) -> f64 {
        match self {
            Self::Probability => 1.0 / (1.0 + (-excess).exp()),
            Self::Output([low, high]) => (excess / (high - low) + 0.5).clamp(0.0, 1.0),
        }
    }

    /// Level of the scale and colour at a place; `None` for outputs that are not finite.
    fn colour_at(self, outputs: &GridOutputs, place: usize) -> Option<Rgb> {
        match outputs.excesses() {
            Some(excesses) => self.level(excesses[place]).map(colour),
            None => {
                let levels = (LEVELS / 2) as f64;
                let level = (outputs.certainty(place)? * levels).floor().min(levels - 1.0) + 0.5;
                Some(blend(class_style(outputs.class(place)?).0, MOST_COVER * level / levels))
            }
        }
    }

    /// Level of the scale; `None` for a value that is not finite. The boundary itself belongs to class 0, as
    /// everywhere.
    fn level(self, excess: f64) -> Option<usize> {
        let of = |share: f64| ((share * LEVELS as f64) as usize).min(LEVELS - 1);
        let half = LEVELS / 2;
        let within = |level: usize| if excess > 0.0 { level.max(half) } else { level.min(half - 1) };
        excess.is_finite().then(|| within(of(self.share(excess))))
    }

    /// The outputs at its ends.
    fn ends(self) -> [f64; 2] {
        match self {
            Self::Probability => [0.0, 1.0],
            Self::Output(targets) => targets,
        }
    }

    /// The name of the scale.
    fn words(self, positive: &str) -> String {
        match self {
            Self::Probability => format!("probability of class {positive}"),
            Self::Output([low, high]) => format!("output, cut to {low} to {high} ({high}: class {positive})"),
        }
    }

    /// Shades a frame by the model's outputs on the grid: in each row, a rectangle for each run of one colour.
    pub(super) fn draw(self, scene: &mut Scene, frame: &Frame, outputs: &GridOutputs, grid: &LogitGrid) {
        let colours: Vec<Option<Rgb>> = (0..outputs.places()).map(|place| self.colour_at(outputs, place)).collect();
        let within = |i: f64, most: usize| i.clamp(0.0, (most - 1) as f64);
        let corner = |i: f64, j: f64| place(frame, grid, (within(i, grid.nx), within(j, grid.ny)));
        for (j, row) in colours.chunks_exact(grid.nx).enumerate() {
            let mut start = 0;
            for run in row.chunk_by(|a, b| a == b) {
                let (from, to) = (start as f64 - 0.5, (start + run.len()) as f64 - 0.5);
                start += run.len();
                let Some(rgb) = run[0] else { continue };
                scene.rectangle(corner(from, j as f64 - 0.5), corner(to, j as f64 + 0.5), rgb);
            }
        }
    }

    /// Draws the scale, ending at `right`, with its name on the left; `base` is the text's base line.
    pub(super) fn legend(self, scene: &mut Scene, (right, base): Position, positive: &str) {
        let soft = TextStyle { rgb: SOFT, ..BODY };
        let [low, high] = self.ends().map(|end| end.to_string());
        let (one, top) = (width(&high, soft), base - 21.0);
        let left = right - one - 10.0 - BAR.0;
        for level in 0..LEVELS {
            let at = |n: usize| left + BAR.0 * n as f64 / LEVELS as f64;
            scene.rectangle((at(level), top), (at(level + 1), top + BAR.1), colour(level));
        }
        let corners = [(left, top), (left + BAR.0, top), (left + BAR.0, top + BAR.1), (left, top + BAR.1), (left, top)];
        scene.line(corners.to_vec(), 2.0, AXIS);
        scene.text((right, base), high, soft, Align::End);
        scene.text((left - 10.0, base), format!("{}  {low}", self.words(positive)), soft, Align::End);
    }
}

/// Colour of a level; opaque, so that adjacent rectangles show no seam.
fn colour(level: usize) -> Rgb {
    // The middle of the level, from -1 to 1.
    let side = (2 * level + 1) as f64 / LEVELS as f64 - 1.0;
    blend(if side > 0.0 { BLACK } else { BLUE }, MOST_COVER * side.abs())
}

/// Blends a colour into white.
fn blend((r, g, b): Rgb, cover: f64) -> Rgb {
    let mix = |c: u8| (255.0 - cover * (255.0 - f64::from(c))).round() as u8;
    (mix(r), mix(g), mix(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_white_where_a_model_is_undecided_and_darker_the_surer_it_is() {
        let light = |(r, g, b): Rgb| u32::from(r) + u32::from(g) + u32::from(b);
        let lights: Vec<u32> = (0..LEVELS).map(|level| light(colour(level))).collect();
        let half = LEVELS / 2;
        assert!(lights[..half].windows(2).all(|pair| pair[0] < pair[1]), "{lights:?}");
        assert!(lights[half..].windows(2).all(|pair| pair[0] > pair[1]), "{lights:?}");
        assert!(lights[half - 1] > 3 * 240 && lights[half] > 3 * 240, "{lights:?}");
    }

    #[test]
    fn each_side_of_the_boundary_has_its_own_steps() {
        for shade in Loss::ALL.iter().map(|loss| OutputScale::of(*loss)) {
            assert_eq!(shade.share(0.0), 0.5);
            let levels = [-1e9, -1e-12, 0.0, 1e-12, 1e9].map(|excess| shade.level(excess).unwrap());
            assert_eq!(levels, [0, LEVELS / 2 - 1, LEVELS / 2 - 1, LEVELS / 2, LEVELS - 1]);
            assert_eq!([f64::NAN, f64::INFINITY].map(|excess| shade.level(excess)), [None, None]);
        }
        // σ(ln 3) = 3/4; with squared error, 0.25 above the threshold gives the same share.
        assert!((OutputScale::Probability.share(3f64.ln()) - 0.75).abs() < 1e-15);
        assert_eq!(OutputScale::of(Loss::Mse).share(0.25), 0.75);
        assert_eq!(OutputScale::of(Loss::Hinge).share(0.5), 0.75);
    }
}

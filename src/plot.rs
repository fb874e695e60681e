//! The pictures of the main job, each as PNG and SVG, for a student who has nobody to ask.
//!
//! A picture says what it shows as a [`Scene`]: shapes and text in pixels of the base size. Two renderers draw the same
//! scene, so that PNG and SVG can't differ. The text is set in Inter (SIL Open Font License 1.1, `plot/fonts/OFL.txt`).

mod accuracy;
mod axis;
mod bins;
mod boundaries;
mod classes;
mod compare;
mod data;
mod frame;
mod histogram;
mod loss_comparison;
mod losses;
mod lr_find;
mod marching;
mod output;
mod render;
mod roofline;
mod scaling;
mod scene;
mod seeds;
mod success;
mod text;
mod theme;
mod trajectory;
mod view;

pub use accuracy::{AccuracyPlot, Reference};
pub use boundaries::{BoundariesPlot, MOST_PANELS, Panel};
pub use classes::ClassesPlot;
pub use data::{Boundary, DataPlot, Grid};
pub use histogram::HistogramPlot;
pub use loss_comparison::{Contender, LossComparison};
pub use losses::LossPlot;
pub use lr_find::LrFindPlot;
pub use output::{write, write_all};
pub use roofline::RooflinePlot;
pub use scaling::ScalingPlot;
pub use scene::Scene;
pub use seeds::SeedsPlot;
pub use success::SuccessPlot;
pub use theme::{SIZE, count, models, number, percent, titled};
pub use trajectory::TrajectoryPlot;
pub use view::View;

use crate::error::Result;

/// Something that can be drawn.
pub trait Picture: Sync {
    /// The file's name without ending: `accuracy`.
    fn name(&self) -> &'static str;

    /// What is to be seen.
    ///
    /// # Errors
    /// [`crate::Error::Picture`] for input whose parts do not fit together.
    fn scene(&self) -> Result<Scene>;
}

//! The pictures of the main job, each as PNG and SVG, for a student who has nobody to ask.
//!
//! A picture says what it shows as a [`Scene`]: shapes and text in pixels of the base size. Two renderers draw the same
//! scene, so that PNG and SVG can't differ. The text is set in Inter (SIL Open Font License 1.1, `plot/fonts/OFL.txt`).

mod accuracy;
mod accuracy_at;
mod animation;
mod axis;
mod bins;
mod boundaries;
mod classes;
mod compare;
mod comparison;
mod curves;
mod data;
mod density;
mod ecdf;
mod fan;
mod film;
mod frame;
mod heatmap;
mod histogram;
mod landscape;
mod legend;
mod loss_comparison;
mod loss_histogram;
mod losses;
mod lr_find;
mod map;
mod marching;
mod marks;
mod names;
mod output;
mod outside;
mod palette;
mod pick;
mod range;
mod regions;
mod render;
mod roofline;
mod scaling;
mod scene;
mod seeds;
pub mod sentences;
mod shading;
mod strips;
mod style;
mod success;
mod system_fonts;
mod text;
mod theme;
mod trajectory;
mod variance;
mod view;

pub use accuracy::{AccuracyPlot, Reference};
pub use accuracy_at::{AccuracyAt, Dot};
pub use animation::{Animation, halved};
pub use boundaries::{BoundariesPlot, MOST_PANELS, Panel};
pub use classes::ClassesPlot;
pub use comparison::ComparisonPlot;
pub use data::{Boundary, DataPlot, Grid};
pub use ecdf::EcdfPlot;
pub use fan::{Fan, FanPlot, MOST_FANS, SHARES, Source};
pub use film::Film;
pub use heatmap::{HeatmapPlot, SeedRow, Spot};
pub use histogram::HistogramPlot;
pub use landscape::LandscapePlot;
pub use loss_comparison::{Contender, LossComparison};
pub use loss_histogram::LossHistogramPlot;
pub use losses::LossPlot;
pub use lr_find::LrFindPlot;
pub use map::{MapAxis, MapPlot, tints};
pub use names::undrawable;
pub use output::{write, write_all};
pub use pick::{Picked, few};
pub use regions::{MOST_REGIONS, Region, RegionsPlot, Says};
pub use roofline::RooflinePlot;
pub use scaling::ScalingPlot;
pub use scene::Scene;
pub use seeds::SeedsPlot;
pub use shading::Shade;
pub use style::Style;
pub use success::SuccessPlot;
pub use theme::{SIZE, count, models, number, percent, titled};
pub use trajectory::TrajectoryPlot;
pub use variance::{VariancePlot, term};
pub use view::{NO_INTERVALS, View};

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

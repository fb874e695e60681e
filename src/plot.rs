//! The pictures, each as PNG and SVG, self-explanatory for students; [`PictureKind`] lists them.
//!
//! A [`Scene`] describes a picture: shapes and text in pixels of the base size. Two renderers draw the same scene, so
//! that PNG and SVG agree. The text is set in Inter (SIL Open Font License 1.1, `plot/fonts/OFL.txt`).

mod accuracy;
mod accuracy_caption;
mod accuracy_frame;
mod animation;
mod bins;
mod boundaries;
mod boundary_picture;
mod caption_parts;
#[cfg(test)]
mod caption_tests;
mod class_layers;
mod classes;
mod clipping;
mod colour_quantization;
mod compare;
mod comparison;
mod curves;
mod data_plot;
mod density;
mod ecdf;
mod facet;
mod facets;
mod fan;
mod frame;
mod grid_outputs;
mod heatmap;
mod histogram;
mod landscape;
mod landscape_picture;
mod legend;
mod logit_grid;
mod loss_comparison;
mod loss_curves;
mod loss_histogram;
mod losses;
mod lr_find;
mod map;
mod marching;
#[cfg(feature = "native")]
mod movie_files;
mod output_scale;
mod picture;
#[cfg(feature = "native")]
mod picture_files;
mod picture_kind;
mod picture_table;
mod plot_axis;
mod reference_marks;
mod regions;
mod replay_pictures;
mod robust_range;
#[cfg(feature = "native")]
mod roofline;
mod scene;
mod scene_render;
mod seed_grid;
mod seeds_needed;
pub mod sentences;
mod series_selection;
mod series_style;
#[cfg(feature = "native")]
mod speed_scaling;
mod strip_rows;
mod study_picture;
mod study_pictures;
mod substitute_names;
mod success;
#[cfg(feature = "native")]
mod system_fonts;
mod text_layout;
mod theme;
mod trajectory;
mod variance;

pub use accuracy::{AccuracyPlot, ReferenceCurve};
pub use accuracy_frame::{AccuracyFrame, ModelDot};
pub use animation::{Animation, halved};
pub use boundaries::{BoundariesPlot, BoundaryPanel};
pub use boundary_picture::{BoundaryPicture, class_names, common_features, predictions_and_correct};
pub use class_layers::words as class_words;
pub use classes::ClassesPlot;
pub use comparison::ComparisonPlot;
pub use data_plot::DataPlot;
pub use ecdf::EcdfPlot;
pub use facet::{Facet, NO_INTERVALS};
pub use facets::Facets;
pub use fan::{FanPanel, FanPlot, LossSource, MOST_FANS, SHARES};
pub use grid_outputs::GridOutputs;
pub use heatmap::{HeatmapCell, HeatmapPlot, SeedRow};
pub use histogram::HistogramPlot;
pub use landscape::LandscapePlot;
pub use landscape_picture::LandscapePicture;
pub use logit_grid::{Boundary, LogitGrid};
pub use loss_comparison::{ComparedLosses, LossComparison};
pub use loss_histogram::LossHistogramPlot;
pub use losses::LossPlot;
pub use lr_find::{LrFindPicture, LrFindPlot};
pub use map::{MapAxis, MapFiles, MapPlot, tints};
#[cfg(feature = "native")]
pub use movie_files::MoviePlayback;
pub use output_scale::OutputScale;
pub use picture::Picture;
#[cfg(feature = "native")]
pub use picture_files::{write, write_all};
pub use picture_kind::PictureKind;
pub use regions::{MOST_REGIONS, Prediction, Region, RegionsPlot};
pub use replay_pictures::{ReplayBoundaries, ReplayTrajectory};
#[cfg(feature = "native")]
pub use roofline::RooflinePlot;
pub use scene::Scene;
pub use seed_grid::SeedGrid;
pub use seeds_needed::SeedsPlot;
pub use series_selection::{SeriesSelection, few};
pub use series_style::SeriesStyle;
#[cfg(feature = "native")]
pub use speed_scaling::ScalingPlot;
pub use study_picture::{Availability, StudyData, StudyPicture};
pub use substitute_names::undrawable;
pub use success::SuccessPlot;
pub use theme::{SIZE, count, models, number, percent, titled};
pub use trajectory::TrajectoryPlot;
pub use variance::{VariancePlot, term};

use crate::error::{Error, Result};

/// Draws a picture as the text of an SVG file.
///
/// # Errors
/// Errors of [`Picture::scene`]; [`Error::Picture`] if it can't be drawn.
pub fn svg(picture: &dyn Picture) -> Result<String> {
    scene_render::svg(&picture.scene()?).map_err(|what| Error::Picture { name: picture.name().into(), what })
}

/// Draws a picture as a PNG file.
///
/// # Errors
/// As for [`svg`].
pub fn png(picture: &dyn Picture) -> Result<Vec<u8>> {
    scene_render::png(&picture.scene()?).map_err(|what| Error::Picture { name: picture.name().into(), what })
}

//! The table of pictures, the only list of them. From its rows come [`PictureKind`](super::PictureKind), the pictures
//! that a run draws, and their order in the report.

/// Calls the macro `$with` with all rows: a kind of picture, its name, heading and alternative text; for a picture of a
/// study also the file and the type that draw it, which implements [`StudyPicture`](super::StudyPicture). The pictures
/// of a study are in the order of its report.
macro_rules! picture_table {
    ($with:ident) => {
        $with! {
            study {
                Data(data_plot::DataPlot): "data", "The points",
                    "Scatter plot of the training points with boundaries between the classes";
                Accuracy(accuracy::AccuracyPlot): "accuracy", "Accuracy",
                    "Plot of the accuracies";
                Comparison(comparison::ComparisonPlot): "comparison", "Comparison",
                    "Means and shares of success of all curves, with intervals";
                Success(success::SuccessPlot): "success", "Success",
                    "Plot of the shares of models that succeed";
                Classes(classes::ClassesPlot): "classes", "How the models end",
                    "Stacked shares of the ways in which models end";
                Heatmap(heatmap::HeatmapPlot): "heatmap", "Seed by seed",
                    "Heat map of final accuracies, a row for each seed, a column for each value";
                Losses(loss_curves::LossCurves): "losses", "Losses",
                    "Loss curves over the epochs";
                Fan(fan::FanPlot): "fan", "Spread of the losses",
                    "Median and middle 80 percent of the losses over the epochs, in panels";
                Histogram(histogram::HistogramPlot): "histogram", "All final accuracies",
                    "Histogram of the final accuracies of all models";
                LossHistogram(loss_histogram::LossHistogramPlot): "loss-histogram", "All final losses",
                    "Histogram of the final losses of all models, on a logarithmic axis";
                Ecdf(ecdf::EcdfPlot): "ecdf", "Distributions",
                    "Shares of models with at most an accuracy, and at most a loss";
                Variance(variance::VariancePlot): "variance", "Variance by source",
                    "Shares of the variance of the outcomes, with intervals";
            }
            command {
                Map: "map", "Map",
                    "A pixel for each network, coloured by whether and how fast its training converges";
                LrFind: "lr-find", "Learning-rate range test",
                    "Loss against a growing learning rate, over seeds, with the suggested rates";
                SeedsNeeded: "seeds-needed", "Seeds needed",
                    "Interval of a mean against the number of seeds, and curves of resampled repeats";
                Boundary: "boundary", "Decision regions",
                    "Outputs of several models as shading of the plane, with their boundaries, in panels";
                Boundaries: "boundaries", "Boundaries over the epochs",
                    "Boundaries between the classes that models draw after some epochs, in panels";
                Trajectory: "trajectory", "Path of one model",
                    "Loss, accuracy, sharpness and gradient norm of one model over the epochs, in panels";
                Landscape: "landscape", "Loss landscape",
                    "Loss over planes through the space of parameters, with paths of models, in panels";
                Movie: "movie", "Movie",
                    "Animation over the epochs of the training";
                Scaling: "scaling", "Speed by number of models",
                    "Training speed against the number of models, a curve for each device";
                Roofline: "roofline", "Roofline",
                    "Training speed against operations per byte, below the ceilings of the devices";
            }
        }
    };
}
pub(super) use picture_table;

//! Data of single models for the pictures, read in one pass over all results: seeds by learning rates, losses over the
//! epochs. Memory use does not grow with the number of models.

use super::summary_text;
use crate::engine::Job;
use crate::error::Result;
use crate::math::loss_bins::{BINS, MISSING};
use crate::parallel::*;
use crate::plot::sentences::CountedLosses;
use crate::plot::{Facets, FanPanel, FanPlot, HeatmapPlot, LossSource, SHARES, SeedGrid, SeriesSelection, StudyData};
use crate::results::{CellSpec, CurveKind, ModelCurve, ResultsPart, StudyResults};
use crate::statistics::{LossCounts, quantile};
use crate::sweep::Hyperparameters;

/// Maximum number of curves read.
const CURVES: usize = 4000;
/// Maximum number of losses read for their ends; more take too long for one sentence.
const MOST_LOSSES: u64 = 2_000_000;

/// Data of single models.
#[derive(Debug, Clone, Default)]
pub struct PerModel {
    /// Loss curves of some models, evenly spaced.
    pub curves: Vec<ModelCurve>,
    /// Test losses of the same models; empty if they were not recorded.
    pub test_curves: Vec<ModelCurve>,
    /// Losses at the start and at the end of all curves that are kept; `None`: too many to read.
    pub ends: Option<[CountedLosses; 2]>,
    /// Final accuracies by seed and learning rate, if there is something to compare.
    pub heatmap: Option<HeatmapPlot>,
    /// Losses over the epochs, if they have a spread to show.
    pub fan: Option<FanPlot>,
}

impl PerModel {
    /// Reads the data of the pictures that can be drawn.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Damaged`].
    pub fn read(study: &dyn StudyResults, facets: &Facets, jobs: &[Job]) -> Result<Self> {
        let picked = FanPlot::selection(facets).unwrap_or_default();
        let counted = facets.spec.cells.iter().all(|cell_spec| cell_spec.record.histograms);
        let mut losses = if counted && !picked.is_empty() { Some(LossSamples::of(facets, &picked)) } else { None };
        let mut seeds = SeedGrid::of(facets).ok();
        if losses.is_some() || seeds.is_some() {
            for part in study.parts() {
                let part = part?;
                if let Some(losses) = &mut losses {
                    losses.add(part.as_ref())?;
                }
                if let Some(seeds) = seeds.as_mut().filter(|seeds| seeds.shows(part.cell(), &part.trials())) {
                    seeds.add(&part.models()?);
                }
            }
        }
        let curves = study.some_curves(CurveKind::TrainLoss, CURVES)?;
        let mut test_curves = study.some_curves(CurveKind::TestLoss, CURVES)?;
        if test_curves.len() != curves.len() {
            test_curves.clear();
        }
        let settings = summary_text::settings(facets.spec, jobs);
        let kept = curves.len() as u64;
        let (mut fans, source) = match losses {
            _ if picked.is_empty() => (Vec::new(), LossSource::All),
            Some(losses) => (losses.fans(&picked), LossSource::Histograms),
            None if kept == facets.spec.models() => (of_curves(facets, &picked, &curves), LossSource::All),
            None => (of_curves(facets, &picked, &curves), LossSource::Some),
        };
        let tested = add_tests(facets, &picked, &test_curves, &mut fans);
        let (epochs, loss) = (jobs[0].record.epochs.clone(), jobs[0].train_spec.loss.words().to_owned());
        let fan =
            (!fans.is_empty()).then(|| FanPlot { epochs, loss, fans, source, tested, settings: settings.clone() });
        let (ends, heatmap) = (ends(study), seeds.map(|seeds| seeds.into_plot(settings)));
        Ok(Self { curves, test_curves, ends, heatmap, fan })
    }

    /// Adds these data to a study's.
    pub fn added_to<'a>(&'a self, study: StudyData<'a>) -> StudyData<'a> {
        StudyData {
            curves: &self.curves,
            test_curves: &self.test_curves,
            ends: self.ends.as_ref(),
            heatmap: self.heatmap.as_ref().map(|plot| plot as _),
            fan: self.fan.as_ref().map(|plot| plot as _),
            ..study
        }
    }
}

/// Reads the losses at the start and at the end of all curves that are kept; `None` if they are too many.
fn ends(study: &dyn StudyResults) -> Option<[CountedLosses; 2]> {
    let cells = &study.spec().cells;
    let kept: u64 = cells.iter().map(|cell_spec| cell_spec.record.curves_below.min(cell_spec.trials.len())).sum();
    if kept.saturating_mul(cells[0].record.epochs.len() as u64) > MOST_LOSSES {
        return None;
    }
    let curves = study.some_curves(CurveKind::TrainLoss, kept as usize).ok()?;
    let end = |pick: fn(&[f32]) -> Option<&f32>| {
        let losses = curves.iter().filter_map(|curve| pick(&curve.values)).map(|loss| f64::from(*loss));
        CountedLosses::from(losses.collect::<Vec<f64>>())
    };
    Some([end(|curve| curve.first()), end(|curve| curve.last())])
}

/// Whether a model of this cell belongs to `picked`, on any of its data sets.
fn belongs(facets: &Facets, picked: &SeriesSelection, cell: usize, values: &Hyperparameters) -> bool {
    let alike = |k: usize| {
        let value = values.get(facets.hyperparameters[k]);
        match value {
            Some(value) if k == facets.axis => (picked.ends.0..=picked.ends.1).contains(&value),
            // A random search is shown along one of its values, regardless of the others.
            _ => facets.listed || value == picked.group.values[k],
        }
    };
    facets.kinds[cell] == facets.kinds[picked.group.cell] && (0..facets.hyperparameters.len()).all(alike)
}

/// Returns the spread of the curves of each of `picked`.
fn of_curves(facets: &Facets, picked: &[SeriesSelection], curves: &[ModelCurve]) -> Vec<FanPanel> {
    let of = |picked: &SeriesSelection| {
        let own = curves.iter().filter(|curve| belongs(facets, picked, curve.cell, &curve.trial.hyperparameters));
        let own: Vec<&[f32]> = own.map(|curve| curve.values.as_slice()).collect();
        let epochs = own.first()?.len();
        let at = |epoch: usize| own.iter().map(|curve| curve[epoch]).collect();
        let quantiles = (0..epochs).into_par_iter().map(|epoch| at_shares(at(epoch))).collect();
        let lost = own.iter().filter(|curve| curve.last().is_some_and(|loss| !loss.is_finite())).count();
        Some(FanPanel::of(picked, own.len() as u64, lost as u64, quantiles))
    };
    picked.iter().filter_map(of).collect()
}

/// Gives each fan its median over the test points; returns the number of models with test curves.
fn add_tests(facets: &Facets, picked: &[SeriesSelection], curves: &[ModelCurve], fans: &mut [FanPanel]) -> u64 {
    let mut models = 0;
    for fan in fans {
        let Some(picked) = picked.iter().find(|picked| picked.place == fan.name) else { continue };
        let own = curves.iter().filter(|curve| belongs(facets, picked, curve.cell, &curve.trial.hyperparameters));
        let own: Vec<&[f32]> = own.map(|curve| curve.values.as_slice()).collect();
        let epochs = own.first().map_or(0, |curve| curve.len());
        let at = |epoch: usize| at_shares(own.iter().map(|curve| curve[epoch]).collect())[1];
        fan.test = (0..epochs).into_par_iter().map(at).collect();
        models += own.len() as u64;
    }
    models
}

/// Returns the quantiles [`SHARES`] of the losses, interpolated linearly between order statistics; losses that are not
/// finite count as the greatest.
fn at_shares(losses: Vec<f32>) -> [f64; 3] {
    let finite = |loss: f32| if loss.is_finite() { f64::from(loss) } else { f64::INFINITY };
    let mut losses: Vec<f64> = losses.into_iter().map(finite).collect();
    losses.sort_unstable_by(f64::total_cmp);
    SHARES.map(|share| quantile(&losses, share).unwrap_or(f64::NAN))
}

/// Loss histograms of all models of the picked groups.
struct LossSamples {
    counts: LossCounts,
    /// Index of the fan, by cell and combination.
    places: Vec<Vec<Option<usize>>>,
}

impl LossSamples {
    fn of(facets: &Facets, picked: &[SeriesSelection]) -> Self {
        let of = |(cell, cell_spec): (usize, &CellSpec)| -> Vec<Option<usize>> {
            let wanted = picked.iter().any(|picked| facets.kinds[picked.group.cell] == facets.kinds[cell]);
            let combinations = if wanted { cell_spec.record.combinations(&cell_spec.trials) } else { 0 };
            let values = (0..combinations).map(|c| cell_spec.trials.get(c).hyperparameters);
            values.map(|values| picked.iter().position(|picked| belongs(facets, picked, cell, &values))).collect()
        };
        let cells = &facets.spec.cells;
        let counts = LossCounts::new(picked.len(), cells[0].record.epochs.len());
        Self { counts, places: cells.iter().enumerate().map(of).collect() }
    }

    fn add(&mut self, part: &dyn ResultsPart) -> Result<()> {
        let (places, first) = (&self.places[part.cell()], part.trials().start as usize);
        if places.is_empty() {
            return Ok(());
        }
        let size = self.counts.slots * BINS as usize;
        for (row, models) in part.loss_counts()?.chunks_exact(size).enumerate() {
            if let Some(fan) = places[(first + row) % places.len()] {
                let to = &mut self.counts.models[fan * size..][..size];
                to.iter_mut().zip(models).for_each(|(to, n)| *to += n);
            }
        }
        Ok(())
    }

    fn fans(&self, picked: &[SeriesSelection]) -> Vec<FanPanel> {
        let fan = |(n, picked)| {
            let end = self.counts.of(n).chunks_exact(BINS as usize).next_back()?;
            let (models, lost) = (end.iter().map(|n| u64::from(*n)).sum(), end[MISSING as usize].into());
            (models > 0).then(|| FanPanel::of(picked, models, lost, self.counts.quantiles(n, SHARES)))
        };
        picked.iter().enumerate().filter_map(fan).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::at_shares;

    #[test]
    fn shares_are_numpys_and_what_diverged_is_infinite() {
        // numpy.quantile([1, 2, 3, 4, 5], [.1, .5, .9]) = 1.4, 3, 4.6
        let found = at_shares(vec![3.0, 1.0, 5.0, 2.0, 4.0]);
        assert!(found.iter().zip([1.4, 3.0, 4.6]).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        assert_eq!(at_shares(vec![f32::NAN, 1.0, 1.0]), [1.0, 1.0, f64::INFINITY]);
        assert_eq!(at_shares(vec![f32::NAN]), [f64::INFINITY; 3]);
    }
}

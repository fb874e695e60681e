//! What a landscape shows, for people and for programs.

use super::super::output::{bold, labelled};
use super::Shown;
use gpu_sweep::analysis::hessian::{FLAT, MOST_PARAMETERS, Spectrum};
use gpu_sweep::analysis::landscape::{Directions, Panel};
use gpu_sweep::plot::count;
use gpu_sweep::run::words::{percent, plural, short};
use gpu_sweep::statistics::Class;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Eigenvalues of a row of the table; of more, the first and the last ones.
const COLUMNS: usize = 6;

impl Shown {
    /// One screen.
    pub fn text(&self, files: &[PathBuf]) -> String {
        let mut text = labelled("model", &format!("{}: {}\n", self.model, self.settings));
        text += &labelled(
            "again",
            &format!("{}, mapping {}: it ends as in the study\n", self.info.engine, self.job.mapping),
        );
        let points = self.job.data.train.len() as u64;
        text += &labelled("landscape", &format!("{}, directions {}\n\n", self.rate(points), self.directions));
        text += &format!("{}\n", bold("  learning rate  paths  succeed  fail  diverge  loss: model  least   median"));
        for panel in &self.survey.panels {
            text += &row(panel);
        }
        if let Directions::Pca = self.directions {
            text += &format!("\n{}\n", self.shares());
        }
        text += &format!("\n{}", self.spectra());
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        text + "\n" + &bold("written") + "\n  " + &names.join("\n  ") + "\n"
    }

    /// `161,604 networks × 200 points in 0.05 s`.
    fn rate(&self, points: u64) -> String {
        let survey = &self.survey;
        format!("{} networks × {points} points in {:.2} s", count(survey.networks), survey.seconds)
    }

    /// How much of the ways lies in the planes.
    fn shares(&self) -> String {
        let both = |shares: [f64; 2]| percent(Some(shares[0] + shares[1]), 0);
        let all: Vec<String> = self.survey.views().filter_map(|(_, view)| view.shares.map(both)).collect();
        format!("of the ways' squared distances from the end point the planes hold {}", all.join(", "))
    }

    /// Successes' and failures' eigenvalues, and what they say.
    fn spectra(&self) -> String {
        let parameters = self.job.shape.parameters();
        if parameters > MOST_PARAMETERS {
            return format!("no Hessian: {parameters} parameters, of which up to {MOST_PARAMETERS} are tabled\n");
        }
        let shown: Vec<usize> = match parameters <= COLUMNS {
            true => (0..parameters).collect(),
            false => (0..COLUMNS - 1).chain([parameters - 1]).collect(),
        };
        let header: String = shown.iter().map(|n| format!("{:>11}", format!("eig {}", n + 1))).collect();
        let mut text = format!("{}\n", bold(&format!("  Hessian, medians  models{header}     flat  negative")));
        let of = [("success", self.spectrum(true)), ("failure", self.spectrum(false))];
        for (name, spectrum) in &of {
            let Some(spectrum) = spectrum else { continue };
            let values: String = shown.iter().map(|n| format!("{:>11}", short(spectrum.eigenvalues[*n]))).collect();
            let (models, flat, negative) = (spectrum.models, short(spectrum.flat), short(spectrum.negative));
            text += &format!("  {name:<16}  {models:>6}{values}  {flat:>7}  {negative:>8}\n");
        }
        text + "\n" + &sentence(&of[0].1, &of[1].1, parameters) + "\n"
    }

    fn spectrum(&self, success: bool) -> Option<Spectrum> {
        Spectrum::of(&self.curvatures, |one| (one.class == Class::Success) == success)
    }

    /// The same for programs.
    pub fn json(&self, files: &[PathBuf]) -> Value {
        let directions = match &self.directions {
            Directions::Filter { seed } => json!({ "kind": "filter", "seed": seed }),
            Directions::Params(names) => json!({ "kind": "params", "names": names.0 }),
            Directions::Pca => json!({ "kind": "pca" }),
        };
        json!({
            "model": self.model, "lr": self.trial.lr(), "seed": self.trial.seed, "settings": self.settings,
            "version": env!("CARGO_PKG_VERSION"), "engine": self.info, "mapping": self.job.mapping,
            "same_end": true, "directions": directions, "snapshots": self.epochs,
            "networks": self.survey.networks, "points": self.job.data.train.len(), "seconds": self.survey.seconds,
            "panels": self.survey.panels.iter().map(|panel| self.panel(panel)).collect::<Vec<_>>(),
            "hessian": { "success": self.spectrum(true), "failure": self.spectrum(false), "flat_below": FLAT },
            "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        })
    }

    fn panel(&self, panel: &Panel) -> Value {
        let own = &panel.ways[0];
        let view = panel.view.as_ref().map(|view| {
            let land = &view.landscape;
            let [least, median] = losses(panel);
            let missing = land.losses.iter().filter(|loss| !loss.is_finite()).count();
            json!({ "a": land.a, "b": land.b, "grid": land.n, "least_loss": least, "median_loss": median,
                "not_finite": missing, "shares": view.shares })
        });
        json!({
            "lr": panel.lr, "model": self.first + own.path.index, "class": own.class.name(),
            "train_loss": own.path.outcome.train.map(|score| score.loss), "paths": panel.ways.len(),
            "successes": ended(panel, Class::Success), "diverged": ended(panel, Class::Diverged), "view": view,
        })
    }
}

fn ended(panel: &Panel, class: Class) -> usize {
    panel.ways.iter().filter(|way| way.class == class).count()
}

/// The least and the median loss of a landscape.
fn losses(panel: &Panel) -> [Option<f64>; 2] {
    let all = panel.view.iter().flat_map(|view| &view.landscape.losses);
    let mut finite: Vec<f64> = all.copied().filter(|loss| loss.is_finite()).collect();
    finite.sort_by(f64::total_cmp);
    [0.0, 0.5].map(|q| gpu_sweep::statistics::quantile(&finite, q))
}

fn row(panel: &Panel) -> String {
    let number = |x: Option<f64>| x.map_or("–".to_owned(), short);
    let (paths, good, diverged) = (panel.ways.len(), ended(panel, Class::Success), ended(panel, Class::Diverged));
    let own = panel.ways[0].path.outcome.train.map(|score| score.loss);
    let [own, least, median] = [own, losses(panel)[0], losses(panel)[1]].map(number);
    let (lr, bad) = (short(panel.lr), paths - good - diverged);
    format!("  {lr:>13}  {paths:>5}  {good:>7}  {bad:>4}  {diverged:>7}  {own:>11}  {least:>5}  {median:>7}\n")
}

/// What the two spectra say.
fn sentence(success: &Option<Spectrum>, failure: &Option<Spectrum>, parameters: usize) -> String {
    let flat = |spectrum: &Spectrum| format!("{} of {parameters} directions are flat", short(spectrum.flat));
    let first = |spectrum: &Spectrum| short(spectrum.eigenvalues[0]);
    let note = format!("(flat: the eigenvalue is within {FLAT} of the largest; medians)");
    match (success, failure) {
        (Some(good), Some(bad)) => format!(
            "where successes end {}, the sharpest bends by {}; where failures end {}, {}\n{note}",
            flat(good),
            first(good),
            flat(bad),
            first(bad)
        ),
        (Some(one), None) | (None, Some(one)) => {
            let who = if success.is_some() { "success" } else { "failure" };
            let models = plural(one.models as u64, who).replace("successs", "successes");
            format!("where {models} end {}, the sharpest bends by {}\n{note}", flat(one), first(one))
        }
        (None, None) => "no end point has a Hessian".to_owned(),
    }
}

//! A landscape's summary as text and as JSON.

use super::super::verbosity::{bold, labelled, written};
use super::ShownLandscape;
use gpu_sweep::analysis::hessian::{FLAT, MOST_PARAMETERS, Spectrum};
use gpu_sweep::analysis::landscape::{Directions, LandscapePanel};
use gpu_sweep::plot::count;
use gpu_sweep::run::summary_text::{percent, plural, short};
use gpu_sweep::statistics::OutcomeClass;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Eigenvalue columns of the table; if there are more eigenvalues, the last column is the last one.
const COLUMNS: usize = 6;

impl ShownLandscape {
    /// Summary for the terminal.
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
        text + "\n" + &written(files)
    }

    /// Number of evaluated networks and time: `161,604 networks × 200 points in 0.05 s`.
    fn rate(&self, points: u64) -> String {
        let survey = &self.survey;
        format!("{} networks × {} in {:.2} s", count(survey.networks), plural(points, "point"), survey.seconds)
    }

    /// Share of the paths' squared distances from the end point that the planes capture.
    fn shares(&self) -> String {
        let both = |shares: [f64; 2]| percent(Some(shares[0] + shares[1]), 0);
        let all: Vec<String> = self.survey.views().filter_map(|(_, view)| view.shares.map(both)).collect();
        format!("of the paths' squared distances from the end point the planes hold {}", all.join(", "))
    }

    /// Table of the successes' and failures' median eigenvalues, and a description.
    fn spectra(&self) -> String {
        let parameters = self.job.shape.parameters();
        if parameters > MOST_PARAMETERS {
            return format!("no Hessian: {parameters} parameters, of which up to {MOST_PARAMETERS} are tabled\n");
        }
        let shown: Vec<usize> = match parameters <= COLUMNS {
            true => (0..parameters).collect(),
            false => (0..COLUMNS - 1).chain([parameters - 1]).collect(),
        };
        let header: String = shown.iter().map(|n| format!("{:>10}", format!("eig {}", n + 1))).collect();
        let header = format!("  Hessian, medians  models  gradient{header}  flat  down");
        let mut text = format!("{}\n", bold(&header));
        let (good, bad) = (self.spectrum(true), self.spectrum(false));
        let of_class = |class: OutcomeClass| (class.name(), Spectrum::of(&self.curvatures, |one| one.class == class));
        let failing = OutcomeClass::ALL.into_iter().filter(|class| *class != OutcomeClass::Success);
        let failing: Vec<_> = failing.map(of_class).filter(|(_, found)| found.is_some()).collect();
        // A single class of failures would repeat the row of all failures.
        let apart = if failing.len() > 1 { failing } else { Vec::new() };
        for (name, found) in [("success", good.clone()), ("failure", bad.clone())].into_iter().chain(apart) {
            let Some(found) = found else { continue };
            let name = if ["success", "failure"].contains(&name) { name.to_owned() } else { format!("  {name}") };
            let values: String = shown.iter().map(|n| format!("{:>10}", short(found.eigenvalues[*n]))).collect();
            let (gradient, flat, down) = (short(found.gradient_norm), short(found.flat), short(found.negative));
            text += &format!("  {name:<16}  {:>6}  {gradient:>8}{values}  {flat:>4}  {down:>4}\n", found.models);
        }
        text + "\n" + &sentence(good.as_ref(), bad.as_ref(), parameters) + "\n"
    }

    fn spectrum(&self, success: bool) -> Option<Spectrum> {
        Spectrum::of(&self.curvatures, |one| (one.class == OutcomeClass::Success) == success)
    }

    /// Summary as JSON.
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

    fn panel(&self, panel: &LandscapePanel) -> Value {
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
            "successes": ended(panel, OutcomeClass::Success), "diverged": ended(panel, OutcomeClass::Diverged), "view": view,
        })
    }
}

fn ended(panel: &LandscapePanel, class: OutcomeClass) -> usize {
    panel.ways.iter().filter(|way| way.class == class).count()
}

/// Minimum and median of a landscape's finite losses.
fn losses(panel: &LandscapePanel) -> [Option<f64>; 2] {
    let all = panel.view.iter().flat_map(|view| &view.landscape.losses);
    let mut finite: Vec<f64> = all.copied().filter(|loss| loss.is_finite()).collect();
    finite.sort_by(f64::total_cmp);
    [0.0, 0.5].map(|q| gpu_sweep::statistics::quantile(&finite, q))
}

fn row(panel: &LandscapePanel) -> String {
    let number = |x: Option<f64>| x.map_or("–".to_owned(), short);
    let (paths, good, diverged) =
        (panel.ways.len(), ended(panel, OutcomeClass::Success), ended(panel, OutcomeClass::Diverged));
    let own = panel.ways[0].path.outcome.train.map(|score| score.loss);
    let [own, least, median] = [own, losses(panel)[0], losses(panel)[1]].map(number);
    let (lr, bad) = (short(panel.lr), paths - good - diverged);
    format!("  {lr:>13}  {paths:>5}  {good:>7}  {bad:>4}  {diverged:>7}  {own:>11}  {least:>5}  {median:>7}\n")
}

/// Describes both spectra in words.
fn sentence(success: Option<&Spectrum>, failure: Option<&Spectrum>, parameters: usize) -> String {
    let of = |who: [&str; 2], found: &Spectrum| {
        let [sharpest, flat, down] = [found.eigenvalues[0], found.flat, found.negative].map(short);
        let directions = plural(parameters as u64, "direction");
        match found.models {
            1 => format!(
                "the only {} ends where the largest Hessian eigenvalue is {sharpest}; of {directions} {flat} flat, \
                 {down} bending down",
                who[0]
            ),
            n => format!(
                "in the median of {n} {} the largest Hessian eigenvalue is {sharpest}; of {directions} {flat} flat, \
                 {down} bending down",
                who[1]
            ),
        }
    };
    let all = [(["success", "successes"], success), (["failure", "failures"], failure)];
    let found = all.into_iter().filter_map(|(who, s)| Some(of(who, s?)));
    let lines: Vec<String> = found.collect();
    if lines.is_empty() {
        return "no end point has a Hessian".to_owned();
    }
    let note =
        format!("flat: bent by at most {FLAT} of the sharpest; gradient: its norm, nearly 0 of what has come to rest");
    format!("{}\n({note})", lines.join(";\n"))
}

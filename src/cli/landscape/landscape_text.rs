//! A landscape's summary as text.

use super::super::verbosity::{bold, labelled, written};
use crate::analysis::hessian::{FLAT, MOST_PARAMETERS, Spectrum};
use crate::analysis::landscape::{Directions, LandscapePanel, LandscapeSurvey};
use crate::analysis::model_landscape::ModelLandscape;
use crate::plot::count;
use crate::run::summary_text::{percent, plural, short};
use crate::statistics::OutcomeClass;
use std::path::PathBuf;

/// Eigenvalue columns of the table; if there are more eigenvalues, the last column is the last one.
const COLUMNS: usize = 6;

/// Summary for the terminal.
pub fn text(found: &ModelLandscape, files: &[PathBuf]) -> String {
    let mut text = labelled("model", &format!("{}: {}\n", found.model.id, found.settings));
    text += &labelled(
        "again",
        &format!("{}, mapping {}: it ends as in the study\n", found.engine.engine, found.model.job.mapping_text()),
    );
    let points = found.model.job.data.train.len() as u64;
    text += &labelled("landscape", &format!("{}, directions {}\n\n", rate(&found.survey, points), found.directions));
    text += &format!("{}\n", bold("  learning rate  paths  succeed  fail  diverge  loss: model  least   median"));
    for panel in &found.survey.panels {
        text += &row(panel);
    }
    if let Directions::Pca = found.directions {
        text += &format!("\n{}\n", shares(&found.survey));
    }
    text += &format!("\n{}", spectra(found));
    text + "\n" + &written(files)
}

/// Number of evaluated networks and time: `161,604 networks × 200 points in 0.05 s`.
fn rate(survey: &LandscapeSurvey, points: u64) -> String {
    format!("{} networks × {} in {:.2} s", count(survey.networks), plural(points, "point"), survey.seconds)
}

/// Share of the paths' squared distances from the end point that the planes capture.
fn shares(survey: &LandscapeSurvey) -> String {
    let both = |shares: [f64; 2]| percent(Some(shares[0] + shares[1]), 0);
    let all: Vec<String> = survey.views().filter_map(|(_, view)| view.shares.map(both)).collect();
    format!("of the paths' squared distances from the end point the planes hold {}", all.join(", "))
}

/// Table of the successes' and failures' median eigenvalues, and a description.
fn spectra(found: &ModelLandscape) -> String {
    let parameters = found.model.job.shape.parameters();
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
    let (good, bad) = (found.spectrum(true), found.spectrum(false));
    let of_class = |class: OutcomeClass| (class.name(), Spectrum::of(&found.curvatures, |one| one.class == class));
    let failing = OutcomeClass::ALL.into_iter().filter(|class| *class != OutcomeClass::Success);
    let failing: Vec<_> = failing.map(of_class).filter(|(_, found)| found.is_some()).collect();
    // A single class of failures would repeat the row of all failures.
    let apart = if failing.len() > 1 { failing } else { Vec::new() };
    for (name, spectrum) in [("success", good.clone()), ("failure", bad.clone())].into_iter().chain(apart) {
        let Some(spectrum) = spectrum else { continue };
        let name = if ["success", "failure"].contains(&name) { name.to_owned() } else { format!("  {name}") };
        let values: String = shown.iter().map(|n| format!("{:>10}", short(spectrum.eigenvalues[*n]))).collect();
        let (gradient, flat, down) = (short(spectrum.gradient_norm), short(spectrum.flat), short(spectrum.negative));
        text += &format!("  {name:<16}  {:>6}  {gradient:>8}{values}  {flat:>4}  {down:>4}\n", spectrum.models);
    }
    text + "\n" + &sentence(good.as_ref(), bad.as_ref(), parameters) + "\n"
}

fn row(panel: &LandscapePanel) -> String {
    let number = |x: Option<f64>| x.map_or("–".to_owned(), short);
    let (paths, good, diverged) =
        (panel.seed_paths.len(), panel.ended(OutcomeClass::Success), panel.ended(OutcomeClass::Diverged));
    let own = panel.seed_paths[0].path.outcome.train.map(|score| score.loss);
    let [least, median] = panel.least_and_median_loss();
    let [own, least, median] = [own, least, median].map(number);
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

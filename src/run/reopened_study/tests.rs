use super::*;
use crate::analysis::seeds::{SeedsQuery, SeedsReport};
use crate::engine::ignore_progress;
use crate::plot::MoviePlayback;
use crate::run::{MovieModels, MovieSubject};
use crate::{Device, Sweep};
use std::ops::ControlFlow;
use tempfile::TempDir;

/// Two learning rates × four seeds on the cpu engine.
fn reopened() -> (TempDir, ReopenedStudy) {
    let folder = tempfile::tempdir().unwrap();
    let models = Sweep::builder().hidden("3").lr("0.05,0.5").seeds(4).epochs(30).device(Device::Cpu);
    models.out(folder.path().join("study")).run().unwrap();
    let study = ReopenedStudy::open(&folder.path().join("study"), &EngineSettings::default()).unwrap();
    (folder, study)
}

#[test]
fn a_model_is_replayed_and_looked_around() {
    let (folder, mut study) = reopened();
    let model = study.model(5).unwrap();
    let replay = study.replay(model.clone(), &ReplayOptions::default(), &mut ignore_progress).unwrap();
    assert_eq!(replay.trajectory.outcome, model.kept.outcome);
    let files = replay.write(folder.path()).unwrap();
    assert_eq!(files.len(), 6);
    assert!(files.iter().all(|file| file.is_file()), "{files:?}");
    let mut options = LandscapeOptions::default();
    options.request.grid = 5;
    let around = study.landscape(model, &options, &mut ignore_progress).unwrap();
    assert_eq!((around.survey.panels.len(), around.write(folder.path()).unwrap().len()), (2, 5));
    assert!(study.model(8).is_err());
}

#[test]
fn notable_and_named_models_are_shown() {
    let (folder, mut study) = reopened();
    let notable = study.notable_models(false).unwrap();
    assert!(notable.warning.is_none() && !notable.models.is_empty());
    let found = study.boundary(study.shown_models(&notable).unwrap(), &mut ignore_progress).unwrap();
    assert_eq!((found.models.len(), found.write(folder.path()).unwrap().len()), (notable.models.len(), 3));
    let named = ChosenModels::listed(&[3, 1, 3]).unwrap();
    assert_eq!(named.models, [(3, None), (1, None)]);
    assert!(ChosenModels::listed(&(0..25).collect::<Vec<_>>()).is_err());
    let shown = study.shown_models(&named).unwrap();
    let stopped = study.boundary(shown, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Stopped)));
}

#[test]
fn movies_are_of_accuracies_or_of_boundaries() {
    let (folder, mut study) = reopened();
    let few = MovieSubject::Boundaries(MovieModels::Ranked(2));
    for (subject, models) in [(MovieSubject::Accuracy, 8), (few, 2)] {
        let movie = study.movie(&subject, 3, &mut ignore_progress).unwrap();
        assert_eq!((movie.frames.epochs(), movie.frames.models().len()), (&[0, 1, 30][..], models));
        let playback = MoviePlayback { frames_per_second: 12 };
        let files = movie.write(folder.path(), playback, || false).unwrap().unwrap();
        assert_eq!(files.len(), 5);
        assert!(movie.write(folder.path(), playback, || true).unwrap().is_none());
    }
}

#[test]
fn numbers_of_seeds_come_from_the_study() {
    let (_folder, study) = reopened();
    let query = SeedsQuery::of(Some(&[0.05, 0.5]), Some(5.0)).unwrap();
    let report = SeedsReport::of_study(&study.study, &study.inputs, &query).unwrap();
    assert_eq!((report.found.difference, report.found.arms.all.len()), (0.05, 2));
    assert!(report.settings.contains("2-3-1 ReLU") && !report.has_too_few());
    assert!(SeedsQuery::of(Some(&[0.05]), None).is_err() && SeedsQuery::of(None, Some(100.0)).is_err());
}

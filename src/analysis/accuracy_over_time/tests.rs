use super::*;
use crate::engine::Score;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{InMemorySink, Mapping, ignore_progress};
use crate::sweep::{Axis, Choices, Inputs, Sweep};

#[test]
fn epochs_reach_from_the_start_to_the_end_in_steps_that_grow() {
    for (epochs, frames) in [(1000, 60), (1000, 2), (61, 60), (500_000, 300), (u32::MAX, 1000)] {
        let all = geometric_epochs(epochs, frames);
        assert_eq!((all.len(), all[0], all[all.len() - 1]), (frames as usize, 0, epochs));
        let steps: Vec<u32> = all.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step > 0), "{all:?}");
        // Rounding moves each end of a step by up to 0.5.
        assert!(steps.windows(2).all(|pair| pair[1] + 2 > pair[0]), "{steps:?}");
        assert!(frames == 2 || steps[0] <= 2, "{steps:?}");
    }
    assert_eq!(geometric_epochs(4, 60), [0, 1, 2, 3, 4]);
    assert_eq!((geometric_epochs(0, 60), geometric_epochs(7, 1)), (vec![0], vec![0, 7]));
}

fn spec(edit: impl FnOnce(&mut Sweep)) -> StudySpec {
    let mut sweep = Sweep { epochs: 5, ..Sweep::default() };
    edit(&mut sweep);
    StudySpec::of(&sweep, &Inputs::load(&sweep).unwrap())
}

#[test]
fn whole_seeds_come_first_and_of_many_combinations_evenly_chosen_ones() {
    let all = spec(|sweep| sweep.models = Some(400));
    assert_eq!(first_seeds(&all, 1000), [(0..400).collect::<Vec<u64>>()]);
    // 40 learning rates, so 100 models are two whole seeds.
    assert_eq!(first_seeds(&all, 100), [(0..80).collect::<Vec<u64>>()]);
    assert_eq!(first_seeds(&all, 4), [[0, 13, 26, 39]]);
    let two = spec(|sweep| {
        (sweep.models, sweep.optimizer) = (Some(400), Choices::parse("", "sgd,adam").unwrap());
    });
    assert_eq!(first_seeds(&two, 100), vec![(0..40).collect::<Vec<u64>>(); 2]);
}

#[test]
fn a_crowd_trained_again_has_the_accuracies_of_each_epoch_and_the_same_end() {
    let sweep = Sweep { lr: Axis::parse("--lr", "0.1,1e30").unwrap(), epochs: 9, ..Sweep::default() };
    let inputs = Inputs::load(&sweep).unwrap();
    let job = Job { record: Record::default(), ..inputs.jobs[0].mapped(Mapping::Reference) };
    let mut engine = ReferenceEngine::default();
    let whole = InMemorySink::train(&mut engine, &job, 0..4).unwrap();
    // Trial 0 is left out, and trials 1 and 2 have different seeds.
    let ends = [(1, whole.outcomes[1]), (2, whole.outcomes[2])];
    let courses = retrain(&mut engine, &job, 100, &ends, &[0, 4, 9], &mut ignore_progress).unwrap();
    assert!(courses[0].outcome.diverged.is_some() && courses[0].correct[2].is_none(), "{courses:?}");
    assert_eq!(courses[1].index, 2);
    for (epochs, correct) in [0, 4, 9].into_iter().zip(&courses[1].correct) {
        let part = InMemorySink::train(&mut engine, &Job { epochs, ..job.clone() }, 2..3).unwrap();
        assert_eq!(part.outcomes[0].train.map(|score| score.correct), *correct, "epoch {epochs}");
    }
    let other = Outcome {
        train: Some(Score { loss: 0.5, correct: 3, correct_positive: 1, errors: None }),
        ..Outcome::default()
    };
    let error = retrain(&mut engine, &job, 100, &[(2, other)], &[0, 9], &mut ignore_progress).unwrap_err().to_string();
    assert!(error.contains("model 102") && error.contains("final training loss 0.5 in the study"), "{error}");
}

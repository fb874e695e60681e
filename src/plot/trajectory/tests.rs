use super::*;
use crate::analysis::trajectory::sharpness::Sharpness;
use crate::engine::Outcome;
use crate::plot::scene::Primitive;
use crate::sweep::Trials;

/// A trajectory with loss `loss(epoch)` over 1000 epochs and eleven states.
fn trajectory(loss: fn(f64) -> f64) -> Trajectory {
    let state = |n: u32| TrajectoryPoint {
        epoch: 100 * n,
        parameters: vec![0.0],
        gradient_norm: Some(1.0 / f64::from(n + 1)),
        sharpness: Some(Sharpness { value: f64::from(n) - 2.0, settled: true }),
        lr: 0.5,
        one_rate: true,
    };
    Trajectory {
        trial: Trials::pairs(vec![(0.5, 7)]).get(0),
        outcome: Outcome::default(),
        epochs: (0..=1000).collect(),
        train_loss: (0..=1000).map(|epoch| loss(f64::from(epoch))).collect(),
        train_accuracy: vec![0.75; 1001],
        test_loss: None,
        test_accuracy: None,
        states: (0..=10).map(state).collect(),
        last: vec![0.0],
    }
}

fn plot(trajectory: &Trajectory) -> TrajectoryPlot<'_> {
    TrajectoryPlot {
        model: "model 7",
        loss: "loss",
        measure: crate::statistics::Measure::Accuracy,
        trajectory,
        settings: "",
    }
}

#[test]
fn sharpness_lies_beside_the_edge_and_what_is_not_positive_is_left_out() {
    let trajectory = trajectory(|epoch| 2.0 - epoch / 1000.0);
    let scene = plot(&trajectory).scene().unwrap();
    let line = |rgb: Rgb| {
        scene.shapes.iter().find_map(|shape| match shape {
            Primitive::Line { points, paint, .. } if paint.rgb == rgb => Some(points.clone()),
            _ => None,
        })
    };
    // The sharpness is positive from epoch 300 on and rises to 8, twice the edge of 2 / 0.5.
    let (sharp, edge) = (line(GREEN).unwrap(), line(VERMILION).unwrap()[0]);
    assert!(sharp[0].0 > edge.0 + 100.0 && sharp[0].1 > edge.1 && sharp[sharp.len() - 1].1 < edge.1);
    assert_eq!(plot(&trajectory).title(), "How model 7 got to 75\u{a0}%, its sharpness at 200\u{a0}% of 2/lr");
}

#[test]
fn an_exploded_model_got_nowhere() {
    let mut trajectory = trajectory(|epoch| 1.0 + epoch);
    let score = crate::engine::Score { loss: 1e9, correct: 0, correct_positive: 0, errors: None };
    (trajectory.outcome.train, trajectory.outcome.first_loss) = (Some(score), Some(0.7));
    assert_eq!(plot(&trajectory).title(), "How model 7 exploded");
}

#[test]
fn a_fall_at_the_beginning_gets_a_logarithmic_axis() {
    let place = |loss| plot(&trajectory(loss)).epochs(1000.0).place(10.0);
    assert!(place(|epoch| 1.0 / (1.0 + epoch)) > 0.3 && place(|epoch| 2.0 - epoch / 1000.0) < 0.02);
}

#[test]
fn a_sharp_turn_ends_a_line() {
    let turn = [(0.0, 0.0), (1.0, 90.0), (2.0, 0.0), (50.0, -1.0)];
    assert_eq!(pieces(&turn), [turn[..2].to_vec(), turn[1..].to_vec()]);
    assert_eq!(pieces(&[]), [[]; 1]);
}

#[test]
fn a_diverged_model_is_told_and_losses_that_are_missing_are_refused() {
    let mut trajectory = trajectory(|_| 1.0);
    trajectory.outcome.diverged = Some(1234);
    assert_eq!(plot(&trajectory).title(), "How model 7 diverged in epoch 1,234");
    // Everything from 1 to 10³⁰ has a position.
    let curves = [EpochCurve { name: "", rgb: BLUE, dashed: false, values: vec![(0, 1.0), (1, 1e15), (2, 1e30)] }];
    let places = [1.0, 1e15, 1e30].map(|v| from_zero(&curves).place(v));
    assert!(places[0] < 0.1 && (places[1] - 0.5).abs() < 0.01 && places[2] > 0.9, "{places:?}");
    trajectory.train_loss.fill(f64::NAN);
    trajectory.states.clear();
    assert!(plot(&trajectory).scene().is_ok());
    trajectory.train_loss.pop();
    assert!(plot(&trajectory).scene().is_err());
}

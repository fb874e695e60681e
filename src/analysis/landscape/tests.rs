//! Oracles: the f64 network for losses, known covariances for principal components, norms for random directions.

use super::*;
use crate::dataset::{Points, Targets};
use crate::engine::Record;
use crate::engine::cpu::CpuEngine;
use crate::engine::ignore_progress;
use crate::engine::reference::{Network, ReferenceEngine};
use crate::math::rng::{Philox, Stream};
use crate::model::NetworkShape;
use crate::statistics::OutcomeClass;
use crate::sweep::{Axis, Choices, Hyperparameter, Hyperparameters, Inputs, Sweep, Trials};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

fn job(hidden: &str, epochs: u32, engine: &dyn Engine) -> Job {
    let sweep = Sweep {
        lr: Axis::parse("--lr", "0.05,0.3").unwrap(),
        hidden: Choices::parse("--hidden", hidden).unwrap(),
        epochs,
        models: Some(12),
        ..Sweep::default()
    };
    let inputs = Inputs::load(&sweep).unwrap();
    let job = &inputs.jobs[0];
    let mapping = engine.choose_mapping(job, 12).unwrap();
    Job { record: Record::default(), ..job.mapped(mapping) }
}

fn drawn(n: usize, seed: u64, scale: f64) -> Vec<f64> {
    let mut random = Philox::new(seed, Stream::Data);
    (0..n).map(|_| scale * <StandardNormal as Distribution<f64>>::sample(&StandardNormal, &mut random)).collect()
}

fn plane(parameters: usize) -> Plane {
    let [origin, u, v] = [(1, 0.5), (2, 0.7), (3, 1.1)].map(|(seed, scale)| drawn(parameters, seed, scale));
    Plane { origin, u, v }
}

/// Compares losses at 1000 random grid points with the reference network at parameters computed here.
fn losses_are_the_networks(mut engine: Box<dyn Engine>, tolerance: f64) {
    for hidden in ["1", "4/3"] {
        let job = job(hidden, 1, engine.as_ref());
        let (n, a, b) = (75, (-3.0, 2.0), (-1.0, 4.0));
        let land = evaluate(engine.as_mut(), &job, plane(job.shape.parameters()), [a, b], n).unwrap();
        assert_eq!(land.losses.len(), n * n);
        let mut random = Philox::new(9, Stream::Data);
        for _ in 0..1000 {
            let (i, j) = (random.random_range(0..n), random.random_range(0..n));
            let at = |(first, last): (f64, f64), k: usize| first + (last - first) * k as f64 / 74.0;
            let (x, y) = (at(a, i), at(b, j));
            let Plane { origin, u, v } = &land.plane;
            let parameters = (0..origin.len()).map(|p| origin[p] + x * u[p] + y * v[p]).collect();
            let expected = Network::new(&job.shape, &job.train_spec, parameters).measure(&job.data.train).loss;
            let found = land.losses[j * n + i];
            assert!((found - expected).abs() <= tolerance * expected.max(1.0), "{hidden} {x} {y}: {found} {expected}");
        }
    }
}

#[test]
fn cpu_losses_are_the_reference_networks() {
    // f32: parameters and logits are rounded to 6e-8 each, in sums of up to 8 terms of up to 30 times the loss.
    losses_are_the_networks(Box::new(CpuEngine::new().unwrap()), 2e-5);
}

#[test]
fn reference_losses_are_the_reference_networks() {
    losses_are_the_networks(Box::new(ReferenceEngine::default()), 1e-13);
}

#[test]
fn slabs_join_without_a_seam_and_an_infinite_logit_is_a_hole() {
    let mut engine = ReferenceEngine::default();
    let mut job = job("none", 1, &engine);
    job.data = std::sync::Arc::new(crate::dataset::Dataset {
        train: Points { features: 2, x: vec![1.0, 0.0], targets: Targets::Binary(vec![true]) },
        ..(*job.data).clone()
    });
    let plane = Plane { origin: vec![0.0; 3], u: vec![1.0, 0.0, 0.0], v: vec![0.0, 0.0, 1.0] };
    let land = evaluate(&mut engine, &job, plane.clone(), [(-2.0, 2.0), (-1.0, 1.0)], 3).unwrap();
    let expected = |logit: f64| (-logit).exp().ln_1p();
    let logits = [-3.0, -1.0, 1.0, -2.0, 0.0, 2.0, -1.0, 1.0, 3.0];
    assert!(land.losses.iter().zip(logits).all(|(l, z)| (l - expected(z)).abs() < 1e-12), "{:?}", land.losses);
    let rows =
        |n| evaluate_rows(&mut ReferenceEngine::default(), &job, plane.clone(), [(-2.0, 2.0), (-1.0, 1.0)], 3, n);
    assert!([1, 2].iter().all(|n| rows(*n).unwrap() == land));
    let huge = evaluate(&mut engine, &job, plane, [(0.0, f64::MAX), (0.0, f64::MAX)], 2).unwrap();
    assert!(huge.losses[0].is_finite() && huge.losses[3].is_nan(), "{:?}", huge.losses);
    assert!(evaluate(&mut engine, &job, super::tests::plane(3), [(0.0, 1.0); 2], 1).is_err());
}

#[test]
fn a_point_of_the_plane_projects_onto_itself_and_others_fall_at_right_angles() {
    let plane = plane(9);
    for (a, b) in [(0.0, 0.0), (1.0, 0.0), (-2.5, 7.0)] {
        let (x, y) = plane.project(&plane.at(a, b).collect::<Vec<_>>());
        assert!((x - a).abs() < 1e-12 && (y - b).abs() < 1e-12, "{x} {y}");
    }
    let outside = drawn(9, 4, 3.0);
    let (a, b) = plane.project(&outside);
    let rest: Vec<f64> = outside.iter().zip(plane.at(a, b)).map(|(p, q)| p - q).collect();
    assert!(dot(&rest, &plane.u).abs() < 1e-12 && dot(&rest, &plane.v).abs() < 1e-12 && dot(&rest, &rest) > 1.0);
}

/// Checks states with known components: standard deviations 5, 2 and 0.1 along known axes of `size` dimensions.
fn components_are_known(size: usize, states: usize) {
    let shape = NetworkShape::new(size - 1, &[]).unwrap();
    let axis = |k: usize| -> Vec<f64> {
        let signs = (0..size).map(|i| if (i >> k) & 1 == 0 { 1.0 } else { -1.0 });
        signs.map(|sign| sign / (size as f64).sqrt()).collect()
    };
    let (axes, origin) = ([0, 1, 2].map(axis), drawn(size, 7, 1.0));
    let spread = [5.0, 2.0, 0.1].map(|scale| drawn(states, 11 + scale as u64, scale));
    let state = |s: usize| -> Vec<f64> {
        let away = |i: usize| (0..3).map(|k| spread[k][s] * axes[k][i]).sum::<f64>();
        (0..size).map(|i| origin[i] + away(i)).collect()
    };
    let all: Vec<Vec<f64>> = (0..states).map(state).collect();
    let all: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
    let PlaneDirections { plane, shares } = Directions::Pca.plane(&shape, &origin, &all).unwrap();
    let Plane { u, v, .. } = &plane;
    for (one, other, expected) in [(u, u, 1.0), (v, v, 1.0), (u, v, 0.0)] {
        assert!((dot(one, other) - expected).abs() < 1e-10, "{size}");
    }
    // The sample covariance has small off-diagonal entries, which mix the axes.
    assert!(dot(u, &axes[0]).abs() > 0.99 && dot(v, &axes[1]).abs() > 0.99, "{size}");
    let squares = spread.each_ref().map(|spread| dot(spread, spread));
    let [first, second] = shares.unwrap();
    let whole: f64 = squares.iter().sum();
    // The first two hold all variance but the third's, however they are mixed; thinned states are only a sample.
    let slack = if size > 500 { 0.05 } else { 0.01 };
    assert!((first + second - (squares[0] + squares[1]) / whole).abs() < 1e-3, "{first} {second}");
    assert!((first - squares[0] / whole).abs() < slack, "{first} {}", squares[0] / whole);
    // The first state is the model's start: both directions point from there to the origin.
    let (a, b) = plane.project(all[0]);
    assert!(a <= 0.0 && b <= 0.0, "{a} {b}");
}

#[test]
fn principal_components_are_those_of_a_known_covariance() {
    // More states than parameters; fewer; and more of both than the eigensolver gets.
    components_are_known(8, 600);
    components_are_known(64, 40);
    components_are_known(512, 1500);
}

#[test]
fn ways_that_span_no_plane_are_refused() {
    let (shape, origin) = (NetworkShape::new(2, &[1]).unwrap(), vec![0.5; 5]);
    let refused = |directions: &Directions, origin: &[f64], states: &[&[f64]]| {
        directions.plane(&shape, origin, states).unwrap_err().to_string()
    };
    let line = [vec![1.0; 5], vec![2.0; 5]];
    let line: Vec<&[f64]> = line.iter().map(Vec::as_slice).collect();
    for states in [&line[..], &[&origin[..]; 3], &[]] {
        assert!(refused(&Directions::Pca, &origin, states).contains("do not span"));
    }
    assert!(refused(&Directions::Filter { seed: 0 }, &[0.0; 5], &[]).contains("--direction-seed"));
    let tiny = NetworkShape::new(1, &[]).unwrap().without_bias();
    assert!(Directions::Pca.plane(&tiny, &[1.0], &line).is_err());
}

#[test]
fn each_units_random_direction_is_as_long_as_its_weights_and_biases_stay() {
    let shape = NetworkShape::new(3, &[4, 2]).unwrap();
    let origin = drawn(shape.parameters(), 5, 2.0);
    let of = |seed| Directions::Filter { seed }.plane(&shape, &origin, &[]).unwrap().plane;
    let plane = of(3);
    for direction in [&plane.u, &plane.v] {
        for layer in shape.layers() {
            for o in 0..layer.outputs {
                let row = |all: &[f64]| all[layer.weight(o, 0)..][..layer.inputs].iter().map(|w| w * w).sum::<f64>();
                assert!((row(direction) - row(&origin)).abs() <= 1e-12 * row(&origin));
                assert_eq!(direction[layer.biases + o], 0.0);
            }
        }
    }
    assert!(plane == of(3) && plane.u != of(4).u && plane.u != plane.v);
}

#[test]
fn parameters_are_found_by_their_names() {
    let shape = NetworkShape::new(2, &[3]).unwrap();
    let plane = |a: &str, b: &str| {
        let names = ParameterPair([a.to_owned(), b.to_owned()]);
        Directions::Params(names).plane(&shape, &[0.0; 13], &[]).map(|found| found.plane)
    };
    let place = |direction: &[f64]| direction.iter().position(|x| *x == 1.0).unwrap();
    // 6 weights, 3 biases, 3 weights, 1 bias.
    for (name, index) in [("w1[0,0]", 0), ("w1[2,1]", 5), ("b1[1]", 7), ("w2[0,2]", 11), ("b2[0]", 12)] {
        let found = plane(name, if index == 1 { "w1[0,0]" } else { "w1[0,1]" }).unwrap();
        assert_eq!((place(&found.u), found.u.iter().sum::<f64>(), place(&found.v)), (index, 1.0, 1), "{name}");
    }
    for wrong in
        ["w1[3,0]", "w1[0,2]", "w1[0]", "b1[0,0]", "b3[0]", "w0[0,0]", "w[0,0]", "x1[0]", "w1[0,0", "", "é1[0]"]
    {
        let refused = plane("b2[0]", wrong).unwrap_err().to_string();
        assert!(refused.contains("w1[0-2,0-1] b1[0-2] w2[0,0-2] b2[0]"), "{refused}");
    }
    assert!(plane("b2[0]", "b2[0]").unwrap_err().to_string().contains("twice"));
}

#[test]
fn a_survey_shows_the_same_seed_at_each_rate_from_its_end_point() {
    let mut engine = CpuEngine::new().unwrap();
    let job = job("2", 60, &engine);
    let request = LandscapeRequest { grid: 11, span: None, paths: Some(4) };
    let shown = shown_trials(&job.trials, &job.trials.get(5), &request, 1).unwrap();
    let class = |outcome: &crate::engine::Outcome| {
        if outcome.diverged.is_some() { OutcomeClass::Diverged } else { OutcomeClass::Success }
    };
    let epochs = [0, 7, 60];
    let found =
        survey(&mut engine, &job, &shown, &epochs, (&Directions::Pca, &request), &class, &mut ignore_progress).unwrap();
    assert_eq!((found.panels.len(), found.networks, found.views().count()), (2, 242, 2));
    for (panel, view) in found.views() {
        assert!(panel.seed_paths.len() == 4 && panel.seed_paths[0].seed == job.trials.get(5).seed);
        let (own, land) = (&panel.seed_paths[0], &view.landscape);
        assert_eq!(own.end().unwrap(), land.plane.origin);
        let inside = |(low, high): (f64, f64), x: f64| low < x && x < high;
        for (_, parameters) in &own.path.states {
            let (a, b) = land.plane.project(parameters);
            assert!(inside(land.a, a) && inside(land.b, b), "{a} {b} {:?} {:?}", land.a, land.b);
        }
        // The loss at the plane's origin is the model's final loss.
        let at = evaluate(&mut engine, &job, land.plane.clone(), [(0.0, 1.0); 2], 2).unwrap().losses[0];
        assert!((at - own.path.outcome.train.unwrap().loss).abs() <= 1e-6, "{at}");
    }
    let spanned = LandscapeRequest { span: Some(0.5), ..request };
    let spanned =
        survey(&mut engine, &job, &shown, &epochs, (&Directions::Pca, &spanned), &class, &mut ignore_progress).unwrap();
    assert!(spanned.views().all(|(_, v)| v.landscape.a == (-0.5, 0.5) && v.landscape.b == (-0.5, 0.5)));
}

/// The loss in the middle of a survey, a model's end point, is that model's final loss with its smoothed labels.
#[test]
fn a_survey_has_the_loss_of_its_model() {
    let mut engine = CpuEngine::new().unwrap();
    let mut job = job("2", 30, &engine);
    job.train_spec.given.push(Hyperparameter::LabelSmoothing);
    let trial = |n: u64| Hyperparameters::lr(0.3).with(Hyperparameter::LabelSmoothing, 0.125 * (n % 4) as f64);
    job.trials = Trials::List((0..12).map(|n| (trial(n), n / 4)).collect());
    for index in 4..8 {
        let request = LandscapeRequest { grid: 3, span: Some(0.5), paths: Some(3) };
        let shown = shown_trials(&job.trials, &job.trials.get(index), &request, 1).unwrap();
        let class = |_: &crate::engine::Outcome| OutcomeClass::Success;
        let found =
            survey(&mut engine, &job, &shown, &[0, 7, 30], (&Directions::Pca, &request), &class, &mut ignore_progress)
                .unwrap();
        let (panel, view) = found.views().next().unwrap();
        let own = panel.seed_paths[0].path.outcome.train.unwrap().loss;
        assert!((view.landscape.losses[4] - own).abs() <= 1e-6, "{index}: {own} {:?}", view.landscape.losses);
    }
}

//! Tests of the text, trajectories and layout of landscape plots.

use super::*;
use crate::analysis::landscape::{Landscape, ParameterPair, Plane, TrajectoryPath};
use crate::analysis::parameter_paths::ParameterPath;
use crate::engine::Outcome;
use crate::plot::scene::Primitive;

/// A trajectory from (-1, -1) to (0, 0) in the plane.
fn seed_path(class: OutcomeClass) -> TrajectoryPath {
    let diverged = (class == OutcomeClass::Diverged).then_some(3);
    let states = vec![(0, vec![-1.0, -1.0, 5.0]), (9, vec![0.0; 3])];
    TrajectoryPath {
        path: ParameterPath { index: 3, outcome: Outcome { diverged, ..Outcome::default() }, states },
        seed: 8,
        class,
    }
}

fn panel(lr: f64, classes: &[OutcomeClass]) -> LandscapePanel {
    let plane = Plane { origin: vec![0.0; 3], u: vec![1.0, 0.0, 0.0], v: vec![0.0, 1.0, 0.0] };
    let losses = (0..25).map(|i| 0.1 + f64::from(i)).collect();
    let landscape = Landscape { plane, a: (-2.0, 2.0), b: (-2.0, 2.0), n: 5, losses };
    let view = (classes[0] != OutcomeClass::Diverged).then_some(PlaneLosses { landscape, shares: Some([0.61, 0.2]) });
    LandscapePanel { lr, seed_paths: classes.iter().map(|class| seed_path(*class)).collect(), view }
}

fn survey(panels: usize) -> LandscapeSurvey {
    let classes = [OutcomeClass::Success, OutcomeClass::DeadRelu, OutcomeClass::Diverged];
    let panels = (0..panels).map(|n| panel(0.1 * (n + 1) as f64, &classes)).collect();
    LandscapeSurvey { panels, networks: 25, seconds: 0.1 }
}

fn plot<'a>(survey: &'a LandscapeSurvey, directions: &'a Directions) -> LandscapePlot<'a> {
    LandscapePlot { model: "model 3", lr: 0.1, survey, directions, loss: "loss", settings: "2-1-1" }
}

fn texts(scene: &Scene) -> Vec<&str> {
    scene.labels.iter().map(|label| label.text.as_str()).collect()
}

#[test]
fn titles_captions_and_axes_say_what_is_there() {
    let survey = survey(2);
    let scene = plot(&survey, &Directions::Pca).scene().unwrap();
    let texts = texts(&scene);
    assert_eq!(scene.title, "The loss around model 3: at its learning rate 1 of 3 seeds succeeds");
    for expected in [
        "learning rate 0.1",
        "learning rate 0.2",
        "1 of 3 succeed, 1 diverged",
        "across: component 1 (61\u{a0}%), up: component 2 (20\u{a0}%)",
        "success",
        "failure",
        "seed 8",
    ] {
        assert!(texts.contains(&expected), "no {expected:?} in {texts:?}");
    }
    let names = Directions::Params(ParameterPair(["w1[0,0]".into(), "b2[0]".into()]));
    let scene = plot(&survey, &names).scene().unwrap();
    assert!(scene.labels.iter().any(|label| label.text == "across: w1[0,0], up: b2[0]"));
}

#[test]
fn the_own_way_is_bold_and_above_the_others_and_a_diverged_one_is_not_drawn() {
    let survey = survey(1);
    let plot = plot(&survey, &Directions::Pca);
    let (scene, frame) = (plot.scene().unwrap(), &plot.frames(0.0)[0]);
    let lines: Vec<_> = scene
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Primitive::Line { points, width, paint }
                if points.len() == 2 && points[0].0 < points[1].0 && points[0].1 > points[1].1 =>
            {
                Some((points.clone(), *width, paint.rgb))
            }
            _ => None,
        })
        .filter(|(.., rgb)| [SUCCESS, FAILURE].contains(rgb))
        .collect();
    assert_eq!(
        lines.iter().map(|(_, width, rgb)| (*width, *rgb)).collect::<Vec<_>>(),
        [(2.0, FAILURE), (6.0, SUCCESS)]
    );
    // From a quarter of the frame's width to its middle.
    let (from, to) = (lines[1].0[0].0, lines[1].0[1].0);
    let share = |x: f64| (x - frame.left) / (frame.right - frame.left);
    assert!((share(from) - 0.25).abs() < 1e-9 && (share(to) - 0.5).abs() < 1e-9);
}

#[test]
fn panels_do_not_overlap_and_stay_in_the_picture() {
    for n in 1..=4 {
        let survey = survey(n);
        let frames = plot(&survey, &Directions::Pca).frames(200.0);
        assert_eq!(frames.len(), n);
        for (i, a) in frames.iter().enumerate() {
            assert!(
                a.right - a.left > 400.0
                    && a.bottom - a.top > 150.0
                    && a.right < 1600.0 - BAR_ROOM + 20.0
                    && a.bottom < 960.0
            );
            for b in &frames[..i] {
                assert!(b.right + TICK_LEFT <= a.left || b.bottom + CAPTION <= a.top, "{n}");
            }
        }
    }
    let survey = survey(5);
    assert!(plot(&survey, &Directions::Pca).scene().is_err());
}

#[test]
fn a_rate_at_which_the_seed_diverges_has_words_instead_of_a_plane() {
    let mut survey = survey(1);
    survey.panels.push(panel(0.9, &[OutcomeClass::Diverged, OutcomeClass::Success]));
    let scene = plot(&survey, &Directions::Pca).scene().unwrap();
    assert!(texts(&scene).contains(&"diverged: there is no end point"));
    survey.panels.remove(0);
    assert!(plot(&survey, &Directions::Pca).scene().unwrap_err().to_string().contains("no loss is finite"));
}

use super::*;
use crate::plot::scene::Primitive;

#[test]
fn the_median_of_mostly_diverged_models_is_not_finite() {
    assert_eq!(middle(vec![1.0, f32::NAN, 2.0, 3.0]), 2.5);
    assert!(middle(vec![1.0, f32::NAN, f32::INFINITY]).is_infinite());
    assert_eq!(middle(vec![4.0]), 4.0);
}

fn plot(values: &[f64], losses: &[f32], test: &[f32]) -> LossPlot<'static> {
    let epochs = (0..losses.len() / values.len()).map(|n| 10 * n as u32).collect();
    let (values, losses, test, models) = (values.to_vec(), losses.to_vec(), test.to_vec(), values.len() as u64);
    let (x, settings, caption) = ("learning rate", "", String::new());
    LossPlot { epochs, x, values, loss: "", losses, test, models, settings, caption }
}

/// Number of points of each line of this width.
fn lines(scene: &Scene, wide: f64) -> Vec<usize> {
    let points = |shape: &Primitive| match shape {
        Primitive::Line { points, width, .. } if *width == wide => Some(points.len()),
        _ => None,
    };
    scene.shapes.iter().filter_map(points).collect()
}

#[test]
fn a_diverged_curve_ends_where_it_diverged() {
    let losses = [0.9, 0.2, 0.1, 0.9, f32::NAN, f32::NAN, 0.9, f32::INFINITY, 0.3];
    let plot = plot(&[0.1, 0.2, 0.3], &losses, &[]);
    let scene = plot.scene().unwrap();
    let dots = scene.shapes.iter().filter(|shape| matches!(shape, Primitive::Dot { .. })).count();
    assert_eq!((lines(&scene, 4.0), dots), (vec![3], 2), "a line of three points, two that end at once");
}

#[test]
fn what_explodes_leaves_the_picture_and_is_counted() {
    let losses = [0.7, 0.3, 0.1, 0.7, 0.2, 0.1, 0.7, 1e6, 1e29];
    let plot = plot(&[0.1, 0.2, 0.3], &losses, &[]);
    let scene = plot.scene().unwrap();
    assert!(scene.labels.iter().any(|label| label.text.contains("1 model beyond the axis")), "{:?}", scene.labels);
    let triangles = scene.shapes.iter().filter(|shape| matches!(shape, Primitive::Fill { .. })).count();
    assert_eq!(triangles, 1);
    let tick = |wanted: f64| plot.axis(&[0, 1, 2]).ticks.iter().any(|(value, _)| *value == wanted);
    assert!(tick(0.4) && !tick(1e6), "{:?}", plot.axis(&[0, 1, 2]));
}

#[test]
fn test_losses_are_dotted_and_the_gap_is_shaded() {
    let train: Vec<f32> = [0.7, 0.3, 0.1].repeat(4);
    let test: Vec<f32> = [0.7, 0.4, 0.5].repeat(4);
    let (without, with) = (plot(&[0.1; 4], &train, &[]), plot(&[0.1; 4], &train, &test));
    let gaps = |plot: &LossPlot| {
        let scene = plot.scene().unwrap();
        scene
            .shapes
            .iter()
            .filter(|shape| matches!(shape, Primitive::Fill { outline, .. } if outline.len() == 6))
            .count()
    };
    assert_eq!((gaps(&without), gaps(&with)), (0, 1));
    assert!(lines(&with.scene().unwrap(), 6.0 * 0.7).len() > 5, "dots");
    let words: String = with.scene().unwrap().labels.iter().map(|label| label.text.clone() + "|").collect();
    assert!(words.contains("Training and test loss") && words.contains("dotted: on the test points"), "{words}");
    assert!(plot(&[0.1; 4], &train, &test[1..]).scene().is_err());
}

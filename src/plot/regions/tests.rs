use super::*;
use crate::dataset::Targets;
use crate::plot::scene::Primitive;

fn points() -> Points {
    Points { features: 2, x: vec![-1.0, 0.0, 1.0, 0.0], targets: Targets::Binary(vec![false, true]) }
}

fn plot<'a>(panels: &'a [Region<'a>]) -> RegionsPlot<'a> {
    let (title, settings, classes) = ("Models", "", vec!["no", "yes"]);
    RegionsPlot { title, settings, classes, features: Some(["a", "b"]), shade: OutputScale::Probability, panels }
}

/// One of `of` panels: class 1 to the right of x = 0.25.
fn panel(points: &Points, of: usize) -> Region<'_> {
    let grid = RegionsPlot::grid(points, of, false).points();
    let excesses = (0..grid.len()).map(|n| 4.0 * (grid.row(n)[0] - 0.25)).collect::<Vec<f64>>();
    let (name, score, note) = ("best".to_owned(), "97 %".to_owned(), String::new());
    Region { points, name, score, note, prediction: Prediction::Outputs(excesses.into()) }
}

fn labels(scene: &Scene) -> Vec<&str> {
    scene.labels.iter().map(|label| label.text.as_str()).collect()
}

#[test]
fn the_line_is_where_the_model_is_undecided_and_shades_get_darker_on_both_sides() {
    let points = points();
    let panels = vec![panel(&points, 3); 3];
    let scene = plot(&panels).scene().unwrap();
    let (layout, grid) = (RegionsLayout::of(3, false), RegionsPlot::grid(&points, 3, false));
    for n in 0..3 {
        let frame = layout.frame(n, 0.0, &grid);
        let at = frame.x(0.25);
        let is_boundary = |shape: &&Primitive| matches!(shape, Primitive::Line { points, paint, .. } if paint.rgb == VERMILION && (points[0].0 - at).abs() < 0.5);
        assert_eq!(scene.shapes.iter().filter(is_boundary).count(), 1, "panel {n}");
        // A row of shades, from the left: lighter up to the boundary, then darker.
        let mut rows: Vec<(f64, f64, u32)> = Vec::new();
        for shape in &scene.shapes {
            if let Primitive::Rectangle { corners: [low, high], paint } = shape
                && low.0 >= frame.left - 0.01
                && high.0 <= frame.right + 0.01
                && low.1 > 300.0
            {
                let (r, g, b) = paint.rgb;
                rows.push((low.1, low.0, u32::from(r) + u32::from(g) + u32::from(b)));
            }
        }
        let first = rows.iter().map(|row| row.0).fold(f64::INFINITY, f64::min);
        let row: Vec<_> = rows.iter().filter(|row| row.0 == first).collect();
        type Row = (f64, f64, u32);
        let (left, right): (Vec<&Row>, Vec<&Row>) = row.into_iter().partition(|row| row.1 < at - 2.0);
        assert!(left.len() > 4 && right.len() > 4, "{left:?} {right:?}");
        assert!(left.windows(2).all(|pair| pair[0].2 < pair[1].2), "{left:?}");
        assert!(right.windows(2).all(|pair| pair[0].2 > pair[1].2), "{right:?}");
    }
}

#[test]
fn a_model_that_says_nothing_has_no_shade_and_says_why() {
    let points = points();
    let silent = Region { prediction: Prediction::Nothing("diverged in epoch 7".into()), ..panel(&points, 2) };
    let both = [silent, panel(&points, 2)];
    let (silent, certain) = (plot(&both[..1]).scene().unwrap(), plot(&both).scene().unwrap());
    assert!(labels(&silent).contains(&"diverged in epoch 7"));
    let boundaries = |scene: &Scene| {
        scene.shapes.iter().filter(|s| matches!(s, Primitive::Line { paint, .. } if paint.rgb == VERMILION)).count()
    };
    assert_eq!((boundaries(&silent), boundaries(&certain)), (0, 1));
}

#[test]
fn panels_of_any_number_lie_in_the_picture_apart_from_each_other() {
    for (panels, notes) in (1..=MOST_REGIONS).flat_map(|n| [(n, false), (n, true)]) {
        let (layout, grid) = (RegionsLayout::of(panels, notes), RegionsPlot::grid(&points(), panels, notes));
        assert!(layout.columns * layout.rows >= panels && (0.4..3.0).contains(&layout.aspect), "{panels} {layout:?}");
        let frames: Vec<Frame> = (0..panels).map(|n| layout.frame(n, TOP, &grid)).collect();
        for (n, frame) in frames.iter().enumerate() {
            assert!(frame.left >= MARGIN - 1e-9 && frame.right <= f64::from(SIZE.0) - MARGIN + 1e-9, "{panels} {n}");
            assert!(
                frame.bottom <= f64::from(SIZE.1) - BELOW + 1e-9 && frame.bottom > frame.top + 90.0,
                "{panels} {n}"
            );
            let apart = |other: &Frame| {
                other.right < frame.left
                    || other.left > frame.right
                    || other.bottom < frame.top
                    || other.top > frame.bottom
            };
            assert!(frames.iter().enumerate().all(|(m, other)| m == n || apart(other)), "{panels} {n}");
        }
    }
}

#[test]
fn long_names_stay_in_their_panel() {
    let points = points();
    let long = "a name that is far longer than its panel is wide, ".repeat(9);
    let panels = vec![Region { name: long.clone(), note: long, ..panel(&points, 24) }; 24];
    // Notes change the grid, so outputs computed without notes would not fit.
    let silent = panels.into_iter().map(|panel| Region { prediction: Prediction::Nothing("diverged".into()), ..panel });
    let panels: Vec<Region> = silent.collect();
    let scene = plot(&panels).scene().unwrap();
    let (wide, _) = RegionsLayout::of(24, true).panel(TOP);
    let names = scene.labels.iter().filter(|label| label.text.starts_with("a name"));
    let widths: Vec<f64> = names.map(|label| width(&label.text, label.kind)).collect();
    assert_eq!(widths.len(), 48);
    assert!(widths.iter().all(|w| *w <= wide), "{widths:?} {wide}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let points = points();
    let short = [Region { prediction: Prediction::Outputs(vec![0.0; 5].into()), ..panel(&points, 1) }];
    assert!(plot(&short).scene().unwrap_err().to_string().contains("panel 0 has 5 values"));
    let many =
        vec![Region { prediction: Prediction::Nothing("diverged".into()), ..panel(&points, 25) }; MOST_REGIONS + 1];
    assert!(plot(&many).scene().unwrap_err().to_string().contains("25 panels"));
    let flat = Points { features: 1, x: vec![1.0], targets: Targets::Binary(vec![true]) };
    let one = [Region { points: &flat, ..panel(&points, 1) }];
    assert!(plot(&one).scene().unwrap_err().to_string().contains("only two"));
}

#[test]
fn a_panel_without_boundary_says_which_class_all_is() {
    let points = points();
    let places = RegionsPlot::grid(&points, 3, false);
    let with = |excess: f64| Region {
        prediction: Prediction::Outputs(vec![excess; places.nx * places.ny].into()),
        ..panel(&points, 3)
    };
    let panels = [with(2.0), with(-2.0), with(f64::NAN)];
    let scene = plot(&panels).scene().unwrap();
    let said: Vec<&str> = labels(&scene).into_iter().filter(|text| text.starts_with("everything")).collect();
    assert_eq!(said, ["everything class yes", "everything class no"]);
}

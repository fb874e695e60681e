use super::curve::smoothed;
use super::*;
use crate::engine::ignore_progress;
use crate::engine::reference::ReferenceEngine;
use crate::math::init::Scheme;
use crate::math::{Activation, Loss};
use crate::sweep::{Axis, BatchSize, Choices, InitBias, Inputs, Sweep, Widths};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs()
}

/// Forty losses: a fall with ripples, then a steep rise.
const LOSSES: [f64; 40] = [
    0.6944, 0.6815, 0.6816, 0.6945, 0.7106, 0.7179, 0.7104, 0.6922, 0.6743, 0.6662, 0.6685, 0.6712, 0.6599, 0.6247,
    0.5664, 0.4964, 0.4302, 0.3782, 0.3407, 0.3098, 0.2772, 0.2419, 0.2112, 0.1947, 0.1959, 0.2086, 0.2205, 0.2209,
    0.2083, 0.1909, 0.1808, 0.1849, 0.2002, 0.3326, 1.1572, 3.374, 7.693, 14.8296, 25.4953, 40.3922,
];

fn rates() -> Vec<f64> {
    (0..40).map(|n| 1e-4 * 1e5f64.powf(f64::from(n) / 40.0)).collect()
}

/// Expected values are from fastai 2.8.12's formulas in numpy, f64, for these losses: fastai itself would require
/// PyTorch.
#[test]
fn suggestions_are_fastais() {
    let whole = RangeTestCurve::of(&rates(), &LOSSES, SMOOTHING);
    assert_eq!((whole.losses.len(), whole.end), (39, CurveEnd::Risen));
    for (step, expected) in [
        (0, 0.6944),
        (1, 0.6878848484848478),
        (2, 0.6857474357230305),
        (20, 0.5720931097492055),
        (38, 2.2297108575070705),
    ] {
        assert!(close(whole.losses[step], expected), "{step}: {}", whole.losses[step]);
    }
    assert!(close(whole.steepest.unwrap(), 0.04216965034285824) && close(whole.lowest.unwrap(), 1.3335214321633232));
    // A divergence at step 25, then one within the last five steps.
    let mut losses = LOSSES;
    losses[25..].fill(f64::NAN);
    let cut = RangeTestCurve::of(&rates(), &losses, SMOOTHING);
    assert_eq!((cut.losses.len(), cut.end, cut.edges), (25, CurveEnd::Diverged, [None, Some(AtEdge::Steps)]));
    assert!(close(cut.steepest.unwrap(), 0.04216965034285824) && close(cut.lowest.unwrap(), 0.1));
    let mut losses = [0; 40].map(f64::from);
    losses.iter_mut().enumerate().for_each(|(n, loss)| *loss = 1.0 - 0.9 * n as f64 / 39.0);
    losses[37..].fill(f64::NAN);
    let late = RangeTestCurve::of(&rates(), &losses, SMOOTHING);
    assert!(close(late.steepest.unwrap(), 1.3335214321633233) && close(late.lowest.unwrap(), 1.7782794100389224));
}

#[test]
fn losses_are_smoothed_and_cut_by_hand() {
    let (curve, end) = smoothed(&[1.0, 2.0, 1.0], SMOOTHING);
    // 0.02 / 0.02, then 0.0596 / 0.0396, then 0.078408 / 0.058808.
    assert!(curve.iter().zip([1.0, 0.0596 / 0.0396, 0.078408 / 0.058808]).all(|(a, b)| close(*a, b)), "{curve:?}");
    assert_eq!(end, CurveEnd::Whole);
    let (curve, end) = smoothed(&[1.0, 1.0, 1000.0, 1.0], SMOOTHING);
    assert_eq!((curve.len(), end), (3, CurveEnd::Risen));
    assert_eq!(smoothed(&[f64::NAN, 1.0], SMOOTHING), (Vec::new(), CurveEnd::Diverged));
    // Exactly four times is not more: 0.02 · 0.98 + 0.02 x = 4 · 0.0396.
    assert_eq!(smoothed(&[1.0, 6.93], SMOOTHING).1, CurveEnd::Whole);
    assert_eq!(smoothed(&[1.0, 6.95], SMOOTHING).1, CurveEnd::Risen);
    assert_eq!(smoothed(&[1.0, 0.5, 2.0, 2.1], 0.0), (vec![1.0, 0.5, 2.0, 2.1], CurveEnd::Risen));
}

#[test]
fn what_never_falls_or_is_too_short_suggests_nothing() {
    let rising: Vec<f64> = (0..40).map(|n| 1.0 + f64::from(n) / 40.0).collect();
    let curve = RangeTestCurve::of(&rates(), &rising, SMOOTHING);
    assert_eq!((curve.steepest, curve.lowest, curve.end), (None, None, CurveEnd::Whole));
    assert_eq!(
        (
            RangeTestCurve::of(&rates(), &[0.7; 40], SMOOTHING).steepest,
            RangeTestCurve::of(&rates(), &[f64::NAN; 40], SMOOTHING).lowest
        ),
        (None, None)
    );
    let mut early = [0.7; 40];
    early[5] = 1e6;
    let curve = RangeTestCurve::of(&rates(), &early, SMOOTHING);
    assert_eq!((curve.losses.len(), curve.end, curve.steepest, curve.lowest), (6, CurveEnd::Risen, None, None));
    // A loss that rises from the first rates on needs smaller ones; a constant loss is that of a dead network.
    let rises = |losses: &[f64]| RangeTestCurve::of(&rates(), losses, 0.0).rises_at_once();
    assert!(curve.rises_at_once() && rises(&rising) && rises(&[f64::NAN; 40]) && !rises(&[0.7; 40]));
    let falling: Vec<f64> = (0..40).map(|n| 1.0 - f64::from(n) / 80.0).collect();
    let curve = RangeTestCurve::of(&rates(), &falling, SMOOTHING);
    assert_eq!((curve.lowest, curve.edges), (Some(rates()[34]), [None, Some(AtEdge::Stop)]));
    let found = |curves: Vec<RangeTestCurve>| LrFound::of(rates(), curves);
    let inner = RangeTestCurve { edges: [None; 2], ..curve.clone() };
    let one_of = |n: usize| found([vec![curve.clone()], vec![inner.clone(); n - 1]].concat());
    assert_eq!((one_of(10).is_cut(), one_of(11).is_cut(), one_of(11).at_edges()), ([false, true], [false; 2], [0, 1]));
    let sinking: Vec<f64> = (0..40).map(|n| 1.0 / f64::from(n + 1)).collect();
    assert_eq!(RangeTestCurve::of(&rates(), &sinking, 0.0).edges[0], Some(AtEdge::Start));
    // A steeper fall after the minimum is an oscillation.
    let mut swings = falling.clone();
    swings[20..].copy_from_slice(&[0.7, 1.5, 0.8, 1.6, 0.75].repeat(4));
    swings[10] -= 0.03;
    let curve = RangeTestCurve::of(&rates(), &swings, 0.0);
    let steepest = (rates()[19], rates()[20]);
    assert_eq!((curve.steepest, curve.lowest, curve.edges), (Some(steepest.0), Some(steepest.1), [None, None]));
}

#[test]
fn seeds_are_summed_up_on_the_scale_of_logarithms() {
    let curve = |rate: f64, losses: &[f64]| RangeTestCurve {
        losses: losses.to_vec(),
        end: CurveEnd::Risen,
        steepest: (rate > 0.0).then_some(rate),
        lowest: (rate > 0.0).then_some(20.0 * rate),
        edges: [None; 2],
    };
    let curves = [(1e-3, &[1.0, 2.0][..]), (1e-1, &[2.0]), (1e-2, &[3.0, 1.0]), (0.0, &[4.0, 9.0])];
    let found = LrFound::of(vec![0.001, 2.0], curves.map(|(rate, losses)| curve(rate, losses)).into());
    let steepest = found.steepest.unwrap();
    // Ranks 0.2, 1 and 1.8 of the exponents -3, -2, -1.
    assert!(close(steepest.low, 10f64.powf(-2.8)) && close(steepest.high, 10f64.powf(-1.2)), "{steepest:?}");
    assert!(close(steepest.median, 0.01) && steepest.models == 3);
    // The start is the steepest fall, which is lower than a tenth of 20 times as much.
    let grid = found.grid.unwrap();
    assert_eq!((grid.start, grid.stop, grid.count), (0.0015, 1.3, 31));
    assert_eq!(grid.to_string(), "geomspace:0.0015:1.3:31");
    assert!(close(found.tenth().unwrap().median, 0.02));
    // The grid has no rate outside those of the test.
    let narrow = LrFound::of(vec![0.002, 1.0], found.curves.clone()).grid.unwrap();
    assert_eq!((narrow.start, narrow.stop), (0.002, 1.0));
    let [low, middle, high] = found.band();
    assert!(close(low[0], 1.3) && close(middle[0], 2.5) && close(high[0], 3.7), "{low:?} {middle:?} {high:?}");
    // Losses 1, 2, 9, and a curve that has ended.
    assert!(close(low[1], 1.3) && close(middle[1], 5.5) && high[1].is_infinite(), "{low:?} {middle:?} {high:?}");
}

#[test]
fn ranges_that_make_no_sense_are_refused() {
    let message = |start, stop, steps| RangeTest::new(start, stop, steps, None).unwrap_err().to_string();
    assert!(message(0.0, 1.0, 50).contains("--start must be") && message(f64::NAN, 1.0, 50).contains("--start"));
    assert!(message(0.1, 0.1, 50).contains("--stop must be") && message(0.1, f64::INFINITY, 50).contains("--stop"));
    assert!(message(0.1, 1.0, 49).contains("--steps must be a whole number from 50 to 100000, not 49"));
    assert!(RangeTest::new(0.1, 1.0, 50, Some(1.0)).unwrap_err().to_string().contains("--smoothing must be"));
    let rates = RangeTest::new(1e-3, 10.0, 4 * 25, None).unwrap().rates();
    assert!(rates.len() == 100 && [(0, 1e-3), (25, 1e-2), (75, 1.0)].iter().all(|(n, rate)| close(rates[*n], *rate)));
}

fn sweep(seeds: u64, size: &str) -> Sweep {
    Sweep {
        hidden: Choices::<Widths>::parse("", "none").unwrap(),
        activation: Choices::one(Activation::Identity),
        loss: Loss::Mse,
        init: Choices::one(Scheme::Zeros),
        init_bias: InitBias::Zeros,
        points: 20,
        lr: Axis::parse("--start", "0.001").unwrap(),
        epochs: 60,
        seeds: Some(seeds),
        batch_size: Choices::<BatchSize>::parse("", size).unwrap(),
        ..Sweep::default()
    }
}

/// Compares with a linear regression in a few lines.
#[test]
fn the_engine_does_what_the_test_says() {
    let (mut engine, test) = (ReferenceEngine::default(), RangeTest::new(0.001, 5.0, 60, Some(SMOOTHING)).unwrap());
    let cell = Inputs::load(&sweep(2, "full")).unwrap().jobs.remove(0);
    let job = test.job(&cell, None, &engine).unwrap();
    let found = lr_find(&mut engine, &job, &test, &mut ignore_progress).unwrap();
    let (points, mut model, mut losses) = (&cell.data.train, [0.0; 3], Vec::new());
    for rate in test.rates() {
        let (mut loss, mut slope) = (0.0, [0.0; 3]);
        for n in 0..points.len() {
            let row = [points.row(n)[0], points.row(n)[1], 1.0];
            let apart = row.iter().zip(model).map(|(x, w)| x * w).sum::<f64>() - f64::from(u8::from(points.label(n)));
            loss += apart * apart / 20.0;
            slope.iter_mut().zip(row).for_each(|(slope, x)| *slope += 2.0 * apart * x / 20.0);
        }
        losses.push(loss);
        model.iter_mut().zip(slope).for_each(|(w, slope)| *w -= rate * slope);
    }
    let expected = RangeTestCurve::of(&test.rates(), &losses, SMOOTHING);
    assert!(expected.end == CurveEnd::Risen && expected.steepest.is_some() && expected.lowest.is_some());
    assert_eq!(found.curves.len(), 2);
    for curve in &found.curves {
        // After the minimum the loss grows from rounding errors: the steepest direction has long converged.
        let falling = |curve: &RangeTestCurve| curve.losses.windows(2).take_while(|pair| pair[1] < pair[0]).count();
        assert!(falling(&expected) >= 40 && falling(curve) == falling(&expected), "{curve:?}");
        let pairs = curve.losses.iter().zip(&expected.losses).take(falling(&expected));
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() <= 1e-9 * b), "{curve:?}");
        let suggested = |curve: &RangeTestCurve| (curve.end, curve.steepest, curve.lowest);
        assert_eq!(suggested(curve), suggested(&expected));
    }
}

#[test]
fn mini_batches_are_smoothed_and_too_many_losses_are_refused() {
    let (engine, test) = (ReferenceEngine::default(), RangeTest::new(0.001, 5.0, 99_999, None).unwrap());
    let refused = |seeds, size| {
        let cell = Inputs::load(&sweep(seeds, size)).unwrap().jobs.remove(0);
        test.job(&cell, None, &engine)
    };
    let smoothing = |size| test.smoothing(&refused(1, size).unwrap());
    assert_eq!((smoothing("8"), smoothing("full"), smoothing("20")), (SMOOTHING, 0.0, 0.0));
    let refused = |seeds, size| refused(seeds, size).unwrap_err().to_string();
    assert!(refused(101, "full").contains("--seeds must be up to 100 with 99999 steps, not 101"));
}

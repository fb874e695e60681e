use super::super::{Ending, OutcomeClass};
use super::*;

/// More than 70 % of ten points is a success.
fn add(summary: &mut Summary, lr: f64, train: Option<u32>) {
    let ending = Ending { diverged: train.is_none(), correct: train.unwrap_or(0), ..Ending::default() };
    let class = OutcomeClass::of(&ending, 10, 5, 0.7);
    summary.add(0, &[Some(lr)], ModelResult::of_training(0, class, train, None));
}

#[test]
fn a_diverged_model_counts_as_a_failure_and_has_no_accuracy() {
    let mut summary = Summary::of_points(vec![[10, 0]]);
    add(&mut summary, 0.1, Some(9));
    add(&mut summary, 0.1, None);
    let group = summary.groups().next().unwrap();
    assert_eq!((group.n, group.diverged(), group.successes(), group.success_rate()), (2, 1, 1, Some(0.5)));
    assert_eq!((group.train.mean(), group.test.mean()), (Some(0.9), None));
}

#[test]
fn groups_come_by_learning_rate_whatever_the_order_of_the_models() {
    let mut summary = Summary::of_points(vec![[10, 0]]);
    [(0.5, 6), (0.0, 5), (0.05, 9), (0.5, 8)].iter().for_each(|(lr, n)| add(&mut summary, *lr, Some(*n)));
    assert_eq!(summary.groups().map(|g| g.x).collect::<Vec<_>>(), [0.0, 0.05, 0.5]);
    assert_eq!(summary.total().n, 4);
}

#[test]
fn models_that_share_seeds_have_no_interval_together() {
    for (shares, independent) in [(false, true), (true, false)] {
        let mut summary = Summary::of_points(vec![[10, 0]]).sharing_seeds(shares);
        [(0.1, 9), (0.1, 5), (0.2, 9)].iter().for_each(|(lr, n)| add(&mut summary, *lr, Some(*n)));
        assert!(summary.groups().all(|group| group.success_interval().is_some()));
        assert_eq!(summary.total().success_interval().is_some(), independent);
        let one: Vec<&Group> = summary.groups().take(1).collect();
        assert!(Group::merged(&one).success_interval().is_some());
    }
}

#[test]
fn a_baseline_is_known_where_data_sets_agree_on_it() {
    let rows = |positives: &u32| [RowCounts::binary(200, *positives), RowCounts::default(), RowCounts::default()];
    let of = |positives: &[u32]| Summary::new(positives.iter().map(rows).collect()).baseline();
    assert_eq!([of(&[]), of(&[195]), of(&[100, 120, 100])], [None, Some(0.975), None]);
    assert!((of(&[100, 101, 102]).unwrap() - 0.505).abs() < 1e-12);
}

/// A model that knows the shares of the classes alone has the entropy of the smoothed labels.
#[test]
fn smoothed_labels_have_a_baseline_of_their_own() {
    let rows = [RowCounts::binary(200, 20), RowCounts::default(), RowCounts::default()];
    let summary = Summary::new(vec![rows]).selecting(Select::Loss, Loss::Bce);
    let mut summary = summary.of_axes(vec!["lr", "label_smoothing"]);
    let model = ModelResult::of_training(0, OutcomeClass::Other, Some(180), None);
    [None, Some(0.0), Some(0.2)].iter().for_each(|s| summary.add(0, &[Some(0.1), *s], model));
    let baselines: Vec<f64> = summary.groups().map(|group| group.baseline.unwrap()).collect();
    // Labels 0 and 1 become 0.1 and 0.9, a tenth of them are 1: 0.18 in the mean.
    let entropy = |p: f64| p * p.ln() + (1.0 - p) * (1.0 - p).ln();
    let exact = [entropy(0.1), entropy(0.1), entropy(0.18)];
    assert_eq!(baselines.len(), 3);
    assert!(baselines.iter().zip(exact).all(|(ours, exact)| (ours - exact).abs() <= 1e-12), "{baselines:?} {exact:?}");
}

#[test]
fn cells_and_other_hyper_parameters_make_curves_of_their_own() {
    let mut summary = Summary::of_points(vec![[10, 0], [20, 0]]);
    for (cell, lr, momentum) in
        [(0, 0.2, None), (0, 0.1, None), (1, 0.1, Some(0.0)), (1, 0.1, Some(0.9)), (1, 0.2, Some(0.9))]
    {
        let class = if cell == 0 { OutcomeClass::Success } else { OutcomeClass::Other };
        summary.add(cell, &[Some(lr), momentum], ModelResult::of_training(0, class, Some(8), None));
    }
    let shape = |axis| -> Vec<(usize, Vec<f64>)> {
        let xs = |series: &Series| (series.cell, series.groups.iter().map(|g| g.x).collect());
        summary.along(axis).iter().map(xs).collect()
    };
    assert_eq!(shape(0), [(0, vec![0.1, 0.2]), (1, vec![0.1]), (1, vec![0.1, 0.2])]);
    assert_eq!(shape(1)[2..], [(1, vec![0.0, 0.9]), (1, vec![0.9])]);
    // 8 of 10 correct twice, 8 of 20 three times.
    assert!((summary.total().train.mean().unwrap() - (2.0 * 0.8 + 3.0 * 0.4) / 5.0).abs() < 1e-15);
    assert_eq!(summary.total().successes(), 2);
}

#[test]
fn rows_ascend_by_value_below_zero_too() {
    let mut summary = Summary::of_points(vec![[10, 0]]);
    [0.0, 1.5, -2.0, -0.5, 1e-300, -1e300].iter().for_each(|x| add(&mut summary, *x, Some(9)));
    assert_eq!(summary.groups().map(|g| g.x).collect::<Vec<_>>(), [-1e300, -2.0, -0.5, 0.0, 1e-300, 1.5]);
}

#[test]
fn test_rows_grade_and_never_choose() {
    let rows = |points| RowCounts::binary(points, points / 2);
    let group = |validation, test| {
        let mut summary = Summary::new(vec![[rows(10), rows(validation), rows(test)]]);
        add(&mut summary, 0.1, Some(9));
        let group = summary.groups().next().unwrap();
        (group.selection_rows(), group.reported_rows())
    };
    assert_eq!(group(0, 0), (RowSet::Train, RowSet::Train));
    assert_eq!(group(0, 4), (RowSet::Train, RowSet::Test));
    assert_eq!(group(4, 0), (RowSet::Validation, RowSet::Validation));
    assert_eq!(group(4, 4), (RowSet::Validation, RowSet::Test));
}

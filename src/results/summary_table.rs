//! `summary.csv`: a row per combination of settings, ascending by its values.

use super::csv_text::{group_table, text};
use super::{StudyCurves, StudySpec};
use crate::statistics::{Group, Measure, OutcomeClass, RowSet, Summary};

/// Returns `summary.csv`.
pub fn summary_csv(spec: &StudySpec, summary: &Summary) -> String {
    let mut near_best = StudyCurves::of(spec, summary).near_best(summary).into_iter();
    let row = |group: &Group| row(spec, group, near_best.next().flatten()).join(",");
    group_table(spec, summary, &columns(spec).join(","), row)
}

/// Returns the sets of rows that any cell has: those with columns in tables.
pub(crate) fn tabled(spec: &StudySpec) -> impl Iterator<Item = RowSet> {
    RowSet::ALL.into_iter().filter(|set| spec.has(*set))
}

/// Returns the names of the columns after those of the trials.
fn columns(spec: &StudySpec) -> Vec<String> {
    let mut columns = vec!["n".to_owned()];
    for set in tabled(spec) {
        let (prefix, measure) = (set.prefix(), spec.measure());
        columns.extend(["mean", "median", "q25", "q75"].map(|what| format!("{what}_{prefix}{}", measure.column())));
        columns.extend((measure == Measure::Accuracy).then(|| format!("mean_{prefix}balanced_acc")));
        columns.extend(spec.records_auc().then(|| format!("mean_{prefix}auc")));
    }
    columns.extend(["success_rate", "success_ci_low", "success_ci_high"].map(String::from));
    columns.extend(counted_classes().map(|class| class.name().replace('-', "_")));
    columns.extend(["baseline", "near_best"].map(String::from));
    columns
}

/// Returns the classes with a column of counts: successes have a rate instead.
fn counted_classes() -> impl Iterator<Item = OutcomeClass> {
    OutcomeClass::ALL.into_iter().filter(|class| *class != OutcomeClass::Success)
}

/// Returns the fields of a group's row.
fn row(spec: &StudySpec, group: &Group, near_best: Option<bool>) -> Vec<String> {
    let mut fields = vec![group.n.to_string()];
    for set in tabled(spec) {
        let counts = group.counts(set);
        fields.push(text(counts.mean()));
        fields.extend([0.5, 0.25, 0.75].map(|q| text(counts.quantile(q))));
        fields.extend((spec.measure() == Measure::Accuracy).then(|| text(group.mean_balanced_accuracy(set))));
        fields.extend(spec.records_auc().then(|| text(group.mean_auc(set))));
    }
    let (low, high) = group.success_interval().unzip();
    fields.extend([group.success_rate(), low, high].map(text));
    fields.extend(counted_classes().map(|class| group.of_class(class).to_string()));
    fields.push(text(Some(spec.cells[group.cell].baseline(RowSet::Train))));
    fields.push(near_best.map_or(String::new(), |near| near.to_string()));
    fields
}

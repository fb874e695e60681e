//! CSV text of results: numbers, and tables with a row per combination of settings.

use super::StudySpec;
use crate::dataset::text_cell;
use crate::statistics::{Group, Summary};
use crate::sweep::Hyperparameter;

/// Formats a table with a row per combination: the settings in which cells differ, the hyper-parameters, then
/// `columns`, which `row` fills.
pub(crate) fn group_table(
    spec: &StudySpec,
    summary: &Summary,
    columns: &str,
    mut row: impl FnMut(&Group) -> String,
) -> String {
    let varying = spec.varying();
    let names = varying.iter().map(|column| column.name());
    let names: Vec<String> =
        names.chain(spec.hyperparameters().into_iter().map(Hyperparameter::name)).map(text_cell).collect();
    let mut csv = format!("{},{columns}\n", names.join(","));
    for group in summary.groups() {
        let choices = &spec.cells[group.cell].choices;
        let texts = varying.iter().map(|column| text_cell(&choices.text(*column)));
        let labels: Vec<String> = texts.chain(group.values.iter().map(|value| text(*value))).collect();
        csv += &format!("{},{}\n", labels.join(","), row(group));
    }
    csv
}

/// Formats a number with the fewest digits that round-trip, with an exponent if it has many zeros; None is empty.
pub(crate) fn text(value: Option<f64>) -> String {
    let plain = |v: f64| v == 0.0 || (1e-6..1e16).contains(&v.abs());
    value.map_or(String::new(), |v| if plain(v) { v.to_string() } else { format!("{v:e}") })
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn numbers_read_back_the_same_and_stay_short() {
        for (value, shown) in [(0.1, "0.1"), (0.0, "0"), (1e-6, "0.000001"), (2.5e-7, "2.5e-7"), (1e300, "1e300")] {
            assert_eq!((text(Some(value)).as_str(), text(Some(value)).parse()), (shown, Ok(value)));
        }
        assert_eq!((text(Some(0.1 + 0.2)).as_str(), text(None).as_str()), ("0.30000000000000004", ""));
    }
}

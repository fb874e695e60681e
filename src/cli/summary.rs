//! Summary after a run: best learning rate, success rate, files written.

use super::verbosity::bold;
use crate::plot::Facets;
use crate::plot::sentences;
use crate::run::summary_text::{percent, short};
use crate::statistics::{Group, NearBest, OutcomeClass};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Evenly spaced values shown on the terminal; `summary.csv` has all values.
const ROWS: usize = 7;
/// Maximum number of curves compared on the terminal.
const CURVES: usize = 16;
/// Characters of a bar of 100 %.
const BAR: usize = 20;

/// Input of a summary.
pub struct SummaryInput<'a> {
    pub facets: &'a Facets<'a>,
    /// Whether there are test rows, on which models are then graded.
    pub tested: bool,
    /// Share of training points that a success exceeds.
    pub threshold: f64,
    pub out: &'a Path,
    /// Name and purpose of each file.
    pub files: &'a [(String, String)],
}

/// A row of the table.
struct SummaryRow<'a> {
    label: String,
    group: &'a Group,
    mark: &'static str,
}

impl<'a> SummaryInput<'a> {
    /// Summary as text: a row for some values, the best one, all models.
    pub fn of_values(&self) -> String {
        let mut text = String::new();
        if self.facets.view.has_several_curves() {
            text += &self.comparison();
        } else if self.facets.view.groups().iter().any(|group| group.n > 1) {
            text += &self.table();
        }
        let label = format!("best {}", self.facets.view.x);
        let width = label.chars().count();
        let mut line = |label: &str, words: String| _ = writeln!(text, "{} {words}", bold(&format!("{label:width$}")));
        line(&label, self.best_line());
        line("all models", self.total_line());
        line("baseline", self.baseline_line());
        self.further().into_iter().for_each(|words| line("further", words));
        text + "\n"
    }

    /// Index of the best curve, and its best range.
    fn top(&self) -> Option<(usize, &'a NearBest)> {
        self.facets.view.top()
    }

    /// Suggestion to look beyond the end of the values, if the best may be there.
    fn further(&self) -> Option<String> {
        sentences::suggest_wider_grid(&self.facets.view, self.facets.spec)
    }

    /// Accuracy of always predicting the most common class, and the definition of a success.
    fn baseline_line(&self) -> String {
        let parts = [sentences::baseline(&self.facets.view), Some(sentences::success(self.facets.spec))];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ").replace('\u{a0}', " ")
    }

    /// Table with a row for a few values of the only curve.
    fn table(&self) -> String {
        let best = self.top().map(|(_, best)| best);
        let row = |group: &'a Group| {
            let mark = match best {
                Some(best) if best.group.x == group.x => {
                    if best.is_one() {
                        "  ← best"
                    } else {
                        "  ← best range, its middle"
                    }
                }
                Some(best) if best.holds(group.x) => "  ← best range",
                _ => "",
            };
            SummaryRow { label: short(group.x), group, mark }
        };
        self.rows(self.facets.view.x, self.few().into_iter().map(row).collect())
    }

    /// Table with a row for each curve, at its best value.
    fn comparison(&self) -> String {
        let view = &self.facets.view;
        let top = view.top().map(|(k, _)| k);
        let rows = view.best(CURVES).into_iter().filter_map(|k| {
            let (name, group) = (&view.names[k], view.representative(k)?);
            let at = if group.x.is_nan() { String::new() } else { format!(", {} {}", view.x, short(group.x)) };
            let label = name.to_owned() + &at;
            Some(SummaryRow { label, group, mark: if top == Some(k) { "  ← best" } else { "" } })
        });
        let text = self.rows("in the middle of its best range", rows.collect());
        match view.series.len().saturating_sub(CURVES) {
            0 => text,
            more => format!("{}\n  and {more} more in summary.csv\n\n", text.trim_end()),
        }
    }

    fn rows(&self, heading: &str, rows: Vec<SummaryRow>) -> String {
        let accuracy = format!("mean {}", sentences::graded_words(&self.facets.summary.total()));
        let success = format!("above {} %", short(100.0 * self.threshold));
        let labels = rows.iter().map(|row| row.label.chars().count()).chain([heading.chars().count()]);
        let label_width = labels.max().unwrap_or(0);
        let (width, rate_width) = (accuracy.len(), success.len());
        let mut text = format!("  {heading:>label_width$}  {accuracy}  {success}\n");
        for SummaryRow { label, group, mark } in rows {
            let (mean, share) = (percent(group.score(), 1), group.success_rate());
            let rate = percent(share, 0);
            let line = format!("  {label:>label_width$}  {mean:>width$}  {rate:>rate_width$}  {}", bar(share));
            let _ = writeln!(text, "{}", format!("{line}{mark}").trim_end());
        }
        text + "\n"
    }

    /// Evenly spaced values of the only curve, including the best one.
    fn few(&self) -> Vec<&'a Group> {
        let groups = self.facets.view.groups();
        let last = groups.len().saturating_sub(1);
        let steps = last.min(ROWS - 1);
        let mut picked: Vec<usize> =
            (0..=steps).map(|k| if steps == 0 { 0 } else { (k * last).div_ceil(steps) }).collect();
        let best = self.top().map(|(_, best)| best.group.x);
        picked.extend(groups.iter().position(|group| Some(group.x) == best));
        picked.sort_unstable();
        picked.dedup();
        picked.into_iter().filter_map(|k| groups.get(k)).collect()
    }

    fn best_line(&self) -> String {
        let view = &self.facets.view;
        let Some((k, best)) = self.top() else {
            return match view.learned_nothing() {
                true => format!("none. {}", sentences::nothing_learned(view).replace('\u{a0}', " ")),
                false => format!("none: no model has {}", self.facets.summary.measure().a_name()),
            };
        };
        let group = &best.group;
        let name = if view.has_several_curves() { format!(" ({})", view.names[k]) } else { String::new() };
        let values = sentences::values(best);
        let values = if values.is_empty() { "none".to_owned() } else { values };
        let others = if view.has_several_curves() { sentences::ties(view) } else { None };
        let notes = [sentences::certainty(best).map(String::from), others, sentences::chosen(view)];
        let notes = notes.into_iter().flatten().map(|note| format!(", {note}")).collect::<String>();
        let at = if best.is_one() { String::new() } else { format!("at {} ", short(group.x)) };
        let (what, mean) = (sentences::graded_words(group), percent(group.score(), 1));
        format!("{}{name}{notes}: {at}mean {what} {mean}, {}", bold(&values), self.successes(group))
    }

    fn total_line(&self) -> String {
        let total = self.facets.summary.total();
        let which = format!("mean {}", sentences::graded_words(&total));
        let lost = total.lost_words().unwrap_or_else(|| "none diverged".into());
        format!("{which} {}, {}, {lost}", percent(total.score(), 1), self.successes(&total))
    }

    fn successes(&self, group: &Group) -> String {
        let (of, above) = (group.n, short(100.0 * self.threshold));
        let what = if self.tested { " in training" } else { "" };
        format!("{} of {of} above {above} %{what} ({})", group.successes(), percent(group.success_rate(), 0))
    }

    /// Summary as JSON: accuracies and rates are fractions, missing values are null.
    pub fn json(&self) -> Value {
        json!({
            "best": self.top().map(|(_, best)| self.group_json(&best.group)),
            "near_best": (0..self.facets.view.series.len()).map(|k| self.near_best_json(k)).collect::<Vec<_>>(),
            "baseline": self.facets.view.baseline,
            "beyond": self.further(),
            "all": self.group_json(&self.facets.summary.total()),
            "groups": self.facets.summary.groups().map(|group| self.group_json(group)).collect::<Vec<_>>(),
            "success_threshold": self.threshold,
            "out": self.out.display().to_string(),
            "files": self.files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        })
    }

    /// Best range of a curve; if it learned nothing, everything but its name is null.
    fn near_best_json(&self, k: usize) -> Value {
        let (view, best) = (&self.facets.view, self.facets.view.near_best(k));
        json!({
            "curve": view.names[k],
            "from": best.map(|best| best.range[0]),
            "to": best.map(|best| best.range[1]),
            "value": best.map(|best| best.group.x),
            "mean": best.and_then(|best| best.group.score()),
            "compared": best.map(|best| best.is_compared),
            "at_ends": best.map(NearBest::at_ends),
        })
    }

    fn group_json(&self, group: &Group) -> Value {
        let interval = group.success_interval();
        let mut object = json!({
            "n": group.n,
            "success_rate": group.success_rate(),
            "success_ci": interval.map(|(low, high)| [low, high]),
            "diverged": group.diverged(),
            "exploded": group.of_class(OutcomeClass::Exploded),
            "classes": OutcomeClass::ALL.map(|class| (class.name(), group.of_class(class))).into_iter().collect::<BTreeMap<_, _>>(),
        });
        let measure = group.measure.column();
        object[format!("mean_{measure}")] = json!(group.train.mean());
        object[format!("mean_test_{measure}")] = json!(group.test.mean());
        // The total has no hyper-parameter values.
        for (hyperparameter, value) in self.facets.hyperparameters.iter().zip(&group.values) {
            object[hyperparameter.name()] = json!(value);
        }
        for column in self.facets.spec.varying().into_iter().filter(|_| !group.values.is_empty()) {
            object[column.name()] = json!(self.facets.cell_spec(group).choices.text(column));
        }
        object
    }
}

/// Draws a share as a bar, to an eighth of a character.
fn bar(share: Option<f64>) -> String {
    let eighths = (share.unwrap_or(0.0) * (BAR * 8) as f64).round() as usize;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + rest
}

#[cfg(test)]
mod sentences_tests;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_for_the_eye() {
        let texts = [0.0, 0.001, 0.049230769, 0.1, 1.0, 12.345, 1234.5, 2.5e-7, 0.0001].map(short);
        assert_eq!(texts, ["0", "0.001", "0.0492", "0.1", "1", "12.3", "1234", "2.5e-7", "0.0001"]);
        assert_eq!((percent(Some(0.7), 0), percent(None, 1)), ("70 %".to_owned(), "–".to_owned()));
        assert_eq!([bar(Some(1.0)).chars().count(), bar(Some(0.5)).chars().count(), bar(None).len()], [20, 10, 0]);
    }
}

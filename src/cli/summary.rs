//! The few lines after a run: which learning rate was best, how many models got there, what was written.

use super::output::bold;
use gpu_sweep::statistics::{Group, Summary};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Learning rates shown on the terminal; all of them are in `summary.csv`.
const ROWS: usize = 7;
/// Characters of a bar that stands for 100 %.
const BAR: usize = 20;

/// What a summary speaks of.
pub struct Results<'a> {
    pub summary: &'a Summary,
    /// Whether there are test rows: they then decide what is best.
    pub tested: bool,
    /// A success has more than this share of the training points right.
    pub threshold: f64,
    pub out: &'a Path,
    /// Name and purpose of each file.
    pub files: &'a [(String, String)],
}

impl Results<'_> {
    /// The summary in words.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let repeated = self.summary.groups().any(|group| group.n > 1);
        if repeated {
            text += &self.table();
        }
        let _ = match self.summary.best() {
            Some(best) => writeln!(text, "{} {}", bold("best learning rate"), self.best_line(best)),
            None => writeln!(text, "{} none: no model has an accuracy", bold("best learning rate")),
        };
        let _ = writeln!(text, "{}         {}\n", bold("all models"), self.total_line());
        let _ = writeln!(text, "{}", bold(&format!("in {}", self.out.display())));
        let width = self.files.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, purpose) in self.files {
            let _ = writeln!(text, "  {name:width$}  {purpose}");
        }
        text
    }

    fn table(&self) -> String {
        let accuracy = if self.tested { "mean test accuracy" } else { "mean accuracy" };
        let success = format!("above {} %", short(100.0 * self.threshold));
        let width = accuracy.len();
        let mut text = format!("  learning rate  {accuracy}  {success}\n");
        let best = self.summary.best().map(|group| group.lr);
        for group in self.few() {
            let (lr, mean) = (short(group.lr), percent(self.mean(group), 1));
            let share = group.success_rate();
            let mark = if Some(group.lr) == best { "  ← best" } else { "" };
            let rate = percent(share, 0);
            let line =
                format!("  {lr:>13}  {mean:>width$}  {rate:>rate_width$}  {}", bar(share), rate_width = success.len());
            let _ = writeln!(text, "{}", format!("{line}{mark}").trim_end());
        }
        text + "\n"
    }

    /// Evenly spread learning rates, the best one among them.
    fn few(&self) -> Vec<&Group> {
        let groups: Vec<&Group> = self.summary.groups().collect();
        let last = groups.len().saturating_sub(1);
        let steps = last.min(ROWS - 1);
        let mut picked: Vec<usize> =
            (0..=steps).map(|k| if steps == 0 { 0 } else { (k * last).div_ceil(steps) }).collect();
        let best = self.summary.best().map(|group| group.lr);
        picked.extend(groups.iter().position(|group| Some(group.lr) == best));
        picked.sort_unstable();
        picked.dedup();
        picked.into_iter().filter_map(|k| groups.get(k).copied()).collect()
    }

    fn mean(&self, group: &Group) -> Option<f64> {
        if self.tested { group.test.mean() } else { group.train.mean() }
    }

    fn best_line(&self, best: &Group) -> String {
        let which = if self.tested { "mean test accuracy" } else { "mean accuracy" };
        let mean = percent(self.mean(best), 1);
        format!("{}: {which} {mean}, {}", bold(&short(best.lr)), self.successes(best))
    }

    fn total_line(&self) -> String {
        let total = self.summary.total();
        let which = if self.tested { "mean test accuracy" } else { "mean accuracy" };
        let diverged = match total.diverged {
            0 => "none diverged".to_owned(),
            n => format!("{n} diverged"),
        };
        format!("{which} {}, {}, {diverged}", percent(self.mean(&total), 1), self.successes(&total))
    }

    fn successes(&self, group: &Group) -> String {
        let (of, above) = (group.n, short(100.0 * self.threshold));
        let what = if self.tested { " in training" } else { "" };
        format!("{} of {of} above {above} %{what} ({})", group.successes, percent(group.success_rate(), 0))
    }

    /// The summary for programs: accuracies and rates are fractions, what is missing is null.
    pub fn json(&self) -> Value {
        json!({
            "best": self.summary.best().map(group_json),
            "all": group_json(&self.summary.total()),
            "learning_rates": self.summary.groups().map(group_json).collect::<Vec<_>>(),
            "success_threshold": self.threshold,
            "out": self.out.display().to_string(),
            "files": self.files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        })
    }
}

fn group_json(group: &Group) -> Value {
    let interval = group.success_interval();
    json!({
        "lr": group.lr.is_finite().then_some(group.lr),
        "n": group.n,
        "mean_acc": group.train.mean(),
        "mean_test_acc": group.test.mean(),
        "success_rate": group.success_rate(),
        "success_ci": interval.map(|(low, high)| [low, high]),
        "diverged": group.diverged,
    })
}

/// A share as a bar of eighths of a character.
fn bar(share: Option<f64>) -> String {
    let eighths = (share.unwrap_or(0.0) * (BAR * 8) as f64).round() as usize;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + rest
}

/// A fraction in percent, a dash where there is none.
pub fn percent(fraction: Option<f64>, decimals: usize) -> String {
    fraction.map_or("–".to_owned(), |f| format!("{:.decimals$} %", 100.0 * f))
}

/// A number to three significant digits, without trailing zeros: `0.0492`, `2.5e-7`.
pub fn short(x: f64) -> String {
    if x != 0.0 && !(1e-4..1e6).contains(&x.abs()) {
        return format!("{:e}", format!("{x:.2e}").parse().unwrap_or(x));
    }
    let digits = if x == 0.0 { 0 } else { (2 - x.abs().log10().floor() as i32).max(0) as usize };
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

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

    #[test]
    fn seven_rates_and_the_best_are_shown_of_forty() {
        let mut summary = Summary::new(10, 0, 0.7);
        (1..=40).for_each(|k| summary.add(f64::from(k), Some(if k == 33 { 9 } else { 6 }), None, false));
        let results = Results { summary: &summary, tested: false, threshold: 0.7, out: Path::new("o"), files: &[] };
        let few: Vec<f64> = results.few().iter().map(|group| group.lr).collect();
        assert_eq!(few, [1.0, 8.0, 14.0, 21.0, 27.0, 33.0, 34.0, 40.0]);
        assert!(results.text().contains("best learning rate 33: mean accuracy 90.0 %, 1 of 1 above 70 % (100 %)"));
    }
}

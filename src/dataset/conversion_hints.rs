//! Commands that turn a table which can't be read yet into one that can, for the messages that refuse it.

use std::path::Path;

/// A command that makes the pandas table `t` by `read`, changes it by `steps`, and writes it to `to`.
pub(super) fn pandas(read: &str, steps: &[String], to: &str) -> String {
    let modules =
        ["numpy", "scipy.io.arff", "pyarrow.ipc"].into_iter().filter(|name| read.contains(&format!("{name}.")));
    let imports = ["pandas"].into_iter().chain(modules).collect::<Vec<_>>().join(", ");
    let steps: String = steps.iter().map(|step| format!("t = {step}; ")).collect();
    format!("python3 -c \"import {imports}; t = {read}; {steps}t.to_csv('{to}', index=False)\"")
}

/// Reads a CSV file by pandas; `options` such as `sep=';'`, where there are any.
pub(super) fn read_csv(path: &Path, options: &[String]) -> String {
    let arguments: Vec<String> = [file(path)].into_iter().chain(options.iter().cloned()).collect();
    format!("pandas.read_csv({})", arguments.join(", "))
}

/// The file's path as a string of Python.
pub(super) fn file(path: &Path) -> String {
    quoted(path.to_str().unwrap_or("\u{fffd}"), "FILE")
}

/// Column names as a list of Python.
pub(super) fn columns<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", names.into_iter().map(|name| quoted(name, "COLUMN")).collect::<Vec<_>>().join(", "))
}

/// A text in Python's quotes between a shell's double ones; `else_` where it would need escapes or is very long.
fn quoted(text: &str, else_: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-./+()[]%#:,;=<>@&*?".contains(c);
    let as_it_is = text.chars().all(plain) && text.chars().count() <= 100;
    format!("'{}'", if as_it_is { text } else { else_ })
}

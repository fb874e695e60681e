//! Python commands that convert an unreadable table into a readable CSV file, for error messages.

use std::path::Path;

/// Returns a shell command that loads the pandas table `t` by `read`, applies `steps` and writes it to `to`.
pub(super) fn pandas(read: &str, steps: &[String], to: &str) -> String {
    let modules =
        ["numpy", "scipy.io.arff", "pyarrow.ipc"].into_iter().filter(|name| read.contains(&format!("{name}.")));
    let imports = ["pandas"].into_iter().chain(modules).collect::<Vec<_>>().join(", ");
    let steps: String = steps.iter().map(|step| format!("t = {step}; ")).collect();
    format!("python3 -c \"import {imports}; t = {read}; {steps}t.to_csv('{to}', index=False)\"")
}

/// Returns the file's path as a Python string literal.
pub(super) fn file(path: &Path) -> String {
    quoted(path.to_str().unwrap_or("\u{fffd}"), "FILE")
}

/// Returns `text` as a Python string for a shell argument in double quotes; uses `else_` instead if `text` would need
/// escapes or has more than 100 characters.
fn quoted(text: &str, else_: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-./+()[]%#:,;=<>@&*?".contains(c);
    let as_it_is = text.chars().all(plain) && text.chars().count() <= 100;
    format!("'{}'", if as_it_is { text } else { else_ })
}

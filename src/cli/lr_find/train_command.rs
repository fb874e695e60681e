//! The command that trains with the suggested learning rates.

use crate::report::shell_word;

/// Flags of the range test that the suggested training command must not contain, and whether each takes a value.
const OWN: [(&str, bool); 6] = [
    ("--start", true),
    ("--stop", true),
    ("--steps", true),
    ("--smoothing", true),
    ("--plot", true),
    ("--json", false),
];

/// Turns the words typed for lr-find into a command that trains with the learning rates `lr`.
pub fn command(lr: &str, mut typed: Vec<String>) -> String {
    // Only the first occurrence is the subcommand; another may be a value: `--plot lr-find`.
    typed.iter().position(|word| word == "lr-find").into_iter().for_each(|at| _ = typed.remove(at));
    let (mut words, mut typed) = (vec!["gpu-sweep".to_owned()], typed.iter());
    while let Some(word) = typed.next() {
        let name = word.split('=').next().unwrap_or_default();
        match OWN.iter().find(|(own, _)| *own == name) {
            Some((_, has_value)) if *has_value && !word.contains('=') => _ = typed.next(),
            Some(_) => {}
            None => words.push(shell_word(word)),
        }
    }
    words.extend(["--lr".to_owned(), lr.to_owned()]);
    words.join(" ")
}

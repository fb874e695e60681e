//! Arguments that belong to no flag, and arguments that are not text.

use super::Cli;
use crate::error::{closest, quoted};
use crate::report::shell_word;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::ffi::{OsStr, OsString};

/// Value names of flags that take comma-separated lists.
const LISTS: [&str; 6] = ["VALUES", "NAMES", "SIZES", "WIDTHS", "IDS", "LIST"];

/// Returns the (sub)command named by `path`, such as `gpu-sweep study init`.
pub fn command_at<'a>(root: &'a clap::Command, path: &str) -> &'a clap::Command {
    path.split_whitespace().skip(1).fold(root, |command, name| command.find_subcommand(name).unwrap_or(command))
}

/// Whether the program has a command of this name.
pub fn is_command(name: &str) -> bool {
    name == "help" || Cli::command().find_subcommand(name).is_some()
}

/// Visible long flags of a command, without dashes.
pub fn flags(command: &clap::Command) -> Vec<&str> {
    command.get_arguments().filter(|flag| !flag.is_hide_set()).filter_map(clap::Arg::get_long).collect()
}

/// Suggests the command, or the flag for a file of this type, that `word` was probably meant to be.
pub fn meant(word: &str, commands: &[&str]) -> Option<String> {
    let file = [(".csv", "--data"), (".toml", "--config")].into_iter().find(|(ending, _)| word.ends_with(ending));
    let name = closest(word, commands.iter().copied()).map(|name| format!("did you mean {name}?"));
    name.or(file.map(|(_, flag)| format!("did you mean {flag} {word}?")))
}

/// Advice for `word` after a flag that already has its value or takes none.
pub fn behind_flag(command: &clap::Command, word: &str, typed: &[String]) -> Option<String> {
    let at = typed.iter().rposition(|typed| typed == word)?;
    let flag_at = |at: usize| typed.get(at).and_then(|word| word.strip_prefix("--"));
    let find = |name: &str| command.get_arguments().find(|flag| flag.get_long() == Some(name));
    if let Some(flag) = flag_at(at.checked_sub(1)?).filter(|flag| !flag.contains('=')) {
        let takes = find(flag)?.get_action().takes_values();
        return Some(if takes { format!("type --{flag}={word}") } else { format!("--{flag} takes no value") });
    }
    let (flag, value) = match flag_at(at - 1) {
        Some(both) => both.split_once('=')?,
        None => (flag_at(at.checked_sub(2)?)?, typed[at - 1].as_str()),
    };
    let names = find(flag)?.get_value_names().unwrap_or_default();
    let (value, word) = (value.trim_end_matches(','), word.trim_start_matches(','));
    Some(match names.iter().any(|name| LISTS.contains(&name.as_str())) {
        true => format!("lists take commas: --{flag} {value},{word}"),
        false => {
            format!("a value with blanks goes between quotes: --{flag} {}", shell_word(&format!("{value} {word}")))
        }
    })
}

/// Message for a word that clap took for a command, but that is none.
pub fn no_command(word: &str, typed: &[String]) -> String {
    let root = Cli::command();
    let names: Vec<&str> = root.get_subcommands().map(clap::Command::get_name).collect();
    let advice = || behind_flag(&root, word, typed).unwrap_or_else(|| "gpu-sweep --help lists everything".to_owned());
    format!("{} belongs to no flag; {}", quoted(word).trim_matches('"'), meant(word, &names).unwrap_or_else(advice))
}

/// Message for the argument that is refused because it is not UTF-8; only paths may have other bytes.
pub fn not_text(arguments: &[OsString]) -> String {
    let is_text = |argument: &OsString| argument.to_str().is_some();
    let plain = |argument: &OsStr| OsString::from(argument.to_string_lossy().into_owned());
    // Finds the argument that is refused even if all others are text.
    let alone = |at: usize| {
        let words = arguments.iter().enumerate().map(|(n, word)| if n == at { word.clone() } else { plain(word) });
        Cli::try_parse_from(words).err().is_some_and(|error| error.kind() == ErrorKind::InvalidUtf8)
    };
    let others = || (0..arguments.len()).filter(|at| !is_text(&arguments[*at]));
    let at = others().find(|at| alone(*at)).or_else(|| others().next()).unwrap_or(0);
    let word = arguments.get(at).map_or(String::new(), |word| word.to_string_lossy().into_owned());
    let flag = at.checked_sub(1).and_then(|before| arguments[before].to_str()).filter(|flag| flag.starts_with("--"));
    let of = flag.filter(|flag| !flag.contains('=')).map_or(String::new(), |flag| format!(" of {flag}"));
    format!("the argument {}{of} is not UTF-8 text; only paths of files and folders may be other bytes", quoted(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_behind_a_flag_is_told_what_to_do() {
        let message = |line: &str| {
            let typed: Vec<String> = line.split(' ').map(str::to_owned).collect();
            no_command(typed.last().unwrap(), &typed)
        };
        for (line, expected) in [
            ("--lr 0.1 0.2", "0.2 belongs to no flag; lists take commas: --lr 0.1,0.2"),
            ("--lr=0.1 0.2", "0.2 belongs to no flag; lists take commas: --lr 0.1,0.2"),
            ("--lr 0.1, 0.2", "0.2 belongs to no flag; lists take commas: --lr 0.1,0.2"),
            ("--hidden 16 8", "8 belongs to no flag; lists take commas: --hidden 16,8"),
            ("--out a b", "b belongs to no flag; a value with blanks goes between quotes: --out 'a b'"),
            ("--json true", "true belongs to no flag; --json takes no value"),
            ("--no-bias false", "false belongs to no flag; type --no-bias=false"),
            ("--device cpu repot", "repot belongs to no flag; did you mean report?"),
        ] {
            assert_eq!(message(line), expected);
        }
    }
}

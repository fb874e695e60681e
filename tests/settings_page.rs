//! docs/reference/settings.md is made from the table of settings. With `GPU_SWEEP_WRITE_SETTINGS=1` this test writes
//! the page instead of comparing it.

use gpu_sweep::sweep::{Form, SETTINGS, Setting, SettingGroup};
use std::fmt::Write;
use std::path::Path;
use strum::VariantArray;

/// Text within a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The flag as it is typed.
fn flag(setting: &Setting) -> String {
    match setting.form {
        Form::Value => format!("`{} {}`", setting.flag(), setting.value),
        Form::Pair => format!("`{}`, `--no-{}`", setting.flag(), setting.key()),
        Form::TableOnly => "none".to_owned(),
        Form::Switch | Form::YesNo | Form::Without => format!("`{}`", setting.flag()),
    }
}

/// What it takes, what it excludes and whether a trial can have its own.
fn notes(setting: &Setting) -> String {
    let mut notes = Vec::new();
    if setting.is_number() {
        notes.push(setting.range.words());
    }
    if setting.hyperparameter().is_some() {
        notes.push(format!(
            "values or a range; each is {}; a column `{}` of `--trials`",
            setting.range.words(),
            setting.name
        ));
    }
    let rivals: Vec<String> = setting.conflicts().map(|name| format!("`--{}`", name.replace('_', "-"))).collect();
    if !rivals.is_empty() {
        notes.push(format!("not with {}", rivals.join(", ")));
    }
    notes.join("; ")
}

/// The whole page.
fn page() -> String {
    let mut text = "# Settings\n\nEvery setting of a sweep. Its key in `sweep.toml` is the name in the first column; a method of the library's \
                    `Builder` has the same name with `_` for `-`. This page is made from the table `src/sweep/settings_table.rs`.\n"
        .to_owned();
    for group in SettingGroup::VARIANTS.iter().copied() {
        let heading = if group == SettingGroup::Optimizer { "Optimizer" } else { group.heading() };
        let _ = write!(text, "\n## {heading}\n\n| key | flag | meaning | values |\n| --- | --- | --- | --- |\n");
        for setting in SETTINGS.iter().filter(|setting| setting.group == group) {
            let (short, long) = setting.help();
            let meaning = long.map_or(short.clone(), |long| format!("{short}. {long}"));
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                setting.key(),
                flag(setting),
                cell(&meaning),
                cell(&notes(setting))
            );
        }
    }
    text
}

#[test]
fn the_page_of_settings_is_that_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/settings.md");
    let page = page();
    assert!(SETTINGS.iter().all(|setting| page.contains(&format!("| `{}` |", setting.key()))));
    if std::env::var_os("GPU_SWEEP_WRITE_SETTINGS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == page, "out of date: GPU_SWEEP_WRITE_SETTINGS=1 cargo test --test settings_page writes it");
}

//! The table of settings for the page's form.

use gpu_sweep::Sweep;
use gpu_sweep::sweep::{Form, SETTINGS, Setting};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// Returns all settings that have flags, as a list of `{key, flag, group, short, more, kind, words, text}`; `kind` is
/// `switch`, `number`, `values`, `file` or `text`, `words` are the allowed ones, `text` is the default.
#[wasm_bindgen]
pub fn settings() -> String {
    let defaults = Sweep::default();
    let of = |setting: &'static Setting| -> Value {
        let (short, more) = setting.help();
        json!({
            "key": setting.key(),
            "flag": setting.flag(),
            "group": setting.group.heading(),
            "short": short,
            "more": more,
            "kind": kind(setting),
            "words": setting.allowed(),
            "text": setting.flag_text(&defaults),
        })
    };
    let all: Vec<Value> = SETTINGS.iter().filter(|setting| setting.form != Form::TableOnly).map(of).collect();
    Value::from(all).to_string()
}

fn kind(setting: &Setting) -> &'static str {
    match setting.form {
        Form::Switch | Form::YesNo | Form::Without | Form::Pair => "switch",
        Form::Value | Form::TableOnly if setting.is_path() => "file",
        Form::Value | Form::TableOnly if setting.is_number() => "number",
        Form::Value | Form::TableOnly if setting.hyperparameter().is_some() => "values",
        Form::Value | Form::TableOnly => "text",
    }
}

//! Environment variables that select a GPU adapter.

use crate::support::{Place, Run, SMALL};

fn run(place: &Place, words: &str, variable: (&str, &str)) -> Run {
    place.run_with(&words.split_whitespace().collect::<Vec<_>>(), &[variable])
}

#[test]
fn an_adapter_named_in_the_environment_is_taken_or_refused() {
    let place = Place::new();
    let all = place.run("devices --json").ok().json();
    let name = all["adapters"][0]["name"].as_str().expect("a GPU adapter, be it a software one").to_owned();
    let part = name.split_whitespace().next().unwrap().to_uppercase();
    let named = ("WGPU_ADAPTER_NAME", part.as_str());
    let listed = run(&place, "devices", named).ok();
    assert!(listed.out.contains(&format!("WGPU_ADAPTER_NAME={part}")) && listed.out.contains(&name), "{}", listed.out);
    // By default, software adapters are not used.
    let trained = run(&place, &SMALL.replace("--device cpu", "--out named"), named).ok();
    assert!(trained.err.contains(&name) && trained.err.contains("named by WGPU_ADAPTER_NAME"), "{}", trained.err);
    for words in ["devices", "--device gpu --models 4", "--models 4", "--device all --models 4"] {
        let refused = run(&place, words, ("WGPU_ADAPTER_NAME", "voodoo"));
        refused.stops(2, &["WGPU_ADAPTER_NAME", "voodoo", &name]);
    }
    // The CPU engine needs no adapter, so the variable does not matter.
    run(&place, &format!("{SMALL} --quiet"), ("WGPU_ADAPTER_NAME", "voodoo")).ok();
}

#[test]
fn a_backend_of_the_environment_is_taken_or_refused() {
    let place = Place::new();
    let all = place.run("devices --json").ok().json();
    let backend = all["adapters"][0]["backend"].as_str().expect("a GPU adapter, be it a software one").to_owned();
    let listed = run(&place, "devices", ("WGPU_BACKEND", &backend)).ok();
    assert!(listed.out.contains(&format!("WGPU_BACKEND={backend}")), "{}", listed.out);
    for words in ["devices", "--device gpu --models 4", "--models 4"] {
        run(&place, words, ("WGPU_BACKEND", "cuda")).stops(2, &["WGPU_BACKEND", "cuda", &backend]);
    }
    assert!(!place.path("gpu-sweep-out").exists());
}

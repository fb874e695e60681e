//! `gpu-sweep bench`.

use super::support::Place;
use serde_json::Value;

#[test]
fn cpu_bench_tells_prints_and_draws() {
    let place = Place::new();
    let run = place.run("bench --device cpu --only W,growth --seconds 1 --rounds 1 --plot speed --json").ok();
    let report = run.json();
    let row = &report["rows"][0];
    assert_eq!((&row["work"], &row["engine"], &row["models"]), (&"W".into(), &"cpu".into(), &2000.into()));
    for key in ["device", "driver", "mapping"] {
        assert!(row[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {row}");
    }
    let measured = &row["measured"];
    for key in ["median", "sample_steps_per_second", "share_of_flop", "share_of_copy", "compile"] {
        assert!(measured[key].as_f64().is_some_and(|x| x >= 0.0), "{key}: {measured}");
    }
    assert!(!measured["runs"].as_array().unwrap().is_empty());
    assert!(row["note"].as_str().unwrap().contains("f64 reference"), "{row}");
    assert!(!report["growth"].as_array().unwrap().is_empty() && report["break_even"] == Value::Array(vec![]));
    assert!(report["devices"][0]["ceiling"]["flop_per_second"].as_f64().unwrap() > 1e8);
    for picture in ["scaling.png", "scaling.svg", "roofline.png", "roofline.svg"] {
        assert!(place.path("speed").join(picture).metadata().unwrap().len() > 1000, "{picture}");
    }
}

#[test]
fn gpu_bench_compares_with_the_cpu() {
    let place = Place::new();
    let report = place.run("bench --only growth --seconds 5 --rounds 1 --json").ok().json();
    let rows = report["growth"].as_array().unwrap();
    let of = |engine: &str| rows.iter().filter(|row| row["engine"] == engine).cloned().collect::<Vec<_>>();
    let (cpu, gpu) = (of("cpu"), of("gpu"));
    assert!(!cpu.is_empty() && !gpu.is_empty(), "{report:#}");
    for row in &gpu {
        let phases = row["measured"]["phases"].as_array().unwrap();
        assert!(phases.iter().any(|phase| phase["name"] == "readback"), "{row:#}");
        assert!(row["note"] == "same losses as cpu" && !row["mapping"].as_str().unwrap().is_empty(), "{row:#}");
    }
    assert_eq!(report["break_even"][0]["device_index"], 1);
    let run = place.run("bench --only growth --seconds 1 --rounds 1").ok();
    assert!(run.out.contains("break-even") && run.out.contains("training alone"), "{}", run.out);
}

#[test]
fn cpu_bench_refuses_what_it_does_not_know() {
    let place = Place::new();
    place.run("bench --only W,Q").stops(2, &["--only must be", "wide or growth, not"]);
    place.run("bench --device cpu,nothing-like-it").stops(2, &["--device"]);
    place.run("bench --device cpu,cpu").stops(2, &["--device names cpu", "each device only once"]);
    place.run("bench --seconds 0").stops(2, &["--seconds", "a whole number from 1 to 86400"]);
    place.run("bench --device gpu --isa avx2 --only growth --seconds 1").stops(2, &["--isa"]);
}

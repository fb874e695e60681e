//! `gpu-sweep export`: models as files for other programs. `tests/take_home.py` runs them there.

use crate::predict::column;
use crate::support::Place;
use serde_json::Value;

const STUDY: &str = "--device cpu --data t.csv --hidden 2/3,2 --activation tanh --lr 0.1,1 --seeds 2 --epochs 20 --quiet \
                     --out study";
const TABLE: &str = "a,colour,y\n1,red,0\n2,blue,1\n3,green,0\n5,red,1\n4,blue,1\n0,green,0\n";

fn trained() -> Place {
    let place = Place::new();
    place.write("t.csv", TABLE);
    place.run(STUDY).ok();
    place
}

fn json(place: &Place, name: &str) -> Value {
    serde_json::from_str(&place.read(name)).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// The forward pass, from the file alone.
fn probability(model: &Value, data: &Value, features: &[f64]) -> f64 {
    let (mean, std) = (floats(&data["scaling"]["mean"]), floats(&data["scaling"]["std"]));
    let mut values: Vec<f64> = features.iter().zip(mean.iter().zip(&std)).map(|(x, (m, s))| (x - m) / s).collect();
    let layers = model["layers"].as_array().unwrap();
    for (l, layer) in layers.iter().enumerate() {
        let biases = floats(&layer["biases"]);
        let row = |(weights, bias): (&Value, f64)| {
            bias + floats(weights).iter().zip(&values).map(|(w, x)| w * x).sum::<f64>()
        };
        values = layer["weights"].as_array().unwrap().iter().zip(biases).map(row).collect();
        if l + 1 < layers.len() {
            values.iter_mut().for_each(|z| *z = z.tanh());
        }
    }
    1.0 / (1.0 + (-values[0]).exp())
}

#[test]
fn json_is_enough_to_predict_and_each_model_has_its_own_network() {
    let place = trained();
    for id in 0..8 {
        place.run(&format!("export study --model {id} --format json --out m.json")).ok();
        place.run(&format!("predict study --model {id} --data t.csv")).ok();
        let file = json(&place, "m.json");
        let sizes = if id < 4 { vec![4.0, 2.0, 1.0] } else { vec![4.0, 3.0, 2.0, 1.0] };
        assert_eq!((floats(&file["network"]["sizes"]), &file["models"][0]["id"]), (sizes, &Value::from(id)));
        let predictions = column(&place.read("predictions.csv"), "p_1");
        let features = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            let word = |word| f64::from(u8::from(fields[1] == word));
            [fields[0].parse().unwrap(), word("blue"), word("green"), word("red")]
        };
        for (line, p) in TABLE.lines().skip(1).zip(&predictions) {
            let own = probability(&file["models"][0], &file["preprocessing"], &features(line));
            // The engine computes logits of a few ones in f32.
            assert!((own - p.parse::<f64>().unwrap()).abs() <= 1e-6, "model {id}, {line}: {own} {p}");
        }
    }
}

#[test]
fn safetensors_have_the_weights_behind_a_header() {
    let place = trained();
    place.run("export study --model 5 --format safetensors").ok();
    place.run("export study --model 5 --format json").ok();
    let bytes = std::fs::read(place.path("model-5.safetensors")).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let (header, data) = (serde_json::from_slice::<Value>(&bytes[8..8 + length]).unwrap(), &bytes[8 + length..]);
    let layers = json(&place, "model-5.json")["models"][0]["layers"].clone();
    for (l, sizes) in [[3, 4], [2, 3], [1, 2]].iter().enumerate() {
        let [w, b] = ["w", "b"].map(|kind| &header[format!("{kind}{}", l + 1)]);
        assert_eq!(
            (&w["shape"], &w["dtype"], &b["shape"]),
            (&serde_json::json!(sizes), &"F32".into(), &serde_json::json!([sizes[0]]))
        );
        let at = |n: usize| w["data_offsets"][n].as_u64().unwrap() as usize;
        let values = data[at(0)..at(1)].chunks_exact(4).map(|x| f64::from(f32::from_le_bytes(x.try_into().unwrap())));
        let expected: Vec<f64> = layers[l]["weights"].as_array().unwrap().iter().flat_map(floats).collect();
        assert_eq!(values.collect::<Vec<_>>(), expected, "w{}", l + 1);
    }
    assert_eq!(header["x_mean"]["dtype"], "F64");
    let metadata = &header["__metadata__"];
    assert_eq!((metadata["classes"].as_str(), metadata["models"].as_str()), (Some("[\"0\",\"1\"]"), Some("[5]")));
}

#[test]
fn every_format_takes_an_ensemble_of_the_best_models() {
    let place = trained();
    let first = place.run("predict study --data t.csv --model ensemble:2 --json").ok().json()["models"].clone();
    for (format, file) in
        [("onnx", "ensemble-2.onnx"), ("pytorch", "ensemble-2.py"), ("json", "ensemble-2.json"), ("safetensors", "e")]
    {
        let out = if file == "e" { "--out e" } else { "" };
        let found = place.run(&format!("export study --model ensemble:2 --format {format} --json {out}")).ok().json();
        assert_eq!((&found["models"], &found["files"]), (&first, &serde_json::json!([file])));
        assert!(place.path(file).metadata().unwrap().len() > 500, "{file}");
    }
    let onnx = std::fs::read(place.path("ensemble-2.onnx")).unwrap();
    assert_eq!(&onnx[..2], [8, 8], "the format's version is the first field");
    assert!(place.read("ensemble-2.py").contains("SPEC = json.loads(r'''{"));
    assert_eq!(json(&place, "ensemble-2.json")["models"].as_array().unwrap().len(), 2);
}

#[test]
fn what_can_not_be_exported_is_refused() {
    let place = trained();
    for (words, message) in [
        ("", "gpu-sweep export needs --format <FORMAT>; gpu-sweep export --help describes it"),
        ("--format onxn", "--format must be safetensors, onnx, pytorch or json, not \"onxn\"; did you mean onnx?"),
        ("--format onnx --model ensemble:1", "--model must be an id from models.csv, best, or ensemble:N"),
        ("--format onnx --model 8", "--model must be an id from 0 to 7, not 8"),
        (
            "--format onnx --out study/engine.json",
            "--out must be a file outside of the results folder, not study/engine.json",
        ),
        ("--format onnx --out study", "--out must be a file, and no folder, not study"),
    ] {
        place.run(&format!("export study {words}")).stops(2, &[message]);
    }
    place.run("export none --format onnx").stops(2, &["none"]);
}

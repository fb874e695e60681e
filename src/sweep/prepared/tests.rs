use super::*;
use crate::npz::{Npz, NpzWriter};
use crate::sweep::{Axis, Choices, CurvesKept, ExtraCurve, Widths};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

fn test_data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn load(edit: impl FnOnce(&mut Sweep)) -> Result<Inputs> {
    let mut sweep = Sweep::default();
    edit(&mut sweep);
    Inputs::load(&sweep)
}

fn widths(text: &str) -> Choices<Widths> {
    Choices::parse("--hidden", text).unwrap()
}

/// Returns the only job and the description of its data.
fn described(edit: impl FnOnce(&mut Sweep)) -> (Job, String) {
    let Inputs { mut jobs, mut descriptions, .. } = load(edit).unwrap();
    assert_eq!((jobs.len(), descriptions.len()), (1, 1));
    (jobs.remove(0), descriptions.remove(0))
}

/// Returns the only job.
fn job(edit: impl FnOnce(&mut Sweep)) -> Job {
    described(edit).0
}

fn digest(edit: impl FnOnce(&mut Sweep)) -> String {
    load(edit).unwrap().digest
}

fn complaint(result: Result<Inputs>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    error.to_string()
}

#[test]
fn the_defaults_are_the_courses_experiment() {
    let (inputs, description) = described(|_| ());
    assert_eq!((inputs.trials.len(), inputs.shape.to_string().as_str()), (1000, "2-1-1"));
    assert_eq!((inputs.data.train.len(), &inputs.data.test, &inputs.data.scaling), (200, &None, &None));
    assert_eq!((inputs.initial, digest(|_| ()).len()), (InitialWeights::Drawn, 64));
    assert_eq!(description, "1 = \"1\" (100 of 200 rows), 0 = \"0\" (100)");
}

#[test]
fn a_file_is_standardised_and_split_as_asked() {
    let path = test_data("../../examples/breast_cancer.csv");
    let (inputs, description) =
        described(|s| (s.data, s.test_fraction, s.hidden) = (Some(path.clone()), 0.25, widths("16")));
    assert_eq!(description, "label column \"label\" (the last): 1 = \"1\" (212 of 569 rows), 0 = \"0\" (357)");
    assert_eq!((inputs.shape.to_string().as_str(), inputs.data.train.len()), ("30-16-1", 427));
    assert_eq!(inputs.data.test.as_ref().map(|t| t.len()), Some(142));
    assert!(inputs.data.scaling.is_some());
    let raw = job(|s| (s.data, s.standardize) = (Some(path), Some(false)));
    assert_eq!((&raw.data.scaling, raw.data.train.x[0], raw.data.train.len()), (&None, 17.99, 569));
    assert!(job(|s| s.standardize = Some(true)).data.scaling.is_some());
}

#[test]
fn the_digest_follows_contents_not_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let with_data = |path: PathBuf| digest(|s| s.data = Some(path));
    let text = "a,label\n1,0\n2,1\n4,1\n";
    let first = with_data(file("a.csv", text));
    assert_eq!(first, with_data(file("moved.csv", text)));
    assert_ne!(first, with_data(file("b.csv", "a,label\n1,0\n2,1\n5,1\n")));
    assert_ne!(first, with_data(file("c.csv", "a,label\n1,0\n2,1\n4,0\n")));

    let with_trials = |path: PathBuf| digest(|s| s.trials = Some(path));
    let listed = with_trials(file("t.csv", "lr,seed\n0.1,3\n"));
    assert_eq!(listed, with_trials(file("u.csv", "lr,seed\n0.1,3\n")));
    assert_ne!(listed, with_trials(file("v.csv", "lr,seed\n0.1,4\n")));
    assert_ne!(listed, with_trials(file("w.csv", "lr,seed\n0.2,3\n")));

    let with_weights = |name: &str, first: f64| {
        let path = folder.path().join(name);
        write_weights(&path, &[("w1", &[1, 1, 2], &[first, 2.0]), ("b1", &[1, 1], &[3.0])]);
        digest(|s| (s.init_from, s.models, s.hidden) = (Some(path), Some(1), widths("none")))
    };
    assert_eq!(with_weights("w.npz", 1.0), with_weights("v.npz", 1.0));
    assert_ne!(with_weights("w.npz", 1.0), with_weights("u.npz", 1.5));
}

#[test]
fn the_digest_changes_with_every_setting() {
    let csv = || Some(test_data("qwerties.csv"));
    type Edit = Box<dyn Fn(&mut Sweep)>;
    let edits: Vec<Edit> = vec![
        Box::new(|_| ()),
        Box::new(move |s| s.data = csv()),
        Box::new(move |s| (s.data, s.label) = (csv(), Some("label".into()))),
        Box::new(move |s| (s.data, s.positive) = (csv(), Some("0".into()))),
        Box::new(|s| s.standardize = Some(true)),
        Box::new(|s| s.test_fraction = 0.25),
        Box::new(|s| s.data_seed = 1),
        Box::new(|s| s.data_seeds = Some(2)),
        Box::new(|s| s.data_seeds = Some(3)),
        Box::new(|s| s.blur = 2.0),
        Box::new(|s| s.hidden = widths("2")),
        Box::new(|s| s.hidden = widths("none")),
        Box::new(|s| s.epochs = 999),
        Box::new(|s| s.lr = Axis::parse("--lr", "0.1").unwrap()),
        Box::new(|s| s.models = Some(999)),
        Box::new(|s| s.seeds = Some(2)),
        Box::new(|s| s.seed = u64::MAX - 1000),
        Box::new(|s| s.independent_seeds = true),
        Box::new(|s| s.success_threshold = Some(0.8)),
        Box::new(|s| s.select = crate::statistics::Select::Loss),
        Box::new(|s| s.record_every = Some(7)),
        Box::new(|s| s.record = vec![ExtraCurve::Accuracy]),
        Box::new(|s| s.curves = CurvesKept::First(3)),
        Box::new(|s| s.save_weights = true),
    ];
    let digests: HashSet<String> = edits.iter().map(digest).collect();
    assert_eq!(digests.len(), edits.len());
    assert_eq!(digest(|_| ()), digest(|_| ()));
    // Results do not depend on the chunk size.
    assert_eq!(digest(|s| s.chunk_models = Some(10)), digest(|_| ()));
    // Pinned: study folders begun by an earlier build must remain resumable.
    let begun = digest(|s| (s.models, s.epochs, s.lr) = (Some(1), 0, Axis::parse("--lr", "0.1").unwrap()));
    assert_eq!(begun, "f6e1cb7585cd2e634158d5a435a45134e69c7ae33c9abc5a5c7dc46a3c52cecd");
}

#[test]
fn each_data_seed_is_a_cell_with_the_same_models() {
    let path = test_data("../../examples/breast_cancer.csv");
    for data in [None, Some(path)] {
        let edit = |s: &mut Sweep| {
            (s.data, s.test_fraction) = (data.clone(), 0.25);
            s.points = if data.is_none() { 50 } else { s.points };
            (s.batch_size, s.seeds) = (Choices::parse("", "8,16").unwrap(), Some(2));
        };
        let several = load(|s| {
            edit(s);
            (s.data_seed, s.data_seeds) = (7, Some(3));
        });
        let cells = several.unwrap().jobs;
        let orders: Vec<_> = cells.iter().map(|cell| cell.train_spec.batches.order.clone()).collect();
        assert_eq!(orders, [7, 7, 8, 8, 9, 9].map(|seed| RowOrder::Shared { seed }));
        assert!(Arc::ptr_eq(&cells[2].data, &cells[3].data) && cells[0].data.train != cells[2].data.train);
        let alone = load(|s| {
            edit(s);
            s.data_seed = 8;
        });
        for (among, alone) in cells[2..4].iter().zip(alone.unwrap().jobs) {
            assert_eq!(
                (&among.data, &among.trials, &among.train_spec),
                (&alone.data, &alone.trials, &alone.train_spec)
            );
            assert_eq!(among.train_spec.batches.order, RowOrder::Shared { seed: 8 });
        }
    }
}

/// Writes arrays `init_w1`, ... given as `w1`, ...
fn write_weights(path: &Path, arrays: &[(&str, &[usize], &[f64])]) {
    let mut npz = NpzWriter::create(path).unwrap();
    npz.array("epoch", &[2], [1i64, 2]).unwrap();
    arrays.iter().for_each(|(name, shape, values)| {
        npz.array(&format!("init_{name}"), shape, values.iter().copied()).unwrap();
    });
    npz.finish().unwrap();
}

#[test]
fn given_weights_stand_in_the_shapes_order() {
    let path = test_data("relu_2_16_16_1_sgd.npz");
    let inputs = job(|s| (s.init_from, s.models, s.hidden) = (Some(path.clone()), Some(11), widths("16,16")));
    let InitialWeights::Given(weights) = inputs.initial else { panic!("weights were given") };
    assert_eq!(weights.len(), 11 * 337);
    let mut npz = Npz::open(&path).unwrap();
    let (w2, b2, b3) = (npz.read("init_w2").unwrap(), npz.read("init_b2").unwrap(), npz.read("init_b3").unwrap());
    let layers = inputs.shape.layers();
    let model = &weights[7 * 337..8 * 337];
    assert_eq!(model[layers[1].weight(3, 5)], w2.values[7 * 256 + 3 * 16 + 5]);
    assert_eq!(model[layers[1].biases + 9], b2.values[7 * 16 + 9]);
    assert_eq!(model[336], b3.values[7]);
    let one = job(|s| (s.init_from, s.models) = (Some(test_data("relu_2_1_1_sgd.npz")), Some(160)));
    assert!(matches!(one.initial, InitialWeights::Given(weights) if weights.len() == 160 * 5));
}

#[test]
fn weights_that_do_not_fit_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.npz");
    let load = || load(|s| (s.init_from, s.models, s.hidden) = (Some(path.clone()), Some(2), widths("none")));
    assert!(complaint(load()).contains("w.npz: can't be opened"));
    type Arrays<'a> = &'a [(&'a str, &'a [usize], &'a [f64])];
    let cases: [(Arrays, &str); 6] = [
        (&[("b1", &[2, 1], &[0.0; 2])], "no array \"init_w1\""),
        (&[("w1", &[2, 1, 2], &[0.0; 4])], "no array \"init_b1\""),
        (
            &[("w1", &[2, 2, 1], &[0.0; 4]), ("b1", &[2, 1], &[0.0; 2])],
            "\"init_w1\" must have the shape [models, 1, 2], not [2, 2, 1]",
        ),
        (&[("w1", &[2, 1, 2], &[0.0; 4]), ("b1", &[], &[0.0])], "\"init_b1\" must have the shape [models, 1], not []"),
        (
            &[("w1", &[1, 1, 2], &[0.0; 2]), ("b1", &[1, 1], &[0.0])],
            "\"init_w1\" must have a row for each of 2 models, not 1",
        ),
        (&[("w1", &[2, 1, 2], &[0.0, 1.0, f64::NAN, 0.0]), ("b1", &[2, 1], &[0.0; 2])], "not NaN at element 2"),
    ];
    for (arrays, expected) in cases {
        write_weights(&path, arrays);
        let message = complaint(load());
        assert!(message.contains("w.npz: ") && message.contains(expected), "{message}");
    }
    write_weights(&path, &[("w1", &[2, 1, 2], &[0.0; 4]), ("b1", &[2, 1], &[0.0; 2]), ("w2", &[2, 1, 1], &[0.0; 2])]);
    assert!(complaint(load()).contains("\"init_w2\" of a layer that the network 2-1 does not have"));
}

#[test]
fn what_can_not_be_trained_on_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    fs::write(&path, "a,label\n1,0\n2,1\n").unwrap();
    let two = complaint(load(|s| (s.data, s.test_fraction) = (Some(path.clone()), 0.5)));
    assert!(two.contains("--test-fraction") && two.contains("the classes have too few rows"), "{two}");
    // One row is 1e30, the others differ by about 1e-20: standardised, it exceeds f32 if the split makes it a test row.
    let rows: String = (0..40).map(|n| format!("{}e-20,{}\n", n, n % 2)).collect();
    let seed = (0..1000).find(|seed| {
        fs::write(&path, format!("a,label\n1e30,0\n{rows}")).unwrap();
        let loaded = load(|s| (s.data, s.test_fraction, s.data_seed) = (Some(path.clone()), 0.25, *seed));
        loaded.is_err_and(|e| e.to_string().contains("d.csv: feature \"a\" reaches") && e.exit_code() == 2)
    });
    assert!(seed.is_some(), "no split put the far row into the test rows");
    assert!(complaint(load(|s| s.blur = 1e31)).contains("--blur"));
    assert!(complaint(load(|s| s.epochs = u32::MAX)).contains("--epochs"));
}

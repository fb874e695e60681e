use super::super::question::tests::question;
use super::*;
use crate::math::{Loss, Scaling};
use crate::sweep::{Axis, Choices, Curve, CurvesKept, InitBias, MapAxes, Scalar, Shuffle};

fn refused(text: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let error = read_config(file.path()).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let message = error.to_string();
    assert!(!message.contains('\n'), "{message}");
    message.strip_prefix(&file.path().display().to_string()).unwrap().to_owned()
}

#[test]
fn every_setting_survives_the_file() {
    let axis = |text| Some(Axis::parse("--offset-a", text).unwrap());
    let sweep = Sweep {
        data: Some("/data/a b.csv".into()),
        label: Some("class \"x\"\nline".into()),
        positive: Some("ja".into()),
        standardize: Some(false),
        validation_fraction: 0.125,
        test_fraction: 0.25,
        data_seed: u64::MAX - 2,
        data_seeds: Some(3),
        blur: 0.1 + 0.2,
        features: 7,
        hidden: Choices::parse("--hidden", "none/16,16").unwrap(),
        dataset: Choices::parse("--dataset", "moons,xor").unwrap(),
        points: 77,
        noise: 0.125,
        activation: Choices::parse("--activation", "gelu,leaky-relu").unwrap(),
        bias: false,
        loss: Loss::Mse,
        init: Choices::parse("--init", "xavier-normal").unwrap(),
        init_bias: InitBias::Zeros,
        scaling: Scaling::MeanField,
        optimizer: Choices::parse("--optimizer", "adamw,rmsprop").unwrap(),
        batch_size: Choices::parse("--batch-size", "full,32").unwrap(),
        shuffle: Shuffle::PerSeed,
        batch_order: Some("/o.npz".into()),
        schedule: Choices::parse("--schedule", "step,warmup-cosine").unwrap(),
        step_size: Some(7),
        gamma: Some(0.5),
        warmup: Some(3),
        epochs: 17,
        lr: Axis::parse("--lr", "logspace:-4:-1:20").unwrap(),
        lr_first: axis("0.5"),
        momentum: axis("0.9,0.99"),
        weight_decay: axis("0.1"),
        init_scale: axis("logspace:-4:1:25"),
        beta1: axis("0.1"),
        beta2: axis("0.2"),
        alpha: axis("0.3"),
        epsilon: axis("1e-8"),
        clip: axis("5"),
        offset_a: axis("linspace:-1:1:5"),
        offset_b: axis("-0.5"),
        models: Some(1 << 40),
        seeds: None,
        seed: 1 << 63,
        independent_seeds: true,
        trials: Some("/t.csv".into()),
        init_from: Some("/i.npz".into()),
        success_threshold: Some(0.7),
        record_every: Some(3),
        record: vec![Curve::Accuracy, Curve::Test],
        curves: CurvesKept::First(12),
        save_weights: true,
        chunk_models: Some(5),
        map: Some(MapAxes { x: Scalar::LrFirst, y: Scalar::OffsetA }),
    };
    let header = Header { files: BTreeMap::new(), ..Header::of(&question(|_| ()), vec![5]).unwrap() };
    for sweep in [sweep, Sweep::default()] {
        let text = to_text(&sweep, &header).unwrap();
        assert_eq!(settings(&text).unwrap(), sweep, "{text}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        assert_eq!(read_saved(file.path()), Some((sweep, header.clone())));
    }
}

#[test]
fn a_file_without_a_study_table_is_a_question_but_not_a_study() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "epochs = 5\ndata = \"d.csv\"\n").unwrap();
    let expected = Sweep { epochs: 5, data: Some(folder.path().join("d.csv")), ..Sweep::default() };
    assert_eq!(read_config(&path).unwrap(), expected);
    assert!(read_saved(&path).is_none());
}

#[test]
fn nonsense_is_refused_with_its_line_and_column_and_what_is_allowed() {
    let message = refused("epochs = 5\n  epoch = 7\n");
    assert!(message.starts_with(", line 2, column 3: unknown setting `epoch`; allowed: one of `data`"), "{message}");
    let message = refused("# ä\nepochs = \"many\"\n");
    assert!(message.starts_with(", line 2, column 10: ") && message.contains("allowed: u32"), "{message}");
    let message = refused("lr = \"fast\"\n");
    assert!(message.starts_with(", line 1, column 6: ") && message.contains("linspace:START:STOP:COUNT"), "{message}");
    let message = refused("epochs = \n");
    assert!(message.starts_with(", line 1, column "), "{message}");
    let message = refused("epochs = 1\nepochs = 2\n");
    assert!(message.starts_with(", line 2, column 1: "), "{message}");
    let message = refused("curves = \"some\"\n");
    assert!(message.contains("auto") && message.contains(", line 1"), "{message}");
    let missing = read_config(Path::new("/no/such.toml")).unwrap_err();
    assert!(missing.to_string().starts_with("/no/such.toml: can't be opened: "), "{missing}");
}

#[test]
fn differences_are_shown_setting_by_setting() {
    let there = question(|_| ());
    let here = question(|s| (s.epochs, s.record_every) = (500, Some(7)));
    let header = |q: &Question| Header::of(q, vec![1]).unwrap();
    let shown = difference(&there.sweep, &header(&there), &here.sweep, &header(&here)).unwrap();
    assert_eq!(shown, "epochs: 1000 there, 500 here; record-every: not given there, 7 here");
    assert_eq!(difference(&there.sweep, &header(&there), &there.sweep, &header(&there)), None);
}

#[test]
fn a_moved_file_is_the_same_and_a_changed_one_is_named() {
    let (sweep, header) = (question(|s| s.data = Some("/a.csv".into())).sweep, |contents: &str, digest: &str| Header {
        format: FORMAT,
        version: "0".into(),
        digest: digest.into(),
        chunk_models: vec![1],
        files: BTreeMap::from([("data".into(), contents.into())]),
    });
    let moved = Sweep { data: Some("/b.csv".into()), epochs: 2, ..sweep.clone() };
    let shown = difference(&sweep, &header("one", "x"), &moved, &header("one", "y")).unwrap();
    assert_eq!(shown, "epochs: 1000 there, 2 here");
    let shown = difference(&sweep, &header("one", "x"), &sweep, &header("two", "y")).unwrap();
    assert_eq!(shown, "data: the contents of \"/a.csv\" changed since");
}

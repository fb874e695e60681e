use super::*;
use crate::dataset::{Categorical, Delimiter, Missing, Task};
use crate::math::{Loss, WeightScaling};
use crate::results::spec::tests::spec;
use crate::sweep::{
    Axis, Choices, ClassWeight, ColumnNames, CurvesKept, ExtraCurve, Features, Hyperparameter, InitBias, MapAxes,
    Metric, Shuffle,
};

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
        target: Some(ColumnNames("y1,y 2".into())),
        task: Some(Task::Classes),
        positive: Some("ja".into()),
        no_header: true,
        standardize: Some(false),
        standardize_target: false,
        validation_fraction: 0.125,
        test_fraction: 0.25,
        data_seed: u64::MAX - 2,
        data_seeds: Some(3),
        folds: Some(5),
        blur: 0.1 + 0.2,
        features: Features::Columns(ColumnNames("a b,x*".into())),
        delimiter: Some(Delimiter::Tab),
        drop: Some(ColumnNames("id,k?".into())),
        categorical: Some(Categorical::OneHot),
        missing: Missing::Median,
        max_rows: Some(1000),
        split_column: Some("set".into()),
        classes: 5,
        relevant_features: 4,
        modulus: 31,
        label_noise: Choices::parse("--label-noise", "0,0.25").unwrap(),
        hidden: Choices::parse("--hidden", "none/16,16").unwrap(),
        dataset: Choices::parse("--dataset", "moons,xor").unwrap(),
        points: 77,
        noise: 0.125,
        activation: Choices::parse("--activation", "gelu,leaky-relu").unwrap(),
        bias: false,
        loss: Loss::Mse,
        class_weight: ClassWeight::Balanced,
        init: Choices::parse("--init", "xavier-normal").unwrap(),
        init_bias: InitBias::Zeros,
        scaling: WeightScaling::MeanField,
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
        label_smoothing: axis("0.1"),
        models: Some(1 << 40),
        seeds: None,
        seed: 1 << 63,
        independent_seeds: true,
        trials: Some("/t.csv".into()),
        init_from: Some("/i.npz".into()),
        success_threshold: Some(0.7),
        select: crate::statistics::Select::Balanced,
        record_every: Some(3),
        record: vec![ExtraCurve::Accuracy, ExtraCurve::Test],
        metrics: vec![Metric::Auc],
        curves: CurvesKept::First(12),
        save_weights: true,
        chunk_models: Some(5),
        map: Some(MapAxes { x: Hyperparameter::LrFirst, y: Hyperparameter::OffsetA }),
    };
    let header = StudyHeader { files: BTreeMap::new(), ..StudyHeader::of(&spec(|_| ()), vec![5]).unwrap() };
    for sweep in [sweep, Sweep::default()] {
        let text = to_text(&sweep, &header).unwrap();
        assert_eq!(settings(&text).unwrap(), sweep, "{text}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        assert_eq!(read_saved(file.path()).unwrap(), Some((sweep, header.clone())));
    }
}

#[test]
fn a_file_without_a_study_table_is_a_question_but_not_a_study() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "epochs = 5\ndata = \"d.csv\"\n").unwrap();
    let expected = Sweep { epochs: 5, data: Some(folder.path().join("d.csv")), ..Sweep::default() };
    assert_eq!(read_config(&path).unwrap(), expected);
    assert!(read_saved(&path).unwrap().is_none());
}

#[test]
fn nonsense_is_refused_with_its_line_and_column_and_what_is_allowed() {
    let message = refused("epochs = 5\n  epoch = 7\n");
    assert!(
        message.starts_with(", line 2, column 3: there is no setting \"epoch\"; did you mean epochs?"),
        "{message}"
    );
    let message = refused("# ä\nepochs = \"many\"\n");
    assert!(
        message == ", line 2, column 10: epochs must be a whole number from 0 to 100000000, not \"many\"",
        "{message}"
    );
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
fn settings_are_typed_in_the_form_that_comes_to_mind() {
    let read = |text: &str| parse_config(Path::new("c.toml"), text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let axis = |text| Axis::parse("--lr", text).unwrap();
    for (text, expected) in
        [("lr = 0.1", "0.1"), ("lr = 1", "1"), ("lr = [0.1, 0.2]", "0.1,0.2"), ("lr = [\"0.1\", 1]", "0.1,1")]
    {
        assert_eq!(read(text).lr, axis(expected), "{text}");
    }
    assert_eq!(read("lr = [\n  0.1,\n  1e-5,\n]").lr.values(), [0.1, 1e-5]);
    let hidden = |text: &str| read(text).hidden.to_string();
    let cases =
        [("16", "16"), ("[16, 16]", "16,16"), ("[\"16,16\", \"4\"]", "16,16/4"), ("[[16, 16], [4]]", "16,16/4")];
    for (value, expected) in cases.into_iter().chain([("\"none\"", "none"), ("[\"4\", \"8\"]", "4/8")]) {
        assert_eq!(hidden(&format!("hidden = {value}")), expected, "{value}");
    }
    assert_eq!(read("optimizer = [\"SGD\", \"Adam\"]").optimizer.to_string(), "sgd,adam");
    assert_eq!(read("batch-size = [8, \"full\"]").batch_size.to_string(), "8,full");
    let sweep =
        read("models = 1e4\nepochs = \"1k\"\nseed = 7.0\npositive = 1\nblur = \"0.5\"\ncurves = 12\nrecord = \"both\"");
    assert_eq!((sweep.models, sweep.epochs, sweep.seed, sweep.blur), (Some(10_000), 1000, 7, 0.5));
    assert_eq!((sweep.positive.as_deref(), sweep.curves), (Some("1"), CurvesKept::First(12)));
    assert_eq!(sweep.record, [ExtraCurve::Accuracy, ExtraCurve::Test]);
    assert_eq!(read("metrics = \"auc\"").metrics, read("metrics = [\"auc\"]").metrics);
    let sweep =
        read("weight_decay = 0.1\nInit_Scale = 2\nbias = false\nloss = \"MSE\"\n[map]\nx = \"lr-first\"\ny = \"LR\"");
    assert_eq!((sweep.weight_decay, sweep.init_scale, sweep.bias), (Some(axis("0.1")), Some(axis("2")), false));
    assert_eq!(
        (sweep.loss, sweep.map),
        (Loss::Mse, Some(MapAxes { x: Hyperparameter::LrFirst, y: Hyperparameter::Lr }))
    );
}

#[test]
fn a_bad_value_is_named_by_its_key() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        (
            "optimizer = \"sdg\"",
            "optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or several with commas, not \"sdg\"; did you mean sgd?",
        ),
        (
            "lr = [0.1, 0.1]",
            "lr has 0.1 more than once; give each value only once (--seeds N trains each value N times)",
        ),
        ("epochs = 1.5", "epochs must be a whole number from 0 to 100000000, not \"1.5\""),
        ("bias = \"perhaps\"", "bias must be true or false, not \"perhaps\""),
        ("loss = \"sme\"", "loss must be bce, mse, hinge, softmax, mae or huber, not \"sme\"; did you mean mse?"),
        (
            "curves = \"al\"",
            "curves must be auto, all, none or a whole number of models, not \"al\"; did you mean all?",
        ),
        ("record = [\"loss\"]", "record must be accuracy, test or both, not \"loss\""),
        ("data = [\"a.csv\"]", "data must be a single text, not a list"),
        (
            "test_fraction = \"0,25\"",
            "test_fraction must be a share from 0 (no such rows) to 0.9, not \"0,25\"; a fraction is typed with a point: 0.25",
        ),
        (
            "models = 99999999999999999999",
            "models must be a whole number from 1 to 1099511627776, not \"99999999999999999999\"",
        ),
        ("epochs = 1979-05-27", "epochs must be a number, a text in quotes or a list of these, not a date or a table"),
        ("map = 3", "map must be a table with x and y, not \"3\""),
        ("[map]\nx = \"lr\"", "[map] must have x and y; y is missing"),
        ("metrics = \"roc\"", "metrics must be auc, or several with commas, not \"roc\"; did you mean auc?"),
        ("select = \"acc\"", "select must be accuracy, balanced, auc or loss, not \"acc\"; did you mean accuracy?"),
        ("learning_rate = 0.1", "there is no setting \"learning_rate\"; did you mean lr?"),
        ("no_bias = true", "there is no setting \"no_bias\"; type bias = false"),
        (
            "device = \"cpu\"",
            "there is no setting \"device\"; it is no setting of a study: give it as a flag, --device",
        ),
        ("learning-rte = 0.1", "there is no setting \"learning-rte\"; gpu-sweep --print-config prints all settings"),
        ("weight_decay = 0\nweight-decay = 1", "there is no setting \"weight_decay\"; did you mean weight-decay?"),
    ] {
        let message = refused(text);
        if !message.ends_with(&format!(": {expected}")) {
            wrong.push(format!("{message}\n  expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn differences_are_shown_setting_by_setting() {
    let there = spec(|_| ());
    let here = spec(|s| (s.epochs, s.record_every) = (500, Some(7)));
    let header = |q: &StudySpec| StudyHeader::of(q, vec![1]).unwrap();
    let shown = difference(&there.sweep, &header(&there), &here.sweep, &header(&here)).unwrap();
    assert_eq!(shown, "epochs: 1000 there, 500 here; record-every: not given there, 7 here");
    assert_eq!(difference(&there.sweep, &header(&there), &there.sweep, &header(&there)), None);
}

#[test]
fn a_moved_file_is_the_same_and_a_changed_one_is_named() {
    let (sweep, header) =
        (spec(|s| s.data = Some("/a.csv".into())).sweep, |contents: &str, digest: &str| StudyHeader {
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

#[test]
fn a_setting_that_fits_no_other_is_named_with_its_place_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, "epochs = 5\n  test_fraction = 1\n").unwrap();
    let share = || Error::setting("--test-fraction", 1, "a share");
    let message = in_file(&path, share()).to_string();
    assert!(message.ends_with("c.toml, line 2, column 3: test_fraction must be a share, not 1"), "{message}");
    let usage = |name: &str| in_file(&path, Error::usage(name, "is odd")).to_string();
    assert!(usage("--epochs 5").ends_with("c.toml, line 1, column 1: epochs 5 is odd"));
    // Settings missing from the file keep the flag's name.
    assert_eq!([usage("--lr"), usage("the lists of")], ["--lr is odd", "the lists of is odd"]);
}

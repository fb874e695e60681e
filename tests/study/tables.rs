//! Tables written from the chunks: every number is right, and missing values are empty.

use crate::fake::{TEST, TRAIN, VALIDATION, curve_value, finished, outcome, rows, spec, sweep, validated, weight};
use gpu_sweep::engine::{Outcome, Score};
use gpu_sweep::npz::Npz;
use gpu_sweep::statistics::{
    BestClaim, LossCounts, ModelResult, OutcomeClass, RowCounts, RowSet, SelectionScore, Summary, near_best,
};
use gpu_sweep::study::Study;
use gpu_sweep::sweep::{Choices, CurvesKept, Sweep};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use std::fs;

fn lines(study: &Study, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(study.folder().join(name)).unwrap();
    assert!(text.ends_with('\n') && !text.contains('\r'));
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn number(text: &str) -> Option<f64> {
    if text.is_empty() { None } else { Some(text.parse().unwrap()) }
}

fn class(outcome: &Outcome) -> OutcomeClass {
    OutcomeClass::of(&outcome.ending(crate::fake::rows(TRAIN)), TRAIN, TRAIN / 2, 0.7)
}

#[test]
fn models_csv_and_models_parquet_say_what_the_engine_said() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), sweep(), 7);
    let lines = lines(&study, "models.csv");
    let header = "model_id,lr,seed,train_loss,train_acc,balanced_acc,test_loss,test_acc,\
                  test_balanced_acc,status,diverged_epoch,class";
    assert_eq!((lines.len(), lines[0].join(",").as_str()), (31, header));
    let file = fs::File::open(folder.path().join("models.parquet")).unwrap();
    let parquet = SerializedFileReader::new(file).unwrap();
    // Independent of the division into chunks.
    assert_eq!(parquet.num_row_groups(), 1);
    let rows: Vec<_> = parquet.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 30);
    for (i, (line, row)) in lines[1..].iter().zip(&rows).enumerate() {
        let trial = study.spec().cells[0].trials.get(i as u64);
        let ended = outcome(&trial, true);
        let (Outcome { train, test, diverged, .. }, class) = (ended, class(&ended).name());
        let balanced = |score: Score, points: u32| {
            let (rows, negative) = (crate::fake::rows(points), score.correct - score.correct_positive);
            let recall = |right: u32, of: u32| f64::from(right) / f64::from(of);
            (recall(score.correct_positive, rows.positives) + recall(negative, rows.negatives())) / 2.0
        };
        let of = |score: Option<Score>, points: u32| {
            let accuracy = score.map(|s| f64::from(s.correct) / f64::from(points));
            [score.map(|s| s.loss), accuracy, score.map(|s| balanced(s, points))]
        };
        let expected = [of(train, TRAIN), of(test, TEST)].concat();
        assert_eq!(line[..3], [i.to_string(), trial.lr().to_string(), trial.seed.to_string()]);
        let alike = |a: Option<f64>, b: Option<f64>| a == b || a.zip(b).is_some_and(|(a, b)| (a - b).abs() < 1e-15);
        for (c, expected) in (3..9).zip(expected) {
            assert!(
                alike(number(line[c].as_str()), expected) && number(line[c].as_str()) == row.get_double(c).ok(),
                "{i}: column {c}"
            );
        }
        let status = if diverged.is_some() { "diverged" } else { "ok" };
        assert_eq!((line[9].as_str(), row.get_string(9).unwrap().as_str()), (status, status));
        assert_eq!((line[11].as_str(), row.get_string(11).unwrap().as_str()), (class, class));
        assert_eq!((number(&line[10]), row.get_int(10).ok()), (diverged.map(f64::from), diverged.map(|e| e as i32)));
        let ids = (row.get_ulong(0).unwrap(), row.get_double(1).unwrap(), row.get_ulong(2).unwrap());
        assert_eq!(ids, (i as u64, trial.lr(), trial.seed));
    }
}

#[test]
fn summary_csv_has_a_row_per_learning_rate_and_test_columns_with_test_rows() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), sweep(), 7);
    let rows_of = [rows(TRAIN), RowCounts::default(), rows(TEST)];
    let mut expected = Summary::new(vec![rows_of]).sharing_seeds(true).of_axes(vec!["lr"]);
    for trial in (0..30).map(|i| study.spec().cells[0].trials.get(i)) {
        let ended = outcome(&trial, true);
        let hits = [ended.train, ended.validation, ended.test]
            .map(|score| score.map(|score| score.hits(RowCounts::default())));
        let (id, loss) = (trial.index, ended.train.map(|score| score.loss));
        let score = hits[0].and_then(|hits| rows(TRAIN).accuracy(hits));
        let choice = SelectionScore { score, seed: Some(trial.seed) };
        expected.add_chosen(0, &[Some(trial.lr())], ModelResult { id, class: class(&ended), hits, loss }, choice);
    }
    let lines = lines(&study, "summary.csv");
    let header = "lr,n,mean_acc,median_acc,q25_acc,q75_acc,mean_balanced_acc,mean_test_acc,median_test_acc,q25_test_acc,\
                  q75_test_acc,mean_test_balanced_acc,success_rate,success_ci_low,success_ci_high,diverged,exploded,dead_relu,\
                  chance,slow,other,baseline,near_best";
    assert_eq!((lines.len(), lines[0].join(",").as_str()), (4, header));
    for (line, group) in lines[1..].iter().zip(expected.groups()) {
        let (low, high) = group.success_interval().unwrap();
        let spread =
            |c: &gpu_sweep::statistics::AccuracyCounts| [c.mean(), c.quantile(0.5), c.quantile(0.25), c.quantile(0.75)];
        let rates = [group.success_rate(), Some(low), Some(high)];
        let classes = [0, 1, 2, 3, 5, 6].map(|class| Some(group.classes[class] as f64));
        let [train, test] = [RowSet::Train, RowSet::Test]
            .map(|set| [&spread(group.counts(set))[..], &[group.mean_balanced_accuracy(set)]].concat());
        let all = [&[Some(group.x), Some(10.0)], &train[..], &test, &rates, &classes].concat();
        let (numbers, claims) = line.split_at(line.len() - 2);
        assert_eq!(numbers.iter().map(|text| number(text)).collect::<Vec<_>>(), all);
        assert_eq!(number(&claims[0]), Some(rows(TRAIN).baseline()));
        let near = match near_best(&expected.along(0)[0].groups) {
            BestClaim::Best(best) => best.is_compared.then(|| best.holds(group.x)),
            BestClaim::NothingLearned => Some(false),
            BestClaim::NoScore | BestClaim::Unclear => None,
        };
        assert_eq!(claims[1], near.map_or(String::new(), |near| near.to_string()));
    }
    let tables = study.write_tables().unwrap();
    assert_eq!(tables.summary, expected);
    assert!(tables.files.iter().all(|file| file.is_file()) && tables.files.len() == 7);
}

#[test]
fn validation_rows_have_columns_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), Sweep { validation_fraction: 0.3, ..sweep() }, 7);
    let models = lines(&study, "models.csv");
    let place = |name: &str| models[0].iter().position(|column| column == name).unwrap();
    let [loss, accuracy, balanced] = ["val_loss", "val_acc", "val_balanced_acc"].map(place);
    let mut summed = 0.0;
    for (i, line) in models[1..].iter().enumerate() {
        let trial = study.spec().cells[0].trials.get(i as u64);
        let score = validated(&trial, outcome(&trial, true)).validation;
        assert_eq!(number(&line[loss]), score.map(|s| s.loss));
        assert_eq!(number(&line[accuracy]), score.map(|s| f64::from(s.correct) / f64::from(VALIDATION)));
        summed += number(&line[balanced]).unwrap_or(0.0);
    }
    let total = study.write_tables().unwrap().summary.total();
    let mean = total.mean_balanced_accuracy(RowSet::Validation).unwrap();
    assert!((mean - summed / total.validation.len() as f64).abs() < 1e-15 && total.validation.len() > 20);
    let header = lines(&study, "summary.csv")[0].join(",");
    assert!(header.contains(",mean_val_acc,median_val_acc,q25_val_acc,q75_val_acc,mean_val_balanced_acc,"), "{header}");
}

#[test]
fn without_test_rows_there_are_no_test_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Sweep { test_fraction: 0.0, record: vec![], save_weights: false, ..sweep() };
    let study = finished(folder.path(), plain, 7);
    for name in ["summary.csv", "models.csv"] {
        assert!(lines(&study, name)[0].iter().all(|column| !column.contains("test") && !column.contains("val_")));
    }
    assert!(!folder.path().join("weights.npz").exists());
    let names = Npz::open(&folder.path().join("curves.npz")).unwrap().names();
    assert_eq!(names, ["epoch", "model_id", "lr", "train_loss"]);
}

#[test]
fn curves_npz_holds_the_curves_of_the_models_that_keep_them() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), Sweep { curves: CurvesKept::First(13), ..sweep() }, 7);
    let mut npz = Npz::open(&folder.path().join("curves.npz")).unwrap();
    assert_eq!(npz.read("epoch").unwrap().values, [0.0, 4.0, 8.0, 10.0]);
    assert_eq!(npz.read("model_id").unwrap().values, (0..13).map(f64::from).collect::<Vec<_>>());
    let trials = (0..13).map(|i| study.spec().cells[0].trials.get(i));
    assert_eq!(npz.read("lr").unwrap().values, trials.map(|t| t.lr()).collect::<Vec<_>>());
    for (k, name) in ["train_loss", "train_acc", "test_loss", "test_acc"].into_iter().enumerate() {
        let array = npz.read(name).unwrap();
        assert_eq!((array.shape.as_slice(), array.values.len()), (&[13, 4][..], 52));
        for (at, value) in array.values.iter().enumerate() {
            let trial = study.spec().cells[0].trials.get(at as u64 / 4);
            let expected = curve_value(&trial, &outcome(&trial, true), k, [0, 4, 8, 10][at % 4]) as f32;
            assert!(*value == f64::from(expected) || (value.is_nan() && expected.is_nan()), "{name} {at}");
        }
    }
}

#[test]
fn loss_histograms_hold_all_models_whichever_keep_curves() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), Sweep { curves: CurvesKept::First(13), ..sweep() }, 7);
    let mut npz = Npz::open(&folder.path().join("loss_histograms.npz")).unwrap();
    assert_eq!(npz.names(), ["epoch", "edge", "lr", "models"]);
    let mut expected = LossCounts::new(3, 4);
    for trial in (0..30).map(|i| study.spec().cells[0].trials.get(i)) {
        for (slot, epoch) in [0, 4, 8, 10].into_iter().enumerate() {
            let loss = curve_value(&trial, &outcome(&trial, true), 0, epoch);
            expected.add(trial.index as usize % 3, slot, loss);
        }
    }
    let models = npz.read("models").unwrap();
    assert_eq!(models.shape, [3, 4, npz.read("edge").unwrap().values.len() + 2]);
    assert_eq!(models.values, expected.models.iter().map(|n| f64::from(*n)).collect::<Vec<_>>());
    assert_eq!(npz.read("lr").unwrap().values, [0.001, 0.1, 0.30000000000000004]);
    // `--force` may delete the file, also one per cell.
    let optimizers = Choices::parse("--optimizer", "sgd,adam").unwrap();
    let two = Sweep { curves: CurvesKept::First(13), optimizer: optimizers, ..sweep() };
    drop(study);
    Study::open(folder.path(), spec(two.clone()), true).unwrap();
    finished(folder.path(), two.clone(), 7);
    assert!(folder.path().join("loss_histograms-1.npz").is_file());
    Study::open(folder.path(), spec(two), true).unwrap();
    assert!(!folder.path().join("loss_histograms-1.npz").exists());
    // Fewer models than learning rates.
    let few = tempfile::tempdir().unwrap();
    finished(few.path(), Sweep { curves: CurvesKept::First(1), models: Some(2), ..sweep() }, 7);
    let mut npz = Npz::open(&few.path().join("loss_histograms.npz")).unwrap();
    assert_eq!(npz.read("lr").unwrap().values, [0.001, 0.1]);
    assert_eq!(npz.read("models").unwrap().values.iter().sum::<f64>(), 2.0 * 4.0);
    let all = tempfile::tempdir().unwrap();
    finished(all.path(), Sweep { curves: CurvesKept::All, ..sweep() }, 7);
    assert!(!all.path().join("loss_histograms.npz").exists(), "all curves are there");
}

#[test]
fn weights_npz_holds_every_f64_by_layer() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), sweep(), 7);
    let mut npz = Npz::open(&folder.path().join("weights.npz")).unwrap();
    for (kind, last) in [("init", false), ("final", true)] {
        for (l, layer) in study.spec().cells[0].shape.layers().iter().enumerate() {
            let (w, b) =
                (npz.read(&format!("{kind}_w{}", l + 1)).unwrap(), npz.read(&format!("{kind}_b{}", l + 1)).unwrap());
            assert_eq!((w.shape, b.shape), (vec![30, layer.outputs, layer.inputs], vec![30, layer.outputs]));
            for i in 0..30 {
                let trial = study.spec().cells[0].trials.get(i as u64);
                for o in 0..layer.outputs {
                    assert_eq!(b.values[i * layer.outputs + o], weight(&trial, layer.biases + o, last));
                    for input in 0..layer.inputs {
                        let value = w.values[(i * layer.outputs + o) * layer.inputs + input];
                        assert_eq!(value, weight(&trial, layer.weight(o, input), last));
                    }
                }
            }
        }
    }
    assert_eq!(npz.names().len(), 12);
}

//! Compared settings on the command line: lists of choices, axes, presets, data sets, and rejected input.

use crate::support::{Place, SMALL, names};
use gpu_sweep::dataset::{BuiltIn, BuiltInSettings, Targets};
use gpu_sweep::math::init::Scheme;
use gpu_sweep::math::{Activation, Optimizer};
use gpu_sweep::npz::{Npz, NpzWriter};
use gpu_sweep::sweep::{Choices, PRESETS, ScheduleKind};

/// Rows of a table from column `from` on.
fn rows(table: &str, from: usize) -> Vec<String> {
    table.lines().skip(1).map(|row| row.split(',').skip(from).collect::<Vec<_>>().join(",")).collect()
}

#[test]
fn what_is_compared_stands_in_every_table() {
    let place = Place::new();
    let flags = "--device cpu --hidden 1/3,2 --optimizer sgd,momentum --momentum 0.5,0.9 --lr 0.01,0.1 --seeds 2 \
                 --epochs 4 --save-weights";
    let run = place.run(flags).ok();
    assert!(run.out.contains("3-2, momentum 0.9, learning rate"), "{run:?}");
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let header =
        "model_id,hidden,optimizer,lr,momentum,seed,train_loss,train_acc,balanced_acc,status,diverged_epoch,class";
    assert_eq!((models.lines().next(), models.lines().count()), (Some(header), 25));
    // sgd has no momentum: 4 models; momentum has two values: 8.
    for (row, start) in [
        (1, "0,1,sgd,0.01,,0,"),
        (4, "3,1,sgd,0.1,,1,"),
        (5, "4,1,momentum,0.01,0.5,0,"),
        (7, "6,1,momentum,0.01,0.9,0,"),
        (13, "12,\"3,2\",sgd,0.01,,0,"),
    ] {
        assert!(models.lines().nth(row).unwrap().starts_with(start), "{models}");
    }
    let summary = place.read("gpu-sweep-out/latest/summary.csv");
    assert!(summary.starts_with("hidden,optimizer,lr,momentum,n,mean_acc,"), "{summary}");
    assert_eq!(summary.lines().count(), 1 + 2 * (2 + 4));
    let mut curves = Npz::open(&place.path("gpu-sweep-out/latest/curves.npz")).unwrap();
    assert_eq!(curves.names(), ["epoch", "model_id", "lr", "momentum", "train_loss"]);
    assert_eq!(curves.read("train_loss").unwrap().shape, [24, 5]);
    let files = names(&place.path("gpu-sweep-out/latest"));
    assert!(files.contains(&"weights-3.npz".into()) && !files.contains(&"weights.npz".into()), "{files:?}");
    let mut weights = Npz::open(&place.path("gpu-sweep-out/latest/weights-3.npz")).unwrap();
    assert_eq!(weights.read("final_w2").unwrap().shape, [8, 2, 3]);
    assert!(place.run(flags).ok().err.contains("all models are trained"));
    let other = flags.replace("sgd,momentum", "sgd,adam,momentum");
    std::fs::rename(place.path("gpu-sweep-out/latest").canonicalize().unwrap(), place.path("own")).unwrap();
    let refused = place.run(&format!("{other} --out own"));
    refused.stops(2, &["optimizer: \"sgd,momentum\" there, \"sgd,adam,momentum\" here"]);
    place.run(&format!("{other} --out own --force")).ok();
}

#[test]
fn a_cell_trains_as_it_does_alone() {
    let place = Place::new();
    let flags = "--device cpu --lr 0.01,0.1 --hidden 3 --seeds 3 --epochs 5 --batch-size 32";
    place.run(&format!("{flags} --optimizer sgd,adam --out both")).ok();
    place.run(&format!("{flags} --optimizer adam --out alone")).ok();
    let both = rows(&place.read("both/models.csv"), 4);
    assert_eq!((both.len(), &both[6..]), (12, &rows(&place.read("alone/models.csv"), 3)[..]));
    assert_ne!(both[..6], both[6..]);
}

#[test]
fn models_are_shared_out_among_cells() {
    let place = Place::new();
    let flags = "--device cpu --optimizer sgd,adam --epochs 0 --lr 0.1,0.2";
    let run = place.run(&format!("{flags} --models 11 --json")).ok();
    assert_eq!(run.json()["all"]["n"], 11);
    place.run(&format!("{flags} --models 1 --out other")).stops(2, &["--models must be", "2 or more"]);
}

#[test]
fn every_choice_trains() {
    fn list<T: gpu_sweep::sweep::Choice>(all: &[T]) -> String {
        let texts: Vec<String> = all.iter().map(|choice| choice.text()).collect();
        assert!(Choices::<T>::parse("", &texts.join(",")).is_ok());
        texts.join(",")
    }
    use strum::VariantArray;
    let (activations, optimizers) = (list(Activation::ALL), list(Optimizer::ALL));
    let (inits, schedules) = (list(Scheme::VARIANTS), list(ScheduleKind::VARIANTS));
    // Numbers as targets require a different loss, and several classes other networks.
    let two_classes = |source: &BuiltIn| {
        let few = BuiltInSettings { points: 8, modulus: 3, ..BuiltInSettings::default() };
        matches!(source.make(&few).train.targets, Targets::Binary(_))
    };
    let made = BuiltIn::VARIANTS.iter().copied().filter(two_classes);
    let sources = list(&made.collect::<Vec<_>>());
    let cases = [
        (format!("--activation {activations} --hidden 3"), Activation::ALL.len()),
        (format!("--optimizer {optimizers} --weight-decay 0.01 --clip 1 --lr-first 0.1"), Optimizer::ALL.len()),
        (format!("--init {inits} --init-scale 0.5 --init-bias zeros"), 9),
        (format!("--schedule {schedules}"), 5),
        (format!("--dataset {sources} --points 21 --noise 0.1"), 8),
        ("--batch-size full,1,7 --shuffle per-seed --loss mse --no-bias".into(), 3),
    ];
    for (n, (flags, cells)) in cases.into_iter().enumerate() {
        let place = Place::new();
        let run = place.run(&format!("--device cpu --lr 0.05 --seeds 2 --epochs 3 --out out{n} {flags} --json")).ok();
        let object = run.json();
        assert_eq!(object["groups"].as_array().unwrap().len(), cells, "{flags}");
        assert_eq!((&object["all"]["n"], &object["all"]["diverged"]), (&(2 * cells).into(), &0.into()), "{flags}");
        assert!(names(&place.path(&format!("out{n}/pictures"))).contains(&"accuracy.png".into()));
    }
}

#[test]
fn presets_are_printed_and_read_back() {
    let place = Place::new();
    for (name, _) in PRESETS {
        let printed = place.run(&format!("--preset {name} --print-config")).ok().out;
        place.write("a.toml", &printed);
        assert_eq!(place.run("--config a.toml --print-config").ok().out, printed, "{name}");
    }
    let changed = place.run("--preset course --epochs 7 --seeds 2 --print-config").ok().out;
    assert!(changed.contains("epochs = 7\n") && changed.contains("seeds = 2\n"), "{changed}");
    place.run("--preset curse").stops(2, &["--preset must be", "course, momentum"]);
    assert!(!place.path("gpu-sweep-out").exists());
}

#[test]
fn printed_data_are_the_data() {
    let place = Place::new();
    for source in ["qwerties", "moons", "xor"] {
        let data = format!("--dataset {source} --points 40 --data-seed 3");
        place.write("d.csv", place.run(&format!("{data} --print-data")).ok().out);
        let flags = "--device cpu --hidden 3 --lr 0.1 --seeds 4 --epochs 5 --force";
        place.run(&format!("{flags} {data} --out made")).ok();
        place.run(&format!("{flags} --data d.csv --no-standardize --out read")).ok();
        assert_eq!(place.read("made/models.csv"), place.read("read/models.csv"), "{source}");
    }
    place.run("--dataset moons,xor --print-data").stops(2, &["--dataset", "single"]);
}

#[test]
fn a_given_order_of_rows_is_obeyed_and_checked() {
    let place = Place::new();
    let write = |name: &str, shape: &[usize], order: Vec<i64>| {
        let mut npz = NpzWriter::create(&place.path(name)).unwrap();
        npz.array("order", shape, order).unwrap();
        npz.finish().unwrap();
    };
    let flags = "--device cpu --points 10 --lr 0.5 --seeds 2 --epochs 2 --batch-size 4 --force";
    let (up, down): (Vec<i64>, Vec<i64>) = ((0..10).collect(), (0..10).rev().collect());
    write("a.npz", &[2, 10], [up.clone(), up.clone()].concat());
    write("b.npz", &[3, 10], [up.clone(), down.clone(), up.clone()].concat());
    let losses = |file: &str| {
        place.run(&format!("{flags} --batch-order {file}")).ok();
        place.read("gpu-sweep-out/latest/models.csv")
    };
    assert_ne!(losses("a.npz"), losses("b.npz"), "the second epoch is another");
    write("c.npz", &[2, 10], [up.clone(), [&up[..9], &[3]].concat()].concat());
    place.run(&format!("{flags} --batch-order c.npz")).stops(2, &["c.npz", "3 out of place in epoch 1"]);
    write("d.npz", &[1, 10], up);
    place.run(&format!("{flags} --batch-order d.npz")).stops(2, &["d.npz", "[1, 10]", "[2, 10]"]);
}

#[test]
fn what_makes_no_sense_or_would_do_nothing_is_refused() {
    let place = Place::new();
    place.write("t.csv", "lr,seed\n0.1,3\n");
    place.write("m.csv", "lr,seed,momentum\n0.1,3,0.9\n");
    for (words, parts) in [
        ("--optimizer sdg", ["--optimizer must be", "sgd, momentum, nesterov"]),
        ("--optimizer adam,adam", ["--optimizer has", "adam more than once"]),
        ("--activation elo", ["--activation must be", "leaky-relu"]),
        ("--momentum 0.5", ["--momentum has no effect", "--optimizer momentum or nesterov"]),
        ("--optimizer adam --beta1 1", ["--beta1 must be", "from 0 to below 1"]),
        ("--optimizer adam --alpha 0.5", ["--alpha", "rmsprop"]),
        ("--optimizer rmsprop --alpha 1.5", ["--alpha must be", "0 to 1"]),
        ("--clip nan", ["--clip must be", "number"]),
        ("--gamma 0.5", ["--gamma has no effect", "step or exponential"]),
        ("--schedule cosine --step-size 3", ["--step-size has no effect", "--schedule step"]),
        ("--schedule step --step-size 0", ["--step-size must be", "from 1"]),
        ("--schedule warmup-cosine --epochs 5 --warmup 5", ["--warmup must be", "fewer than the 5 epochs"]),
        ("--shuffle per-seed", ["--shuffle has no effect", "--batch-size"]),
        ("--batch-size 0", ["--batch-size must be", "full"]),
        ("--batch-size 8 --batch-order none.npz", ["none.npz", "can't be opened"]),
        ("--dataset moon", ["--dataset must be", "moons"]),
        ("--noise 0.1", ["--noise has no effect", "--dataset moons, circles, xor, spirals or friedman1"]),
        ("--points 1", ["--points must be", "2 to 100000"]),
        ("--init he", ["--init must be", "kaiming-normal"]),
        ("--init-from w.npz --init zeros", ["--init-from", "together with --init;"]),
        ("--trials m.csv", ["column momentum of --trials", "--optimizer momentum or nesterov"]),
        ("--init zeros --init-scale 2", ["--init-scale has no effect", "draws"]),
        ("--dataset moons --blur 2", ["--blur has no effect", "qwerties, blobs or gaussians"]),
        ("--trials t.csv --weight-decay 0,0.1", ["--weight-decay", "one value for all rows"]),
        ("--preset course --config x.toml", ["--preset", "--config"]),
    ] {
        let run = place.run(words).stops(2, &parts);
        assert_eq!(run.err.lines().count(), 1, "{words}: {run:?}");
    }
    assert!(!place.path("gpu-sweep-out").exists(), "refused settings leave nothing behind");
}

#[test]
fn flags_go_before_a_preset_and_what_they_leave_without_effect_is_dropped() {
    let place = Place::new();
    place.write("d.csv", "a,label\n1,0\n2,1\n4,1\n");
    place.write("t.csv", "lr,seed\n0.1,3\n");
    let printed = |flags: &str| place.run(&format!("{flags} --print-config")).ok().out;
    assert!(!printed("--preset momentum --optimizer adam").contains("momentum ="));
    assert!(printed("--preset momentum --optimizer nesterov").contains("momentum = \"0,0.5,0.9,0.99\"\n"));
    assert!(printed("--preset depth-breadth --data d.csv").contains("noise = 0.0\n"));
    assert!(printed("--preset depth-breadth --dataset circles").contains("noise = 0.1\n"));
    assert!(!printed("--preset optimizers --trials t.csv").contains("\nseeds ="));
    assert!(printed("--preset init-std --init-from w.npz").contains("init = \"torch\"\n"));
    assert!(printed("--preset xor-playground --batch-size full").contains("batch-size = \"full\"\n"));
}

#[test]
fn what_the_axis_means_nothing_to_is_named_without_a_value() {
    let place = Place::new();
    let flags = "--device cpu --optimizer sgd,momentum --lr 0.1 --momentum 0,0.5,0.9 --seeds 2 --epochs 3";
    let run = place.run(flags).ok();
    assert!(run.out.contains("  sgd  ") && !run.out.contains("NaN"), "{run:?}");
    assert!(run.err.contains("8 models: 2 optimizers in 4 combinations × 2 seeds"), "{run:?}");
    for picture in ["accuracy", "success", "losses", "data"] {
        let svg = place.read(&format!("gpu-sweep-out/latest/pictures/{picture}.svg"));
        assert!(!svg.contains("NaN") && !svg.contains("momentum –"), "{picture}");
    }
}

#[test]
fn a_folder_of_another_version_is_refused_and_may_be_replaced() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("old/chunks")).unwrap();
    place.write("old/sweep.toml", "hidden = [1]\n[study]\nformat = 1\n");
    place.write("old/chunks/000000.parquet", "old");
    place.run(&format!("{SMALL} --out old")).stops(2, &["another version of gpu-sweep", "--force"]);
    place.run(&format!("{SMALL} --out old --force")).ok();
}

#[test]
fn trials_may_have_every_scalar_as_a_column() {
    let place = Place::new();
    place.write("t.csv", "seed,weight-decay,lr,beta1\n7,0.5,0.1,0.8\n8,0,0.2,0.9\n");
    place.run("--device cpu --optimizer adam --epochs 2 --trials t.csv").ok();
    let models = place.read("gpu-sweep-out/latest/models.csv");
    assert!(models.starts_with("model_id,lr,weight_decay,beta1,seed,train_loss,"), "{models}");
    assert!(models.contains("\n0,0.1,0.5,0.8,7,") && models.contains("\n1,0.2,0,0.9,8,"), "{models}");
}

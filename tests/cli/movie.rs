//! `movie`: frames and an animated PNG of models during training.

use crate::support::{Place, Program, Run, names};
use gpu_sweep::study::Study;
use std::path::Path;

/// 24 models in two chunks.
const STUDY: &str = "--device cpu --lr 0.05,0.5 --models 24 --epochs 40 --chunk-models 13 --hidden 3";

/// Size, frame delays in seconds, and raw pixels of each frame of an animated PNG.
fn played(path: &Path) -> ((u32, u32), Vec<f64>, Vec<Vec<u8>>) {
    let file = std::fs::File::open(path).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let size = reader.info().size();
    let (mut delays, mut frames) = (Vec::new(), Vec::new());
    for _ in 0..reader.info().animation_control().unwrap().num_frames {
        let mut buffer = vec![0; reader.output_buffer_size()];
        let shown = reader.next_frame(&mut buffer).unwrap();
        buffer.truncate(shown.buffer_size());
        let of = reader.info().frame_control().unwrap();
        delays.push(f64::from(of.delay_num) / f64::from(of.delay_den));
        frames.push(buffer);
    }
    (size, delays, frames)
}

/// Epochs of the frames.
fn epochs(run: &Run) -> Vec<u64> {
    run.json()["epochs"].as_array().unwrap().iter().map(|epoch| epoch.as_u64().unwrap()).collect()
}

#[test]
fn a_movie_of_accuracy_begins_before_the_training_ends_with_it_and_moves() {
    let place = Place::new();
    place.run(STUDY).ok();
    let run = place.run("movie gpu-sweep-out/latest --frames 6 --fps 4 --json").ok();
    let epochs = epochs(&run);
    assert_eq!((epochs.len(), epochs[0], epochs[5]), (6, 0, 40));
    assert!(run.json()["source"].as_str().unwrap().contains("24 of 24 models, trained again"), "{run:?}");
    assert_eq!(names(&place.path("gpu-sweep-out/latest/movie")), ["frames", "movie.json", "movie.png"]);
    let frames = names(&place.path("gpu-sweep-out/latest/movie/frames"));
    assert_eq!(frames, (1..=6).map(|n| format!("frame-{n:04}.png")).collect::<Vec<_>>());
    let (size, delays, pixels) = played(&place.path("gpu-sweep-out/latest/movie/movie.png"));
    assert_eq!((size, delays), ((800, 500), vec![0.25, 0.25, 0.25, 0.25, 0.25, 2.0]));
    assert!(pixels.iter().all(|frame| frame.iter().any(|p| *p != pixels[0][0])), "a frame of one colour");
    let bytes: Vec<Vec<u8>> = frames
        .iter()
        .map(|name| std::fs::read(place.path("gpu-sweep-out/latest/movie/frames").join(name)).unwrap())
        .collect();
    assert!(bytes.windows(2).all(|pair| pair[0] != pair[1]), "two frames are alike");
    // A shorter movie leaves no frames of a longer one.
    place.run("movie gpu-sweep-out/latest --frames 2").ok();
    assert_eq!(names(&place.path("gpu-sweep-out/latest/movie/frames")), ["frame-0001.png", "frame-0002.png"]);
    assert_eq!(played(&place.path("gpu-sweep-out/latest/movie/movie.png")).2.len(), 2);
}

#[test]
fn accuracies_that_the_study_kept_make_the_same_frames_as_those_of_another_training() {
    let place = Place::new();
    place.run(&format!("{STUDY} --record accuracy --record-every 1 --out kept")).ok();
    place.run(&format!("{STUDY} --out plain")).ok();
    let kept = place.run("movie kept --frames 3 --out a --json").ok();
    let plain = place.run("movie plain --frames 3 --out b --json").ok();
    assert!(kept.json()["source"].as_str().unwrap().contains("curves of the study"), "{kept:?}");
    assert!(plain.json()["source"].as_str().unwrap().contains("trained again"), "{plain:?}");
    assert_eq!(epochs(&kept), epochs(&plain));
    for name in names(&place.path("a/frames")) {
        let frame = |movie: &str| std::fs::read(place.path(movie).join("frames").join(&name)).unwrap();
        assert!(frame("a") == frame("b"), "{name} differs");
    }
}

#[test]
fn boundaries_of_chosen_models_and_of_ones_from_the_best_to_the_worst_move() {
    let place = Place::new();
    place.run("--device cpu --optimizer sgd,adam --lr 0.05,0.5 --models 24 --epochs 40 --hidden 3").ok();
    let run = place.run("movie gpu-sweep-out/latest --of boundaries --frames 4 --models 20,3 --json").ok();
    assert_eq!(run.json()["models"], serde_json::json!([20, 3]));
    assert_eq!(epochs(&run).last(), Some(&40));
    let (_, delays, _) = played(&place.path("gpu-sweep-out/latest/movie/movie.png"));
    assert_eq!(delays.len(), 4);
    let frame =
        |n: usize| std::fs::read(place.path(&format!("gpu-sweep-out/latest/movie/frames/frame-000{n}.png"))).unwrap();
    assert!((1..4).all(|n| frame(n) != frame(n + 1)), "two frames are alike");
    let run = place.run("movie gpu-sweep-out/latest --of boundaries --frames 2 --panels 5 --out five --json").ok();
    let ids = run.json()["models"].as_array().unwrap().clone();
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let column = models.lines().next().unwrap().split(',').position(|name| name == "train_acc").unwrap();
    let accuracy = |id: &serde_json::Value| -> f64 {
        models.lines().nth(1 + id.as_u64().unwrap() as usize).unwrap().split(',').nth(column).unwrap().parse().unwrap()
    };
    let accuracies: Vec<f64> = ids.iter().map(accuracy).collect();
    assert!(accuracies.len() == 5 && accuracies.windows(2).all(|pair| pair[0] >= pair[1]), "{accuracies:?}");
    assert!(accuracies[0] > accuracies[4], "{accuracies:?}");
}

#[test]
fn several_curves_and_diverged_models_make_a_movie_too() {
    let place = Place::new();
    place.run("--device cpu --optimizer sgd,adam --lr 0.05,1e30 --models 16 --epochs 9 --hidden 3").ok();
    place.run("movie gpu-sweep-out/latest --frames 3").ok();
    place.run("movie gpu-sweep-out/latest --of boundaries --frames 3 --out few").ok();
    place.run("--device cpu --lr 1e30 --models 3 --epochs 5 --loss mse --hidden none --out gone").ok();
    place.run("movie gone --frames 3 --out gone-movie").ok();
}

#[test]
fn another_end_than_the_study_holds_is_exit_code_one() {
    let place = Place::new();
    place.run("--device cpu --lr 0.05,0.5 --models 6 --epochs 20 --hidden 3").ok();
    forge(&place.path("gpu-sweep-out/latest"), &place.path("forged"), 5);
    place.run("movie forged --frames 3").stops(1, &["model 5", "in the study", "again"]);
    place.run("movie forged --of boundaries --models 5 --frames 2").stops(1, &["model 5"]);
    place.run("boundary forged --models 5").stops(1, &["model 5"]);
    assert!(!place.path("forged/movie/movie.png").exists());
    place.run("movie forged --of boundaries --models 4 --frames 2").ok();
}

/// Writes a copy of a study in which one model has a different number of correct rows.
fn forge(from: &Path, to: &Path, model: usize) {
    use gpu_sweep::engine::cpu::CpuEngine;
    use gpu_sweep::engine::{InMemorySink, Sink};
    let (study, inputs) = Study::found(from).unwrap();
    let (info, mappings) = study.saved_engine().unwrap();
    let mut forged = Study::open(to, study.spec().clone(), false).unwrap();
    forged.use_engine(info, mappings).unwrap();
    let job = inputs.jobs[0].mapped(mappings[0]);
    for span in forged.missing() {
        let mut batch = InMemorySink::train(&mut CpuEngine::new().unwrap(), &job, span.trials.clone()).unwrap();
        batch.outcomes[model].train.as_mut().unwrap().correct ^= 1;
        let _ = forged.sink(&span, &()).accept(batch).unwrap();
    }
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let place = Place::new();
    place.run(STUDY).ok();
    for (flags, parts) in [
        ("--frames 0", ["--frames", "2 to 1000"]),
        ("--frames 1000000", ["--frames", "2 to 1000"]),
        ("--fps 0", ["--fps", "1 to 60"]),
        ("--of weights", ["--of", "accuracy or boundaries"]),
        ("--of boundaries --panels 25", ["--panels", "1 to 24"]),
        ("--of boundaries --models 24", ["--models", "0 to 23"]),
        ("--models 3", ["--models", "--of boundaries"]),
        ("--out gpu-sweep-out/latest/movie2", ["--out", "outside"]),
    ] {
        place.run(&format!("movie gpu-sweep-out/latest {flags}")).stops(2, &parts);
    }
    place.run("movie nowhere").stops(2, &["nowhere"]);
    place.write("three.csv", "a,b,c,label\n0,0,1,0\n1,0,1,1\n0,1,0,0\n1,1,0,1\n");
    place.run("--device cpu --data three.csv --lr 0.1 --models 2 --epochs 5 --out three").ok();
    place.run("movie three --of boundaries").stops(2, &["three", "2 features, not 3"]);
    assert!(!place.path("gpu-sweep-out/latest/movie").exists() && !place.path("three/movie").exists());
    place.run("movie three --frames 3").ok();
}

#[cfg(unix)]
#[test]
fn ctrl_c_between_frames_leaves_whole_frames_and_no_movie() {
    let place = Place::new();
    place.run("--device cpu --lr 0.05,0.5 --models 24 --epochs 900").ok();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
    command.args(["movie", "gpu-sweep-out/latest", "--frames", "900", "--out", "long"]).current_dir(place.path(""));
    let frames = place.path("long/frames");
    let mut child = Program::spawn(&mut command);
    assert!(child.reaches(|| frames.join("frame-0001.png").exists()));
    // The process is stopped, so the interrupt arrives between frames even on a busy machine.
    child.signal("STOP");
    assert!(names(&frames).len() < 900);
    child.signal("INT");
    child.signal("CONT");
    let (ended, err) = child.end();
    assert_eq!(ended.code(), Some(130), "{err}");
    let there = names(&frames);
    assert!(there.len() < 900 && !place.path("long/movie.png").exists(), "{}", there.len());
    for name in there {
        let file = std::fs::File::open(frames.join(&name)).unwrap();
        let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
        let mut buffer = vec![0; reader.output_buffer_size()];
        reader.next_frame(&mut buffer).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

//! `gpu-sweep-out`: one folder per study, the link `latest`, and what commands write into a study.

use crate::support::{Place, SMALL, names};

const NAME: &str = "epochs-5_lr-0.01+0.1_models-8";

#[test]
fn each_question_has_its_folder_and_finds_it_again() {
    let place = Place::new();
    place.run(SMALL).ok();
    place.run(&format!("{SMALL} --hidden 2")).ok();
    let other = format!("hidden-2_{NAME}");
    assert_eq!(names(&place.path("gpu-sweep-out")), [NAME, &other, "latest"]);
    let again = place.run(SMALL).ok();
    assert!(again.err.contains("nothing left to train") && again.err.contains(NAME), "{}", again.err);
    let folder = place.path("gpu-sweep-out/latest").canonicalize().unwrap();
    assert_eq!(folder.file_name().unwrap(), NAME, "the newest run");
    let json = place.run(&format!("{SMALL} --quiet --json")).ok().json();
    assert_eq!(json["out"], format!("gpu-sweep-out/{NAME}"));
    let explained = place.run(&format!("{SMALL} --explain")).ok();
    assert!(explained.out.contains(&format!("gpu-sweep-out/{NAME}")), "{}", explained.out);
    // `--out` names the folder itself; no `latest` is created beside it.
    place.run(&format!("{SMALL} --out a/b --quiet")).ok();
    assert_eq!(names(&place.path("a")), ["b"]);
}

/// A preset's name appears where it was used, or where the settings equal it exactly.
#[test]
fn folders_are_called_after_presets_only_where_these_were_named() {
    let place = Place::new();
    let folder = |words: &str| {
        let explained = place.run(&format!("{words} --device cpu --explain")).ok().out;
        let line = explained.lines().find(|line| line.starts_with("folder")).unwrap().to_owned();
        line.rsplit('/').next().unwrap().to_owned()
    };
    for (words, name) in [
        ("--dataset moons --noise 0.3 --hidden 4 --lr 0.01,0.1,1", "dataset-moons_noise-0.3_hidden-4_lr-0.01+0.1+1"),
        ("--lr 0.05 --seeds 20", "lr-0.05_seeds-20"),
        ("study init --models 30", "init-study_models-30"),
        ("--preset optimizers --epochs 3", "optimizers_epochs-3"),
        ("--preset Depth_Breadth", "depth-breadth"),
        ("map --epochs 30", "fractal-tanh_epochs-30"),
    ] {
        assert_eq!(folder(words), name, "{words}");
        assert_eq!(folder(words), folder(words));
    }
    // The preset as a settings file: the same study, the same folder.
    let config = place.run("--preset optimizers --print-config").ok().out;
    place.write("same.toml", config);
    assert_eq!(folder("--config same.toml"), "optimizers");
    assert!(
        !folder("map --x lr=geomspace:0.1:10:8 --y momentum=linspace:0:0.9:8 --optimizer momentum")
            .starts_with("fractal")
    );
}

#[test]
fn commands_take_the_newest_study_and_say_so() {
    let place = Place::new();
    place.run("report").stops(2, &["no results are here", "gpu-sweep --models 1000"]);
    place.run(&format!("{SMALL} --hidden 2 --quiet")).ok();
    place.run(&format!("{SMALL} --chunk-models 2 --quiet")).ok();
    for (words, file) in [
        ("report", "report.html"),
        ("replay --model 3 --snapshots 3", "replay-3/replay.json"),
        ("boundary", "boundary/boundary.png"),
        ("movie --frames 2", "movie/movie.png"),
        ("landscape --model 3 --grid 5 --snapshots 3", "landscape-3/landscape.npz"),
        ("seeds-needed --between 0.01,0.1 --plot", "seeds-needed/seeds-needed.png"),
    ] {
        let run = place.run(words).ok();
        assert!(run.err.contains(&format!("study     gpu-sweep-out/{NAME}_chunk-models-2")), "{words}: {}", run.err);
        assert!(place.path(&format!("gpu-sweep-out/{NAME}_chunk-models-2/{file}")).is_file(), "{words}: no {file}");
    }
    std::fs::remove_file(place.path("gpu-sweep-out/latest/chunks/000001.chunk")).unwrap();
    assert!(place.run("resume").ok().err.contains("6 of 8 models"));
    assert_eq!(names(&place.path("gpu-sweep-out")).len(), 3, "nothing is written beside the studies");
    for words in ["report", "resume", "replay --model 1", "boundary", "movie", "seeds-needed", "landscape --model 1"] {
        let two = [format!("{NAME}_chunk-models-2"), format!("hidden-2_{NAME}")];
        place.run(&format!("{words} gpu-sweep-out")).stops(2, &["several studies", &two[0], &two[1]]);
    }
}

#[test]
fn what_commands_wrote_into_a_study_is_no_part_of_it() {
    let place = Place::new();
    place.run(&format!("{SMALL} --out own --quiet")).ok();
    place.run("replay own --model 3 --snapshots 3 --quiet").ok();
    place.run("movie own --frames 2 --quiet").ok();
    let page = place.read("own/report.html");
    std::fs::remove_file(place.path("own/report.html")).unwrap();
    place.run("report own --quiet").ok();
    assert!(place.read("own/report.html") == page, "the page is the same beside them");
    place.run("merge own --out whole --quiet").ok();
    assert_eq!(place.read("whole/models.csv"), place.read("own/models.csv"));
    assert!(!place.path("whole/replay-3").exists());
    // `--force` keeps foreign files and everything beside them; our derived folders are deleted with their study.
    place.write("own/replay-3/notes.txt", "mine");
    place.run(&format!("{SMALL} --out own --force")).stops(2, &["replay-3/notes.txt"]);
    std::fs::remove_file(place.path("own/replay-3/notes.txt")).unwrap();
    place.run(&format!("{SMALL} --out own --force --quiet")).ok();
    assert!(!place.path("own/replay-3").exists() && !place.path("own/movie").exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_links_in_a_study_of_others() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.run(&format!("{SMALL} --out own --quiet")).ok();
    std::fs::create_dir(place.path("away")).unwrap();
    symlink(place.path("away"), place.path("own/replay-3")).unwrap();
    place.run("replay own --model 3").stops(2, &["replay-3", "is a link"]);
    std::fs::remove_file(place.path("own/replay-3")).unwrap();
    std::fs::create_dir(place.path("own/movie")).unwrap();
    symlink(place.path("away"), place.path("own/movie/frames")).unwrap();
    place.run("movie own --frames 2").stops(2, &["movie", "is a link"]);
    assert!(names(&place.path("away")).is_empty());
}

#[test]
fn a_folder_that_holds_no_study_is_answered_with_the_studies_that_there_are() {
    let place = Place::new();
    place.write("file", "");
    std::fs::create_dir(place.path("empty")).unwrap();
    for seed in 0..7 {
        place.run(&format!("--device cpu --lr 0.1 --seeds 1 --epochs 1 --seed {seed} --quiet")).ok();
    }
    let commands = [
        "report @",
        "resume @",
        "replay @ --model 1",
        "boundary @",
        "landscape @ --model 1",
        "movie @",
        "seeds-needed @",
        "merge @ --out m",
    ];
    for command in commands {
        let run = |name: &str| place.run(&command.replace('@', name));
        run("nothere").stops(2, &["nothere: no such folder; in gpu-sweep-out there are \"epochs-1", " and 2 more"]);
        run("empty").stops(2, &["empty: is no results folder: it has no sweep.toml; in gpu-sweep-out there are"]);
        run("file").stops(2, &["file: is a file, and no results folder"]);
    }
    let name = names(&place.path("gpu-sweep-out")).remove(0);
    place.run(&format!("report {name}")).stops(2, &[&format!("did you mean gpu-sweep-out/{name}?")]);
}

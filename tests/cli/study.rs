//! `gpu-sweep study init`: the main command with different defaults, folder and summary.

use super::support::Place;

#[test]
fn a_study_of_initial_weights_tells_how_they_spread() {
    let place = Place::new();
    let run = place.run("study init --device cpu --seeds 300 --epochs 300 --lr 0.0001,0.05 --quiet --json").ok();
    assert!(
        run.out.contains("\"out\": \"gpu-sweep-out/init-study_epochs-300_lr-0.0001+0.05_seeds-300\""),
        "a folder of its own: {}",
        run.out
    );
    let text = place.run("study init --device cpu --seeds 300 --epochs 300 --lr 0.0001,0.05").ok().out;
    let (slow, quick) = text.split_once("learning rate 0.05").unwrap();
    assert!(slow.contains("learning rate 0.0001") && slow.contains("no sign of more than one mode"), "{text}");
    assert!(quick.contains("more than one mode: Hartigan's dip of 300 losses is 0.1"), "{text}");
    assert!(quick.contains("p ≤ 0.0005 in 256 of them") && quick.contains("of 300 above 70 %"), "{text}");
    // The printed text agrees with the file.
    let csv = place.read("gpu-sweep-out/latest/distributions.csv");
    let column = |name: &str, row: usize| {
        let fields = |row: usize| csv.lines().nth(row).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
        let at = fields(0).iter().position(|field| field == name).unwrap();
        fields(row)[at].clone()
    };
    let median = 100.0 * column("acc_q50", 2).parse::<f64>().unwrap();
    assert!(quick.contains(&format!("accuracy  median {median:.1} %, ")), "{median} {text}");
    assert_eq!((column("n", 2).as_str(), column("dip_n", 2).as_str()), ("300", "300"));
}

#[test]
fn it_takes_what_the_main_job_takes() {
    let place = Place::new();
    let config = place.run("study init --print-config").ok().out;
    assert!(config.contains("seeds = 100000") && config.contains("lr = \"0.05\""), "{config}");
    let other = place.run("study init --preset momentum --print-config").ok().out;
    assert!(other.contains("optimizer = \"momentum\"") && !other.contains("100000"), "{other}");
    let many = "study init --device cpu --init-scale 1,2,3,4,5,6,7,8 --seeds 3 --epochs 2";
    assert!(place.run(many).ok().out.contains("and 2 more in distributions.csv"));
    let nothing = place.run("study");
    assert!(
        nothing.code == 2
            && nothing.err.contains("gpu-sweep study needs to know which study; type gpu-sweep study init"),
        "{nothing:?}"
    );
    assert_eq!(place.run("study init --lr fast").code, 2);
}

#[test]
fn models_that_share_seeds_have_no_interval_and_no_p_value_together() {
    let place = Place::new();
    let text = place.run("study init --device cpu --data-seeds 3 --seeds 40 --epochs 50").ok().out;
    assert!(text.contains("of 120 above 70 %, no intervals: models share seeds"), "{text}");
    assert!(text.contains("no p-value") && !text.contains("95 % interval 0.0"), "{text}");
    assert!(text.contains("modes     Hartigan's dip of 120 losses is"), "{text}");
    let few = place.run("study init --device cpu --lr 1e30 --seeds 2 --epochs 50 --out few").ok().out;
    assert!(few.contains("modes     not known: fewer than 4 losses"), "{few}");
}

#[test]
fn a_crowd_is_told_of_whichever_command_ends_it() {
    let place = Place::new();
    let first = place.run("study init --device cpu --seeds 1000 --epochs 20 --out study").ok().out;
    let again = place.run("resume study").ok().out;
    let heaps = first.lines().find(|line| line.starts_with("  modes")).unwrap();
    assert!(again.contains(heaps) && again.contains("best learning rate"), "{again}");
    assert!(!place.run("--device cpu --models 80 --epochs 5 --out main").ok().out.contains("modes"));
}

//! `gpu-sweep map`: one network per pixel.

use super::support::{Place, names};
use gpu_sweep::npz::Npz;

/// A map of 144 small networks, about half of which converge.
const MAP: &str = "map --device cpu --hidden 4 --features 4 --points 24 --epochs 40 --x lr-first=logspace:-2:5:12 --y lr=logspace:-2:5:12";

fn array(place: &Place, path: &str, name: &str) -> Vec<f64> {
    Npz::open(&place.path(path)).unwrap().read(name).unwrap().values
}

#[test]
fn a_map_says_who_converges_where() {
    let place = Place::new();
    let run = place.run(MAP).ok();
    assert!(
        run.out.contains("12 × 12 networks") && run.out.contains("first layer's learning rate 0.01 to 100000"),
        "{run:?}"
    );
    let [x, y, lr, converged] =
        ["x", "y", "lr", "converged"].map(|name| array(&place, "gpu-sweep-out/latest/map.npz", name));
    assert_eq!((x.len(), y.len(), converged.len(), &y), (12, 12, 144, &lr));
    let share = converged.iter().sum::<f64>() / 144.0;
    assert!((0.2..0.8).contains(&share), "{share}");
    assert!(run.out.contains(&format!("{:.1} %", 100.0 * share)), "{share} {run:?}");
    // The smallest rates hardly move the weights; the largest diverge.
    assert_eq!((converged[0], converged[143]), (1.0, 0.0));
    // Each table row agrees with its pixel.
    let table = place.read("gpu-sweep-out/latest/models.csv");
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let at = |name: &str| names.iter().position(|own| *own == name).unwrap();
    let sums = array(&place, "gpu-sweep-out/latest/map.npz", "loss_sum");
    for row in rows {
        let value = |name: &str| row[at(name)].parse::<f64>().unwrap();
        let place = |values: &[f64], name: &str| values.iter().position(|v| *v == value(name)).unwrap();
        let pixel = place(&y, "lr") * 12 + place(&x, "lr_first");
        assert_eq!(converged[pixel] == 1.0, value("last_losses") < 1.0, "{row:?}");
        assert!((sums[pixel] / value("loss_sum") - 1.0).abs() < 1e-6, "{row:?}");
    }
    let json = place.run(&format!("{MAP} --quiet --json")).ok().json();
    assert_eq!((json["trained"].as_u64(), json["x"]["axis"].as_str()), (Some(0), Some("lr_first")));
    assert!((json["converged"].as_f64().unwrap() - share).abs() < 1e-9);
}

#[test]
fn any_two_axes_make_a_map() {
    let place = Place::new();
    for (n, (x, y)) in [
        ("momentum=linspace:0:0.99:6", "lr=logspace:-1:3:5"),
        ("init-scale=logspace:-2:2:6", "lr=logspace:-1:3:5"),
        ("offset-a=linspace:-3:3:6", "offset-b=linspace:-3:3:5"),
        ("lr=logspace:-1:3:6", "weight-decay=0,0.1,1,10,100"),
    ]
    .into_iter()
    .enumerate()
    {
        let optimizer = if x.starts_with("momentum") { "--optimizer momentum" } else { "" };
        let lr = if x.contains("lr=") || y.contains("lr=") { "" } else { "--lr 1" };
        let small = "--hidden 4 --features 4 --points 24 --epochs 30 --device cpu";
        let run = place.run(&format!("map {small} {optimizer} {lr} --x {x} --y {y} --out {n} --quiet --json")).ok();
        let map = format!("{n}/map.npz");
        assert_eq!((array(&place, &map, "x").len(), array(&place, &map, "y").len()), (6, 5), "{run:?}");
        let sums = array(&place, &map, "loss_sum");
        assert!(sums.iter().any(|sum| (sum / sums[0] - 1.0).abs() > 1e-3), "{x} {y}: all alike");
    }
}

#[test]
fn a_map_resumes_and_its_shards_merge_to_the_same_bytes() {
    let place = Place::new();
    let map = format!("{MAP} --chunk-models 20 --quiet");
    place.run(&format!("{map} --out whole")).ok();
    for part in 0..3 {
        place.run(&format!("{map} --out part{part} --shard {part}/3")).ok();
    }
    place.run("merge part0 part1 part2 --out merged --quiet").ok();
    std::fs::remove_file(place.path("whole/chunks/000003.chunk")).unwrap();
    std::fs::remove_file(place.path("whole/map.npz")).unwrap();
    place.run("resume whole --quiet").ok();
    for file in ["map.npz", "models.csv", "models.parquet"] {
        let [whole, merged] =
            ["whole", "merged"].map(|folder| std::fs::read(place.path(&format!("{folder}/{file}"))).unwrap());
        assert!(whole == merged, "{file}");
    }
    // The saved settings describe the same study: nothing is left to train.
    let again = place.run("--config whole/sweep.toml --out whole --device cpu --json --quiet").ok().json();
    assert_eq!(again["trained"].as_u64(), Some(0));
    place.run("report whole").stops(2, &["is a map"]);
    place.run(&format!("{map} --seed 5 --out whole")).stops(2, &["a different study"]);
    place.run(&format!("{map} --seed 5 --out whole --force")).ok();
    assert!(!names(&place.path("whole")).contains(&"report.html".into()));
}

#[test]
fn a_window_is_the_map_seen_closer() {
    let place = Place::new();
    place.run(&format!("{MAP} --zoom 10,20,4 --out near --quiet")).ok();
    let [x, y] = ["x", "y"].map(|name| array(&place, "near/map.npz", name));
    // Seven decades, magnified four times, around 10 and 20.
    for (values, centre) in [(x, 1.0), (y, 20f64.log10())] {
        assert!(
            (values[0].log10() - (centre - 0.875)).abs() < 1e-9 && (values[11].log10() - (centre + 0.875)).abs() < 1e-9
        );
    }
    let deep = place.run(&format!("{MAP} --zoom 10,20,3e7 --out deep"));
    deep.stops(2, &["--lr", "units in the last place of f32", "2 or more"]);
    assert!(!place.path("deep").exists());
    // Nor does another command train them on a device of lower precision.
    let exact = MAP.replace("cpu", "reference");
    place.run(&format!("{exact} --zoom 10,20,3e7 --out exact --chunk-models 50 --shard 0/3 --quiet")).ok();
    place.run("--config exact/sweep.toml --device cpu --out exact").stops(2, &["units in the last place of f32"]);
    let reference = format!("{} --zoom 10,20,3e7 --out deep --quiet", MAP.replace("cpu", "reference"));
    place.run(&reference).ok();
}

#[test]
fn a_movie_goes_into_the_map_frame_by_frame_and_goes_on_where_it_was() {
    let place = Place::new();
    let movie = format!("{MAP} --zoom 10,20,4 --zoom-movie 3 --out way");
    let run = place.run(&movie).ok();
    assert!(run.err.contains("frame     3 of 3: 4 times smaller") && run.out.contains("movie.png"), "{run:?}");
    assert_eq!(names(&place.path("way")), ["frame-0001", "frame-0002", "frame-0003", "movie.png"]);
    place.run(&format!("{MAP} --zoom 10,20,4 --out near --quiet")).ok();
    let same = |file: &str| {
        ["near", "way/frame-0003"].map(|folder| std::fs::read(place.path(&format!("{folder}/{file}"))).unwrap())
    };
    for file in ["map.npz", "pixels.png"] {
        let [alone, last] = same(file);
        assert!(alone == last, "{file}");
    }
    let file = std::fs::File::open(place.path("way/movie.png")).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let control = reader.info().animation_control.unwrap();
    assert_eq!((control.num_frames, reader.info().width), (3, 516));
    std::fs::remove_dir_all(place.path("way/frame-0002")).unwrap();
    let json = place.run(&format!("{movie} --quiet --json")).ok().json();
    assert_eq!(json["frames"].as_array().unwrap().len(), 3);
    assert!((json["frames"][1]["factor"].as_f64().unwrap() - 2.0).abs() < 1e-12);
    // From the whole window to one corner: no frame needs pixels outside the window.
    let axes = "--x lr-first=linspace:0.1:10:6 --y lr=linspace:0:10:6";
    let small = "map --device cpu --hidden 4 --features 4 --points 24 --epochs 20";
    place.run(&format!("{small} {axes} --zoom 1,1,50 --zoom-movie 3 --out corner --quiet")).ok();
    let [first, last] = ["0001", "0003"].map(|frame| array(&place, &format!("corner/frame-{frame}/map.npz"), "y"));
    assert_eq!((first[0], first[5]), (0.0, 10.0));
    assert!((last[0] - 0.9).abs() < 1e-9 && (last[5] - 1.1).abs() < 1e-9, "{last:?}");
    place.run(&format!("{MAP} --zoom-movie 3")).stops(2, &["--zoom"]);
    place.run(&format!("{MAP} --zoom 10,20,4 --zoom-movie 1")).stops(2, &["2 to 1000"]);
}

#[test]
fn a_map_is_three_pictures_that_say_what_they_are() {
    let place = Place::new();
    place.run(&format!("{MAP} --quiet")).ok();
    let info = |name: &str| {
        let file = std::fs::File::open(place.path(&format!("gpu-sweep-out/latest/{name}.png"))).unwrap();
        png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap().info().clone()
    };
    let [map, pixels, thumbnail] = ["map", "pixels", "thumbnail"].map(info);
    assert!((map.width > 512, pixels.width, pixels.height, thumbnail.width <= 256) == (true, 12, 12, true));
    for info in [map, pixels, thumbnail] {
        let texts: Vec<String> =
            info.uncompressed_latin1_text.iter().map(|t| format!("{}: {}", t.keyword, t.text)).collect();
        let texts = texts.join("\n");
        for expected in [
            "gpu-sweep:x: lr_first logspace:-2:5:12",
            "gpu-sweep:zoom-limit: f32 keeps",
            "times smaller",
            "arXiv 2402.06184",
            "engine: cpu",
        ] {
            assert!(texts.contains(expected), "{expected}: {texts}");
        }
    }
}

#[test]
fn what_makes_no_map_is_refused() {
    let place = Place::new();
    for (flags, expected) in [
        ("--x lr", "AXIS=VALUES"),
        ("--x width=1,2", "one of lr, lr-first, momentum"),
        ("--x lr=fast", "--x"),
        ("--x lr=1,2", "two different axes"),
        ("--x momentum=0,0.9 --y lr=1,2", "use --optimizer momentum"),
        ("--x init-scale=1,2 --y offset-a=-1,1", "--lr has 256 values"),
        ("--momentum 0.1,0.2 --optimizer momentum", "--momentum has 2 values"),
        ("--seeds 2", "one seed"),
        ("--batch-size 8", "does not fit a map"),
        ("--epochs 19", "too few for a map"),
        ("--hidden 4/8", "one network"),
        ("--optimizer adam", "sgd, momentum or nesterov"),
        ("--no-bias=false", "--no-bias"),
        ("--loss bce", "--loss mse"),
        ("--clip 1", "--scaling mean-field"),
        ("--zoom 1,2", "3 finite numbers"),
        ("--zoom 1,2,0", "a factor above 0"),
        ("--zoom 0,2,2", "a place on it"),
        ("--x lr-first=1,2,3 --pixels 5", "instead of a list"),
        ("--pixels 1", "from 2 to 65536"),
        ("--preset course", "--x, --y"),
        ("--features 0", "1 to 1024"),
        ("--lr-first 1", "--lr-first has 1 values"),
        ("--x lr-first=3,2,1", "must ascend"),
        ("--x lr-first=1e38,1e39", "0.000 units in the last place"),
        ("--x offset-a=linspace:-1e-9:1e-9:4 --lr 1 --y offset-b=-1,1", "units in the last place of f32"),
        ("--pixels 10000", "67108864"),
        ("--independent-seeds", "one seed"),
        ("--hidden none", "hidden layers"),
        ("--record-every 5", "records every loss"),
    ] {
        let run = place.run(&format!("map --device cpu {flags}"));
        assert!(run.code == 2 && run.err.contains(expected), "{flags}: {run:?}");
        assert_eq!(run.err.matches("error: ").count(), 1, "{run:?}");
    }
    assert!(!place.path("gpu-sweep-out/latest").exists());
    place.run("--dataset random").stops(2, &["--loss mse"]);
    place.run("--features 3").stops(2, &["--features", "random"]);
    place.run("--scaling mean-field").stops(2, &["--no-bias"]);
}

/// A pixel is an ordinary model: training it alone gives the same bits.
#[test]
fn a_pixel_is_replayed() {
    let place = Place::new();
    place.run(&format!("{MAP} --quiet --out map")).ok();
    let run = place.run("replay map --model 30 --snapshots 5").ok();
    assert!(run.out.contains("no 2/lr to compare with") && !run.out.contains("sharper than"), "{run:?}");
}

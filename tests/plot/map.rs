//! Synthetic maps: an escape-time fractal, whose boundary is as rough as that of training maps.

use crate::svg::folder;
use gpu_sweep::Error;
use gpu_sweep::plot::{MapAxis, MapPlot, tints};
use png::Decoder;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Per pixel: convergence, and sums of the losses and of their inverses.
struct Field {
    converged: Vec<bool>,
    loss_sum: Vec<f64>,
    inverse_sum: Vec<f64>,
}

/// The Mandelbrot set in [h, w] pixels around (−0.6, 0), row 0 at the bottom.
fn field([h, w]: [usize; 2]) -> Field {
    let mut field = Field { converged: vec![], loss_sum: vec![], inverse_sum: vec![] };
    let (pixel, steps) = (2.6 / h.max(w) as f64, 60);
    for i in 0..h * w {
        let c = ((i % w) as f64 * pixel - 0.6 - w as f64 * pixel / 2.0, ((i / w) as f64 - h as f64 / 2.0) * pixel);
        let (mut z, mut inside, mut sums) = ((0.0, 0.0), true, (0.0, 0.0));
        for _ in 0..steps {
            z = (z.0 * z.0 - z.1 * z.1 + c.0, 2.0 * z.0 * z.1 + c.1);
            let size: f64 = z.0 * z.0 + z.1 * z.1;
            inside &= size < 4.0;
            let v = if inside { size } else { 1e6 };
            sums = (sums.0 + v, sums.1 + 1.0 / v.max(1e-9));
        }
        field.converged.push(inside);
        field.loss_sum.push(sums.0);
        field.inverse_sum.push(sums.1);
    }
    field
}

fn geometric(low: f64, high: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| low * (high / low).powf(i as f64 / (n.max(2) - 1) as f64)).collect()
}

fn plot<'a>(x: &'a [f64], y: &'a [f64], tints: &'a [f64], metadata: &'a [(String, String)]) -> MapPlot<'a> {
    MapPlot {
        title: "Whether training converges, by the learning rates of both layers",
        subtitle: "16-16-1 tanh without biases, mean-field · 272 random points · full batch, 500 epochs · seed 0",
        x: MapAxis { words: "Learning rate of the first layer", values: x },
        y: MapAxis { words: "Learning rate of the last layer", values: y },
        tints,
        converged: "converged",
        diverged: "diverged",
        metadata,
    }
}

/// Size [h, w], pixels and text entries of a PNG file.
fn read(path: &Path) -> ([usize; 2], Vec<u8>, Vec<(String, String)>) {
    let mut reader = Decoder::new(File::open(path).unwrap()).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut pixels).unwrap();
    let info = reader.info();
    let latin = info.uncompressed_latin1_text.iter().map(|t| (t.keyword.clone(), t.text.clone()));
    let unicode = info.utf8_text.iter().map(|t| (t.keyword.clone(), t.get_text().unwrap()));
    ([info.height as usize, info.width as usize], pixels, latin.chain(unicode).collect())
}

fn write(plot: &MapPlot, name: &str) -> [PathBuf; 3] {
    let files = plot.write(&folder(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let names: Vec<&str> = files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["map.png", "pixels.png", "thumbnail.png"]);
    files.try_into().unwrap()
}

/// For visual inspection: sizes, zoom windows, missing networks, aspect ratios.
#[test]
fn maps_of_all_sizes_and_depths_are_drawn() {
    let wide = |n| geometric(1e-3, 1e3, n);
    let long = |n| geometric(0.031_622_7, 0.031_622_9, n);
    let cases = [
        ("map-64", wide(64), wide(64)),
        ("map-256", wide(256), geometric(3.0, 5.2, 256)),
        ("map-deep", long(520), geometric(7.000_01, 7.000_013, 520)),
        ("map-flat", wide(300), wide(40)),
        ("map-tall", long(40), wide(300)),
        ("map-dot", wide(1), wide(1)),
    ];
    for (name, x, y) in cases {
        let size = [y.len(), x.len()];
        let field = field(size);
        let mut tints = tints(&field.converged, &field.loss_sum, &field.inverse_sum);
        if name == "map-64" {
            // As in an interrupted run: the last rows are missing.
            tints[60 * 64 + 20..].fill(f64::NAN);
        }
        let [map, pixels, thumbnail] = write(&plot(&x, &y, &tints, &[]), name);
        let ([mh, mw], ..) = read(&map);
        assert!(mh > size[0] && mw > size[1], "{name}: {mh} × {mw}");
        assert_eq!(read(&pixels).0, size);
        assert!(read(&thumbnail).0.iter().all(|side| (1..=256).contains(side)));
    }
}

#[test]
fn a_network_has_the_colour_of_its_tint_and_row_0_is_at_the_bottom() {
    let (x, y) = (geometric(0.1, 1.0, 5), geometric(0.1, 1.0, 3));
    // The seventh of the scale's ten colours, except for the first, the last and one missing network.
    let mut tints = vec![0.4; 15];
    (tints[0], tints[14], tints[7]) = (-1.0, 1.0, f64::NAN);
    let plot = plot(&x, &y, &tints, &[]);
    let [map, pixels, thumbnail] = write(&plot, "map-colours");
    let (red, blue, grey, light) = ([165, 0, 38], [49, 54, 149], [166, 172, 182], [171, 217, 233]);
    let (size, found, _) = read(&pixels);
    let colour = |row: usize, column: usize| -> [u8; 3] { found[3 * (row * 5 + column)..][..3].try_into().unwrap() };
    assert_eq!(size, [3, 5]);
    assert_eq!([colour(2, 0), colour(0, 4), colour(1, 2), colour(0, 0)], [red, blue, grey, light]);
    assert_eq!(found.chunks(3).filter(|p| **p == light).count(), 12);
    assert_eq!((plot.rgb(), read(&thumbnail).1), (found.clone(), found));
    // In the figure every network is a square of 1024 / 5 pixels; the legend is far below.
    let ([_, width], figure, _) = read(&map);
    let places = |colour: [u8; 3]| -> Vec<(usize, usize)> {
        let pixels = figure.chunks_exact(3).enumerate().filter(|(_, p)| **p == colour);
        pixels.map(|(i, _)| (i % width, i / width)).take(204 * 204).collect()
    };
    let (low, high) = (places(red), places(blue));
    let square = |places: &[(usize, usize)]| [places[0], places[204 * 204 - 1]];
    let [[(left, below), (right, bottom)], [(beyond, top), _]] = [square(&low), square(&high)];
    assert_eq!((right - left, bottom - below), (203, 203));
    assert_eq!((beyond - left, below - top), (4 * 204, 2 * 204));
}

#[test]
fn all_files_carry_the_metadata() {
    let (x, y) = (geometric(0.1, 1.0, 2), geometric(0.1, 1.0, 2));
    let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    let metadata = [
        pair("gpu-sweep:x", "lr-first=logspace:-3:3:1024"),
        pair("gpu-sweep:depth", "f32 ends at 10⁻⁷"),
        pair("Software", "by hand"),
        pair("Author", "Zoë"),
    ];
    let tints = [0.5, 0.6, -0.7, -0.8];
    let plot = plot(&x, &y, &tints, &metadata);
    for file in write(&plot, "map-metadata") {
        let (_, _, found) = read(&file);
        assert_eq!(found.len(), 6, "{found:?}");
        let own = [pair("Title", plot.title), pair("Description", plot.subtitle)];
        assert!(metadata.iter().chain(&own).all(|pair| found.contains(pair)), "{}: {found:?}", file.display());
    }
}

#[test]
fn what_does_not_fit_together_is_refused_and_leaves_no_file() {
    let (x, y, tints) = (geometric(0.1, 1.0, 2), geometric(0.1, 1.0, 3), [0.5; 6]);
    let good = plot(&x, &y, &tints, &[]);
    let bad_key = [(String::new(), "text".to_owned())];
    let bad_text = [("Key".to_owned(), "a\0b".to_owned())];
    let (back, same, nan) = ([2.0, 1.0], [1.0, 1.0], [1.0, f64::NAN]);
    let axis = |values| MapAxis { words: "lr", values };
    let cases = [
        ("few", "5 tints for a map of 3 rows and 2 columns", MapPlot { tints: &tints[..5], ..good.clone() }),
        ("none", "0 tints", MapPlot { tints: &[], x: axis(&[]), ..good.clone() }),
        ("back", "do not ascend", MapPlot { x: axis(&back), ..good.clone() }),
        ("same", "do not ascend", MapPlot { x: axis(&same), ..good.clone() }),
        ("nan", "do not ascend", MapPlot { x: axis(&nan), ..good.clone() }),
        ("tint", "a tint of 1.5", MapPlot { tints: &[0.5, 0.5, 0.5, 0.5, 0.5, 1.5], ..good.clone() }),
        ("key", "1 to 79 characters", MapPlot { metadata: &bad_key, ..good.clone() }),
        ("text", "zero character", MapPlot { metadata: &bad_text, ..good }),
    ];
    for (name, words, plot) in cases {
        let folder = folder(&format!("map-refused-{name}"));
        let refused = plot.write(&folder).unwrap_err();
        assert!(matches!(refused, Error::Picture { .. }) && refused.to_string().contains(words), "{name}: {refused}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{name}");
    }
}

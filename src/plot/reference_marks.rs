//! What pictures of accuracies are measured by: the accuracy of always naming the larger class, as a thin line, and the values that are
//! indistinguishable from the best one, as a bar under the axis.

use super::clipping::{FrameEdge, tick};
use super::facet::Facet;
use super::frame::Frame;
use super::scene::{Align, Paint, Scene, TextStyle};
use super::sentences::baseline_words;
use super::text_layout::width;
use super::theme::{BLUE, INK, SIZE, SOFT, WHITE};

/// The words beside the line.
const WORDS: TextStyle = TextStyle { size: 22.0, bold: false, rgb: SOFT };
const DASHES: [f64; 2] = [4.0, 5.0];
const WIDTH: f64 = 2.0;
/// Curves that have a bar each; of more, only the best has one.
const MOST_BARS: usize = 3;
/// Below the axis: where the first bar is, and how far the next.
const BAR: (f64, f64) = (14.0, 4.5);
/// A bar is at least so long.
const SHORTEST: f64 = 12.0;

/// A level line at this accuracy where the vertical axis shows accuracies; at the lower edge, a triangle, where it lies below.
pub fn baseline_across(scene: &mut Scene, frame: &Frame, share: Option<f64>) {
    let Some(share) = share else { return };
    let (y, words) = (frame.y(share), baseline_words(share));
    let long = width(&words, WORDS);
    if frame.y.share(share) < 0.0 {
        tick(scene, frame, FrameEdge::Bottom, frame.right - long - 24.0, SOFT);
    } else {
        scene.dashed(&[(frame.left, y), (frame.right, y)], &DASHES, WIDTH, SOFT);
    }
    // Above the line, but for one at the very top.
    let base = if y - 30.0 < frame.top { y + 26.0 } else { y - 9.0 };
    let (left, right) = (frame.right - long - 14.0, frame.right - 2.0);
    scene.rectangle((left, base - 20.0), (right, base + 6.0), Paint { rgb: WHITE, alpha: 0.8 });
    scene.text((frame.right - 8.0, base), words, WORDS, Align::End);
}

/// An upright line at this accuracy where the horizontal axis shows accuracies, with words above the frame.
pub fn baseline_up(scene: &mut Scene, frame: &Frame, share: Option<f64>) {
    let Some(share) = share else { return };
    let (x, words) = (frame.x(share), baseline_words(share));
    let long = width(&words, WORDS);
    if frame.x.share(share) < 0.0 {
        tick(scene, frame, FrameEdge::Left, frame.top + 12.0, SOFT);
    } else {
        scene.dashed(&[(x, frame.top), (x, frame.bottom)], &DASHES, WIDTH, SOFT);
    }
    let last = (f64::from(SIZE.0) - 20.0).min(frame.right + 20.0) - long;
    let left = (x - long / 2.0).min(last).max(frame.left);
    scene.text((left, frame.top - 7.0), words, WORDS, Align::Start);
}

/// Bars under the horizontal axis: the values of each curve that are indistinguishable from its best.
pub fn near_best(scene: &mut Scene, frame: &Frame, view: &Facet) {
    let top = view.top().map(|(k, _)| k);
    let curves = (0..view.series.len()).filter(|k| view.series.len() <= MOST_BARS || top == Some(*k));
    for (row, k) in curves.enumerate() {
        let Some(best) = view.near_best(k).filter(|best| best.values > 1) else { continue };
        let [low, high] = best.range.map(|x| frame.x(x));
        let (middle, half) = ((low + high) / 2.0, ((high - low) / 2.0).max(SHORTEST / 2.0));
        let y = frame.bottom + BAR.0 + row as f64 * BAR.1;
        let (rgb, thick) = if view.compares() { (view.style(k).rgb, 4.0) } else { (BLUE, 7.0) };
        scene.line(vec![(middle - half, y), (middle + half, y)], thick, rgb);
        if best.range[0] < best.range[1] && !view.compares() {
            [low, high].iter().for_each(|x| scene.line(vec![(*x, y - 6.0), (*x, y + 6.0)], 2.0, INK));
        }
    }
}

/// What the subtitle says of the bars; nothing where there are none.
pub fn near_best_note(view: &Facet) -> Option<String> {
    let several =
        (0..view.series.len()).filter_map(|k| view.near_best(k)).any(|best| !best.is_one() && best.is_compared);
    let of_curve = match view.top().filter(|_| view.series.len() > MOST_BARS) {
        Some((k, _)) => format!(" of {}", view.names[k]),
        None => String::new(),
    };
    several.then(|| format!("bar: indistinguishable from the best{of_curve}"))
}

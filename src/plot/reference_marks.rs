//! Reference marks for accuracies: the accuracy of always predicting the most common class, as a thin line, and the
//! values that are indistinguishable from the best one, as a bar under the axis.

use super::clipping::{FrameEdge, tick};
use super::facet::Facet;
use super::frame::Frame;
use super::scene::{Align, Paint, Scene, TextStyle};
use super::sentences::baseline_words;
use super::text_layout::width;
use super::theme::{BLUE, INK, SIZE, SOFT, WHITE};
use crate::statistics::Measure;

/// Style of the text beside the line.
const WORDS: TextStyle = TextStyle { size: 22.0, bold: false, rgb: SOFT };
const DASHES: [f64; 2] = [4.0, 5.0];
const WIDTH: f64 = 2.0;
/// Maximum number of curves that have a bar each; if there are more, only the best has one.
const MOST_BARS: usize = 3;
/// Distance of the first bar below the axis, and of the next bar below it.
const BAR: (f64, f64) = (14.0, 4.5);
/// Minimum length of a bar.
const SHORTEST: f64 = 12.0;

/// Draws a horizontal line at this accuracy if the vertical axis shows accuracies, or a triangle at the lower edge if
/// it is below the axis.
pub fn baseline_across(scene: &mut Scene, frame: &Frame, measure: Measure, share: Option<f64>) {
    let Some(share) = share else { return };
    let (y, words) = (frame.y(share), baseline_words(measure, share));
    let long = width(&words, WORDS);
    if frame.y.share(share) < 0.0 {
        tick(scene, frame, FrameEdge::Bottom, frame.right - long - 24.0, SOFT);
    } else {
        scene.dashed(&[(frame.left, y), (frame.right, y)], &DASHES, WIDTH, SOFT);
    }
    // Above the line, unless the line is at the very top.
    let base = if y - 30.0 < frame.top { y + 26.0 } else { y - 9.0 };
    let (left, right) = (frame.right - long - 14.0, frame.right - 2.0);
    scene.rectangle((left, base - 20.0), (right, base + 6.0), Paint { rgb: WHITE, alpha: 0.8 });
    scene.text((frame.right - 8.0, base), words, WORDS, Align::End);
}

/// Draws a vertical line at this accuracy if the horizontal axis shows accuracies, with text above the frame.
pub fn baseline_up(scene: &mut Scene, frame: &Frame, measure: Measure, share: Option<f64>) {
    let Some(share) = share else { return };
    let (x, words) = (frame.x(share), baseline_words(measure, share));
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

/// Draws bars under the horizontal axis: each curve's values that are indistinguishable from its best.
pub fn near_best(scene: &mut Scene, frame: &Frame, view: &Facet) {
    let top = view.top().map(|(k, _)| k);
    let curves = (0..view.series.len()).filter(|k| view.series.len() <= MOST_BARS || top == Some(*k));
    for (row, k) in curves.enumerate() {
        let Some(best) = view.near_best(k).filter(|best| best.values > 1) else { continue };
        let [low, high] = best.range.map(|x| frame.x(x));
        let (middle, half) = ((low + high) / 2.0, ((high - low) / 2.0).max(SHORTEST / 2.0));
        let y = frame.bottom + BAR.0 + row as f64 * BAR.1;
        let (rgb, thick) = if view.has_several_curves() { (view.style(k).rgb, 4.0) } else { (BLUE, 7.0) };
        scene.line(vec![(middle - half, y), (middle + half, y)], thick, rgb);
        if best.range[0] < best.range[1] && !view.has_several_curves() {
            [low, high].iter().for_each(|x| scene.line(vec![(*x, y - 6.0), (*x, y + 6.0)], 2.0, INK));
        }
    }
}

/// Explains the bars in the subtitle; `None` if there are none to explain.
pub fn near_best_note(view: &Facet) -> Option<String> {
    let several =
        (0..view.series.len()).filter_map(|k| view.near_best(k)).any(|best| !best.is_one() && best.is_compared);
    let of_curve = match view.top().filter(|_| view.series.len() > MOST_BARS) {
        Some((k, _)) => format!(" of {}", view.names[k]),
        None => String::new(),
    };
    several.then(|| format!("bar: indistinguishable from the best{of_curve}"))
}

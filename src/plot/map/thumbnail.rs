//! Scales a map's pixels down to a thumbnail.

use std::sync::LazyLock;

/// Maximum side in pixels.
const SIDE: usize = 256;

/// Averages an image down to at most 256 × 256 pixels, in linear light, because averaging sRGB codes would darken mixed
/// colours; a smaller image is unchanged. Returns the size [h, w] and the pixels.
pub fn thumbnail(pixels: &[u8], [h, w]: [usize; 2]) -> ([usize; 2], Vec<u8>) {
    if h.max(w) <= SIDE {
        return ([h, w], pixels.to_vec());
    }
    let less = |n: usize| ((n * SIDE) as f64 / h.max(w) as f64).round().max(1.0) as usize;
    let (rows, columns) = (less(h), less(w));
    let (down, across) = (covers(h, rows), covers(w, columns));
    let mut light = vec![0.0f32; 3 * rows * columns];
    for (line, shares) in pixels.chunks_exact(3 * w).zip(down) {
        for (pixel, columns_of) in line.chunks_exact(3).zip(&across) {
            for (row, share_y) in shares.into_iter().flatten() {
                for (column, share_x) in columns_of.iter().flatten() {
                    let sum = &mut light[3 * (row * columns + column)..][..3];
                    sum.iter_mut().zip(pixel).for_each(|(sum, c)| *sum += share_x * share_y * LIGHT[usize::from(*c)]);
                }
            }
        }
    }
    ([rows, columns], light.into_iter().map(code).collect())
}

/// For each of `from` source pixels, the one or two of `n` target pixels that it overlaps, and the share of the target
/// pixel that it covers.
fn covers(from: usize, n: usize) -> Vec<[Option<(usize, f32)>; 2]> {
    // In units in which all edges are whole: source pixel i spans i · n to (i + 1) · n, and a target pixel is `from`
    // long.
    let of = |i: usize| {
        let (first, next) = (i * n / from, (i * n / from + 1) * from);
        let (inside, beyond) = (((i + 1) * n).min(next) - i * n, ((i + 1) * n).saturating_sub(next));
        let share = |length: usize| length as f32 / from as f32;
        [Some((first, share(inside))), (beyond > 0).then(|| (first + 1, share(beyond)))]
    };
    (0..from).map(of).collect()
}

/// Linear light, 0 to 1, of each sRGB code (IEC 61966-2-1).
static LIGHT: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let c = code as f64 / 255.0;
        (if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }) as f32
    })
});

/// sRGB code of linear light.
fn code(light: f32) -> u8 {
    let light = f64::from(light);
    let c = if light <= 0.0031308 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (255.0 * c).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_averaged_and_not_codes() {
        let board: Vec<u8> = (0..512 * 512).flat_map(|i| [if (i + i / 512) % 2 == 0 { 255 } else { 0 }; 3]).collect();
        let (size, found) = thumbnail(&board, [512, 512]);
        assert_eq!((size, found.len()), ([256, 256], 3 * 256 * 256));
        // Half the light of white is code 188, not 128.
        assert!(found.iter().all(|code| *code == 188));
    }

    #[test]
    fn sides_keep_their_ratio_and_one_colour_stays_the_same() {
        for (from, to) in
            [([700, 300], [256, 110]), ([257, 1000], [66, 256]), ([1, 5000], [1, 256]), ([90, 256], [90, 256])]
        {
            let one: Vec<u8> = [49, 54, 149].repeat(from[0] * from[1]);
            let (size, found) = thumbnail(&one, from);
            assert_eq!(size, to);
            assert_eq!(found, [49, 54, 149].repeat(to[0] * to[1]));
        }
    }

    #[test]
    fn a_pixel_between_two_is_shared_out() {
        // Three columns into two: both halves share the middle one.
        assert_eq!(
            covers(3, 2),
            [[Some((0, 2.0 / 3.0)), None], [Some((0, 1.0 / 3.0)), Some((1, 1.0 / 3.0))], [Some((1, 2.0 / 3.0)), None]]
        );
        // White above and black below stay so in the thumbnail.
        let halves: Vec<u8> = (0..600 * 600).flat_map(|i| [if i < 300 * 600 { 255 } else { 0 }; 3]).collect();
        let (_, found) = thumbnail(&halves, [600, 600]);
        assert!(found[..3 * 128 * 256].iter().all(|c| *c == 255) && found[3 * 128 * 256..].iter().all(|c| *c == 0));
    }
}

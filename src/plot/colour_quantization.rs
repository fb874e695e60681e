//! Colour quantization: the colour space is cut into boxes, each of which gets its pixels' mean colour (Wan, Wong and
//! Prusinkiewicz 1988). Pixels are counted in memory of fixed size.

/// Bits per channel that distinguish colours.
const BITS: u32 = 6;

/// Pixel counts by colour.
pub struct ColourCounts(Vec<ColourBin>);

/// Pixels of nearly one colour.
#[derive(Debug, Clone, Copy, Default)]
struct ColourBin {
    pixels: u64,
    /// Sums of red, green and blue.
    sums: [u64; 3],
}

impl ColourBin {
    fn add(&mut self, other: &Self) {
        self.pixels += other.pixels;
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
    }

    fn mean(&self, channel: usize) -> f64 {
        self.sums[channel] as f64 / self.pixels.max(1) as f64
    }
}

/// Colours, and the nearest one for each colour bin.
pub struct Palette {
    /// Red, green and blue by colour index.
    pub colours: Vec<[u8; 3]>,
    /// Colour index by bin.
    indices: Vec<u8>,
}

/// A box: occupied bins, and their deviations from its mean.
struct ColourBox {
    bins: Vec<usize>,
    mean: [f64; 3],
    /// Sums over the pixels of squared deviations from the mean, by channel.
    errors: [f64; 3],
}

impl ColourCounts {
    /// Creates empty counts.
    pub fn new() -> Self {
        Self(vec![ColourBin::default(); 1 << (3 * BITS)])
    }

    /// Counts pixels given as red, green, blue, red, ...
    pub fn add(&mut self, rgb: &[u8]) {
        for pixel in rgb.chunks_exact(3) {
            let sums = [pixel[0], pixel[1], pixel[2]].map(u64::from);
            self.0[bin(pixel)].add(&ColourBin { pixels: 1, sums });
        }
    }

    /// At most `most` colours, up to 256: repeatedly cuts the box with the largest error in two at its mean.
    pub fn palette(&self, most: usize) -> Palette {
        let occupied = (0..self.0.len()).filter(|n| self.0[*n].pixels > 0).collect();
        let mut parts = vec![self.part(occupied)];
        while parts.len() < most {
            let error = |part: &ColourBox| part.errors.iter().sum::<f64>();
            let worst = (0..parts.len()).max_by(|a, b| error(&parts[*a]).total_cmp(&error(&parts[*b])));
            let Some(worst) = worst.filter(|n| error(&parts[*n]) > 0.0) else { break };
            let part = parts.swap_remove(worst);
            let channel = (0..3).max_by(|a, b| part.errors[*a].total_cmp(&part.errors[*b])).unwrap_or(0);
            let is_low = |n: &usize| self.0[*n].mean(channel) <= part.mean[channel];
            let (low, high) = part.bins.into_iter().partition(is_low);
            parts.extend([self.part(low), self.part(high)]);
        }
        let mut indices = vec![0; self.0.len()];
        for (index, part) in parts.iter().enumerate() {
            part.bins.iter().for_each(|n| indices[*n] = index as u8);
        }
        Palette { colours: parts.iter().map(|part| part.mean.map(|c| c.round() as u8)).collect(), indices }
    }

    fn part(&self, bins: Vec<usize>) -> ColourBox {
        let mut all = ColourBin::default();
        bins.iter().for_each(|n| all.add(&self.0[*n]));
        let mean = [0, 1, 2].map(|channel| all.mean(channel));
        let square = |n: &usize, c: usize| self.0[*n].pixels as f64 * (self.0[*n].mean(c) - mean[c]).powi(2);
        // A single bin can't be cut; its error would be rounding error around 0.
        let error = |c| if bins.len() > 1 { bins.iter().map(|n| square(n, c)).sum() } else { 0.0 };
        ColourBox { errors: [0, 1, 2].map(error), mean, bins }
    }
}

impl Palette {
    /// Colour index of each pixel; the pixels must have been counted.
    pub fn indices(&self, rgb: &[u8]) -> Vec<u8> {
        rgb.chunks_exact(3).map(|pixel| self.indices[bin(pixel)]).collect()
    }
}

fn bin(pixel: &[u8]) -> usize {
    pixel.iter().fold(0, |bin, channel| (bin << BITS) | usize::from(channel >> (8 - BITS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_kept_as_they_are_however_rare() {
        let mut colours = ColourCounts::new();
        colours.add(&[255; 3 * 100_000]);
        let rare = [[0, 114, 178], [213, 94, 0], [17, 24, 39], [0, 0, 0]];
        rare.iter().for_each(|rgb| colours.add(rgb));
        let palette = colours.palette(255);
        assert_eq!(palette.colours.len(), 5);
        for rgb in rare.into_iter().chain([[255; 3]]) {
            assert_eq!(palette.colours[usize::from(palette.indices(&rgb)[0])], rgb);
        }
    }

    #[test]
    fn many_colours_become_few_that_are_near() {
        let cube: Vec<u8> = (0..4096u32).flat_map(|i| [i / 256, i / 16 % 16, i % 16].map(|c| (c * 17) as u8)).collect();
        let mut colours = ColourCounts::new();
        colours.add(&cube);
        let palette = colours.palette(64);
        assert_eq!(palette.colours.len(), 64);
        // 64 equal boxes of a cube have edges of a quarter: no channel is farther off than that.
        for (pixel, index) in cube.chunks_exact(3).zip(palette.indices(&cube)) {
            let colour = palette.colours[usize::from(index)];
            assert!(pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 64), "{pixel:?} {colour:?}");
        }
        assert_eq!(ColourCounts::new().palette(64).colours.len(), 1);
    }
}

//! Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC
//! 2011). Twin of `shaders/rng.wgsl`. Any number of a sequence can be computed without the others.

use rand::TryRng;
use std::convert::Infallible;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// Purpose of random numbers: the same seed gives unrelated numbers for each purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// Initial weights: word `p % 4` of block `p / 4` belongs to parameter `p`.
    Init = 0,
    /// Generated data sets.
    Data = 1,
    /// The split into training and test rows.
    Split = 2,
    /// Initial weights that are not uniform.
    Normal = 3,
    /// The order of the training rows in each epoch.
    Order = 4,
    /// Resampling of results, to estimate random variation.
    Resample = 5,
    /// Selection of a sample of models.
    Sample = 6,
    /// Directions in parameter space.
    Direction = 7,
    /// Training rows with noisy labels, and these labels.
    LabelNoise = 8,
}

/// Returns the high and low half of the 64-bit product.
pub fn mulhilo(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    ((product >> 32) as u32, product as u32)
}

/// Returns the four random words of one counter under one key, after ten rounds.
pub fn philox4x32_10(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
        }
        let (hi0, lo0) = mulhilo(MULTIPLIERS[0], counter[0]);
        let (hi1, lo1) = mulhilo(MULTIPLIERS[1], counter[2]);
        counter = [hi1 ^ counter[1] ^ key[0], lo1, hi0 ^ counter[3] ^ key[1], lo0];
    }
    counter
}

/// Returns a fixed random number for model `id`, by which a sample of models is selected.
pub fn sampling_key(id: u64) -> u64 {
    let [high, low, ..] = philox4x32_10([id as u32, (id >> 32) as u32, Stream::Sample as u32, 0], [0; 2]);
    u64::from(high) << 32 | u64::from(low)
}

/// Converts a seed to a key.
pub fn key(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// Sequence of one seed and purpose, as a generator for `rand`'s distributions: blocks 0, 1, 2, ..., word by word.
#[derive(Debug, Clone)]
pub struct Philox {
    key: [u32; 2],
    stream: Stream,
    block: u64,
    words: [u32; 4],
    /// Number of words of `words` that are used up.
    used: usize,
}

impl Philox {
    /// Starts at the first word.
    pub fn new(seed: u64, stream: Stream) -> Self {
        Self { key: key(seed), stream, block: 0, words: [0; 4], used: 4 }
    }

    fn next_word(&mut self) -> u32 {
        if self.used == 4 {
            let counter = [self.block as u32, (self.block >> 32) as u32, self.stream as u32, 0];
            (self.words, self.used) = (philox4x32_10(counter, self.key), 0);
            self.block += 1;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for Philox {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = self.next_word();
        Ok(u64::from(self.next_word()) << 32 | u64::from(low))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for piece in bytes.chunks_mut(4) {
            piece.copy_from_slice(&self.next_word().to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// `kat_vectors` of Random123 1.09, `philox4x32 10`: counter, key, words.
    const KNOWN: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];

    #[test]
    fn random123s_known_answers() {
        for (counter, key, words) in KNOWN {
            assert_eq!(philox4x32_10(counter, key), words);
        }
    }

    #[test]
    fn the_generator_walks_the_blocks_of_its_stream() {
        let mut generator = Philox::new(0x0000_0002_0000_0001, Stream::Data);
        let drawn: Vec<u32> = (0..8).map(|_| generator.next_u32()).collect();
        let blocks = [0, 1].map(|block| philox4x32_10([block, 0, Stream::Data as u32, 0], [1, 2]));
        assert_eq!(drawn, blocks.concat());
        assert_ne!(Philox::new(1, Stream::Init).next_u64(), Philox::new(1, Stream::Split).next_u64());
    }
}

//! Histogram bins of losses, derived from their f32 bits, so that every device counts the same. Twin of
//! `shaders/loss_bins.wgsl`.

/// log2 of the bins per octave: 8 bins, each 6 to 12 % wide.
pub const PER_OCTAVE_BITS: u32 = 3;
/// Bits of 2^-16 and 2^8, the range that is divided into octaves.
const LOWEST_BITS: u32 = 0x3780_0000;
const HIGHEST_BITS: u32 = 0x4380_0000;
/// Bins of the 24 octaves; one more is on either side.
const OCTAVE_BINS: u32 = 192;
/// Bin of losses that are not known.
pub const MISSING: u32 = OCTAVE_BINS + 2;
/// Number of bins: those of the octaves, one below, one above, and [`MISSING`].
pub const BINS: u32 = OCTAVE_BINS + 3;

/// Returns the bin of the loss with these bits: 0 below 2^-16, then eight per octave, one from 2^8, and [`MISSING`] for
/// infinity, NaN and a negative sign.
pub fn loss_bin(bits: u32) -> u32 {
    match bits {
        0x7F80_0000.. => MISSING,
        ..LOWEST_BITS => 0,
        _ => 1 + ((bits.min(HIGHEST_BITS) - LOWEST_BITS) >> (23 - PER_OCTAVE_BITS)),
    }
}

/// Returns the lower edges of bins 1 to `MISSING - 1`. A bin ends where the next one begins; the last has no upper
/// edge.
pub fn edges() -> Vec<f64> {
    (0..=OCTAVE_BINS).map(|n| f64::from(f32::from_bits(LOWEST_BITS + (n << (23 - PER_OCTAVE_BITS))))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_lies_between_the_edges_of_its_bin() {
        let edges = edges();
        assert_eq!(
            (edges[0], edges[8], edges[1], edges[192]),
            (0.5f64.powi(16), 0.5f64.powi(15), 1.125 * 0.5f64.powi(16), 256.0)
        );
        for (n, edge) in edges.iter().enumerate() {
            let bits = (*edge as f32).to_bits();
            assert_eq!((loss_bin(bits), loss_bin(bits - 1)), (n as u32 + 1, n as u32));
        }
        assert_eq!([0.0, 1e-6, 255.9, 1e30].map(|x: f32| loss_bin(x.to_bits())), [0, 0, 192, 193]);
        assert_eq!([f32::INFINITY, f32::NAN, -f32::NAN, -1.0].map(|x| loss_bin(x.to_bits())), [MISSING; 4]);
        assert_eq!(MISSING + 1, BINS);
    }
}

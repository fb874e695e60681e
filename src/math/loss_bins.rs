//! Bins for losses, made of their bits, so that every device counts alike. Twin of `shaders/loss_bins.wgsl`.

/// Bins of an octave: a bin is 6 to 12 % wide.
pub const PER_OCTAVE_BITS: u32 = 3;
/// Bits of 2^-16 and of 2^8, the ends of what has bins of its own.
const LOWEST_BITS: u32 = 0x3780_0000;
const HIGHEST_BITS: u32 = 0x4380_0000;
/// 24 octaves, and one bin on either side.
const OCTAVE_BINS: u32 = 192;
/// Where no loss is known any more.
pub const MISSING: u32 = OCTAVE_BINS + 2;
/// Number of bins: those of the octaves, one below, one above, one for [`MISSING`].
pub const BINS: u32 = OCTAVE_BINS + 3;

/// The bin of a loss by its bits: 0 below 2^-16, then eight to an octave, one from 2^8 on, one for what is no number.
pub fn loss_bin(bits: u32) -> u32 {
    match bits {
        0x7F80_0000.. => MISSING,
        ..LOWEST_BITS => 0,
        _ => 1 + ((bits.min(HIGHEST_BITS) - LOWEST_BITS) >> (23 - PER_OCTAVE_BITS)),
    }
}

/// Where bins 1 to `MISSING - 1` begin: a bin ends where the next one begins, the last of them nowhere.
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

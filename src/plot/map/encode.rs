//! Encodes pixels as a PNG file with metadata.

use png::{BitDepth, ColorType, Encoder, EncodingError};

/// Encodes RGB pixels `[h, w]`, row by row from the top, as a PNG file with these keys and texts. A text in Latin-1
/// becomes a tEXt chunk, any other an iTXt chunk in UTF-8.
pub fn png([h, w]: [usize; 2], pixels: &[u8], text: &[(&str, &str)]) -> Result<Vec<u8>, String> {
    let side = |n: usize| u32::try_from(n).map_err(|_| format!("{n} pixels are too many"));
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side(w)?, side(h)?);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::Adaptive);
    for (key, text) in text {
        if !(1..80).contains(&key.chars().count()) || !latin(key) {
            return Err(format!("metadata {key:?}, whose name is not 1 to 79 characters of Latin-1"));
        }
        if text.contains('\0') {
            return Err(format!("metadata {key:?} with a zero character"));
        }
        let add = if latin(text) { Encoder::add_text_chunk } else { Encoder::add_itxt_chunk };
        add(&mut encoder, (*key).into(), (*text).into()).map_err(|e: EncodingError| e.to_string())?;
    }
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|e| e.to_string())?;
    Ok(file)
}

/// Whether all characters are in Latin-1 and none is NUL.
fn latin(text: &str) -> bool {
    text.chars().all(|c| (1..256).contains(&u32::from(c)))
}

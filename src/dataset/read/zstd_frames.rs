//! Unpacks Zstandard: all frames of a file, one after the other.
//!
//! Format: RFC 8878.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read};

/// Unpacked bytes. Memory is bounded by the decoder, which takes windows of up to 128 MiB, as `zstd` does by default.
pub(super) struct ZstdFrames<R> {
    input: R,
    decoder: FrameDecoder,
    /// Whether a frame has begun and its end was not yet reached.
    inside: bool,
}

impl<R: Read> ZstdFrames<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, decoder: FrameDecoder::new(), inside: false }
    }

    pub(super) fn get_ref(&self) -> &R {
        &self.input
    }

    /// Begins the next frame; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        let mut first = [0];
        while self.input.read(&mut first)? == 1 {
            match self.decoder.init(first.chain(&mut self.input)) {
                Ok(()) => {
                    self.inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    if io::copy(&mut self.input.by_ref().take(length.into()), &mut io::sink())? < length.into() {
                        return Err(damaged("it ends too early"));
                    }
                }
                Err(error) => return Err(damaged(error)),
            }
        }
        Ok(false)
    }

    /// Compares the frame's checksum, if it has one.
    fn end(&mut self) -> io::Result<()> {
        self.inside = false;
        match self.decoder.get_checksum_from_data() {
            Some(expected) if self.decoder.get_calculated_checksum() != Some(expected) => {
                Err(damaged("its checksum differs"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.inside && self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.inside && self.decoder.is_finished() {
                self.end()?;
            }
            if !self.inside && !self.begin()? {
                return Ok(0);
            }
            if !self.decoder.is_finished() {
                let step = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.input, step).map_err(damaged)?;
            }
        }
    }
}

fn damaged(what: impl std::fmt::Display) -> io::Error {
    let what = format!("its packed bytes are damaged: {what}").replace('\n', " ");
    io::Error::new(io::ErrorKind::InvalidData, what)
}

//! The bytes of a file, unpacked if they are packed, and the hash of those in the file.

use super::super::hashing_reader::HashingReader;
use std::io::{self, Chain, Cursor, Read};

/// Bytes of a file, of which the first were read ahead.
pub(super) type Ahead<R> = Chain<Cursor<Vec<u8>>, R>;

/// Reads the first bytes, up to `most`, and puts them back.
pub(super) fn look_ahead<R: Read>(mut input: R, most: usize) -> io::Result<(Vec<u8>, Ahead<R>)> {
    let mut first = Vec::new();
    input.by_ref().take(most as u64).read_to_end(&mut first)?;
    Ok((first.clone(), Cursor::new(first).chain(input)))
}

/// The bytes of a file, unpacked.
pub(super) enum Unpacked<R: Read> {
    Plain(Ahead<HashingReader<R>>),
    #[cfg(feature = "native")]
    Gzip(Box<packed::Bounded<packed::Gzip<R>>>),
    #[cfg(feature = "native")]
    Zstd(Box<packed::Bounded<packed::Zstd<R>>>),
}

#[cfg(feature = "native")]
pub(super) use packed::{MAX_RATIO, UNCHECKED_BYTES};

impl<R: Read> Unpacked<R> {
    /// Unpacks a file that starts with `first`; returns also the name of its packing.
    pub(super) fn new(first: &[u8], input: Ahead<HashingReader<R>>) -> (Self, Option<&'static str>) {
        match first {
            #[cfg(feature = "native")]
            [0x1f, 0x8b, ..] => (Self::Gzip(Box::new(packed::gzip(input))), Some("unpacked from gzip")),
            #[cfg(feature = "native")]
            // A frame, or one to be skipped, with which some files begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                (Self::Zstd(Box::new(packed::zstd(input))), Some("unpacked from Zstandard"))
            }
            _ => (Self::Plain(input), None),
        }
    }

    /// Returns the SHA-256 of the file's bytes read so far: of all of them at the end.
    pub(super) fn hash(&self) -> String {
        match self {
            Self::Plain(input) => input.get_ref().1.hash(),
            #[cfg(feature = "native")]
            Self::Gzip(input) => input.inner.get_ref().get_ref().1.hash(),
            #[cfg(feature = "native")]
            Self::Zstd(input) => input.inner.get_ref().get_ref().1.hash(),
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            #[cfg(feature = "native")]
            Self::Gzip(input) => input.read(buffer),
            #[cfg(feature = "native")]
            Self::Zstd(input) => input.read(buffer),
        }
    }
}

#[cfg(feature = "native")]
mod packed {
    use super::super::zstd_frames::ZstdFrames;
    use super::{Ahead, HashingReader};
    use flate2::read::MultiGzDecoder;
    use std::io::{self, Read};

    /// Bytes up to which a file may have any compression ratio.
    pub(in super::super) const UNCHECKED_BYTES: u64 = 64 << 20;
    /// Largest compression ratio beyond: a bomb of deflate reaches 1032, tables seldom more than 20.
    pub(in super::super) const MAX_RATIO: u64 = 200;

    pub(in super::super) type Gzip<R> = MultiGzDecoder<Ahead<HashingReader<R>>>;
    pub(in super::super) type Zstd<R> = ZstdFrames<Ahead<HashingReader<R>>>;

    /// Unpacked bytes. There is an end to them even if a small file unpacks to terabytes.
    pub(in super::super) struct Bounded<D> {
        pub(super) inner: D,
        unpacked: u64,
        packed: fn(&D) -> u64,
        /// Command that unpacks the file.
        command: &'static str,
    }

    pub(super) fn gzip<R: Read>(input: Ahead<HashingReader<R>>) -> Bounded<Gzip<R>> {
        let packed = |decoder: &Gzip<R>| decoder.get_ref().get_ref().1.count();
        Bounded { inner: MultiGzDecoder::new(input), unpacked: 0, packed, command: "gzip -d" }
    }

    pub(super) fn zstd<R: Read>(input: Ahead<HashingReader<R>>) -> Bounded<Zstd<R>> {
        let packed = |decoder: &Zstd<R>| decoder.get_ref().get_ref().1.count();
        Bounded { inner: ZstdFrames::new(input), unpacked: 0, packed, command: "zstd -d" }
    }

    impl<D: Read> Read for Bounded<D> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.inner.read(buffer)?;
            self.unpacked += count as u64;
            let packed = (self.packed)(&self.inner);
            if self.unpacked > UNCHECKED_BYTES.max(packed.saturating_mul(MAX_RATIO)) {
                let what = format!(
                    "compression ratio too high: more than {} bytes in {packed}; unpack it first with {}",
                    self.unpacked, self.command
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            Ok(count)
        }
    }
}

#[cfg(all(test, feature = "native"))]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    /// Unpacks this number of MiB of zeros to the end.
    fn unpack(mebibytes: usize) -> io::Result<u64> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        (0..mebibytes).for_each(|_| encoder.write_all(&vec![0; 1 << 20]).unwrap());
        let packed = encoder.finish().unwrap();
        let (first, input) = look_ahead(HashingReader::new(&packed[..]), 8)?;
        let (mut unpacked, name) = Unpacked::new(&first, input);
        assert_eq!(name, Some("unpacked from gzip"));
        io::copy(&mut unpacked, &mut io::sink())
    }

    #[test]
    fn a_small_file_does_not_unpack_without_end() {
        assert_eq!(unpack(2).unwrap(), 2 << 20);
        let refused = unpack(80).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        assert!(refused.to_string().starts_with("compression ratio too high: more than 67"), "{refused}");
    }
}

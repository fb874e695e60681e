//! Writer of `.npz` files: streams array after array, and leaves either a complete file or none.

use crate::disk;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Element type of an array.
pub trait Element: Copy {
    /// numpy's name of the little-endian type.
    const DTYPE: &'static str;
    /// Size of one element in bytes.
    const BYTES: u64;
    /// Appends the little-endian bytes.
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! element {
    ($($kind:ty => $dtype:literal),*) => {$(
        impl Element for $kind {
            const DTYPE: &'static str = $dtype;
            const BYTES: u64 = size_of::<$kind>() as u64;
            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}
element!(f32 => "<f4", f64 => "<f8", i64 => "<i8", u32 => "<u4");

/// An `.npz` file being written. It gets its name only in [`NpzWriter::finish`]; if dropped before, it is removed.
pub struct NpzWriter {
    path: PathBuf,
    temporary: PathBuf,
    /// `None` once finished.
    zip: Option<ZipWriter<ArchiveFile>>,
}

impl NpzWriter {
    /// Starts a temporary file next to `path`.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder is not writable.
    pub fn create(path: &Path) -> Result<Self> {
        let temporary = disk::temporary(path);
        let file = disk::create_new(&temporary).map_err(Error::io(path, "write"))?;
        let target = ArchiveFile { file: BufWriter::new(file), at: 0, failed: false };
        Ok(Self { path: path.into(), temporary, zip: Some(ZipWriter::new(target)) })
    }

    /// Writes a whole array, row-major, uncompressed.
    ///
    /// # Errors
    /// [`Error::Io`] if writing fails or an array of that name exists already.
    ///
    /// # Panics
    /// If the number of values is not the product of `shape`.
    pub fn array<T: Element>(
        &mut self,
        name: &str,
        shape: &[usize],
        values: impl IntoIterator<Item = T>,
    ) -> Result<()> {
        let mut array = self.begin(name, shape)?;
        array.extend(values)?;
        array.finish()
    }

    /// Starts an array whose values follow in parts.
    ///
    /// # Errors
    /// As for [`NpzWriter::array`].
    pub fn begin<T: Element>(&mut self, name: &str, shape: &[usize]) -> Result<ArrayWriter<'_, T>> {
        let left = shape.iter().map(|n| *n as u64).product();
        let header = header(T::DTYPE, shape);
        // The size fields of a zip archive without the 64-bit extension end at 4 GiB.
        let large = left * T::BYTES + header.len() as u64 >= u64::from(u32::MAX);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        let zip = self.zip.as_mut().expect("only finish takes the archive");
        let started = zip.start_file(format!("{name}.npy"), options).map_err(io::Error::from);
        started.and_then(|()| zip.write_all(&header)).map_err(Error::io(&self.path, "write"))?;
        Ok(ArrayWriter { zip, path: &self.path, left, bytes: Vec::with_capacity(PIECE), kind: PhantomData })
    }

    /// Completes the file, syncs it to disk and renames it to its final name.
    ///
    /// # Errors
    /// [`Error::Io`] if writing fails.
    pub fn finish(mut self) -> Result<()> {
        let zip = self.zip.take().expect("only finish takes the archive");
        let finish = || -> io::Result<()> {
            let mut target = zip.finish()?;
            if target.failed {
                return Err(io::Error::other("an earlier write failed"));
            }
            target.flush()?;
            target.file.get_ref().sync_all()?;
            fs::rename(&self.temporary, &self.path)
        };
        finish().map_err(Error::io(&self.path, "write"))
    }
}

impl Drop for NpzWriter {
    fn drop(&mut self) {
        // After a rename there is nothing to remove. After a failure, a leftover temporary file does no harm.
        drop(self.zip.take());
        let _ = fs::remove_file(&self.temporary);
    }
}

/// File of the archive. A dropped `ZipWriter` tries to complete the archive and prints to stderr if that fails. After
/// the first error, which is returned, further writes and seeks therefore pretend to succeed and are discarded.
struct ArchiveFile {
    file: BufWriter<File>,
    at: u64,
    failed: bool,
}

impl ArchiveFile {
    /// Returns the result of `act`, or `otherwise` after an earlier failure.
    fn either<T>(&mut self, otherwise: T, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>) -> io::Result<T> {
        if self.failed { Ok(otherwise) } else { act(&mut self.file).inspect_err(|_| self.failed = true) }
    }
}

impl Write for ArchiveFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.either(bytes.len(), |file| file.write(bytes))?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.either((), Write::flush)
    }
}

impl Seek for ArchiveFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => place,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(_) => self.at,
        };
        self.at = self.either(place, |file| file.seek(to))?;
        Ok(self.at)
    }
}

/// Bytes buffered before they are written to the archive.
const PIECE: usize = 1 << 16;

/// An array being written.
#[must_use = "an array ends with finish()"]
pub struct ArrayWriter<'a, T> {
    zip: &'a mut ZipWriter<ArchiveFile>,
    path: &'a Path,
    /// Number of values still missing.
    left: u64,
    bytes: Vec<u8>,
    kind: PhantomData<T>,
}

impl<T: Element> ArrayWriter<'_, T> {
    /// Writes the next values.
    ///
    /// # Errors
    /// [`Error::Io`] if writing fails.
    ///
    /// # Panics
    /// If there are more values than the shape allows.
    pub fn extend(&mut self, values: impl IntoIterator<Item = T>) -> Result<()> {
        for value in values {
            self.left = self.left.checked_sub(1).expect("no more values than the shape has room for");
            value.append(&mut self.bytes);
            if self.bytes.len() >= PIECE {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Completes the array.
    ///
    /// # Errors
    /// [`Error::Io`] if writing fails.
    ///
    /// # Panics
    /// If values are missing.
    pub fn finish(mut self) -> Result<()> {
        assert_eq!(self.left, 0, "values missing from an array");
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        self.zip.write_all(&self.bytes).map_err(Error::io(self.path, "write"))?;
        self.bytes.clear();
        Ok(())
    }
}

/// Returns a version 1 header; like numpy's, its length is a multiple of 64.
fn header(dtype: &str, shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let sizes = if shape.len() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let length = (10 + text.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&(length as u16).to_le_bytes());
    bytes.extend_from_slice(format!("{text:<width$}\n", width = length - 1).as_bytes());
    bytes
}

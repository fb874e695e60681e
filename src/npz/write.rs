//! Writing `.npz`: a whole file or none, array after array, value after value.

use crate::disk;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A type that arrays can have.
pub trait Element: Copy {
    /// numpy's name of the little-endian type.
    const DTYPE: &'static str;
    /// Bytes of one element.
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

/// An `.npz` file being written. The file appears under its name with [`NpzWriter::finish`] alone; dropped before that,
/// nothing is left behind.
pub struct NpzWriter {
    path: PathBuf,
    temporary: PathBuf,
    /// None once finished.
    zip: Option<ZipWriter<ArchiveFile>>,
}

impl NpzWriter {
    /// Starts a file next to where `path` will be.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder can't be written to.
    pub fn create(path: &Path) -> Result<Self> {
        let temporary = disk::temporary(path);
        let file = disk::fresh(&temporary).map_err(Error::io(path, "write"))?;
        let target = ArchiveFile { file: BufWriter::new(file), at: 0, failed: false };
        Ok(Self { path: path.into(), temporary, zip: Some(ZipWriter::new(target)) })
    }

    /// Writes a whole array, row-major, uncompressed.
    ///
    /// # Errors
    /// [`Error::Io`] where the disk refuses or where there is an array of that name already.
    ///
    /// # Panics
    /// Where the number of values is not the product of `shape`.
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

    /// Starts an array whose values come piece by piece.
    ///
    /// # Errors
    /// As for [`NpzWriter::array`].
    pub fn begin<T: Element>(&mut self, name: &str, shape: &[usize]) -> Result<ArrayWriter<'_, T>> {
        let left = shape.iter().map(|n| *n as u64).product();
        let header = header(T::DTYPE, shape);
        // The archive's plain fields end at 4 GiB.
        let large = left * T::BYTES + header.len() as u64 >= u64::from(u32::MAX);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        let zip = self.zip.as_mut().expect("only finish takes the archive");
        let started = zip.start_file(format!("{name}.npy"), options).map_err(io::Error::from);
        started.and_then(|()| zip.write_all(&header)).map_err(Error::io(&self.path, "write"))?;
        Ok(ArrayWriter { zip, path: &self.path, left, bytes: Vec::with_capacity(PIECE), kind: PhantomData })
    }

    /// Ends the file, makes sure that it is on disk and gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`] where the disk refuses.
    pub fn finish(mut self) -> Result<()> {
        let zip = self.zip.take().expect("only finish takes the archive");
        let finish = || -> io::Result<()> {
            let mut target = zip.finish()?;
            if target.failed {
                return Err(io::Error::other("a part of it was refused"));
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
        // After a rename there is nothing to remove; after a failure, a file that can't be removed harms nobody.
        drop(self.zip.take());
        let _ = fs::remove_file(&self.temporary);
    }
}

/// The archive's file. An archive that is dropped tries to end itself and prints to stderr where it can't: after a first
/// error, which is told, the rest is taken and thrown away, as if it had its places in the file.
struct ArchiveFile {
    file: BufWriter<File>,
    at: u64,
    failed: bool,
}

impl ArchiveFile {
    /// What `act` comes to, or `otherwise` where nothing is written any more.
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

/// Bytes gathered before they go to the archive.
const PIECE: usize = 1 << 16;

/// One array being written.
#[must_use = "an array ends with finish()"]
pub struct ArrayWriter<'a, T> {
    zip: &'a mut ZipWriter<ArchiveFile>,
    path: &'a Path,
    /// Values still to come.
    left: u64,
    bytes: Vec<u8>,
    kind: PhantomData<T>,
}

impl<T: Element> ArrayWriter<'_, T> {
    /// Writes the next values.
    ///
    /// # Errors
    /// [`Error::Io`] where the disk refuses.
    ///
    /// # Panics
    /// Where there are more values than the shape has room for.
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

    /// Ends the array.
    ///
    /// # Errors
    /// [`Error::Io`] where the disk refuses.
    ///
    /// # Panics
    /// Where values are missing.
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

/// A version 1 header; its length is a multiple of 64, as numpy aligns it.
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

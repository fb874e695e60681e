//! `.npz`: a zip archive of numpy's `.npy` arrays, compatible with `numpy.load` and `numpy.savez`.

mod npy;
mod write;

pub use write::{ArrayWriter, Element, NpzWriter};

use crate::disk;
use crate::error::{Error, Result, listed};
use npy::NpyHeader;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// An array, row-major whatever the order in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Sizes of the dimensions, the outermost first; empty for a scalar.
    pub shape: Vec<usize>,
    /// Elements; their number is the product of `shape`.
    pub values: Vec<f64>,
}

/// An `.npz` file open for reading. Each array is read only on request.
pub struct Npz<R = BufReader<File>> {
    path: PathBuf,
    /// Size of the file in bytes.
    length: u64,
    zip: ZipArchive<R>,
}

const ALLOWED: &str = "an .npz file as numpy.savez or numpy.savez_compressed writes it";
const ALLOWED_ARRAY: &str = "a whole .npy array of float32, float64, bool or integers";
/// Largest number of arrays listed in a message.
const NAMES_LISTED: usize = 20;
/// Size in bytes up to which an array may have any compression ratio.
const UNCHECKED_BYTES: u64 = 64 << 20;
/// Largest compression ratio of a larger array: a zip bomb reaches 1000, weights hardly shrink at all.
const MAX_RATIO: u64 = 100;
/// Bytes decoded at once.
const PIECE: usize = 1 << 16;

impl Npz {
    /// Opens a file and reads its list of arrays.
    ///
    /// # Errors
    /// [`Error::File`] if there is no such file or it is not a zip archive.
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(path, BufReader::new(disk::open(path, ALLOWED)?))
    }
}

impl<R: Read + Seek> Npz<R> {
    /// Like [`Npz::open`], but reads from `bytes`; `path` is only for messages.
    ///
    /// # Errors
    /// [`Error::File`] if the bytes are not a zip archive.
    pub fn new(path: &Path, mut bytes: R) -> Result<Self> {
        let length = bytes.seek(io::SeekFrom::End(0)).map_err(Error::io(path, "read"))?;
        let zip = ZipArchive::new(bytes).map_err(|e| Error::file(path, format!("must be {ALLOWED}: {}", plain(e))))?;
        Ok(Self { path: path.into(), length, zip })
    }

    /// Returns the names of the arrays, in the file's order.
    pub fn names(&self) -> Vec<String> {
        let names = self.zip.file_names().filter_map(|name| name.ok());
        names.filter_map(|name| name.strip_suffix(".npy").map(str::to_owned)).collect()
    }

    /// Whether there is an array with this name.
    pub fn contains(&self, name: &str) -> bool {
        self.zip.index_for_name(&format!("{name}.npy")).is_some()
    }

    /// Reads one array of float32, float64, bool or integers, in either byte order, row- or column-major.
    ///
    /// # Errors
    /// [`Error::File`] names the array and the problem: missing, of another type, shorter or longer than its shape,
    /// suspiciously compressed, damaged, or with an integer that f64 cannot represent exactly.
    pub fn read(&mut self, name: &str) -> Result<Array> {
        let Some(index) = self.zip.index_for_name(&format!("{name}.npy")) else {
            let names = listed(self.names().iter().map(String::as_str), NAMES_LISTED);
            return Err(Error::file(&self.path, format!("there is no array {name:?}; its arrays are {names}")));
        };
        let refuse =
            |what: String| Error::file(&self.path, format!("array {name:?}: {what}; it must be {ALLOWED_ARRAY}"));
        let mut entry = self.zip.by_index(index).map_err(|e| refuse(plain(e)))?;
        let (size, packed) = (entry.size(), entry.compressed_size().min(self.length));
        if size > UNCHECKED_BYTES.max(packed.saturating_mul(MAX_RATIO)) {
            return Err(refuse(format!("compression ratio too high: {size} bytes in {packed}")));
        }
        read_array(&mut entry, size).map_err(|e| refuse(e.to_string()))
    }
}

/// Reads the array of an `.npy` file of `size` bytes from `input`; `path` is only for messages.
///
/// # Errors
/// [`Error::File`] as for [`Npz::read`].
pub fn read_npy(path: &Path, input: &mut impl Read, size: u64) -> Result<Array> {
    let refuse = |e: io::Error| Error::file(path, format!("{e}; it must be {ALLOWED_ARRAY}"));
    read_array(input, size).map_err(refuse)
}

/// Reads an array from an entry of allegedly `size` bytes. Memory use grows only with the data actually read.
fn read_array(entry: &mut impl Read, size: u64) -> io::Result<Array> {
    let damaged = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let header = NpyHeader::read(entry)?;
    let count = header.count().ok_or_else(|| damaged(format!("shape {:?} is too large", header.shape)))?;
    let expected = header.data_bytes().and_then(|bytes| bytes.checked_add(header.length));
    if expected != Some(size) {
        let there = size.saturating_sub(header.length);
        return Err(damaged(format!("shape {:?} does not fit the {there} bytes that follow", header.shape)));
    }
    let mut values = Vec::with_capacity(count.min(PIECE));
    let mut piece = [0; PIECE];
    let width = header.dtype.bytes();
    while values.len() < count {
        let bytes = &mut piece[..((count - values.len()) * width).min(PIECE)];
        entry.read_exact(bytes)?;
        header.dtype.decode(bytes, &mut values).map_err(damaged)?;
    }
    // The zip reader verifies the checksum only in the read that finds the end.
    match entry.read(&mut piece)? {
        0 => Ok(Array { values: header.row_major(values), shape: header.shape }),
        _ => Err(damaged("more data than the archive announced".into())),
    }
}

/// Formats an archive's error without the prefix for its kind.
fn plain(error: ZipError) -> String {
    match error {
        ZipError::Io(e) => e.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;

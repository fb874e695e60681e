//! `.npy` header, versions 1 to 3 of numpy's format: magic, length, then a Python dictionary as text.

use crate::error::quoted;
use std::io::{self, Read};

/// Longest accepted header in bytes: numpy's limit for untrusted files.
const MAX_HEADER: usize = 10_000;

/// Largest number of dimensions: numpy's limit before version 2.
const MAX_DIMENSIONS: usize = 32;

/// Supported element type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dtype {
    kind: DtypeKind,
    big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DtypeKind {
    F4,
    F8,
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
}

impl Dtype {
    /// Parses numpy's name of a type, such as `<f8`.
    fn parse(text: &str) -> Option<Self> {
        let (order, kind) = text.split_at_checked(1)?;
        let big_endian = match order {
            "<" => false,
            ">" => true,
            // Of a single byte there is no order.
            "|" if kind.ends_with('1') => false,
            _ => return None,
        };
        let kind = match kind {
            "f4" => DtypeKind::F4,
            "f8" => DtypeKind::F8,
            "i1" => DtypeKind::I1,
            "i2" => DtypeKind::I2,
            "i4" => DtypeKind::I4,
            "i8" => DtypeKind::I8,
            // numpy stores False and True as 0 and 1.
            "b1" | "u1" => DtypeKind::U1,
            "u2" => DtypeKind::U2,
            "u4" => DtypeKind::U4,
            "u8" => DtypeKind::U8,
            _ => return None,
        };
        Some(Self { kind, big_endian })
    }

    /// Returns the bytes of one element.
    pub(super) fn bytes(self) -> usize {
        match self.kind {
            DtypeKind::I1 | DtypeKind::U1 => 1,
            DtypeKind::I2 | DtypeKind::U2 => 2,
            DtypeKind::F4 | DtypeKind::I4 | DtypeKind::U4 => 4,
            DtypeKind::F8 | DtypeKind::I8 | DtypeKind::U8 => 8,
        }
    }

    /// Appends the elements in `bytes` to `values`; reverses big-endian bytes in place.
    pub(super) fn decode(self, bytes: &mut [u8], values: &mut Vec<f64>) -> Result<(), String> {
        let width = self.bytes();
        if self.big_endian {
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        match self.kind {
            DtypeKind::F4 => values.extend(words(bytes).map(|w| f64::from(f32::from_le_bytes(w)))),
            DtypeKind::F8 => values.extend(words(bytes).map(f64::from_le_bytes)),
            DtypeKind::I4 => values.extend(words(bytes).map(|w| f64::from(i32::from_le_bytes(w)))),
            DtypeKind::U4 => values.extend(words(bytes).map(|w| f64::from(u32::from_le_bytes(w)))),
            DtypeKind::I1 => values.extend(words(bytes).map(|w| f64::from(i8::from_le_bytes(w)))),
            DtypeKind::I2 => values.extend(words(bytes).map(|w| f64::from(i16::from_le_bytes(w)))),
            DtypeKind::U1 => values.extend(words(bytes).map(|w| f64::from(u8::from_le_bytes(w)))),
            DtypeKind::U2 => values.extend(words(bytes).map(|w| f64::from(u16::from_le_bytes(w)))),
            DtypeKind::I8 => {
                words(bytes).try_for_each(|w| exact(i64::from_le_bytes(w).into()).map(|v| values.push(v)))?;
            }
            DtypeKind::U8 => {
                words(bytes).try_for_each(|w| exact(u64::from_le_bytes(w).into()).map(|v| values.push(v)))?;
            }
        }
        Ok(())
    }
}

/// Splits `bytes` into elements of `N` bytes.
fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks().0.iter().copied()
}

/// Converts the number to f64, if f64 represents it exactly.
fn exact(value: i128) -> Result<f64, String> {
    let float = value as f64;
    let same = float as i128 == value;
    same.then_some(float).ok_or_else(|| format!("{value} is too large to be held exactly"))
}

/// Header of an array.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NpyHeader {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    column_major: bool,
    /// Size of the header in bytes.
    pub(super) length: u64,
}

impl NpyHeader {
    /// Reads a header; the reader is then at the start of the data.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
        let mut start = [0; 8];
        from.read_exact(&mut start)?;
        let (magic, version) = start.split_at(6);
        if magic != b"\x93NUMPY" {
            return Err(invalid("is no .npy array"));
        }
        let mut size = [0; 4];
        let size_bytes = match version {
            [1, 0] => 2,
            [2 | 3, 0] => 4,
            _ => return Err(invalid("has an unknown version of the .npy format")),
        };
        from.read_exact(&mut size[..size_bytes])?;
        let size = u32::from_le_bytes(size) as usize;
        if size > MAX_HEADER {
            return Err(invalid("has a header of more than 10000 bytes"));
        }
        let mut text = vec![0; size];
        from.read_exact(&mut text)?;
        let text = std::str::from_utf8(&text).map_err(|_| invalid("has a header that is not UTF-8"))?;
        let (descr, column_major, shape) = parse(text).ok_or_else(|| invalid("has an invalid header"))?;
        if shape.len() > MAX_DIMENSIONS {
            return Err(invalid("has more than 32 dimensions"));
        }
        let dtype = Dtype::parse(descr).ok_or_else(|| invalid(&format!("has elements of type {}", quoted(descr))))?;
        Ok(Self { dtype, shape, column_major, length: (8 + size_bytes + size) as u64 })
    }

    /// Returns the number of elements, or `None` if it overflows.
    pub(super) fn count(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |count, n| count.checked_mul(*n))
    }

    /// Returns the size in bytes of the data that the header describes, or `None` if it overflows.
    pub(super) fn data_bytes(&self) -> Option<u64> {
        (self.count()? as u64).checked_mul(self.dtype.bytes() as u64)
    }

    /// Reorders the values from the file's order to row-major order.
    pub(super) fn row_major(&self, values: Vec<f64>) -> Vec<f64> {
        if !self.column_major || self.shape.len() < 2 {
            return values;
        }
        // In a column-major file the first index varies fastest.
        let place = |mut index: usize| {
            let mut stride = values.len();
            let steps = self.shape.iter().rev().map(|n| {
                stride /= n;
                let step = index % n * stride;
                index /= n;
                step
            });
            steps.sum::<usize>()
        };
        (0..values.len()).map(|index| values[place(index)]).collect()
    }
}

/// Parses `descr`, `fortran_order` and `shape` of a header's dictionary, in any order.
fn parse(text: &str) -> Option<(&str, bool, Vec<usize>)> {
    let (mut descr, mut column_major, mut shape) = (None, None, None);
    let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    while !rest.is_empty() {
        let (key, after) = unquoted(rest)?;
        let after = after.trim_start().strip_prefix(':')?.trim_start();
        rest = match key {
            "descr" => unquoted(after).map(|(value, rest)| (descr = Some(value), rest))?.1,
            "fortran_order" => boolean(after).map(|(value, rest)| (column_major = Some(value), rest))?.1,
            "shape" => tuple(after).map(|(value, rest)| (shape = Some(value), rest))?.1,
            _ => return None,
        };
        rest = rest.trim_start();
        rest = rest.strip_prefix(',').or_else(|| rest.is_empty().then_some(rest))?.trim_start();
    }
    Some((descr?, column_major?, shape?))
}

/// Splits off a quoted string.
fn unquoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// Splits off `True` or `False`.
fn boolean(text: &str) -> Option<(bool, &str)> {
    let is_true = text.strip_prefix("True").map(|rest| (true, rest));
    is_true.or_else(|| text.strip_prefix("False").map(|rest| (false, rest)))
}

/// Splits off a tuple of non-negative integers.
fn tuple(text: &str) -> Option<(Vec<usize>, &str)> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    let inside = inside.trim();
    let numbers = inside.strip_suffix(',').unwrap_or(inside);
    if numbers.is_empty() {
        return Some((Vec::new(), rest));
    }
    let numbers: Option<Vec<usize>> = numbers.split(',').map(|n| n.trim().parse().ok()).collect();
    Some((numbers?, rest))
}

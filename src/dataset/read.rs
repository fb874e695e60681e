//! From the bytes of a file to UTF-8 text: packed files, encodings, and files that hold columns instead of text.

#[cfg(feature = "native")]
mod array_text;
#[cfg(feature = "native")]
mod arrow_messages;
#[cfg(feature = "native")]
mod arrow_text;
#[cfg(feature = "native")]
mod columnar;
#[cfg(feature = "native")]
mod open;
#[cfg(feature = "native")]
mod parquet_pages;
#[cfg(feature = "native")]
mod parquet_text;
#[cfg(feature = "native")]
mod row_text;
pub(super) mod text_source;
mod unpacked;
mod utf16;
#[cfg(feature = "native")]
mod zstd_frames;

#[cfg(feature = "native")]
pub(super) use open::{open_text, read as read_file};

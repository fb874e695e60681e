//! Archives that declare more data than they hold.

use crate::{LITTLE, refused, says};
use gpu_sweep::npz::Npz;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::CompressionMethod::{self, Deflated, Stored};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Header of an array.
fn header(shape: &str) -> Vec<u8> {
    let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    let text = format!("{text:<117}\n");
    [b"\x93NUMPY\x01\x00".as_slice(), &(text.len() as u16).to_le_bytes(), text.as_bytes()].concat()
}

/// An archive with one array: `header`, then `zeros` zero bytes.
fn archive(method: CompressionMethod, header: &[u8], zeros: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("init_w1.npy", SimpleFileOptions::default().compression_method(method)).unwrap();
    zip.write_all(header).unwrap();
    let piece = vec![0; 1 << 20];
    (0..zeros).step_by(piece.len()).for_each(|n| zip.write_all(&piece[..piece.len().min(zeros - n)]).unwrap());
    zip.finish().unwrap().into_inner()
}

/// Writes `value` at `offset` of the archive's central directory entry, which begins with `PK\x01\x02`.
fn patched(mut archive: Vec<u8>, offset: usize, value: u32) -> Vec<u8> {
    let entry = archive.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    archive[entry + offset..][..4].copy_from_slice(&value.to_le_bytes());
    archive
}

#[track_caller]
fn read(archive: Vec<u8>) -> String {
    refused(LITTLE, || Npz::new(Path::new("bad.npz"), Cursor::new(archive))?.read("init_w1"))
}

#[test]
fn a_header_that_promises_a_trillion_rows_is_held_against_the_bytes_that_are_there() {
    let message = read(archive(Stored, &header("(1000000000000, 3)"), 48));
    says(&message, &["bad.npz: array \"init_w1\": shape [1000000000000, 3] does not fit the 48 bytes that follow"]);
    says(&read(archive(Stored, &header("(99999999999, 99999999999)"), 48)), &["is too large"]);
    // The byte count overflows 2^64 once the header is added.
    says(&read(archive(Stored, &header("(2305843009213693951,)"), 48)), &["does not fit"]);
}

#[test]
fn an_archive_that_promises_gigabytes_is_refused_before_they_are_asked_for() {
    const PROMISED: u32 = 4_000_000_128;
    const UNPACKED: usize = 24;
    let bytes = patched(archive(Deflated, &header("(500000000,)"), 100), UNPACKED, PROMISED);
    let message = read(bytes);
    says(
        &message,
        &[
            "bad.npz: array \"init_w1\": compression ratio too high: 4000000128 bytes in ",
            "it must be a whole .npy array",
        ],
    );
}

#[test]
fn a_bomb_of_zeros_is_refused_before_it_is_unpacked() {
    let bytes = archive(Deflated, &header("(12000000,)"), 96_000_000);
    assert!(bytes.len() < 200_000);
    let message = read(bytes);
    says(&message, &["compression ratio too high: 96000128 bytes in "]);
    // A packed size larger than the file does not get around the limit.
    const PACKED: usize = 20;
    let bytes = patched(archive(Deflated, &header("(12000000,)"), 96_000_000), PACKED, 2_000_000_000);
    let message = read(bytes);
    assert!(message.starts_with("bad.npz"), "{message}");
}

#[test]
fn dimensions_without_end_are_refused() {
    let shape = format!("({}2,)", "1, ".repeat(40));
    let text = format!("{{'descr': '<f8', 'fortran_order': True, 'shape': {shape}, }}\n");
    let header = [b"\x93NUMPY\x01\x00".as_slice(), &(text.len() as u16).to_le_bytes(), text.as_bytes()].concat();
    says(&read(archive(Stored, &header, 16)), &["more than 32 dimensions"]);
}

#[test]
fn names_of_arrays_are_listed_shortly_and_escaped() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..3000 {
        zip.start_file(format!("\u{1b}[2J{n}.npy"), SimpleFileOptions::default()).unwrap();
    }
    let message = read(zip.finish().unwrap().into_inner());
    says(&message, &["no array \"init_w1\"; its arrays are \"\\u{1b}[2J0\"", "and 2980 more"]);
}

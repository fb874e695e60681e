//! Packed files and files of columns whose bytes are changed, missing or promise too much.

use crate::{LITTLE, fuzz, refused, says};
use gpu_sweep::dataset::{CsvOptions, read_csv};
use std::path::Path;

/// Bytes up to which a file may have any compression ratio.
const UNCHECKED: usize = 64 << 20;

/// A sound file of the corpus.
fn sound(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases/binary_inputs");
    std::fs::read(folder.join(name)).unwrap()
}

/// Reads bytes as a file.
fn read(bytes: &[u8]) -> gpu_sweep::Result<gpu_sweep::dataset::CsvDataset> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    read_csv(file.path(), &CsvOptions::default())
}

/// Reads with each byte changed in turn, in bounded memory; so many of these changes give another number of rows.
fn survives_changes(name: &str, unnoticed: usize) {
    let sound = sound(name);
    let whole = read(&sound).unwrap().data.train;
    let mut others = 0;
    for at in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= [0xff, 0x01, 0x80][at % 3];
        let (read, peak) = fuzz::memory::peak_of(|| read(&bytes));
        assert!(peak <= UNCHECKED + LITTLE, "{name}, byte {at}: {peak} bytes of memory");
        others += usize::from(read.is_ok_and(|read| read.data.train.len() != whole.len()));
    }
    assert_eq!(others, unnoticed, "{name}");
}

/// A file that was cut anywhere is refused in one line, not taken for a shorter table.
fn is_refused_when_cut(name: &str) {
    let sound = sound(name);
    for end in (10..sound.len()).step_by(23).chain([sound.len() - 1]) {
        refused(LITTLE, || read(&sound[..end]));
    }
}

#[test]
fn a_table_is_the_same_in_every_format() {
    let same = |a: &str, b: &str| {
        let [a, b] = [a, b].map(|name| read(&sound(name)).unwrap().data);
        a.train == b.train && a.feature_names == b.feature_names
    };
    ["p.feather", "p.arrow", "p.arrows"].into_iter().for_each(|name| assert!(same(name, "p.parquet"), "{name}"));
    assert!(same("z.csv.zst", "gz.csv.gz") && !same("gz.csv.gz", "p.parquet"));
}

#[test]
fn no_changed_byte_of_an_arrow_file_does_harm() {
    survives_changes("p.feather", 0);
    survives_changes("p.arrow", 0);
}

#[test]
fn no_changed_byte_of_an_arrow_stream_does_harm() {
    // An Arrow stream has no checksum: a batch that says that it has fewer rows is one of fewer rows.
    survives_changes("p.arrows", 2);
}

#[test]
fn no_changed_byte_of_a_parquet_file_does_harm() {
    survives_changes("p.parquet", 0);
}

#[test]
fn no_changed_byte_of_a_zstandard_file_changes_the_table() {
    // Both of its frames have checksums.
    let sound = sound("z.csv.zst");
    let whole = read(&sound).unwrap().data.train;
    let refused = (0..sound.len()).filter(|at| {
        let mut bytes = sound.clone();
        bytes[*at] ^= 1;
        let (read, peak) = fuzz::memory::peak_of(|| read(&bytes));
        assert!(peak <= UNCHECKED + LITTLE, "byte {at}: {peak} bytes of memory");
        read.map(|read| assert!(read.data.train == whole, "byte {at}")).is_err()
    });
    assert!(refused.count() > sound.len() * 9 / 10);
}

#[test]
fn files_that_were_cut_are_refused() {
    ["p.feather", "p.arrow", "p.arrows", "p.parquet", "gz.csv.gz"].into_iter().for_each(is_refused_when_cut);
}

#[test]
fn a_file_that_begins_with_a_frame_to_skip_is_read() {
    let skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'a', b'b', b'c'];
    let bytes = [&skipped[..], &sound("z.csv.zst")].concat();
    assert!(read(&bytes).unwrap().data.train == read(&sound("z.csv.zst")).unwrap().data.train);
}

#[test]
fn a_column_may_be_called_as_an_arrow_file_begins() {
    assert_eq!(read(b"ARROW1,b,y\n1,2,0\n3,4,1\n").unwrap().data.feature_names, ["ARROW1", "b"]);
}

#[test]
fn an_empty_message_is_no_end_of_an_arrow_file() {
    let sound = sound("p.feather");
    let marks: Vec<usize> = (8..sound.len() - 8).filter(|at| sound[*at..*at + 4] == [0xff; 4]).collect();
    let refused = marks.iter().filter(|at| {
        let mut bytes = sound.clone();
        bytes[**at + 4..**at + 8].fill(0);
        read(&bytes).is_err_and(|error| error.to_string().contains("empty message"))
    });
    assert_eq!(refused.count(), 1, "of {} marks", marks.len());
}

#[test]
fn a_stream_of_big_endian_numbers_is_refused() {
    let refused = (0..200).filter_map(|at| {
        let mut bytes = sound("p.arrows");
        bytes[at] ^= 1;
        read(&bytes).err().filter(|error| error.to_string().contains("big-endian"))
    });
    assert!(refused.count() >= 1);
}

#[test]
fn an_arrow_buffer_that_promises_a_terabyte_is_refused_before_it_is_unpacked() {
    // Each buffer begins with its unpacked size: 120 values of 8 bytes.
    let (sound, size) = (sound("p.feather"), 960_i64.to_le_bytes());
    let places: Vec<usize> = (0..sound.len() - 8).filter(|at| sound[*at..*at + 8] == size).collect();
    let refusals = places.iter().filter_map(|at| {
        let mut bytes = sound.clone();
        bytes[*at..*at + 8].copy_from_slice(&(1_i64 << 40).to_le_bytes());
        let (read, peak) = fuzz::memory::peak_of(|| read(&bytes));
        assert!(peak <= LITTLE, "{peak} bytes of memory");
        read.err().filter(|error| error.to_string().contains("compression ratio too high: 1099511"))
    });
    assert_eq!(refusals.count(), 4, "of four columns");
}

#[test]
fn a_small_zstandard_file_does_not_unpack_without_end() {
    // A frame with a window of 1 MiB, of blocks that repeat a line end 131,072 times each.
    let block = [[0x02, 0x00, 0x10].as_slice(), b"\n"].concat();
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50];
    let rows = b"a,y\n1,0\n2,1\n";
    let raw = [((rows.len() << 3) as u32).to_le_bytes()[..3].to_vec(), rows.to_vec()].concat();
    let bytes = [&head[..], &raw, &block.repeat(2000)].concat();
    says(&refused(LITTLE, || read(&bytes)), &["compression ratio too high: more than 67", "zstd -d"]);
}

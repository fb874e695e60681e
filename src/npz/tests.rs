use super::*;
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// A temporary folder, removed with the value, and the path of a file in it.
fn place(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u32).to_le_bytes();
    let length = if version == 1 { &length[..2] } else { &length[..] };
    [b"\x93NUMPY", &[version, 0][..], length, header.as_bytes(), data].concat()
}

fn archive(method: CompressionMethod, entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Reads array `a` of an archive of one entry.
fn read(method: CompressionMethod, entry: Vec<u8>) -> Result<Array> {
    let (_folder, path) = place("a.npz");
    std::fs::write(&path, archive(method, &[("a.npy", entry)])).unwrap();
    Npz::open(&path)?.read("a")
}

fn f8(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

#[test]
fn every_type_and_byte_order_is_read_stored_or_deflated() {
    let cases: [(&str, Vec<u8>); 9] = [
        ("<f4", [-1.5f32, 7.0].iter().flat_map(|v| v.to_le_bytes()).collect()),
        (">f4", [-1.5f32, 7.0].iter().flat_map(|v| v.to_be_bytes()).collect()),
        ("<f8", f8(&[-1.5, 7.0])),
        (">f8", [-1.5f64, 7.0].iter().flat_map(|v| v.to_be_bytes()).collect()),
        ("<i4", [-3i32, 7].iter().flat_map(|v| v.to_le_bytes()).collect()),
        (">i4", [-3i32, 7].iter().flat_map(|v| v.to_be_bytes()).collect()),
        ("<i8", [-3i64, 7].iter().flat_map(|v| v.to_le_bytes()).collect()),
        (">i8", [-3i64, 7].iter().flat_map(|v| v.to_be_bytes()).collect()),
        ("<u4", [u32::MAX, 7].iter().flat_map(|v| v.to_le_bytes()).collect()),
    ];
    for (dtype, data) in cases {
        let first = if dtype.contains('f') { -1.5 } else { [-3.0, f64::from(u32::MAX)][usize::from(dtype == "<u4")] };
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            for version in [1, 2, 3] {
                let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': (2,), }}   \n");
                let array = read(method, npy(version, &header, &data)).unwrap();
                assert_eq!((array.shape, array.values), (vec![2], vec![first, 7.0]), "{dtype} {method}");
            }
        }
    }
}

#[test]
fn column_major_arrays_are_transposed() {
    // Array [2, 3, 2] with value 100 i + 10 j + k at [i, j, k]; the first index varies fastest in the file.
    let order = |(i, j, k): (usize, usize, usize)| (100 * i + 10 * j + k) as f64;
    let all = |n: usize| (n / 6, n / 2 % 3, n % 2);
    let stored: Vec<f64> = (0..12).map(|n| order((n % 2, n / 2 % 3, n / 6))).collect();
    let header = "{\"shape\": (2, 3, 2), \"fortran_order\": True, \"descr\": \"<f8\"}";
    let array = read(CompressionMethod::Stored, npy(1, header, &f8(&stored))).unwrap();
    assert_eq!((array.shape, array.values), (vec![2, 3, 2], (0..12).map(|n| order(all(n))).collect()));
}

#[test]
fn scalars_and_empty_arrays_have_shapes() {
    for (shape, values) in [("()", vec![4.0]), ("(0, 3)", vec![]), ("(0,)", vec![])] {
        let header = format!("{{'descr': '<f8', 'fortran_order': True, 'shape': {shape}, }}");
        assert_eq!(read(CompressionMethod::Stored, npy(1, &header, &f8(&values))).unwrap().values, values, "{shape}");
    }
}

#[test]
fn what_is_no_such_array_is_refused_with_file_and_array() {
    let header = |descr: &str, shape: &str| format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
    let with = |descr: &str, shape: &str, data: &[u8]| npy(1, &header(descr, shape), data);
    let cases = [
        (with("'<f8'", "(3,)", &f8(&[1.0])), "shape [3] does not fit the 8 bytes"),
        (with("'<f8'", "(1,)", &f8(&[1.0, 2.0])), "shape [1] does not fit the 16 bytes"),
        (with("'<f8'", "(4611686018427387904, 8)", &[]), "is too large"),
        (with("'<f8'", "(2305843009213693952,)", &[]), "does not fit"),
        (with("'<f8'", "(99999999999999999999,)", &[]), "has an invalid header"),
        (with("'<f8'", "(-1,)", &[]), "has an invalid header"),
        (with("'<c16'", "(1,)", &[0; 16]), "elements of type \"<c16\""),
        (with("'|O'", "(1,)", &[0; 16]), "elements of type \"|O\""),
        (with("[('a', '<f8')]", "(1,)", &[0; 8]), "has an invalid header"),
        (with("'<i8'", "(1,)", &i64::MAX.to_le_bytes()), "9223372036854775807 is too large"),
        (npy(1, "{'descr': '<f8', 'shape': (1,)}", &f8(&[1.0])), "has an invalid header"),
        (npy(2, &format!("{:<20000}", header("'<f8'", "(1,)")), &f8(&[1.0])), "more than 10000 bytes"),
        (npy(4, "{}", &[]), "unknown version"),
        (b"PK\x03\x04 something else".to_vec(), "is no .npy array"),
        (Vec::new(), "array \"a\": "),
    ];
    for (entry, expected) in cases {
        let message = read(CompressionMethod::Deflated, entry).unwrap_err().to_string();
        assert!(message.contains("a.npz: array \"a\": ") && message.contains(expected), "{message}");
        assert!(message.contains("; it must be a whole .npy array") && !message.contains('\n'), "{message}");
    }
}

#[test]
fn missing_files_and_arrays_are_named() {
    let (folder, path) = place("w.npz");
    let missing = Npz::open(&path).err().unwrap();
    assert!(missing.to_string().contains("w.npz: can't be opened") && missing.exit_code() == 2, "{missing}");
    assert!(Npz::open(folder.path()).err().unwrap().to_string().contains("not a folder"));
    std::fs::write(&path, b"x1,x2\n1,2\n").unwrap();
    assert!(Npz::open(&path).err().unwrap().to_string().contains("invalid Zip archive"));
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.array("b", &[1], [1.0f64]).unwrap();
    writer.finish().unwrap();
    let mut npz = Npz::open(&path).unwrap();
    let message = npz.read("a").unwrap_err().to_string();
    assert!(message.contains("no array \"a\"") && message.contains("its arrays are \"b\""), "{message}");
    assert!(npz.contains("b") && !npz.contains("a"));
}

#[test]
fn a_flipped_bit_is_found() {
    let (_folder, path) = place("flip.npz");
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
    let mut bytes = archive(CompressionMethod::Stored, &[("a.npy", npy(1, header, &f8(&[1.25])))]);
    let at = bytes.windows(8).position(|w| w == 1.25f64.to_le_bytes()).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let message = Npz::open(&path).unwrap().read("a").unwrap_err().to_string();
    assert!(message.contains("array \"a\": ") && message.to_lowercase().contains("checksum"), "{message}");
}

#[test]
fn what_is_written_is_read_back() {
    let (_folder, path) = place("round.npz");
    let mut writer = NpzWriter::create(&path).unwrap();
    let many: Vec<f64> = (0..30_000).map(|n| f64::from(n).sqrt()).collect();
    writer.array("many", &[3, 10_000], many.iter().copied()).unwrap();
    writer.array("f4", &[2], [f32::NAN, 0.1]).unwrap();
    writer.array("i8", &[1, 1], [-5i64]).unwrap();
    writer.array("u4", &[], [u32::MAX]).unwrap();
    writer.array("none", &[0, 7], std::iter::empty::<f64>()).unwrap();
    let mut pieces = writer.begin::<f64>("pieces", &[4]).unwrap();
    pieces.extend([1.0]).unwrap();
    pieces.extend([2.0, 3.0, 4.0]).unwrap();
    pieces.finish().unwrap();
    assert!(!path.exists(), "a file under its final name before it is finished");
    writer.finish().unwrap();

    let mut npz = Npz::open(&path).unwrap();
    assert_eq!(npz.names(), ["many", "f4", "i8", "u4", "none", "pieces"]);
    assert_eq!(npz.read("many").unwrap(), Array { shape: vec![3, 10_000], values: many });
    let f4 = npz.read("f4").unwrap().values;
    assert!(f4[0].is_nan() && f4[1] == f64::from(0.1f32) && f4.len() == 2);
    assert_eq!(npz.read("i8").unwrap(), Array { shape: vec![1, 1], values: vec![-5.0] });
    assert_eq!(npz.read("u4").unwrap(), Array { shape: vec![], values: vec![4_294_967_295.0] });
    assert_eq!(npz.read("none").unwrap(), Array { shape: vec![0, 7], values: vec![] });
    assert_eq!(npz.read("pieces").unwrap().values, [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn an_unfinished_file_leaves_nothing_and_a_former_one_alone() {
    let (folder, path) = place("half.npz");
    std::fs::write(&path, "former").unwrap();
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.array("a", &[1], [1.0f64]).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "former");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_references_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/relu_2_16_16_1_sgd.npz");
    let mut npz = Npz::open(&path).unwrap();
    for (name, shape) in [("init_w1", vec![12, 16, 2]), ("init_b2", vec![12, 16]), ("losses", vec![201, 12])] {
        let array = npz.read(name).unwrap();
        assert_eq!(array.values.len(), array.shape.iter().product::<usize>());
        assert!(array.shape == shape && array.values.iter().all(|v| v.is_finite()), "{name}");
    }
    let seeds = npz.read("seed").unwrap();
    assert!(seeds.values.len() == 12 && seeds.values.iter().all(|v| v.fract() == 0.0));
}

/// Pseudo-random bytes, so that a failure is reproducible.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut generator = crate::math::rng::Philox::new(seed, crate::math::rng::Stream::Data);
    rand::Rng::fill_bytes(&mut generator, &mut bytes);
    bytes
}

#[test]
fn garbage_is_refused_but_never_panics() {
    let (_folder, path) = place("noise.npz");
    let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }";
    let good = npy(1, header, &f8(&[1.0, 2.0, 3.0, 4.0]));
    let whole = archive(CompressionMethod::Deflated, &[("a.npy", good.clone())]);
    for seed in 0..500 {
        let dice = noise(seed, 64);
        let spoil = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            for pair in dice.chunks_exact(4).take(1 + usize::from(dice[63] % 4)) {
                let at = usize::from(u16::from_le_bytes([pair[0], pair[1]])) % bytes.len();
                bytes[at] = pair[2];
            }
            bytes.truncate(bytes.len() - usize::from(dice[62]) * usize::from(dice[61] < 64) % bytes.len());
            bytes
        };
        let spoiled = spoil(&good);
        let size = spoiled.len() as u64;
        let _ = read_array(&mut &spoiled[..], size);
        let _ = read_array(&mut &dice[..], 64);
        std::fs::write(&path, spoil(&whole)).unwrap();
        if let Ok(mut npz) = Npz::open(&path) {
            npz.names().iter().for_each(|name| drop(npz.read(name)));
        }
    }
}

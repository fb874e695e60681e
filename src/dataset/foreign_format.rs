//! Recognizes other formats than CSV by a file's first bytes, and suggests a command that converts them.

use super::conversion_hints::{file, pandas};
use std::path::Path;

/// A file in another format.
#[derive(Debug)]
pub(super) struct ForeignFormat {
    /// Description: `an Apache Parquet file`.
    pub(super) what: &'static str,
    /// Command that converts the file to CSV.
    pub(super) way_on: String,
}

/// First bytes, description of the format, and the pandas expression that reads it; `{}` is the file.
type Signature = (&'static [u8], &'static str, &'static str);

const BINARY: [Signature; 11] = [
    (b"\x1f\x8b", "a file compressed by gzip", "pandas.read_csv({}, compression='gzip')"),
    (b"BZh", "a file compressed by bzip2", "pandas.read_csv({}, compression='bz2')"),
    (b"\xfd7zXZ\0", "a file compressed by xz", "pandas.read_csv({}, compression='xz')"),
    (b"\x28\xb5\x2f\xfd", "a file compressed by Zstandard", "pandas.read_csv({}, compression='zstd')"),
    (b"PAR1", "an Apache Parquet file", "pandas.read_parquet({})"),
    (b"ARROW1\0\0", "an Apache Arrow or Feather file", "pandas.read_feather({})"),
    (b"FEA1", "a Feather file", "pandas.read_feather({})"),
    (b"\xff\xff\xff\xff", "an Apache Arrow stream", "pyarrow.ipc.open_stream({}).read_pandas()"),
    (b"\x93NUMPY", "a numpy array", "pandas.DataFrame(numpy.load({})).add_prefix('x')"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", "pandas.read_excel({})"),
    (b"\x89HDF", "an HDF5 file", "pandas.read_hdf({})"),
];

/// Text formats, by the start of their first line that is no comment, in lower case and without blanks.
const TEXT: [Signature; 8] = [
    (b"@relation", "an ARFF file", "pandas.DataFrame(scipy.io.arff.loadarff({})[0])"),
    (b"{\"", "a JSON file", "pandas.read_json({})"),
    (b"[{", "a JSON file", "pandas.read_json({})"),
    (b"[[", "a JSON file", "pandas.read_json({})"),
    (b"<!doctypehtml", "a web page", "pandas.read_html({})[0]"),
    (b"<html", "a web page", "pandas.read_html({})[0]"),
    (b"<table", "a web page", "pandas.read_html({})[0]"),
    (b"<?xml", "an XML file", "pandas.read_xml({})"),
];

/// Formats within a ZIP archive, by the name of a file in it.
const ZIPPED: [Signature; 3] = [
    (b"[Content_Types].xml", "an Excel workbook", "pandas.read_excel({})"),
    (
        b".npy",
        "an archive of numpy arrays",
        "pandas.DataFrame(numpy.load({})['X']).add_prefix('x').assign(y=numpy.load({})['y'])",
    ),
    (b"", "a ZIP archive", "pandas.read_csv({}, compression='zip')"),
];

/// Recognizes the format of the file at `path` by its first `bytes`; None if it may be a CSV table.
pub(super) fn recognize(path: &Path, bytes: &[u8]) -> Option<ForeignFormat> {
    let (_, what, read) = match bytes.starts_with(b"PK\x03\x04") {
        true => ZIPPED.into_iter().find(|(name, ..)| has(&bytes[..bytes.len().min(200)], name)),
        false => BINARY.into_iter().find(|(magic, ..)| bytes.starts_with(magic)).or_else(|| text(bytes)),
    }?;
    Some(ForeignFormat { what, way_on: pandas(&read.replace("{}", &file(path)), &[], "table.csv") })
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

fn text(bytes: &[u8]) -> Option<Signature> {
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    let lines = lines.filter(|line| !line.trim_ascii().starts_with(b"%"));
    let dense = lines.flatten().filter(|byte| !byte.is_ascii_whitespace()).take(20);
    let start: Vec<u8> = dense.map(u8::to_ascii_lowercase).collect();
    TEXT.into_iter().find(|(text, ..)| start.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        let named = |bytes: &[u8]| recognize(Path::new("a.bin"), bytes).map(|format| (format.what, format.way_on));
        for (bytes, what, read) in [
            (&b"\x1f\x8b\x08\0"[..], "gzip", "pandas.read_csv('a.bin', compression='gzip')"),
            (
                b"PAR1\x15\x04",
                "Parquet",
                "import pandas; t = pandas.read_parquet('a.bin'); t.to_csv('table.csv', index=False)",
            ),
            (b"PK\x03\x04\x14\0[Content_Types].xml", "Excel", "read_excel"),
            (
                b"PK\x03\x04\x14\0X.npy\x93NUMPY",
                "numpy arrays",
                "import pandas, numpy; t = pandas.DataFrame(numpy.load(",
            ),
            (b"PK\x03\x04\x14\0a.csv", "ZIP", "compression='zip'"),
            (b"ARROW1\0\0", "Feather", "read_feather"),
            (b"\xff\xff\xff\xff\x10", "Arrow stream", "import pandas, pyarrow.ipc;"),
            (b"% a comment\n\n@RELATION iris\n", "ARFF", "import pandas, scipy.io.arff;"),
            (b"\n [\n {\"a\": 1}]", "JSON", "read_json"),
            (b"<!DOCTYPE html>", "web page", "read_html"),
        ] {
            let (found, way_on) = named(bytes).unwrap_or_else(|| panic!("{what} is not recognized"));
            assert!(found.contains(what) && way_on.contains(read), "{found}: {way_on}");
        }
        for table in [
            &b"a,b\n1,2\n"[..],
            b"",
            b"\xef\xbb\xbfa,b\n",
            b"%,b\n1,2\n",
            b"[mg],<b>\n1,2\n",
            b"\0\0\0\0\0\0\0\0\0\0",
            b"BZ,h\n",
        ] {
            assert!(named(table).is_none(), "{table:?}");
        }
    }
}

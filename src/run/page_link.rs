//! A link to the page in the browser, with the settings of a study and, if it is small enough, its table.

use crate::error::{Error, Result};
use crate::sweep::{Setting, Sweep};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Longest link that mail and chat programs leave alone, in characters; as in the page.
const LONGEST: usize = 30_000;

/// A link to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// The link.
    pub link: String,
    /// The table that is too large for it: a visitor drops the file onto the page.
    pub left_out: Option<PathBuf>,
}

impl PageLink {
    /// Makes the link of a sweep to the page at the address `page`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a sweep that a page can't train, since it names other files than a table of text;
    /// [`Error::Io`] if the table can't be read.
    pub fn of(sweep: &Sweep, page: &str) -> Result<Self> {
        let mut sweep = sweep.clone();
        for setting in Setting::paths().filter(|setting| setting.name != "data") {
            if setting.path(&mut sweep).is_some() {
                return Err(Error::usage(setting.flag(), "names a file, which a page can't read; leave it out"));
            }
        }
        let page = page.trim_end_matches('#');
        let Some(path) = sweep.data.clone() else {
            return Ok(Self { link: format!("{page}#{}", sweep.link_fragment()), left_out: None });
        };
        let name = path.file_name().ok_or_else(|| Error::file(&path, "is no file"))?;
        sweep.data = Some(name.into());
        let settings = format!("{page}#{}", sweep.link_fragment());
        let table = table(&path)?;
        let whole = format!("{settings}&table={}", BASE64_URL_SAFE_NO_PAD.encode(table));
        Ok(match whole.len() <= LONGEST {
            true => Self { link: whole, left_out: None },
            false => Self { link: settings, left_out: Some(path) },
        })
    }
}

/// Returns a table's text, compressed.
fn table(path: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(path).map_err(Error::io(path, "read"))?;
    if std::str::from_utf8(&bytes).is_err() {
        return Err(Error::file(path, "is no text, which alone a page reads; save it as CSV"));
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes).and_then(|()| encoder.finish()).map_err(Error::io(path, "compress"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::DeflateDecoder;
    use std::io::Read;

    const PAGE: &str = "https://example.org/sweep/";

    fn link(sweep: &Sweep) -> PageLink {
        PageLink::of(sweep, PAGE).unwrap()
    }

    #[test]
    fn a_link_has_the_settings_and_the_table() {
        let sweep = Sweep { epochs: 50, ..Sweep::default() };
        assert_eq!(link(&sweep).link, format!("{PAGE}#epochs=50"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("few points.csv");
        let text = "x1,x2,label\n0,1,0\n1,0,1\n";
        std::fs::write(&path, text).unwrap();
        let found = link(&Sweep { data: Some(path), ..sweep });
        let (settings, table) = found.link.split_once("&table=").unwrap();
        assert_eq!(settings, format!("{PAGE}#data=few%20points.csv&epochs=50"));
        let packed = BASE64_URL_SAFE_NO_PAD.decode(table).unwrap();
        let mut again = String::new();
        DeflateDecoder::new(&packed[..]).read_to_string(&mut again).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn a_large_table_is_left_out_and_other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("many.csv");
        let rows: String = (0..20_000u64).map(|n| format!("{}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        std::fs::write(&path, rows).unwrap();
        let found = link(&Sweep { data: Some(path.clone()), ..Sweep::default() });
        assert_eq!(
            (found.link.as_str(), found.left_out),
            ("https://example.org/sweep/#data=many.csv", Some(path.clone()))
        );
        let refused = |sweep: Sweep| PageLink::of(&sweep, PAGE).unwrap_err().to_string();
        assert!(
            refused(Sweep { trials: Some("a.csv".into()), ..Sweep::default() }).starts_with("--trials names a file")
        );
        std::fs::write(&path, [0xFF, 0xFE, 0x00]).unwrap();
        assert!(refused(Sweep { data: Some(path), ..Sweep::default() }).contains("is no text"));
    }
}

//! Checks of a Parquet column's pages, whose file may be malicious. The parquet crate trusts the sizes and counts in a
//! page header and allocates memory accordingly; this module rejects a page too short for what its header claims.

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::io::{Chain, Cursor, Read};

/// Maximum compression ratio that is accepted; Snappy reaches 21.
const MOST_PACKED: i64 = 32;
/// First bytes of a page header, which contain the page's sizes.
const HEADER_START: u64 = 24;

/// A file from which only pages are read.
pub(super) struct PageFile<R>(pub R);

impl<R: Length> Length for PageFile<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for PageFile<R> {
    type T = Chain<Cursor<Vec<u8>>, R::T>;

    /// Starts reading a page, after checking its sizes. The parquet crate reads headers only through this function.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut rest = self.0.get_read(start)?;
        let mut header = Vec::new();
        rest.by_ref().take(HEADER_START).read_to_end(&mut header)?;
        match sizes(&header) {
            Some([unpacked, packed]) if unpacked <= packed.saturating_mul(MOST_PACKED) + 64 => {
                Ok(Cursor::new(header).chain(rest))
            }
            Some([unpacked, packed]) => Err(refused(&format!("{unpacked} bytes are packed into {packed}"))),
            None => Err(refused("gpu-sweep writes no such header")),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        match start.checked_add(length as u64) {
            Some(end) if end <= self.len() => self.0.get_bytes(start, length),
            _ => Err(refused("it goes on after the end of the file")),
        }
    }
}

/// Parses a page's uncompressed and compressed size in bytes: fields 2 and 3 of its header, whose first three fields
/// are 32-bit integers (Thrift's compact protocol).
fn sizes(header: &[u8]) -> Option<[i64; 2]> {
    const NEXT_FIELD_I32: u8 = 0x15;
    let mut bytes = header.iter();
    let mut number = || {
        (*bytes.next()? == NEXT_FIELD_I32).then_some(())?;
        let mut bits = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = u64::from(*bytes.next()?);
            bits |= (byte & 0x7f) << shift;
            if byte < 0x80 {
                // Zigzag encoding: 0, -1, 1, -2, ...
                let (half, negative) = ((bits >> 1).cast_signed(), bits & 1 == 1);
                return Some(if negative { -half - 1 } else { half });
            }
        }
        None
    };
    let [_kind, unpacked, packed] = [number()?, number()?, number()?];
    Some([unpacked, packed])
}

/// Limits on a column's pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageLimits {
    /// Maximum values in all pages, nulls included.
    pub values: usize,
    /// Maximum nulls among those values: they take no bytes.
    pub missing: usize,
    /// Bytes per value.
    pub width: usize,
    /// Whether values may be dictionary-encoded.
    pub dictionary: bool,
}

/// Returns the pages of `pages`, and an error for one beyond the limits.
pub(super) struct CheckedPages<P> {
    pages: P,
    allowed: PageLimits,
    /// Page that was peeked at but not yet returned.
    next: Option<Page>,
}

impl<P: PageReader> CheckedPages<P> {
    pub(super) fn new(pages: P, allowed: PageLimits) -> Self {
        Self { pages, allowed, next: None }
    }

    fn check(&mut self, page: &Page) -> Result<()> {
        let PageLimits { values, missing, width, dictionary } = self.allowed;
        let room = page.buffer().len() / width;
        let (number, encoding) = (page.num_values() as usize, page.encoding());
        let fits = match page {
            Page::DictionaryPage { .. } => {
                dictionary && number <= room && matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY)
            }
            Page::DataPage { def_level_encoding, rep_level_encoding, .. } => {
                let levels = [*def_level_encoding, *rep_level_encoding] == [Encoding::RLE; 2];
                let there = match encoding {
                    Encoding::PLAIN => number <= room + missing,
                    Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => dictionary,
                    _ => false,
                };
                self.allowed.values = values.saturating_sub(number);
                levels && there && number <= values
            }
            Page::DataPageV2 { .. } => false,
        };
        if fits { Ok(()) } else { Err(refused(&format!("{number} values in {encoding}, or too many"))) }
    }
}

impl<P: PageReader> PageReader for CheckedPages<P> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        if let Some(page) = self.next.take() {
            return Ok(Some(page));
        }
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.next = self.get_next_page()?;
        let metadata = |page: &Page| PageMetadata {
            num_rows: None,
            num_levels: Some(page.num_values() as usize),
            is_dict: page.is_dictionary_page(),
        };
        Ok(self.next.as_ref().map(metadata))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.get_next_page().map(|_| ())
    }
}

impl<P: PageReader> Iterator for CheckedPages<P> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

pub(super) fn refused(what: &str) -> ParquetError {
    ParquetError::General(format!("invalid Parquet page: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pages_sizes_are_the_second_and_third_number_of_its_header() {
        assert_eq!(sizes(&[0x15, 0, 0x15, 200, 1, 0x15, 6, 0x2c]), Some([100, 3]));
        assert_eq!(sizes(&[0x15, 0, 0x15, 1, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f]), Some([-1, i64::from(i32::MAX)]));
        for other in
            [&[0x15, 0, 0x15, 200][..], &[0x25, 0, 0x15, 2, 0x15, 2], &[0x15, 0, 0x15, 255, 255, 255, 255, 255]]
        {
            assert_eq!(sizes(other), None);
        }
    }

    #[test]
    fn a_page_that_unpacks_to_more_than_snappy_can_pack_is_not_read() {
        let read = |unpacked: u8, packed: u8| {
            let header = [0x15, 0, 0x15, unpacked | 0x80, 1, 0x15, 2 * packed, 0x2c];
            PageFile(Bytes::from(header.to_vec())).get_read(0).map(|_| ()).map_err(|e| e.to_string())
        };
        assert_eq!(read(4, 1), Ok(()));
        assert!(read(4, 0).unwrap_err().contains("66 bytes are packed into 0"));
        let pages = PageFile(Bytes::from(vec![0; 10]));
        assert!(pages.get_bytes(4, 6).is_ok());
        assert!(pages.get_bytes(4, 7).is_err() && pages.get_bytes(u64::MAX, 7).is_err());
    }

    /// A reader of the given pages, the last one first.
    struct Given(Vec<Page>);

    impl Iterator for Given {
        type Item = Result<Page>;
        fn next(&mut self) -> Option<Self::Item> {
            self.0.pop().map(Ok)
        }
    }

    impl PageReader for Given {
        fn get_next_page(&mut self) -> Result<Option<Page>> {
            Ok(self.0.pop())
        }
        fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
            Ok(None)
        }
        fn skip_next_page(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_page_holds_no_more_values_than_its_bytes_and_its_column_have_room_for() {
        let allowed = PageLimits { values: 100, missing: 10, width: 8, dictionary: false };
        let data = |num_values, encoding, bytes| Page::DataPage {
            buf: Bytes::from(vec![0; bytes]),
            num_values,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let dictionary = |num_values| Page::DictionaryPage {
            buf: Bytes::from(vec![0; 80]),
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let fits = |allowed, pages: Vec<Page>| {
            let number = pages.len();
            CheckedPages::new(Given(pages), allowed).take(number).all(|page| page.is_ok())
        };
        assert!(fits(allowed, vec![data(20, Encoding::PLAIN, 80)]));
        assert!(!fits(allowed, vec![data(21, Encoding::PLAIN, 80)]), "more than bytes and missing ones");
        assert!(
            !fits(allowed, vec![data(51, Encoding::PLAIN, 800), data(50, Encoding::PLAIN, 800)]),
            "too many in all"
        );
        assert!(!fits(allowed, vec![data(5, Encoding::RLE_DICTIONARY, 80)]) && !fits(allowed, vec![dictionary(5)]));
        assert!(!fits(allowed, vec![data(5, Encoding::DELTA_BINARY_PACKED, 80)]));
        let with = PageLimits { dictionary: true, ..allowed };
        assert!(fits(with, vec![data(100, Encoding::RLE_DICTIONARY, 8), dictionary(10)]));
        assert!(!fits(with, vec![dictionary(11)]) && !fits(with, vec![data(101, Encoding::RLE_DICTIONARY, 8)]));
    }
}

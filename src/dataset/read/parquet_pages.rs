//! The sizes that a Parquet file's page headers announce, checked before the pages are unpacked: the parquet crate
//! reserves as much memory as a header says.
//!
//! A header is a struct in Thrift's compact protocol, whose fields 2 and 3 are the sizes of the page, unpacked and
//! packed. The page follows its header.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Largest page, unpacked. Writers make pages of about 1 MB.
const MOST_PAGE: i64 = 64 << 20;
/// Deepest nesting of structs in a header, which has three levels.
const DEEPEST: usize = 8;

/// Checks all pages of the column chunk at these bytes: start and length.
pub(super) fn check_pages(file: &File, (start, length): (u64, u64)) -> Result<(), String> {
    let mut input = BufReader::new(file);
    let (mut at, end) = (start, start.saturating_add(length));
    while at < end {
        let failed = |error: io::Error| error.to_string();
        input.seek(SeekFrom::Start(at)).map_err(failed)?;
        let mut header = Compact { input: input.by_ref().take(end - at), sizes: [None; 2] };
        header.skip_struct(0).map_err(failed)?;
        let (length, sizes) = (end - at - header.input.limit(), header.sizes);
        let [Some(unpacked), Some(packed)] = sizes else { return Err("a page without a size".into()) };
        if !(0..=MOST_PAGE).contains(&unpacked) || !(0..=MOST_PAGE).contains(&packed) {
            return Err(format!("a page of {unpacked} bytes; there may be {MOST_PAGE} in a page"));
        }
        at += length + packed as u64;
    }
    Ok(())
}

/// Reads values in Thrift's compact protocol.
struct Compact<R> {
    input: R,
    /// Fields 2 and 3 of the outermost struct.
    sizes: [Option<i64>; 2],
}

impl<R: Read> Compact<R> {
    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.input.read_exact(&mut byte).map(|()| byte[0])
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(invalid())
    }

    fn zigzag(&mut self) -> io::Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn skip_struct(&mut self, depth: usize) -> io::Result<()> {
        let mut id = 0i64;
        loop {
            let head = self.byte()?;
            let kind = head & 0xf;
            if kind == 0 {
                return Ok(());
            }
            id = if head >> 4 == 0 { self.zigzag()? } else { id + i64::from(head >> 4) };
            match (depth, id, kind) {
                (0, 2 | 3, 5) => self.sizes[id as usize - 2] = Some(self.zigzag()?),
                // The value of a boolean field is its kind.
                (_, _, 1 | 2) => {}
                _ => self.skip(kind, depth)?,
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> io::Result<()> {
        match kind {
            1..=3 => self.byte().map(|_| ()),
            4..=6 => self.varint().map(|_| ()),
            7 => self.bytes(8),
            8 => {
                let length = self.varint()?;
                self.bytes(length)
            }
            9 | 10 if depth < DEEPEST => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                (0..count).try_for_each(|_| self.skip(head & 0xf, depth + 1))
            }
            12 if depth < DEEPEST => self.skip_struct(depth + 1),
            _ => Err(invalid()),
        }
    }

    fn bytes(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.input.by_ref().take(count), &mut io::sink())?;
        if skipped == count { Ok(()) } else { Err(invalid()) }
    }
}

fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "an invalid page header")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Checks pages with the given bytes as all there is in a file.
    fn check(bytes: &[u8]) -> Result<(), String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        check_pages(&file, (0, bytes.len() as u64))
    }

    /// Fields 1 to 3 of a page's header: kind 0, these sizes in zigzag, and the end.
    fn header(unpacked: &[u8], packed: u8) -> Vec<u8> {
        [&[0x15, 0x00, 0x15][..], unpacked, &[0x15, 2 * packed, 0x00]].concat()
    }

    #[test]
    fn a_page_that_announces_a_gigabyte_is_refused_before_it_is_unpacked() {
        // Two pages of 3 bytes that unpack to 5.
        let sound = [header(&[10], 3), vec![7; 3], header(&[10], 3), vec![7; 3]].concat();
        assert_eq!(check(&sound), Ok(()));
        // 2^30 in zigzag is 2^31, in groups of seven bits.
        let bomb = [sound.clone(), header(&[0x80, 0x80, 0x80, 0x80, 0x08], 1), vec![7]].concat();
        assert_eq!(check(&bomb), Err("a page of 1073741824 bytes; there may be 67108864 in a page".into()));
        assert!(check(&sound[..sound.len() - 6]).is_err() && check(&[0x00]).is_err());
    }
}

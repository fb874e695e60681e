//! The fields of one record, and the encoding of their bytes.

/// The fields of one record.
#[derive(Debug, Default)]
pub(super) struct CsvRecord {
    pub(super) text: Vec<u8>,
    pub(super) fields: Vec<FieldSpan>,
}

/// Bytes of a field in the record's text.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldSpan {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Line in which the field starts, from 1.
    pub(super) line: u64,
}

/// Encoding of a text in a superset of ASCII: the first letters beyond ASCII decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    #[default]
    Ascii,
    Utf8,
    /// Latin-1, more exactly Windows-1252, which has letters where Latin-1 has none.
    Latin1,
}

/// Windows-1252 from 0x80 to 0x9f, by the WHATWG's encoding standard.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

impl CsvRecord {
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns the bytes of field `n`, from 0.
    pub(super) fn bytes(&self, n: usize) -> &[u8] {
        let FieldSpan { start, end, .. } = self.fields[n];
        &self.text[start..end]
    }

    /// Returns the line in which field `n` starts, from 1.
    pub(super) fn line(&self, n: usize) -> u64 {
        self.fields[n].line
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
    }

    /// Returns where the unfinished field starts.
    pub(super) fn open_start(&self) -> usize {
        self.fields.last().map_or(0, |last| last.end)
    }

    pub(super) fn is_blank(&self) -> bool {
        self.len() == 1 && self.bytes(0).iter().all(u8::is_ascii_whitespace)
    }

    /// Makes the fields valid UTF-8, and sets the encoding if it was open. Returns the index of a field that can't be
    /// text in this encoding.
    pub(super) fn decode(&mut self, encoding: &mut Encoding) -> Result<(), usize> {
        if self.text.is_ascii() {
            return Ok(());
        }
        let is_utf8 = |n: usize| std::str::from_utf8(self.bytes(n)).is_ok();
        let wrong = (0..self.len()).find(|n| !is_utf8(*n));
        match (*encoding, wrong) {
            (Encoding::Utf8, Some(n)) => return Err(n),
            (Encoding::Ascii | Encoding::Utf8, None) => *encoding = Encoding::Utf8,
            // Text has no byte 0, which other data are full of.
            (_, wrong) if self.text.contains(&0) => return Err(wrong.unwrap_or(0)),
            (Encoding::Ascii | Encoding::Latin1, _) => {
                *encoding = Encoding::Latin1;
                self.convert_latin1();
            }
        }
        Ok(())
    }

    fn convert_latin1(&mut self) {
        let letter = |byte: u8| match byte {
            0x80..0xa0 => WINDOWS_1252[usize::from(byte - 0x80)],
            _ => char::from(byte),
        };
        let (mut text, mut spans) = (String::new(), Vec::with_capacity(self.len()));
        for (n, span) in self.fields.iter().enumerate() {
            let start = text.len();
            text.extend(self.bytes(n).iter().map(|byte| letter(*byte)));
            spans.push(FieldSpan { start, end: text.len(), line: span.line });
        }
        (self.text, self.fields) = (text.into_bytes(), spans);
    }
}

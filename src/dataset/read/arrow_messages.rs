//! The record batches of an Arrow stream, or of a file.
//!
//! A file names the places of its messages in a footer. Memory is bounded by the size of the file: every size in a
//! message is checked before it is believed, and packed batches may only unpack to so much more.
//! Format: <https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc>

use super::columnar::guarded;
use super::unpacked::{MAX_RATIO, UNCHECKED_BYTES};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Block, CompressionType, Endianness, Message, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::{Schema, SchemaRef};
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Why a stream can't be read.
type Fault = String;

const ENDS: &str = "it ends too early";
const NO_COLUMNS: &str = "it has no columns";

/// Bytes at a file's end: the length of its footer, and `ARROW1`.
const END: u64 = 10;

/// The record batches.
pub(super) struct Messages<R> {
    input: R,
    /// Bytes of the file.
    length: u64,
    /// Bytes that are left behind the place that is read.
    left: u64,
    /// Where the messages of a file are; None for a stream, whose messages follow each other.
    places: Option<std::vec::IntoIter<u64>>,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    /// Bytes of all dictionaries so far, unpacked: they are kept, and may grow from message to message.
    dictionary_bytes: u64,
}

impl<R: Read + Seek> Messages<R> {
    /// Reads a stream's first message, the schema.
    pub(super) fn of_stream(input: R) -> Result<Self, Fault> {
        let mut messages = Self::empty(input)?;
        let Some((head, _)) = messages.message()? else { return Err(NO_COLUMNS.into()) };
        let message = guarded(|| root_as_message(&head))?;
        messages.schema = schema_of(message.header_as_schema().ok_or("it does not start with a schema")?)?;
        Ok(messages)
    }

    /// Reads a file's footer.
    pub(super) fn of_file(input: R) -> Result<Self, Fault> {
        let mut messages = Self::empty(input)?;
        // A footer of a file that was cut is not there, so that a part of a table is not taken for all of it.
        let end = messages.length.checked_sub(END).ok_or(ENDS)?;
        messages.go_to(end)?;
        let bytes = messages.bytes(END)?;
        let Some((length, b"ARROW1")) = bytes.split_first_chunk() else { return Err(ENDS.into()) };
        let length = u64::from(u32::from_le_bytes(*length));
        messages.go_to(end.checked_sub(length).ok_or("its footer is longer than the file")?)?;
        let bytes = messages.bytes(length)?;
        let footer = guarded(|| root_as_footer(&bytes))?;
        messages.schema = schema_of(footer.schema().ok_or(NO_COLUMNS)?)?;
        let blocks = footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten());
        let place = |block: &Block| u64::try_from(block.offset()).map_err(|_| "a message has a negative place");
        let places = blocks.map(place).collect::<Result<Vec<_>, _>>()?;
        if places.iter().collect::<BTreeSet<_>>().len() < places.len() {
            return Err("a message is listed twice".into());
        }
        messages.places = Some(places.into_iter());
        Ok(messages)
    }

    fn empty(mut input: R) -> Result<Self, Fault> {
        let length = input.seek(SeekFrom::End(0)).and_then(|length| input.rewind().map(|()| length));
        let (length, schema) = (length.map_err(told)?, Arc::new(Schema::empty()));
        Ok(Self {
            input,
            length,
            left: length,
            places: None,
            schema,
            dictionaries: HashMap::new(),
            dictionary_bytes: 0,
        })
    }

    /// The columns' names and types.
    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Reads up to the next record batch.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Fault> {
        while let Some((head, body)) = self.message()? {
            let message = guarded(|| root_as_message(&head))?;
            let bytes = unpacked_bytes(&message, &body)?;
            let version = message.version();
            match message.header_type() {
                MessageHeader::RecordBatch => {
                    let batch = message.header_as_record_batch().ok_or("it has an empty message")?;
                    let schema = self.schema.clone();
                    let read = || read_record_batch(&body, batch, schema, &self.dictionaries, None, &version);
                    return guarded(read).map(Some);
                }
                MessageHeader::DictionaryBatch => {
                    let batch = message.header_as_dictionary_batch().ok_or("it has an empty message")?;
                    self.dictionary_bytes = self.dictionary_bytes.saturating_add(bytes);
                    check_unpacked_bytes(self.dictionary_bytes, self.length)?;
                    guarded(|| read_dictionary(&body, batch, &self.schema, &mut self.dictionaries, &version))?;
                }
                other => return Err(format!("it has a message of another kind: {other:?}")),
            }
        }
        Ok(None)
    }

    /// Reads a message's metadata and body; None at the end.
    fn message(&mut self) -> Result<Option<(Vec<u8>, Buffer)>, Fault> {
        match self.places.as_mut().map(Iterator::next) {
            Some(None) => return Ok(None),
            Some(Some(place)) => self.go_to(place)?,
            None if self.left == 0 => return Err("it has no end mark: it may have been cut".into()),
            None => {}
        }
        let mut length = self.number()?;
        // Writers before 2019 left the mark out.
        if length == u32::MAX {
            length = self.number()?;
        }
        if length == 0 {
            // The end mark of a stream.
            return if self.places.is_some() { Err("it has an empty message".into()) } else { Ok(None) };
        }
        let head = self.bytes(length.into())?;
        let body = guarded(|| root_as_message(&head))?.bodyLength();
        let body = self.bytes(u64::try_from(body).map_err(|_| "a message has a negative length")?)?;
        Ok(Some((head, Buffer::from_vec(body))))
    }

    fn go_to(&mut self, place: u64) -> Result<(), Fault> {
        self.left = self.length.checked_sub(place).ok_or(ENDS)?;
        self.input.seek(SeekFrom::Start(place)).map(|_| ()).map_err(told)
    }

    fn number(&mut self) -> Result<u32, Fault> {
        let bytes = self.bytes(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn bytes(&mut self, count: u64) -> Result<Vec<u8>, Fault> {
        self.left = self.left.checked_sub(count).ok_or(ENDS)?;
        let mut bytes = vec![0; count as usize];
        self.input.read_exact(&mut bytes).map_err(told)?;
        Ok(bytes)
    }
}

fn told(error: io::Error) -> Fault {
    error.to_string()
}

fn schema_of(schema: arrow_ipc::Schema<'_>) -> Result<SchemaRef, Fault> {
    if schema.endianness() != Endianness::Little {
        return Err("its numbers are big-endian; read it with pyarrow, which writes little-endian ones".into());
    }
    let schema = guarded(|| try_fb_to_schema(schema))?;
    if schema.fields().is_empty() { Err(NO_COLUMNS.into()) } else { Ok(Arc::new(schema)) }
}

/// Returns the bytes that a message's buffers take when they are unpacked. Buffers must lie in the body, apart from
/// each other, since arrow-ipc copies some; and it reserves as much as a packed one promises.
fn unpacked_bytes(message: &Message<'_>, body: &[u8]) -> Result<u64, Fault> {
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(0) };
    let slice = |offset: i64, length: i64| -> Option<&[u8]> {
        body.get(usize::try_from(offset).ok()?..)?.get(..usize::try_from(length).ok()?)
    };
    let buffers = batch.buffers().into_iter().flatten().map(|buffer| slice(buffer.offset(), buffer.length()));
    let buffers: Vec<&[u8]> = buffers.collect::<Option<_>>().ok_or("a column lies beyond its message")?;
    let stored: usize = buffers.iter().map(|buffer| buffer.len()).sum();
    if stored > body.len() {
        return Err("columns share their bytes".into());
    }
    let Some(compression) = batch.compression() else { return Ok(stored as u64) };
    match compression.codec() {
        CompressionType::LZ4_FRAME => {}
        CompressionType::ZSTD => {
            let way_on = "write it anew, with pyarrow.feather.write_feather(TABLE, FILE, compression='lz4')";
            return Err(format!("it is packed by Zstandard, and only LZ4 can be unpacked here; {way_on}"));
        }
        other => return Err(format!("it is packed in an unknown way, {}", other.0)),
    }
    // -1: this buffer is not packed.
    let promised = |buffer: &&[u8]| {
        let size = i64::from_le_bytes(*buffer.first_chunk()?);
        Some(u64::try_from(size).unwrap_or(buffer.len() as u64))
    };
    let unpacked = buffers.iter().filter_map(promised).fold(0, u64::saturating_add);
    check_unpacked_bytes(unpacked, body.len() as u64)?;
    Ok(unpacked)
}

fn check_unpacked_bytes(unpacked: u64, packed: u64) -> Result<(), Fault> {
    match unpacked > UNCHECKED_BYTES.max(packed.saturating_mul(MAX_RATIO)) {
        true => Err(format!("compression ratio too high: {unpacked} bytes in {packed}")),
        false => Ok(()),
    }
}

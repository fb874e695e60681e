//! Protocol buffers' wire format, as far as ONNX needs it: fields with a number, each a whole number, a float, bytes or
//! an inner message.

/// A message being written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message(Vec<u8>);

impl Message {
    /// Creates a message with the fields that `fill` adds.
    pub fn of(fill: impl FnOnce(&mut Self)) -> Self {
        let mut message = Self::default();
        fill(&mut message);
        message
    }

    /// Returns the bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Adds a whole number, as a varint: seven bits a byte, the lowest first.
    pub fn int(&mut self, field: u32, value: i64) -> &mut Self {
        self.key(field, 0);
        // Negative numbers are written as 64-bit two's complement.
        self.varint(value.cast_unsigned());
        self
    }

    /// Adds an f32.
    pub fn float(&mut self, field: u32, value: f32) -> &mut Self {
        self.key(field, 5);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Adds bytes.
    pub fn bytes(&mut self, field: u32, bytes: &[u8]) -> &mut Self {
        self.key(field, 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a text.
    pub fn text(&mut self, field: u32, text: &str) -> &mut Self {
        self.bytes(field, text.as_bytes())
    }

    /// Adds an inner message with the fields that `fill` adds.
    pub fn message(&mut self, field: u32, fill: impl FnOnce(&mut Self)) -> &mut Self {
        self.bytes(field, &Self::of(fill).0)
    }

    /// Adds a finished message.
    pub fn add(&mut self, field: u32, message: &Self) -> &mut Self {
        self.bytes(field, &message.0)
    }

    fn key(&mut self, field: u32, wire_type: u32) {
        self.varint(u64::from(field << 3 | wire_type));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of protobuf's documentation of its encoding.
    #[test]
    fn messages_are_those_of_the_documentation() {
        let bytes = |fill: &dyn Fn(&mut Message)| Message::of(fill).into_bytes();
        assert_eq!(bytes(&|m| _ = m.int(1, 150)), [0x08, 0x96, 0x01]);
        assert_eq!(bytes(&|m| _ = m.text(2, "testing")), *b"\x12\x07testing");
        assert_eq!(bytes(&|m| _ = m.message(3, |inner| _ = inner.int(1, 150))), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(bytes(&|m| _ = m.int(1, -2)), *b"\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        assert_eq!(bytes(&|m| _ = m.float(2, 1.0)), [0x15, 0, 0, 0x80, 0x3f]);
        assert_eq!(bytes(&|m| _ = m.int(16, 0)), [0x80, 0x01, 0]);
    }
}

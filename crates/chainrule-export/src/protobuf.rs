//! The few rules of the protobuf wire format that an ONNX file needs: varints, and everything else with its length before it.
//! Source: protobuf.dev, Encoding.

/// A message in the making.
#[derive(Default)]
pub(crate) struct Message(Vec<u8>);

const VARINT: u64 = 0;
const WITH_LENGTH: u64 = 2;

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A field that holds a whole number.
    pub(crate) fn integer(mut self, field: u64, value: i64) -> Message {
        self.varint(field << 3 | VARINT);
        self.varint(value as u64);
        self
    }

    /// A field that holds bytes.
    pub(crate) fn bytes(mut self, field: u64, value: &[u8]) -> Message {
        self.varint(field << 3 | WITH_LENGTH);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A field that holds text.
    pub(crate) fn text(self, field: u64, value: &str) -> Message {
        self.bytes(field, value.as_bytes())
    }

    /// A field that holds a message.
    pub(crate) fn message(self, field: u64, value: Message) -> Message {
        self.bytes(field, &value.0)
    }

    /// A field that is there several times.
    pub(crate) fn each<T>(self, values: impl IntoIterator<Item = T>, add: impl Fn(Message, T) -> Message) -> Message {
        values.into_iter().fold(self, add)
    }

    /// Several whole numbers in one field.
    pub(crate) fn packed(self, field: u64, values: &[i64]) -> Message {
        let mut inner = Message::default();
        values.iter().for_each(|value| inner.varint(*value as u64));
        self.message(field, inner)
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(Message::default().integer(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(Message::default().text(2, "testing").into_bytes(), b"\x12\x07testing");
        let inner = Message::default().integer(1, 150);
        assert_eq!(
            Message::default().message(3, inner).into_bytes(),
            [0x1a, 3, 0x08, 0x96, 1]
        );
        assert_eq!(
            Message::default().packed(6, &[3, 270, 86942]).into_bytes(),
            [0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]
        );
        let minus = Message::default().integer(1, -2).into_bytes();
        assert_eq!(minus, [8, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
    }
}

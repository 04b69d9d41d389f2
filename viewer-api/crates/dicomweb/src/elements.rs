//! The objects of a JSON array one by one while it comes: an answer of DICOM JSON is an array of data sets (PS3.18 F.2).

use crate::error::Error;

/// The most bytes of one object.
pub const MAX_ELEMENT: usize = 64 << 20;

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    BeforeArray,
    /// Behind the bracket that opens it.
    First,
    AfterElement,
    AfterComma,
    AfterArray,
}

/// Cuts an array into its objects, fed in pieces of any size. It holds no more than the object that is not whole yet.
/// What an object is inside is for a parser; here brackets and texts are counted only.
#[derive(Default)]
pub struct Elements {
    place: Place,
    /// Open brackets of the object; 0 between objects.
    depth: usize,
    in_text: bool,
    escaped: bool,
    open: Vec<u8>,
}

impl Elements {
    /// Takes the next bytes; gives the objects that are whole with them.
    ///
    /// # Errors
    /// When it is no array of objects, or one of them has more than [`MAX_ELEMENT`] bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        let (mut whole, mut from) = (vec![], 0);
        for (at, byte) in bytes.iter().enumerate() {
            if self.depth == 0 {
                self.between(*byte)?;
                from = at;
            } else if self.ends_with(*byte) {
                self.keep(&bytes[from..=at])?;
                whole.push(std::mem::take(&mut self.open));
                self.place = Place::AfterElement;
            }
        }
        if self.depth > 0 {
            self.keep(&bytes[from..])?;
        }
        Ok(whole)
    }

    /// Whether the array has ended.
    pub fn is_ended(&self) -> bool {
        self.place == Place::AfterArray
    }

    /// A byte between objects.
    fn between(&mut self, byte: u8) -> Result<(), Error> {
        self.place = match (self.place, byte) {
            (place, b' ' | b'\t' | b'\r' | b'\n') => place,
            (Place::BeforeArray, b'[') => Place::First,
            (place @ (Place::First | Place::AfterComma), b'{') => {
                self.depth = 1;
                place
            }
            (Place::AfterElement, b',') => Place::AfterComma,
            (Place::First | Place::AfterElement, b']') => Place::AfterArray,
            _ => return Err(Error::invalid("metadata", "it is not an array of objects")),
        };
        Ok(())
    }

    /// Takes a byte of an object; says whether the object ends with it.
    fn ends_with(&mut self, byte: u8) -> bool {
        if self.in_text {
            self.in_text = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.depth == 0
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.open.len() + bytes.len() > MAX_ELEMENT {
            return Err(Error::invalid("metadata", "a data set is too long"));
        }
        self.open.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn cut(text: &[u8], piece: usize) -> Option<Vec<Value>> {
        let mut elements = Elements::default();
        let mut whole = vec![];
        for bytes in text.chunks(piece) {
            whole.extend(elements.feed(bytes).ok()?);
        }
        elements.is_ended().then(|| whole.iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect())
    }

    #[test]
    fn an_array_is_its_objects_however_it_is_cut() {
        let objects = vec![json!({"a": ["}\\\"]{", {"b": [[], {}]}]}), json!({}), json!({"\u{1f600}\\": "\"[\""})];
        let compact = serde_json::to_string(&objects).unwrap();
        let pretty = serde_json::to_string_pretty(&objects).unwrap();
        for text in [&compact, &pretty, &format!(" {compact}\r\n\t")] {
            for piece in 1..=text.len() {
                assert_eq!(cut(text.as_bytes(), piece), Some(objects.clone()), "{piece}");
            }
        }
        assert_eq!(cut(b"[ ]", 1), Some(vec![]));
    }

    #[test]
    fn what_is_no_array_of_objects_is_refused() {
        for text in ["", "[", "{}", "[{}", "[{},]", "[{}{}]", "[,{}]", "[1]", "[[]]", "[{}]x", "[]{}", "\"[]\""] {
            assert_eq!(cut(text.as_bytes(), 1), None, "{text}");
            assert_eq!(cut(text.as_bytes(), 99), None, "{text}");
        }
    }

    #[test]
    fn an_object_without_end_is_not_gathered_for_ever() {
        let mut elements = Elements::default();
        elements.feed(b"[{\"").unwrap();
        let piece = vec![b'x'; 1 << 20];
        let fed = (0..100).take_while(|_| elements.feed(&piece).is_ok()).count();
        assert_eq!(fed, MAX_ELEMENT / piece.len() - 1);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_are_the_same(bytes in "[\\[\\]{}\",:\\\\a ]{0,40}", piece in 1..40_usize) {
            let whole = |piece: usize| {
                let mut elements = Elements::default();
                let given: Result<Vec<_>, _> = bytes.as_bytes().chunks(piece).map(|bytes| elements.feed(bytes)).collect();
                given.map(|given| (given.concat(), elements.is_ended())).map_err(|_| ())
            };
            prop_assert_eq!(whole(piece), whole(40));
        }
    }
}

//! A data set under construction.

use super::charset::CharacterSet;
use dicom_core::{
    DataElement, PrimitiveValue, Tag, VR,
    dictionary::{DataDictionary, DataDictionaryEntry},
    value::DataSetSequence,
};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use dicom_object::InMemDicomObject;

/// Attributes whose text is written in one character set. Values are encoded here, because the writer underneath
/// knows no code extensions.
#[derive(Debug, Clone)]
pub(super) struct Attributes {
    pub(super) object: InMemDicomObject,
    charset: CharacterSet,
}

/// A code value, its scheme and its meaning (PS3.3 8).
pub(super) type Code = (&'static str, &'static str, &'static str);

impl Attributes {
    /// A data set that declares its character set.
    pub(super) fn new(charset: CharacterSet) -> Self {
        let item = Self::item(charset);
        match charset.declared() {
            Some(declared) => item.text(tags::SPECIFIC_CHARACTER_SET, declared),
            None => item,
        }
    }

    /// An item of a sequence, whose character set is that of the data set around it.
    pub(super) fn item(charset: CharacterSet) -> Self {
        Self { object: InMemDicomObject::new_empty(), charset }
    }

    /// A text of any VR; backslashes separate values. An empty text is an empty value.
    pub(super) fn text(mut self, tag: Tag, text: &str) -> Self {
        let vr = vr_of(tag);
        let value = match vr {
            VR::SH | VR::LO | VR::ST | VR::LT | VR::UC | VR::UT | VR::PN => {
                PrimitiveValue::U8(padded(self.charset.encode(text)).into())
            }
            _ if tag == tags::SPECIFIC_CHARACTER_SET => PrimitiveValue::U8(padded(text.into()).into()),
            _ => PrimitiveValue::from(text),
        };
        self.object.put(DataElement::new(tag, vr, value));
        self
    }

    /// Several texts, each its own attribute.
    pub(super) fn texts(self, texts: &[(Tag, &str)]) -> Self {
        texts.iter().fold(self, |attributes, (tag, text)| attributes.text(*tag, text))
    }

    /// Decimal strings (DS) with at most four digits behind the point.
    pub(super) fn decimals(self, tag: Tag, values: &[f64]) -> Self {
        let words = values.iter().map(|value| decimal(*value)).collect::<Vec<_>>();
        self.text(tag, &words.join("\\"))
    }

    /// An integer string (IS).
    pub(super) fn integer(self, tag: Tag, value: usize) -> Self {
        self.text(tag, &value.to_string())
    }

    /// Unsigned words (US).
    pub(super) fn words(mut self, tag: Tag, values: &[u16]) -> Self {
        self.object.put(DataElement::new(tag, VR::US, PrimitiveValue::U16(values.into())));
        self
    }

    /// A signed word (SS).
    pub(super) fn signed_word(mut self, tag: Tag, value: i16) -> Self {
        self.object.put(DataElement::new(tag, VR::SS, PrimitiveValue::from(value)));
        self
    }

    /// Unsigned long words (UL).
    pub(super) fn longs(mut self, tag: Tag, values: &[u32]) -> Self {
        self.object.put(DataElement::new(tag, VR::UL, PrimitiveValue::U32(values.into())));
        self
    }

    /// A floating-point number of 64 bits (FD).
    pub(super) fn double(mut self, tag: Tag, value: f64) -> Self {
        self.object.put(DataElement::new(tag, VR::FD, PrimitiveValue::from(value)));
        self
    }

    /// A tag (AT).
    pub(super) fn pointer(self, tag: Tag, to: Tag) -> Self {
        self.pointers(tag, &[to])
    }

    /// Tags (AT).
    pub(super) fn pointers(mut self, tag: Tag, to: &[Tag]) -> Self {
        self.object.put(DataElement::new(tag, VR::AT, PrimitiveValue::Tags(to.into())));
        self
    }

    /// A palette (OW), 16 bits an entry.
    pub(super) fn palette(mut self, tag: Tag, entries: &[u16]) -> Self {
        self.object.put(DataElement::new(tag, VR::OW, PrimitiveValue::U16(entries.into())));
        self
    }

    /// A sequence.
    pub(super) fn sequence(mut self, tag: Tag, items: Vec<Attributes>) -> Self {
        let items = items.into_iter().map(|item| item.object).collect::<Vec<_>>();
        self.object.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    /// A sequence of one code.
    pub(super) fn code(self, tag: Tag, code: Code) -> Self {
        let item = Self::item(self.charset).coded(code);
        self.sequence(tag, vec![item])
    }

    /// The attributes of an item that is a code.
    pub(super) fn coded(self, (value, scheme, meaning): Code) -> Self {
        self.texts(&[
            (tags::CODE_VALUE, value),
            (tags::CODING_SCHEME_DESIGNATOR, scheme),
            (tags::CODE_MEANING, meaning),
        ])
    }

    /// With all attributes of another data set; its own give way to them.
    pub(super) fn with(mut self, other: Attributes) -> Self {
        for element in other.object {
            self.object.put(element);
        }
        self
    }

    /// What items of this data set are written in.
    pub(super) fn charset(&self) -> CharacterSet {
        self.charset
    }
}

/// VR of an attribute by the dictionary; of those with a choice, the usual one.
fn vr_of(tag: Tag) -> VR {
    StandardDataDictionary.by_tag(tag).map_or(VR::UN, |entry| entry.vr().relaxed())
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() % 2 == 1 {
        bytes.push(b' ');
    }
    bytes
}

fn decimal(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.to_owned() }
}

//! A data set of values as bytes, for what is short and ours: identifiers of queries and their answers, lists, reports.

mod text;

use crate::coding::{ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, has_long_length};
use imaging_domain::{DataSet, Element, Tag, VR, Value, tags, transfer_syntax};
pub(crate) use text::Coder;

/// The most bytes of a value with a 16-bit length, even.
const LONGEST_SHORT: usize = 65_534;

/// Writes a data set in explicit VR little endian, or in implicit when that is the transfer syntax. Texts are in the
/// character set that `charset`, the values of Specific Character Set, names when all of them can be said in it, else in
/// UTF-8; the data set says which, whatever it said. Values that lie elsewhere ([`Value::Bulk`]) are left empty.
pub fn data_set_bytes(data_set: &DataSet, transfer_syntax: &str, charset: &[String]) -> Vec<u8> {
    let explicit = transfer_syntax != transfer_syntax::IMPLICIT_LITTLE;
    let asked = Coder::named(charset).map(|coder| (coder, charset.to_vec()));
    let utf8 = (Coder::Utf8, vec!["ISO_IR 192".to_owned()]);
    for (coder, labels) in [Some((Coder::Ascii, vec![])), asked].into_iter().flatten() {
        if let Some(bytes) = (Writer { explicit, coder }).whole(data_set, labels) {
            return bytes;
        }
    }
    // every text is UTF-8 already
    Writer { explicit, coder: utf8.0 }.whole(data_set, utf8.1).unwrap_or_default()
}

struct Writer {
    explicit: bool,
    coder: Coder,
}

impl Writer {
    /// `None` when a text has a character that the character set does not.
    fn whole(&self, data_set: &DataSet, labels: Vec<String>) -> Option<Vec<u8>> {
        let mut said = data_set.clone();
        said.remove(tags::SPECIFIC_CHARACTER_SET);
        if !labels.is_empty() {
            said.put(tags::SPECIFIC_CHARACTER_SET, VR::CS, Value::Text(labels));
        }
        let mut out = vec![];
        self.elements(&said, &mut out)?;
        Some(out)
    }

    fn elements(&self, data_set: &DataSet, out: &mut Vec<u8>) -> Option<()> {
        for (tag, element) in data_set.iter().filter(|(tag, _)| tag.element() != 0) {
            if element.vr == VR::SQ {
                let items = if let Value::Sequence(items) = &element.value { items.as_slice() } else { &[] };
                self.sequence(tag, items, out)?;
                continue;
            }
            let mut value = self.value(element)?;
            if value.len() % 2 == 1 {
                value.push(padding(element.vr));
            }
            self.head(tag, element.vr, value.len(), out);
            out.append(&mut value);
        }
        Some(())
    }

    fn sequence(&self, tag: Tag, items: &[DataSet], out: &mut Vec<u8>) -> Option<()> {
        if items.is_empty() {
            self.head(tag, VR::SQ, 0, out);
            return Some(());
        }
        self.head(tag, VR::SQ, UNDEFINED as usize, out);
        for item in items {
            put_tag(ITEM, out);
            out.extend_from_slice(&UNDEFINED.to_le_bytes());
            self.elements(item, out)?;
            put_tag(ITEM_END, out);
            out.extend_from_slice(&[0; 4]);
        }
        put_tag(SEQUENCE_END, out);
        out.extend_from_slice(&[0; 4]);
        Some(())
    }

    /// Tag, VR and length (PS3.5 7.1.2, 7.1.3); a value too long for its VR's 16 bits is UN (PS3.5 6.2.2).
    fn head(&self, tag: Tag, vr: VR, length: usize, out: &mut Vec<u8>) {
        put_tag(tag, out);
        if self.explicit {
            let long = has_long_length(vr);
            if !long && length <= LONGEST_SHORT {
                out.extend_from_slice(vr.to_string().as_bytes());
                out.extend_from_slice(&(length as u16).to_le_bytes());
                return;
            }
            out.extend_from_slice(if long { vr } else { VR::UN }.to_string().as_bytes());
            out.extend_from_slice(&[0; 2]);
        }
        // what is held in memory is far below 4 GiB
        out.extend_from_slice(&(length as u32).to_le_bytes());
    }

    fn value(&self, element: &Element) -> Option<Vec<u8>> {
        let vr = element.vr;
        Some(match &element.value {
            Value::Text(values) => self.coder.encode(&values.join("\\"), vr)?,
            Value::Int(values) => values.iter().flat_map(|number| integer(vr, *number)).collect(),
            Value::Float(values) if vr == VR::FL => values.iter().flat_map(|f| (*f as f32).to_le_bytes()).collect(),
            Value::Float(values) => values.iter().flat_map(|f| f.to_le_bytes()).collect(),
            Value::Tags(tags) => {
                tags.iter().flat_map(|tag| [tag.group().to_le_bytes(), tag.element().to_le_bytes()].concat()).collect()
            }
            Value::Bytes(bytes) => bytes.clone(),
            Value::Sequence(_) | Value::Bulk { .. } => vec![],
        })
    }
}

/// The low bytes of a number, as many as its VR has.
fn integer(vr: VR, number: i64) -> Vec<u8> {
    number.to_le_bytes()[..crate::walker::unit(vr).max(2)].to_vec()
}

pub(crate) fn padding(vr: VR) -> u8 {
    if crate::value::is_text(vr) && vr != VR::UI { b' ' } else { 0 }
}

fn put_tag(tag: Tag, out: &mut Vec<u8>) {
    out.extend_from_slice(&tag.group().to_le_bytes());
    out.extend_from_slice(&tag.element().to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Framing, Keep, Limits, scan};

    fn read(bytes: &[u8], syntax: &str) -> DataSet {
        let framing = Framing::DataSet { transfer_syntax: syntax.to_owned() };
        scan(bytes, framing, Keep::Everything { max_inline_bytes: 64 }, Limits::default()).unwrap().attributes
    }

    #[test]
    fn what_is_written_is_read_in_every_character_set() {
        for (name, labels, said) in [
            ("WANG^XIAOMING", &[][..], None),
            ("WANG^XIAOMING", &["GB18030"], None),
            ("WANG^XIAOMING=王^小明", &[], Some("ISO_IR 192")),
            ("WANG^XIAOMING=王^小明", &["ISO_IR 192"], Some("ISO_IR 192")),
            ("WANG^XIAOMING=王^小明", &["GB18030"], Some("GB18030")),
            ("WANG^XIAOMING=王^小明", &["GBK"], Some("GBK")),
            ("WANG^XIAOMING=王^小明", &["ISO_IR 100"], Some("ISO_IR 192")),
            ("WANG^XIAOMING=王^小明", &["", "ISO 2022 IR 58"], Some("")),
            ("Yamada^Tarou=山田^太郎=やまだ^たろう", &["", "ISO 2022 IR 87"], Some("")),
            ("Hong^Gildong=洪^吉洞=홍^길동", &["", "ISO 2022 IR 149"], Some("")),
            ("Müller^Jörg", &["ISO_IR 100"], Some("ISO_IR 100")),
            ("Иванов^Пётр", &["ISO_IR 144"], Some("ISO_IR 144")),
            ("Иванов^Пётр", &["NO_SUCH"], Some("ISO_IR 192")),
        ] {
            let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
            let mut data_set = DataSet::new();
            data_set.put_text(tags::PATIENT_NAME, VR::PN, name);
            data_set.put(tags::ROWS, VR::US, Value::Int(vec![512]));
            data_set.put(tags::STUDY_ID, VR::SH, Value::Text(vec![]));
            let mut item = DataSet::new();
            item.put_text(tags::REQUESTED_PROCEDURE_ID, VR::SH, "odd");
            data_set.put(tags::REQUEST_ATTRIBUTES_SEQUENCE, VR::SQ, Value::Sequence(vec![item]));
            for syntax in [transfer_syntax::IMPLICIT_LITTLE, transfer_syntax::EXPLICIT_LITTLE] {
                let mut found = read(&data_set_bytes(&data_set, syntax, &labels), syntax);
                assert_eq!(found.text(tags::SPECIFIC_CHARACTER_SET), said, "{name} {labels:?}");
                found.remove(tags::SPECIFIC_CHARACTER_SET);
                assert_eq!(found.text(tags::PATIENT_NAME), Some(name), "{labels:?}");
                assert!(found == data_set, "{name} {labels:?}");
            }
        }
    }
}

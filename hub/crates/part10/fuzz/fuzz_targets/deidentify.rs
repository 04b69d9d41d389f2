//! Any bytes, as a file in whatever syntax it claims: de-identified without a panic, the same however they are cut; what is read
//! of the result has nothing private in it, nothing that the dictionary does not know, and no UID but the Standard's and ours.

#![no_main]

use imaging_domain::{DataSet, Value, transfer_syntax};
use libfuzzer_sys::fuzz_target;
use part10::{Changes, Deidentification, Error, Framing, Keep, Limits, MAX_DEFLATED_PIECE, Pixels, Rewriter, scan};

const LIMITS: Limits =
    Limits { depth: 64, elements: 100_000, text_value_bytes: 4096, kept_bytes: 1 << 20, inflated_bytes: 8 << 20 };
const ALL: Keep = Keep::Everything { max_inline_bytes: 64 };

fuzz_target!(|data: &[u8]| {
    let Ok(header) = scan(data, Framing::File, ALL, LIMITS) else { return };
    let source = &data[header.data_set_offset as usize..];
    let chunk = 1 + data.last().map_or(0, |byte| usize::from(byte % 13));
    for pixels in [Pixels::AsTheyAre, Pixels::Fragments] {
        let whole = deidentified(&header.transfer_syntax, source, pixels, MAX_DEFLATED_PIECE);
        let chunked = deidentified(&header.transfer_syntax, source, pixels, chunk);
        match (&whole, &chunked) {
            (Ok(a), Ok(b)) => assert!(a == b, "chunks of {chunk} give another result"),
            (a, b) => assert_eq!(a.is_ok(), b.is_ok(), "chunks of {chunk} give another outcome"),
        }
        let Ok(whole) = whole else { continue };
        let framing = Framing::DataSet { transfer_syntax: transfer_syntax::EXPLICIT_LITTLE.to_owned() };
        // what was cut off inside of a value is cut off still
        let Ok(again) = scan(&whole, framing, ALL, LIMITS) else { continue };
        if !header.is_truncated() {
            nobody(&again.attributes);
        }
    }
});

fn deidentified(syntax: &str, bytes: &[u8], pixels: Pixels, size: usize) -> Result<Vec<u8>, Error> {
    let by = Deidentification::new(|uid| format!("2.25.{}", uid.len()));
    let mut rewriter = Rewriter::new(syntax, Changes { pixels, ..Changes::default() }.deidentified(by), LIMITS);
    let mut out = vec![];
    for chunk in bytes.chunks(size) {
        rewriter.feed(chunk, &mut out)?;
    }
    rewriter.finish(&mut out);
    Ok(out)
}

fn nobody(set: &DataSet) {
    for (tag, element) in set.iter() {
        assert!(tag.group() % 2 == 0 && !matches!(tag.group(), 0x5000..=0x50FF | 0x6000..=0x60FF), "{tag} is left");
        match &element.value {
            Value::Sequence(items) => items.iter().for_each(nobody),
            Value::Text(texts) if element.vr == imaging_domain::VR::UI => {
                let fine = |uid: &String| uid.is_empty() || uid.starts_with("1.2.840.10008.") || uid.starts_with("2.25.");
                assert!(texts.iter().all(fine), "a UID of {tag} is left");
            }
            Value::Text(texts) if element.vr == imaging_domain::VR::PN => {
                assert!(texts.iter().all(|name| matches!(name.as_str(), "" | "ANONYMIZED")), "a name of {tag} is left");
            }
            _ => {}
        }
    }
}

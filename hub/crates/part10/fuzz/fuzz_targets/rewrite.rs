//! Any bytes, as a file in whatever syntax it claims: written again without a panic, the same however they are cut, and
//! where nothing was wrong with them they say the same afterwards.

#![no_main]

use imaging_domain::{DataSet, Value, transfer_syntax};
use libfuzzer_sys::fuzz_target;
use part10::{Changes, Error, Framing, Keep, Limits, MAX_DEFLATED_PIECE, Pixels, Rewriter, scan};

const LIMITS: Limits =
    Limits { depth: 64, elements: 100_000, text_value_bytes: 4096, kept_bytes: 1 << 20, inflated_bytes: 8 << 20 };
const ALL: Keep = Keep::Everything { max_inline_bytes: 64 };

fuzz_target!(|data: &[u8]| {
    let Ok(header) = scan(data, Framing::File, ALL, LIMITS) else { return };
    let source = &data[header.data_set_offset as usize..];
    let chunk = 1 + data.last().map_or(0, |byte| usize::from(byte % 13));
    for pixels in [Pixels::AsTheyAre, Pixels::Encapsulated] {
        let whole = rewritten(&header.transfer_syntax, source, pixels, MAX_DEFLATED_PIECE);
        let chunked = rewritten(&header.transfer_syntax, source, pixels, chunk);
        match (&whole, &chunked) {
            (Ok(a), Ok(b)) => assert!(a == b, "chunks of {chunk} give another result"),
            (a, b) => assert_eq!(a.is_ok(), b.is_ok(), "chunks of {chunk} give another outcome"),
        }
        let (Ok(whole), Pixels::AsTheyAre, true) = (whole, pixels, header.warnings.is_empty()) else { continue };
        let framing = Framing::DataSet { transfer_syntax: transfer_syntax::EXPLICIT_LITTLE.to_owned() };
        let again = scan(&whole, framing, ALL, LIMITS).expect("read once, read again");
        // icons with encapsulated pixels lose them
        let encapsulated = transfer_syntax::of(&header.transfer_syntax).is_encapsulated();
        assert!(encapsulated || is_said_again(&header.attributes, &again.attributes));
    }
});

fn rewritten(syntax: &str, bytes: &[u8], pixels: Pixels, size: usize) -> Result<Vec<u8>, Error> {
    let mut rewriter = Rewriter::new(syntax, Changes { pixels, ..Changes::default() }, LIMITS);
    let mut out = vec![];
    for chunk in bytes.chunks(size) {
        rewriter.feed(chunk, &mut out)?;
    }
    rewriter.finish(&mut out);
    Ok(out)
}

/// Whether every value is there again; empty ones and bytes of pixel data elsewhere may be gone.
fn is_said_again(a: &DataSet, b: &DataSet) -> bool {
    a.iter().all(|(tag, before)| match (&before.value, b.get(tag).map(|element| &element.value)) {
        (Value::Bulk { length, .. }, Some(Value::Bulk { length: after, .. })) => length.next_multiple_of(2) == *after,
        (Value::Bulk { .. }, _) => true,
        (Value::Sequence(a), Some(Value::Sequence(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_said_again(a, b))
        }
        (Value::Float(a), Some(Value::Float(b))) => a.iter().map(|f| f.to_bits()).eq(b.iter().map(|f| f.to_bits())),
        (Value::Bytes(a), Some(Value::Bytes(b))) => b.starts_with(a) && b.len() <= a.len() + 1,
        (Value::Bytes(a), Some(Value::Bulk { length, .. })) => a.len() as u64 + 1 == *length,
        (a, Some(b)) => a == b,
        (_, None) => false,
    })
}

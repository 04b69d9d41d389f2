//! Bytes of data sets, element by element.

use super::*;
use imaging_domain::{DataSet, Tag};
use proptest::prelude::*;

fn described(elements: Vec<(Tag, VR, Value)>) -> Described {
    let mut data_set = DataSet::new();
    for (tag, vr, value) in elements {
        data_set.put(tag, vr, value);
    }
    Described { data_set, transfer_syntax: None, uris: vec![] }
}

fn texts(values: &[&str]) -> Value {
    Value::Text(values.iter().map(|&text| text.into()).collect())
}

/// The bytes behind the character set, with those that lie elsewhere as their place in brackets.
fn written(described: &Described, bulk: &[Bulk]) -> (String, Vec<u8>) {
    let encoded = encode(described, bulk).unwrap();
    let pieces = encoded.segments.into_iter().flat_map(|segment| match segment {
        Segment::Bytes(bytes) => bytes,
        Segment::Bulk(span) => format!("[{}-{}]", span.start, span.end).into_bytes(),
    });
    let bytes: Vec<u8> = pieces.collect();
    let charset = b"\x08\0\x05\0CS\x0a\0ISO_IR 192";
    assert!(bytes.starts_with(charset));
    (encoded.transfer_syntax, bytes[charset.len()..].to_vec())
}

#[test]
fn each_vr_has_its_form() {
    let cases: Vec<(VR, Value, &[u8])> = vec![
        (VR::UI, texts(&["1.2.3"]), b"UI\x06\x001.2.3\0"),
        (VR::LO, texts(&["a", "bc"]), b"LO\x04\0a\\bc"),
        (VR::PN, texts(&["A=王"]), "PN\x06\0A=王 ".as_bytes()),
        (VR::UT, texts(&["abc"]), b"UT\0\0\x04\0\0\0abc "),
        (VR::IS, texts(&["3.0", "4"]), b"IS\x04\x003\\4 "),
        (VR::DS, texts(&["0.30000000000000004"]), b"DS\x10\x000.30000000000000"),
        (VR::DS, texts(&["1.2345678901234567e-30"]), b"DS\x10\x001.2345678901e-30"),
        (VR::US, Value::Int(vec![1, 2]), b"US\x04\0\x01\0\x02\0"),
        (VR::SL, Value::Int(vec![-1]), b"SL\x04\0\xff\xff\xff\xff"),
        (VR::UV, Value::Int(vec![1]), b"UV\0\0\x08\0\0\0\x01\0\0\0\0\0\0\0"),
        (VR::FL, Value::Float(vec![1.0]), b"FL\x04\0\0\0\x80\x3f"),
        (VR::FD, Value::Float(vec![1.0]), b"FD\x08\0\0\0\0\0\0\0\xf0\x3f"),
        (VR::AT, Value::Tags(vec![Tag(0x0028, 0x0010)]), b"AT\x04\0\x28\0\x10\0"),
        (VR::OB, Value::Bytes(vec![7]), b"OB\0\0\x02\0\0\0\x07\0"),
        (VR::SH, texts(&[]), b"SH\0\0"),
        (VR::OB, texts(&[]), b"OB\0\0\0\0\0\0"),
    ];
    for (vr, value, expected) in cases {
        let (_, bytes) = written(&described(vec![(Tag(0x0029, 0x1001), vr, value)]), &[]);
        assert_eq!(bytes, [b"\x29\0\x01\x10", expected].concat(), "{vr}");
    }
}

#[test]
fn sequences_have_no_length_and_long_texts_are_unknown() {
    let mut item = DataSet::new();
    item.put(Tag(0x0040, 0x0007), VR::LO, texts(&["x"]));
    let (_, bytes) = written(&described(vec![(Tag(0x0040, 0x0275), VR::SQ, Value::Sequence(vec![item]))]), &[]);
    let expected = b"\x40\0\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff\x40\0\x07\0LO\x02\0x \
        \xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0";
    assert_eq!(bytes, expected);
    let long = "x".repeat(70_000);
    let (_, bytes) = written(&described(vec![(Tag(0x0020, 0x4000), VR::LT, texts(&[&long]))]), &[]);
    assert!(bytes.starts_with(b"\x20\0\0\x40UN\0\0\x70\x11\x01\0xx"));
}

#[test]
fn bulk_data_goes_where_it_belongs() {
    let pixels = (tags::PIXEL_DATA, VR::OW, Value::Bulk { offset: 0, length: 1 });
    let part = |spans: &[(u64, u64)], syntax: Option<&str>| Bulk {
        spans: spans.iter().map(|&(from, to)| from..to).collect(),
        transfer_syntax: syntax.map(str::to_owned),
        is_image: false,
    };
    let native = written(&described(vec![pixels.clone()]), &[part(&[(5, 10)], None)]);
    assert_eq!(native.0, "1.2.840.10008.1.2.1");
    assert_eq!(native.1, b"\xe0\x7f\x10\0OW\0\0\x06\0\0\0[5-10]\0");
    let jpeg = Some("1.2.840.10008.1.2.4.50");
    let frames = written(&described(vec![pixels.clone()]), &[part(&[(0, 4), (4, 7)], jpeg)]);
    assert_eq!(frames.0, "1.2.840.10008.1.2.4.50");
    assert_eq!(
        frames.1,
        b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0\x04\0\0\0[0-4]\
          \xfe\xff\0\xe0\x04\0\0\0[4-7]\0\xfe\xff\xdd\xe0\0\0\0\0"
    );
    for syntax in ["1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.3"] {
        let refused = encode(&described(vec![pixels.clone()]), &[part(&[(0, 4)], Some(syntax))]);
        assert!(matches!(refused, Err(Error::MediaType(_))), "{syntax}");
    }
    let nameless = Bulk { is_image: true, ..part(&[(0, 4)], None) };
    assert!(matches!(encode(&described(vec![pixels.clone()]), &[nameless]), Err(Error::MediaType(_))));
    assert!(encode(&described(vec![pixels.clone()]), &[]).is_err());
    assert!(encode(&described(vec![pixels]), &[part(&[(0, 1 << 33)], None)]).is_err(), "too long for its length");
}

proptest! {
    #[test]
    fn decimal_strings_keep_to_their_length(value in proptest::num::f64::NORMAL) {
        let text = serde_json::Number::from_f64(value).unwrap().to_string();
        let (_, bytes) = written(&described(vec![(tags::WINDOW_CENTER, VR::DS, texts(&[&text]))]), &[]);
        let read = std::str::from_utf8(&bytes[8..]).unwrap().trim_end();
        prop_assert!(read.len() <= 16, "{read}");
        let back: f64 = read.parse().unwrap();
        prop_assert!((back - value).abs() <= value.abs() * 1e-7, "{value} became {back}");
    }
}

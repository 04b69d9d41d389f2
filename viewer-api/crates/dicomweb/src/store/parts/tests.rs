//! Bodies as clients write them, cut anywhere.

use super::*;

/// A part as it came.
type Part = (PartHead, Vec<u8>);
/// A kind of client, the body it sends, and the bytes of its parts.
type Case = (&'static str, &'static [u8], &'static [&'static [u8]]);

/// The parts of a body that were whole, and whether it was closed.
fn read(boundary: &str, body: &[u8], piece: usize) -> Result<(Vec<Part>, bool), Error> {
    let mut reader = PartReader::new(boundary);
    let (mut whole, mut open): (Vec<Part>, Option<Part>) = (vec![], None);
    for bytes in body.chunks(piece) {
        reader.feed(bytes)?;
        while let Some(event) = reader.next_event() {
            match event {
                PartEvent::Begin(head) => assert!(open.replace((head, vec![])).is_none(), "a part in a part"),
                PartEvent::Data(bytes) => open.as_mut().expect("data has a part").1.extend_from_slice(&bytes),
                PartEvent::End => whole.push(open.take().expect("an end has a beginning")),
                PartEvent::Closed => assert!(open.is_none(), "closed in a part"),
            }
        }
    }
    Ok((whole, reader.is_closed()))
}

fn bodies(parts: &[Part]) -> Vec<&[u8]> {
    parts.iter().map(|(_, body)| body.as_slice()).collect()
}

#[test]
fn bodies_of_clients_are_cut_into_their_parts_however_they_come() {
    let cases: [Case; 9] = [
        ("dicomweb-client", b"\r\n--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b\r\nContent-Type: application/dicom\r\n\r\ntwo\r\n--b--", &[b"one", b"two"]),
        ("no line break before the first", b"--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b--\r\n", &[b"one"]),
        ("preamble and epilogue", b"hello\r\n--b\r\n\r\none\r\n--b--\r\nbye\r\n--b\r\n\r\nnot a part\r\n--b--", &[b"one"]),
        ("blanks behind the boundary", b"--b \t \r\n\r\none\r\n--b-- \r\n", &[b"one"]),
        ("line breaks at the edges stay", b"--b\r\n\r\n\r\none\r\n\r\n--b--", &[b"\r\none\r\n"]),
        ("an empty part", b"--b\r\n\r\n\r\n--b\r\nX: y\r\n\r\n\r\n--b--", &[b"", b""]),
        ("what looks like a boundary", b"--b\r\n\r\n\r\n--bc\r\n--b-\r\n\r\n-\r\n--b--", &[b"\r\n--bc\r\n--b-\r\n\r\n-"]),
        ("a boundary in a line", b"--b\r\n\r\nx--b--y\r\n--b--", &[b"x--b--y"]),
        ("no part", b"--b--\r\n", &[]),
    ];
    for (name, body, expected) in cases {
        for piece in [1, 2, 3, 7, 4096] {
            let (parts, closed) = read("b", body, piece).unwrap();
            assert_eq!(bodies(&parts), expected, "{name}, pieces of {piece}");
            assert!(closed, "{name}");
        }
    }
}

#[test]
fn a_body_that_breaks_off_leaves_no_part_that_is_not_whole() {
    let body = b"--b\r\nContent-Type: application/dicom\r\n\r\none\r\n\r\n--b\r\n\r\n--b\r\n--bb\r\n--b--\r\n";
    let (parts, _) = read("b", body, 4096).unwrap();
    let whole: Vec<Vec<u8>> = parts.into_iter().map(|(_, body)| body).collect();
    assert_eq!(whole, [b"one\r\n".to_vec(), b"--b\r\n--bb".to_vec()]);
    for cut in 0..body.len() {
        for piece in [1, 4096] {
            let (parts, closed) = read("b", &body[..cut], piece).unwrap();
            assert!(parts.iter().zip(&whole).all(|((_, got), full)| got == full), "cut at {cut}");
            assert!(!closed || cut >= body.len() - 2, "closed at {cut}");
        }
    }
}

#[test]
fn heads_say_what_a_part_is() {
    let body = b"--b\r\ncontent-type:  image/jpeg;\r\n transfer-syntax=1.2.840.10008.1.2.4.50\r\nCONTENT-LOCATION: http://x/1\r\n\
                 Content-ID: <a@b>\r\nContent-Transfer-Encoding: BINARY\r\nnonsense\r\n\r\nx\r\n--b\r\nContent-Encoding: gzip\r\n\r\ny\r\n--b--";
    let (parts, _) = read("b", body, 5).unwrap();
    let head = &parts[0].0;
    assert_eq!(head.content_type.as_deref(), Some("image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50"));
    assert_eq!((head.location.as_deref(), head.id.as_deref()), (Some("http://x/1"), Some("a@b")));
    assert_eq!((head.encoding.as_deref(), parts[1].0.encoding.as_deref()), (None, Some("gzip")));
}

#[test]
fn everything_has_a_limit() {
    let head = [b"--b\r\nX: ".to_vec(), vec![b'x'; MAX_PART_HEAD]].concat();
    let preamble = vec![b'x'; MAX_PREAMBLE + 100];
    let many = [b"--b\r\n\r\n\r\n".repeat(MAX_PARTS + 1), b"--b--".to_vec()].concat();
    for body in [head, preamble, many] {
        assert!(matches!(read("b", &body, 4096), Err(Error::TooLong(_))));
    }
}

#[test]
fn little_is_held_back() {
    let mut reader = PartReader::new("b");
    reader.feed(b"--b\r\n\r\n").unwrap();
    let (mut given, piece) = (0, vec![b'\r'; 64 << 10]);
    for _ in 0..64 {
        reader.feed(&piece).unwrap();
        while let Some(event) = reader.next_event() {
            given += if let PartEvent::Data(bytes) = event { bytes.len() } else { 0 };
        }
    }
    assert!(given >= 64 * piece.len() - "\r\n--b".len());
    assert!(reader.buffer.len() < "\r\n--b".len());
}

//! The markers in front of a JPEG or JPEG-LS scan (ITU-T T.81 annex B, T.87 annex C).

use crate::Error;

/// What the markers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Low byte of the start-of-frame marker: C0 baseline, C1 extended, C2 progressive, C3 lossless, F7 JPEG-LS...
    pub(super) process: u8,
    /// Bits of a sample.
    pub(super) precision: u32,
    pub(super) rows: u64,
    pub(super) columns: u64,
    pub(super) components: Vec<Component>,
    /// Transform of an Adobe marker: 0 none, 1 YCbCr.
    pub(super) adobe: Option<u8>,
    pub(super) is_jfif: bool,
    /// JPEG-LS: largest difference from the original, and how components are interleaved in the first scan (T.87
    /// C.2.3).
    pub(super) near: u8,
    pub(super) interleave: u8,
}

/// One component of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) horizontal: u8,
    pub(super) vertical: u8,
}

/// An Adobe marker with transform 0.
const ADOBE_RGB: [u8; 16] = [0xFF, 0xEE, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, 0];
const CUT: Error = Error::Corrupt("JPEG header");
/// Segments looked at before giving up.
const MAX_SEGMENTS: usize = 1024;

impl Header {
    /// Reads up to the first start of scan.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut header = Self {
            process: 0,
            precision: 0,
            rows: 0,
            columns: 0,
            components: vec![],
            adobe: None,
            is_jfif: false,
            near: 0,
            interleave: 0,
        };
        let mut rest = bytes.strip_prefix(&[0xFF, 0xD8]).ok_or(Error::Corrupt("no start of a JPEG image"))?;
        for _ in 0..MAX_SEGMENTS {
            let (marker, body, after) = segment(rest)?;
            match marker {
                0xDA => return header.start_of_scan(body),
                0xC4 | 0xCC => {}
                0xC0..=0xCF | 0xF7 => header.start_of_frame(marker, body)?,
                0xE0 => header.is_jfif |= body.starts_with(b"JFIF\0"),
                0xEE if body.starts_with(b"Adobe") => header.adobe = body.get(11).copied(),
                _ => {}
            }
            rest = after;
        }
        Err(CUT)
    }

    fn start_of_frame(&mut self, marker: u8, body: &[u8]) -> Result<(), Error> {
        let word = |at| Ok::<_, Error>(u64::from(byte(body, at)?) << 8 | u64::from(byte(body, at + 1)?));
        self.process = marker;
        self.precision = u32::from(byte(body, 0)?);
        self.rows = word(1)?;
        self.columns = word(3)?;
        let components = body.get(6..6 + 3 * usize::from(byte(body, 5)?)).ok_or(CUT)?;
        self.components = components
            .chunks_exact(3)
            .map(|part| Component { id: part[0], horizontal: part[1] >> 4, vertical: part[1] & 15 })
            .collect();
        Ok(())
    }

    fn start_of_scan(mut self, body: &[u8]) -> Result<Self, Error> {
        let [_, .., near, interleave, _] = body else { return Err(CUT) };
        (self.near, self.interleave) = (*near, *interleave);
        if self.process == 0 {
            return Err(CUT);
        }
        Ok(self)
    }

    /// The stream with markers that call its components RGB, so that the library leaves them as they are.
    pub(super) fn as_rgb(bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let mut marked = Vec::with_capacity(bytes.len() + ADOBE_RGB.len());
        marked.extend([0xFF, 0xD8]);
        marked.extend(ADOBE_RGB);
        let mut rest = bytes.get(2..).ok_or(CUT)?;
        for _ in 0..MAX_SEGMENTS {
            let (marker, _, after) = segment(rest)?;
            match marker {
                0xDA => {
                    marked.extend(rest);
                    return Ok(marked);
                }
                0xE0..=0xEF | 0xFE => {}
                _ => marked.extend(&rest[..rest.len() - after.len()]),
            }
            rest = after;
        }
        Err(CUT)
    }

    /// Whether some component has fewer samples than another.
    pub(super) fn is_subsampled(&self) -> bool {
        let shape = |part: &Component| (part.horizontal, part.vertical);
        self.components.windows(2).any(|pair| shape(&pair[0]) != shape(&pair[1]))
    }
}

fn byte(body: &[u8], at: usize) -> Result<u8, Error> {
    body.get(at).copied().ok_or(CUT)
}

/// Marker, body and what follows; fill bytes in front of a marker are skipped (T.81 B.1.1.2).
pub(super) fn segment(bytes: &[u8]) -> Result<(u8, &[u8], &[u8]), Error> {
    let fill = bytes.iter().take_while(|byte| **byte == 0xFF).count();
    if fill == 0 {
        return Err(CUT);
    }
    let marker = byte(bytes, fill)?;
    let length = usize::from(byte(bytes, fill + 1)?) << 8 | usize::from(byte(bytes, fill + 2)?);
    let body = bytes.get(fill + 3..fill + 1 + length).filter(|_| length >= 2).ok_or(CUT)?;
    Ok((marker, body, &bytes[fill + 1 + length..]))
}

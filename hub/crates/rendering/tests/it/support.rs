//! Images made by hand.

use imaging_domain::{DataSet, Tag, VR, Value, tags};
use rendering::{Format, Frame, Image, Settings};

pub const LITTLE: &str = "1.2.840.10008.1.2.1";
pub const BIG: &str = "1.2.840.10008.1.2.2";
pub const RLE: &str = "1.2.840.10008.1.2.5";

/// A monochrome or coloured image of some bits; everything else by `with`.
pub struct Made {
    pub set: DataSet,
    pub syntax: &'static str,
}

impl Made {
    pub fn new(photometric: &str, columns: i64, rows: i64, bits: (i64, i64)) -> Self {
        let mut set = DataSet::new();
        set.put_text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, photometric);
        let samples = if photometric.starts_with("MONO") || photometric.starts_with("PAL") { 1 } else { 3 };
        let made = Self { set, syntax: LITTLE };
        made.int(tags::SAMPLES_PER_PIXEL, samples)
            .int(tags::COLUMNS, columns)
            .int(tags::ROWS, rows)
            .int(tags::BITS_ALLOCATED, bits.0)
            .int(tags::BITS_STORED, bits.1)
            .int(tags::HIGH_BIT, bits.1 - 1)
            .int(tags::PIXEL_REPRESENTATION, 0)
    }

    pub fn int(self, tag: Tag, value: i64) -> Self {
        self.value(tag, VR::US, Value::Int(vec![value]))
    }

    pub fn text(mut self, tag: Tag, value: &str) -> Self {
        self.set.put(tag, VR::DS, Value::Text(value.split('\\').map(str::to_owned).collect()));
        self
    }

    pub fn value(mut self, tag: Tag, vr: VR, value: Value) -> Self {
        self.set.put(tag, vr, value);
        self
    }

    pub fn window(self, center: &str, width: &str, function: &str) -> Self {
        self.text(tags::WINDOW_CENTER, center).text(tags::WINDOW_WIDTH, width).text(tags::VOILUT_FUNCTION, function)
    }

    pub fn syntax(mut self, syntax: &'static str) -> Self {
        self.syntax = syntax;
        self
    }

    pub fn image(&self) -> Image {
        Image::describe(&self.set, self.syntax, 0).expect("a description")
    }

    pub fn decode(&self, bytes: &[u8]) -> Frame {
        rendering::decode(&self.image(), bytes, 0).expect("samples")
    }

    /// Pixels of the picture at the image's own size.
    pub fn pixels(&self, bytes: &[u8]) -> Vec<u8> {
        shown(&self.image(), bytes, 0, &png()).1
    }
}

pub fn png() -> Settings {
    Settings { format: Format::Png, ..Settings::default() }
}

/// Size and pixels of a PNG picture.
pub fn shown(image: &Image, bytes: &[u8], bit_offset: u8, settings: &Settings) -> ((u32, u32), Vec<u8>) {
    let file = rendering::picture(image, bytes, bit_offset, settings).expect("a picture");
    let picture = image::load_from_memory(&file).expect("a PNG");
    ((picture.width(), picture.height()), picture.into_bytes())
}

/// A sequence of one item.
pub fn item(elements: &[(Tag, VR, Value)]) -> Value {
    let mut set = DataSet::new();
    for (tag, vr, value) in elements {
        set.put(*tag, *vr, value.clone());
    }
    Value::Sequence(vec![set])
}

pub fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub fn signed(values: &[i16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

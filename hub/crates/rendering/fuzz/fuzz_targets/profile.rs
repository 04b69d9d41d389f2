//! ICC profiles of images: no panic, and a picture or an error.
#![no_main]

use imaging_domain::{DataSet, VR, Value, tags};
use libfuzzer_sys::fuzz_target;
use rendering::{Colours, Format, Image, Settings};

fn image() -> Image {
    let mut set = DataSet::new();
    set.put_text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB");
    for (tag, value) in [
        (tags::SAMPLES_PER_PIXEL, 3),
        (tags::COLUMNS, 2),
        (tags::ROWS, 1),
        (tags::BITS_ALLOCATED, 8),
        (tags::BITS_STORED, 8),
        (tags::HIGH_BIT, 7),
    ] {
        set.put(tag, VR::US, Value::Int(vec![value]));
    }
    Image::describe(&set, "1.2.840.10008.1.2.1", 0).expect("an image")
}

fuzz_target!(|profile: &[u8]| {
    let image = image().with_profile(profile.to_vec());
    for colours in [Colours::OwnProfile, Colours::Srgb, Colours::RommRgb] {
        let settings = Settings { colours, format: Format::Pixels, ..Settings::default() };
        let _ = rendering::picture(&image, &[200, 30, 30, 30, 200, 30], 0, &settings);
    }
});

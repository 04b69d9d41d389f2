//! Colour spaces of pictures.

use crate::support::{Made, png};
use rendering::{Colours, Error, Format, Image, Settings};

fn red() -> Made {
    Made::new("RGB", 2, 1, (8, 8))
}

fn coloured(colours: Colours, format: Format, profile: Option<Vec<u8>>) -> Vec<u8> {
    let image = red().image();
    let image = profile.into_iter().fold(image, Image::with_profile);
    let settings = Settings { colours, format, ..Settings::default() };
    rendering::picture(&image, &[200, 30, 30, 30, 200, 30], 0, &settings).expect("a picture")
}

#[test]
fn colours_are_converted_and_their_profile_is_embedded() {
    let has_profile = |file: &[u8]| {
        file.windows(4).any(|four| four == b"iCCP") || file.windows(11).any(|name| name == b"ICC_PROFILE")
    };
    for format in [Format::Png, Format::Jpeg(95)] {
        assert!(!has_profile(&coloured(Colours::AsStored, format, None)));
        for colours in [Colours::OwnProfile, Colours::Srgb, Colours::AdobeRgb, Colours::RommRgb] {
            let file = coloured(colours, format, None);
            assert!(has_profile(&file), "{colours:?} {format:?}");
            assert!(image::load_from_memory(&file).is_ok(), "{colours:?} {format:?}");
        }
    }
    let pixels = |file: &[u8]| image::load_from_memory(file).expect("a PNG").into_rgb8().into_raw();
    assert_eq!(pixels(&coloured(Colours::Srgb, Format::Png, None))[..3], [200, 30, 30]);
    // the wider a space, the less of its red is needed
    let adobe = pixels(&coloured(Colours::AdobeRgb, Format::Png, None));
    let romm = pixels(&coloured(Colours::RommRgb, Format::Png, None));
    assert!(adobe[0] < 200 && romm[0] < adobe[0], "{adobe:?} {romm:?}");
    // an image in Adobe RGB comes back to what it was in sRGB
    let own = moxcms::ColorProfile::new_adobe_rgb().encode().expect("a profile");
    let wide = pixels(&coloured(Colours::Srgb, Format::Png, Some(own)));
    assert!(wide[0] > 200, "{wide:?}");
}

#[test]
fn a_profile_that_cannot_be_read_is_an_error() {
    let image = red().image().with_profile(b"no profile".to_vec());
    for colours in [Colours::OwnProfile, Colours::Srgb] {
        let settings = Settings { colours, ..png() };
        let made = rendering::picture(&image, &[0; 6], 0, &settings);
        assert_eq!(made, Err(Error::Corrupt("icc profile")));
    }
}

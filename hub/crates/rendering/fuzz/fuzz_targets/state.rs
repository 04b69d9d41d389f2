//! Attributes of images and of presentation states, with overlays, shutters, graphics and texts: no panic, and a picture
//! or an error. The first two bytes say how long the image's data set is; the state's follows it.
#![no_main]

use imaging_domain::DataSet;
use libfuzzer_sys::fuzz_target;
use part10::{Framing, Keep, Limits, scan};
use rendering::{Annotation, Format, Image, Overlays, Settings, frame_ms, overlay_data, references, segment_frames};

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
/// Larger images and pictures take long and show nothing new.
const MOST: u32 = 128;

fn data_set(bytes: &[u8]) -> Option<DataSet> {
    let framing = Framing::DataSet { transfer_syntax: EXPLICIT.into() };
    let header = scan(bytes, framing, Keep::Everything { max_inline_bytes: 4096 }, Limits::default()).ok()?;
    Some(header.attributes)
}

fn shown(own: &DataSet, state: &DataSet) -> Option<()> {
    let settings = Settings {
        fit: Some((MOST, MOST)),
        overlays: Overlays::All,
        annotation: Annotation { patient: true, technique: true },
        format: Format::Pixels,
        ..Settings::default()
    };
    let _ = (overlay_data(own, &settings.overlays), references(state), segment_frames(state, own, 0), frame_ms(own, 0));
    let image = Image::describe(own, EXPLICIT, 0).ok().filter(|image| image.columns().max(image.rows()) <= MOST)?;
    let image = image.prepared(own, 0, &settings).ok()?;
    let pixels: Vec<u8> = (0..MOST * MOST * 8).map(|at| at as u8).collect();
    let plain = rendering::picture(&image, &pixels, 0, &settings);
    assert!(plain.is_err() || plain.is_ok_and(|file| file.starts_with(b"P")));
    let presented = image.presented(state, own, 0).ok()?;
    let _ = rendering::picture(&presented, &pixels, 0, &settings);
    Some(())
}

fuzz_target!(|bytes: &[u8]| {
    let [low, high, rest @ ..] = bytes else { return };
    let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let (own, state) = rest.split_at(length);
    let (Some(own), Some(state)) = (data_set(own), data_set(state)) else { return };
    let _ = shown(&own, &state);
});

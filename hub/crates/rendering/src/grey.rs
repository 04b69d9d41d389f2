//! Monochrome samples to grey bytes: modality LUT, VOI, direction.

use crate::{
    Error, Frame, Image, Samples, Window,
    description::Direction,
    frame::each_type,
    modality::Modality,
    resize,
    voi::{self, Curve, Voi},
};

/// From this many samples of at most 16 bits on, a table of all greys costs less than each grey by itself.
const TABLE_ABOVE: usize = 1 << 17;

/// Grey bytes of a frame at the size of the picture.
pub(crate) fn grey(image: &Image, frame: Frame, window: Option<&Window>, to: (u32, u32)) -> Result<Vec<u8>, Error> {
    let from = (frame.columns, frame.rows);
    let padding = image.padding;
    let is_table = matches!(image.modality, Modality::Table(_));
    let extent = |samples: &Samples| extent(samples, if is_table { None } else { padding });
    let samples = image.modality.looked_up(frame.samples);
    let curve = match (window.filter(|window| voi::is_allowed(window)), &image.voi) {
        (Some(window), _) | (None, Voi::Window(window)) => Curve::window(window),
        (None, Voi::Table(table)) => Curve::table(table),
        (None, Voi::Extent) => {
            let (low, high) = extent(&samples);
            let (low, high) = (image.modality.value(low), image.modality.value(high));
            Curve::extent(low.min(high), low.max(high))
        }
    };
    let shade = |sample: f64| shade(&curve, &image.modality, image.direction, sample);
    if resize::shrinks(from, to) {
        let values = resize::shrunk(&samples, from, to)?;
        return Ok(values.into_iter().map(|value| shade(f64::from(value))).collect());
    }
    resize::resized(shaded(&samples, shade), 1, from, to)
}

fn shade(curve: &Curve<'_>, modality: &Modality, direction: Direction, sample: f64) -> u8 {
    let grey = curve.grey(modality.value(sample));
    let grey = match direction {
        Direction::LowIsBlack => grey,
        Direction::LowIsWhite => 1.0 - grey,
    };
    (grey * 255.0 + 0.5) as u8
}

fn shaded(samples: &Samples, shade: impl Fn(f64) -> u8) -> Vec<u8> {
    match samples {
        Samples::U8(values) => {
            let table: Vec<u8> = (0..=u8::MAX).map(|value| shade(f64::from(value))).collect();
            values.iter().map(|value| table[usize::from(*value)]).collect()
        }
        Samples::U16(values) if values.len() > TABLE_ABOVE => {
            let table: Vec<u8> = (0..=u16::MAX).map(|value| shade(f64::from(value))).collect();
            values.iter().map(|value| table[usize::from(*value)]).collect()
        }
        Samples::I16(values) if values.len() > TABLE_ABOVE => {
            let table: Vec<u8> = (0..=u16::MAX).map(|value| shade(f64::from(value as i16))).collect();
            values.iter().map(|value| table[usize::from(*value as u16)]).collect()
        }
        samples => each_type!(samples, values => values.iter().map(|value| shade(*value as f64)).collect()),
    }
}

/// Smallest and largest sample that is a number and no padding; 0 and 0 when there is none.
fn extent(samples: &Samples, padding: Option<(i64, i64)>) -> (f64, f64) {
    each_type!(samples, values => {
        let numbers = values.iter().map(|value| *value as f64).filter(|value| value.is_finite());
        let (low, high) = match padding {
            None => bounds(numbers),
            Some((first, last)) => {
                bounds(numbers.filter(|value| *value < first as f64 || *value > last as f64))
            }
        };
        if low <= high { (low, high) } else { (0.0, 0.0) }
    })
}

fn bounds(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

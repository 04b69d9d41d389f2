//! Monochrome samples to grey bytes: modality LUT, VOI, direction.

use crate::{
    Error, Frame, Image, Samples, Window,
    frame::each_type,
    geometry::Area,
    modality::Modality,
    pixel::Direction,
    region, resize,
    voi::{self, Curve, Voi},
};

/// Grey bytes of a part of a frame at the size of the picture. Without a window the extent of the whole frame counts, so
/// that parts of an image look as they do in the whole.
pub(crate) fn grey(
    image: &Image,
    frame: Frame,
    window: Option<&Window>,
    part: Area,
    to: (u32, u32),
) -> Result<Vec<u8>, Error> {
    let whole = Area::whole(frame.columns, frame.rows);
    let from = (part.columns as u32, part.rows as u32);
    let padding = image.padding;
    let is_table = matches!(image.modality, Modality::Table(_));
    let extent = |samples: &Samples| extent(samples, if is_table { None } else { padding });
    let samples = image.modality.looked_up(frame.samples);
    let curve = match (window.filter(|window| voi::is_allowed(window)), &image.voi) {
        (Some(window), _) | (None, Voi::Window(window)) => Curve::window(window),
        (None, Voi::Table(table)) => Curve::table(table),
        (None, Voi::Range(low, high)) => Curve::extent(*low, *high),
        (None, Voi::Extent) => {
            let (low, high) = extent(&samples);
            let (low, high) = (image.modality.value(low), image.modality.value(high));
            Curve::extent(low.min(high), low.max(high))
        }
    };
    let samples = if part == whole { samples } else { region::cut(samples, frame.columns, 1, part) };
    let shade = |sample: f64| shade(&curve, image, sample);
    resize::shaded(&samples, shade, |samples| shaded(samples, shade), from, to)
}

fn shade(curve: &Curve<'_>, image: &Image, sample: f64) -> u8 {
    let grey = curve.grey(image.modality.value(sample));
    let grey = match &image.direction {
        Direction::LowIsBlack => grey,
        Direction::LowIsWhite => 1.0 - grey,
        Direction::Table(table) => table.part(grey),
    };
    (grey * 255.0 + 0.5) as u8
}

#[allow(clippy::unnecessary_cast, reason = "the cast does nothing for one of the types only")]
fn shaded(samples: &Samples, shade: impl Fn(f64) -> u8) -> Vec<u8> {
    match samples {
        Samples::U8(values) => tabled(values, shade),
        Samples::U16(values) => tabled(values, shade),
        Samples::I16(values) => tabled(values, shade),
        samples => each_type!(samples, values => values.iter().map(|value| shade(*value as f64)).collect()),
    }
}

/// Greys by a table of the values between the smallest and the largest, which are far fewer than pixels.
fn tabled<T: Copy + Ord + Into<i32>>(values: &[T], shade: impl Fn(f64) -> u8) -> Vec<u8> {
    let (Some(low), Some(high)) = (values.iter().copied().min(), values.iter().copied().max()) else { return vec![] };
    let (low, high): (i32, i32) = (low.into(), high.into());
    if (high - low) as usize >= values.len() {
        return values.iter().map(|value| shade(f64::from((*value).into()))).collect();
    }
    let table: Vec<u8> = (low..=high).map(|value| shade(f64::from(value))).collect();
    values.iter().map(|value| table[((*value).into() - low) as usize]).collect()
}

/// Smallest and largest sample that is a number and no padding; 0 and 0 when there is none.
fn extent(samples: &Samples, padding: Option<(i64, i64)>) -> (f64, f64) {
    let found = match samples {
        Samples::U8(values) => bounds(values, padding),
        Samples::I8(values) => bounds(values, padding),
        Samples::U16(values) => bounds(values, padding),
        Samples::I16(values) => bounds(values, padding),
        Samples::U32(values) => bounds(values, padding),
        Samples::I32(values) => bounds(values, padding),
        Samples::F32(values) => numbers(values.iter().map(|value| f64::from(*value))),
        Samples::F64(values) => numbers(values.iter().copied()),
    };
    found.unwrap_or((0.0, 0.0))
}

fn bounds<T: Copy + Ord + Into<i64> + Into<f64>>(values: &[T], padding: Option<(i64, i64)>) -> Option<(f64, f64)> {
    let (low, high): (T, T) = match padding {
        None => (values.iter().copied().min()?, values.iter().copied().max()?),
        Some((first, last)) => {
            let shown = || values.iter().copied().filter(|value| !(first..=last).contains(&(*value).into()));
            (shown().min()?, shown().max()?)
        }
    };
    Some((low.into(), high.into()))
}

fn numbers(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |bounds, value| {
        let (low, high) = bounds.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

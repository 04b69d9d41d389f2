//! Parts of a decoded frame.

use crate::{Frame, Samples, geometry::Area};

/// The samples of a part of a frame, which must lie within it.
pub(crate) fn cut(samples: Samples, columns: u32, channels: u8, area: Area) -> Samples {
    match samples {
        Samples::U8(values) => Samples::U8(lines(&values, columns, channels, area)),
        Samples::I8(values) => Samples::I8(lines(&values, columns, channels, area)),
        Samples::U16(values) => Samples::U16(lines(&values, columns, channels, area)),
        Samples::I16(values) => Samples::I16(lines(&values, columns, channels, area)),
        Samples::U32(values) => Samples::U32(lines(&values, columns, channels, area)),
        Samples::I32(values) => Samples::I32(lines(&values, columns, channels, area)),
        Samples::F32(values) => Samples::F32(lines(&values, columns, channels, area)),
        Samples::F64(values) => Samples::F64(lines(&values, columns, channels, area)),
    }
}

/// [`cut`] for a whole frame.
pub(crate) fn part(frame: Frame, area: Area) -> Frame {
    Frame {
        samples: cut(frame.samples, frame.columns, frame.channels, area),
        columns: area.columns as u32,
        rows: area.rows as u32,
        ..frame
    }
}

fn lines<T: Copy>(values: &[T], columns: u32, channels: u8, area: Area) -> Vec<T> {
    let (line, channels) = (columns as usize * usize::from(channels), usize::from(channels));
    let (from, to) = (area.left as usize * channels, (area.left + area.columns) as usize * channels);
    let rows = values.chunks_exact(line).skip(area.top as usize).take(area.rows as usize);
    rows.flat_map(|row| &row[from..to]).copied().collect()
}

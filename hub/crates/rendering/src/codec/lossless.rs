//! Lossless JPEG (ITU-T T.81 annex H), 2 to 16 bits, with restarts and point transform.

use super::{
    entropy::{DAMAGED, Scan, Tables, scans},
    header::Header,
};
use crate::Error;

/// Samples side by side.
pub(super) fn decode(header: &Header, bytes: &[u8]) -> Result<Vec<u16>, Error> {
    if header.is_subsampled() {
        return Err(Error::Unsupported("subsampled lossless JPEG"));
    }
    let (columns, channels) = (header.columns as usize, header.components.len());
    let mut samples = vec![0u16; columns * header.rows as usize * channels];
    let mut seen = vec![false; channels];
    scans(bytes, |tables, scan| {
        let mut planes = Vec::with_capacity(scan.components.len());
        for (place, table, _) in &scan.components {
            *seen.get_mut(*place).ok_or(DAMAGED)? = true;
            planes.push(Plane { place: *place, table: *table, above: vec![0; columns], line: vec![0; columns] });
        }
        let shape = Shape { columns, channels, precision: header.precision };
        lines(tables, scan, &mut planes, shape, &mut samples)
    })?;
    if seen.contains(&false) { Err(DAMAGED) } else { Ok(samples) }
}

struct Plane {
    place: usize,
    table: usize,
    above: Vec<i32>,
    line: Vec<i32>,
}

#[derive(Clone, Copy)]
struct Shape {
    columns: usize,
    channels: usize,
    precision: u32,
}

fn lines(
    tables: &Tables,
    scan: &Scan<'_>,
    planes: &mut [Plane],
    shape: Shape,
    samples: &mut [u16],
) -> Result<(), Error> {
    let Shape { columns, channels, precision } = shape;
    if !(1..=7).contains(&scan.start) || scan.low >= precision {
        return Err(DAMAGED);
    }
    let first = 1i32 << (precision - scan.low - 1);
    let mut bits = scan.interval(0, 0)?.ok_or(DAMAGED)?;
    // Prediction starts anew after a restart, as it does at the top (T.81 H.1.2.1).
    let mut top = 0;
    for (row, pixels) in samples.chunks_exact_mut(columns * channels).enumerate() {
        for column in 0..columns {
            if let Some(next) = scan.interval(row * columns + column, tables.restart)? {
                if column != 0 {
                    return Err(Error::Unsupported("lossless JPEG with restarts inside of lines"));
                }
                (bits, top) = (next, row);
            }
            for plane in planes.iter_mut() {
                let table = tables.dc[plane.table].as_ref().ok_or(DAMAGED)?;
                let difference = match table.decode(&mut bits)? {
                    category @ 0..=15 => bits.difference(u32::from(category))?,
                    16 => 32768,
                    _ => return Err(DAMAGED),
                };
                let predicted = match (row == top, column) {
                    (true, 0) => first,
                    (true, _) => plane.line[column - 1],
                    (false, 0) => plane.above[0],
                    (false, _) => predicted(scan.start, plane, column),
                };
                let value = (predicted + difference) & 0xFFFF;
                plane.line[column] = value;
                pixels[column * channels + plane.place] = (value << scan.low) as u16;
            }
        }
        planes.iter_mut().for_each(|plane| std::mem::swap(&mut plane.above, &mut plane.line));
    }
    Ok(())
}

/// T.81 table H.1.
fn predicted(predictor: usize, plane: &Plane, column: usize) -> i32 {
    let (a, b, c) = (plane.line[column - 1], plane.above[column], plane.above[column - 1]);
    match predictor {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    }
}

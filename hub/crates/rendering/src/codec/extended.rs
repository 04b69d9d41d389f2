//! Lossy JPEG of 12 bits (ITU-T T.81 processes 4, 6/8 and 10/12): sequential or progressive.

use super::{
    cosine::{basis, transformed},
    entropy::{Bits, DAMAGED, Scan, Table, Tables, scans},
    grid::{Block, Grid},
    header::Header,
};
use crate::Error;

/// Samples of 12 bits, those of a pixel side by side.
pub(super) fn decode(header: &Header, bytes: &[u8]) -> Result<Vec<u16>, Error> {
    if header.precision != 12 {
        return Err(Error::Unsupported("lossy JPEG of this depth"));
    }
    let mut grids = Grid::of(header)?;
    let tables = scans(bytes, |tables, scan| match header.process {
        0xC2 => progressive(tables, scan, &mut grids),
        _ => sequential(tables, scan, &mut grids),
    })?;
    let (columns, channels) = (header.columns as usize, grids.len());
    let basis = basis();
    let mut samples = vec![0; columns * header.rows as usize * channels];
    for (channel, grid) in grids.iter().enumerate() {
        let (_, selector) = tables.components.get(channel).ok_or(DAMAGED)?;
        let quantization = tables.quantization[usize::from(*selector)].filter(|_| grid.seen).ok_or(DAMAGED)?;
        grid.write(&mut samples, columns, (channel, channels), |block| transformed(block, &quantization, &basis));
    }
    Ok(samples)
}

fn table(tables: &[Option<Table>; 4], selector: usize) -> Result<&Table, Error> {
    tables[selector].as_ref().ok_or(DAMAGED)
}

/// Units of a scan, and whether its component is alone in it; its components count as seen from here on.
fn units(scan: &Scan<'_>, grids: &mut [Grid]) -> Result<(usize, bool), Error> {
    let alone = scan.components.len() == 1;
    for (place, _, _) in &scan.components {
        grids.get_mut(*place).ok_or(DAMAGED)?.seen = true;
    }
    let (first, _, _) = scan.components.first().ok_or(DAMAGED)?;
    Ok((grids[*first].count(alone), alone))
}

/// T.81 F.2.2.
fn sequential(tables: &Tables, scan: &Scan<'_>, grids: &mut [Grid]) -> Result<(), Error> {
    let (count, alone) = units(scan, grids)?;
    let mut bits = scan.interval(0, 0)?.ok_or(DAMAGED)?;
    let mut last = vec![0i32; scan.components.len()];
    for unit in 0..count {
        if let Some(next) = scan.interval(unit, tables.restart)? {
            bits = next;
            last.fill(0);
        }
        for ((place, dc, ac), last) in scan.components.iter().zip(&mut last) {
            let (dc, ac) = (table(&tables.dc, *dc)?, table(&tables.ac, *ac)?);
            let grid = &mut grids[*place];
            for at in grid.places(unit, alone) {
                let block = grid.blocks.get_mut(at).ok_or(DAMAGED)?;
                *last = last.wrapping_add(dc_difference(dc, &mut bits)?);
                block[0] = *last;
                frequencies(ac, &mut bits, block)?;
            }
        }
    }
    Ok(())
}

/// T.81 F.2.2.2.
fn frequencies(ac: &Table, bits: &mut Bits<'_>, block: &mut Block) -> Result<(), Error> {
    let mut at = 1;
    while at < 64 {
        let code = ac.decode(bits)?;
        let (run, size) = (usize::from(code >> 4), u32::from(code & 15));
        match (run, size) {
            (15, 0) => at += 16,
            (_, 0) => break,
            _ => {
                at += run;
                *block.get_mut(at).ok_or(DAMAGED)? = bits.difference(size)?;
                at += 1;
            }
        }
    }
    Ok(())
}

fn dc_difference(table: &Table, bits: &mut Bits<'_>) -> Result<i32, Error> {
    match table.decode(bits)? {
        category @ 0..=15 => bits.difference(u32::from(category)),
        _ => Err(DAMAGED),
    }
}

/// T.81 G.2.
fn progressive(tables: &Tables, scan: &Scan<'_>, grids: &mut [Grid]) -> Result<(), Error> {
    let (count, alone) = units(scan, grids)?;
    // Only the first coefficients of several components may be in one scan.
    if scan.start > scan.end || scan.end > 63 || scan.low > 13 || (scan.start == 0) != (scan.end == 0) {
        return Err(DAMAGED);
    }
    if scan.start > 0 && !alone {
        return Err(DAMAGED);
    }
    let mut bits = scan.interval(0, 0)?.ok_or(DAMAGED)?;
    let (mut last, mut ends) = (vec![0i32; scan.components.len()], 0u32);
    for unit in 0..count {
        if let Some(next) = scan.interval(unit, tables.restart)? {
            (bits, ends) = (next, 0);
            last.fill(0);
        }
        for ((place, dc, ac), last) in scan.components.iter().zip(&mut last) {
            let grid = &mut grids[*place];
            for at in grid.places(unit, alone) {
                let block = grid.blocks.get_mut(at).ok_or(DAMAGED)?;
                match (scan.start, scan.high) {
                    (0, 0) => {
                        *last = last.wrapping_add(dc_difference(table(&tables.dc, *dc)?, &mut bits)?);
                        block[0] = *last << scan.low;
                    }
                    (0, _) => block[0] |= (bits.take(1)? << scan.low) as i32,
                    (_, 0) => first_pass(table(&tables.ac, *ac)?, scan, &mut bits, &mut ends, block)?,
                    _ => refinement(table(&tables.ac, *ac)?, scan, &mut bits, &mut ends, block)?,
                }
            }
        }
    }
    Ok(())
}

/// T.81 G.1.2.2; `ends` counts blocks that have no more coefficients in this band.
fn first_pass(
    table: &Table,
    scan: &Scan<'_>,
    bits: &mut Bits<'_>,
    ends: &mut u32,
    block: &mut Block,
) -> Result<(), Error> {
    if *ends > 0 {
        *ends -= 1;
        return Ok(());
    }
    let mut at = scan.start;
    while at <= scan.end {
        let code = table.decode(bits)?;
        let (run, size) = (u32::from(code >> 4), u32::from(code & 15));
        match (run, size) {
            (15, 0) => at += 16,
            (run, 0) => {
                *ends = (1 << run) - 1 + bits.take(run)?;
                break;
            }
            _ => {
                at += run as usize;
                let value = bits.difference(size)? << scan.low;
                *block.get_mut(at).filter(|_| at <= scan.end).ok_or(DAMAGED)? = value;
                at += 1;
            }
        }
    }
    Ok(())
}

/// T.81 G.1.2.3: one more bit of coefficients that are there, and new ones of magnitude 1.
fn refinement(
    table: &Table,
    scan: &Scan<'_>,
    bits: &mut Bits<'_>,
    ends: &mut u32,
    block: &mut Block,
) -> Result<(), Error> {
    let one = 1i32 << scan.low;
    let mut at = scan.start;
    while *ends == 0 && at <= scan.end {
        let code = table.decode(bits)?;
        let (mut run, size) = (u32::from(code >> 4), code & 15);
        let new = match (run, size) {
            (15, 0) => 0,
            (run, 0) => {
                *ends = (1 << run) + bits.take(run)?;
                break;
            }
            _ if bits.take(1)? == 1 => one,
            _ => -one,
        };
        while at <= scan.end {
            if block[at] != 0 {
                refine(&mut block[at], one, bits)?;
            } else if run == 0 {
                block[at] = new;
                at += 1;
                break;
            } else {
                run -= 1;
            }
            at += 1;
        }
    }
    if *ends > 0 {
        for value in block[at..=scan.end].iter_mut().filter(|value| **value != 0) {
            refine(value, one, bits)?;
        }
        *ends -= 1;
    }
    Ok(())
}

fn refine(value: &mut i32, one: i32, bits: &mut Bits<'_>) -> Result<(), Error> {
    if bits.take(1)? == 1 && *value & one == 0 {
        *value += if *value > 0 { one } else { -one };
    }
    Ok(())
}

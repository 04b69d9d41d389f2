//! Where the blocks of each component lie, and in which order a scan brings them (ITU-T T.81 A.1 and A.2).

use super::{entropy::DAMAGED, header::Header};
use crate::Error;

/// Coefficients of a block in the order of the stream.
pub(super) type Block = [i32; 64];

/// The blocks of one component, and its samples later.
pub(super) struct Grid {
    pub(super) blocks: Vec<Block>,
    /// Whether a scan brought it.
    pub(super) seen: bool,
    /// Blocks in a line, with those that fill the last MCU up.
    wide: usize,
    /// Blocks in a line and lines of blocks without them.
    own: (usize, usize),
    /// Blocks of an MCU, across and down, and those of the finest component.
    step: (usize, usize),
    finest: (usize, usize),
    /// MCUs in a line and lines of MCUs.
    units: (usize, usize),
}

impl Grid {
    /// One for each component.
    pub(super) fn of(header: &Header) -> Result<Vec<Self>, Error> {
        let (columns, rows) = (header.columns as usize, header.rows as usize);
        let sides = || header.components.iter().map(|part| (usize::from(part.horizontal), usize::from(part.vertical)));
        if sides().any(|(across, down)| !(1..=4).contains(&across) || !(1..=4).contains(&down)) {
            return Err(DAMAGED);
        }
        // A component that is alone is not subsampled, whatever it says.
        let alone = header.components.len() == 1;
        let sides: Vec<_> = if alone { vec![(1, 1)] } else { sides().collect() };
        let finest = sides.iter().fold((1, 1), |most, side| (most.0.max(side.0), most.1.max(side.1)));
        let units = (columns.div_ceil(8 * finest.0), rows.div_ceil(8 * finest.1));
        let grid = |step: (usize, usize)| {
            let own = (columns * step.0).div_ceil(8 * finest.0);
            let own = (own, (rows * step.1).div_ceil(8 * finest.1));
            let wide = units.0 * step.0;
            let blocks = vec![[0; 64]; wide * units.1 * step.1];
            Self { blocks, seen: false, wide, own, step, finest, units }
        };
        Ok(sides.into_iter().map(grid).collect())
    }

    /// How many units a scan has that brings this component: blocks when it is alone in it, MCUs when not.
    pub(super) fn count(&self, alone: bool) -> usize {
        let (wide, high) = if alone { self.own } else { self.units };
        wide * high
    }

    /// Places of its blocks in a unit.
    pub(super) fn places(&self, unit: usize, alone: bool) -> impl Iterator<Item = usize> + use<> {
        let (wide, step) = if alone { (self.own.0, (1, 1)) } else { (self.units.0, self.step) };
        let (left, top, line) = (unit % wide * step.0, unit / wide * step.1, self.wide);
        (0..step.1).flat_map(move |down| (0..step.0).map(move |across| (top + down) * line + left + across))
    }

    /// Writes its samples among those of the others: `samples` has `channels` of each pixel. A coarser component's
    /// samples are repeated.
    pub(super) fn write(
        &self,
        samples: &mut [u16],
        columns: usize,
        (channel, channels): (usize, usize),
        transformed: impl Fn(&Block) -> [u16; 64],
    ) {
        let blocks: Vec<[u16; 64]> = self.blocks.iter().map(transformed).collect();
        for (row, line) in samples.chunks_exact_mut(columns * channels).enumerate() {
            let y = row * self.step.1 / self.finest.1;
            for (column, target) in line.iter_mut().skip(channel).step_by(channels).enumerate() {
                let x = column * self.step.0 / self.finest.0;
                *target = blocks[y / 8 * self.wide + x / 8][y % 8 * 8 + x % 8];
            }
        }
    }
}

//! How large a picture is and how pixels get there.

use crate::{Error, Image, Samples, frame::each_type};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images};

/// From this factor on whole blocks are averaged before filtering.
const BLOCKS_ABOVE: f64 = 4.0;
/// What the filter still gets to do after averaging: less would show the blocks.
const LEFT_TO_FILTER: f64 = 2.0;

/// Columns and rows that fit, with the image's shape on a screen of square pixels kept; the image's own size when
/// nothing has to fit.
pub(crate) fn target(image: &Image, fit: Option<(u32, u32)>) -> (u32, u32) {
    let Some((width, height)) = fit else { return (image.columns, image.rows) };
    let (columns, rows) = (f64::from(image.columns), f64::from(image.rows) * image.aspect);
    let scale = (f64::from(width.max(1)) / columns).min(f64::from(height.max(1)) / rows);
    let side = |length: f64, most: u32| (length * scale).round().clamp(1.0, f64::from(most.max(1))) as u32;
    (side(columns, width), side(rows, height))
}

/// A grid of pixels.
pub(crate) struct Grid<T> {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    pub(crate) values: Vec<T>,
}

/// Whether going from one size to another loses pixels in some direction.
pub(crate) fn shrinks(from: (u32, u32), to: (u32, u32)) -> bool {
    to.0 < from.0 || to.1 < from.1
}

/// Monochrome samples at a new size, as floating-point values.
pub(crate) fn shrunk(samples: &Samples, from: (u32, u32), to: (u32, u32)) -> Result<Vec<f32>, Error> {
    let block = block(from, to);
    let (grid, crop) = each_type!(samples, values => match block {
        1 => (Grid { columns: from.0, rows: from.1, values: values.iter().map(|v| *v as f32).collect() }, None),
        _ => averaged::<1, _>(values, from, block, |v| v as f32),
    });
    let bytes = grid.values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    let bytes = filtered(bytes, (grid.columns, grid.rows), crop, to, PixelType::F32)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|cell| f32::from_ne_bytes(*cell)).collect())
}

/// 8-bit pixels of one or three channels at a new size.
pub(crate) fn resized(pixels: Vec<u8>, channels: usize, from: (u32, u32), to: (u32, u32)) -> Result<Vec<u8>, Error> {
    if from == to {
        return Ok(pixels);
    }
    let kind = if channels == 1 { PixelType::U8 } else { PixelType::U8x3 };
    match (block(from, to), channels) {
        (1, _) => filtered(pixels, from, None, to, kind),
        (size, 1) => {
            let (grid, crop) = averaged::<1, _>(&pixels, from, size, f32::from);
            filtered(bytes(grid.values), (grid.columns, grid.rows), crop, to, kind)
        }
        (size, _) => {
            let (grid, crop) = averaged::<3, _>(&pixels, from, size, f32::from);
            filtered(bytes(grid.values), (grid.columns, grid.rows), crop, to, kind)
        }
    }
}

fn bytes(values: Vec<f32>) -> Vec<u8> {
    values.into_iter().map(|value| (value + 0.5) as u8).collect()
}

/// Side of the blocks to average first; 1 for none.
fn block(from: (u32, u32), to: (u32, u32)) -> usize {
    let factor = (f64::from(from.0) / f64::from(to.0)).min(f64::from(from.1) / f64::from(to.1));
    if factor > BLOCKS_ABOVE { (factor / LEFT_TO_FILTER) as usize } else { 1 }
}

/// Means of blocks, and how much of the grid the image covers: the last blocks may stand out over its edge.
fn averaged<const N: usize, T: Copy>(
    values: &[T],
    (columns, rows): (u32, u32),
    block: usize,
    number: impl Fn(T) -> f32,
) -> (Grid<f32>, Option<(f64, f64)>) {
    let width = (columns as usize).div_ceil(block);
    let height = (rows as usize).div_ceil(block);
    let mut means = Vec::with_capacity(width * height * N);
    let mut sums = vec![0f32; width * N];
    for lines in values.chunks(columns as usize * N * block) {
        sums.fill(0.0);
        let mut count = 0;
        for line in lines.chunks(columns as usize * N) {
            count += 1;
            for (sums, pixels) in sums.chunks_exact_mut(N).zip(line.chunks(block * N)) {
                for pixel in pixels.chunks_exact(N) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += number(*value));
                }
            }
        }
        let last = columns as usize - (width - 1) * block;
        means.extend(sums.iter().enumerate().map(|(at, sum)| {
            let wide = if at / N + 1 == width { last } else { block };
            sum / (wide * count) as f32
        }));
    }
    let crop = (f64::from(columns) / block as f64, f64::from(rows) / block as f64);
    (Grid { columns: width as u32, rows: height as u32, values: means }, Some(crop))
}

fn filtered(
    pixels: Vec<u8>,
    from: (u32, u32),
    crop: Option<(f64, f64)>,
    to: (u32, u32),
    kind: PixelType,
) -> Result<Vec<u8>, Error> {
    let source = images::Image::from_vec_u8(from.0, from.1, pixels, kind).map_err(|_| Error::TooLarge)?;
    let mut target = images::Image::new(to.0, to.1, kind);
    // Filters that overshoot would draw bright rims around padding, which lies far below the tissue.
    let filter = if shrinks(from, to) { FilterType::Hamming } else { FilterType::CatmullRom };
    let mut options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
    if let Some((width, height)) = crop {
        options = options.crop(0.0, 0.0, width, height);
    }
    Resizer::new().resize(&source, &mut target, &options).map_err(|_| Error::TooLarge)?;
    Ok(target.into_vec())
}

//! Pixels at another size.

use crate::{Error, Samples, frame::each_type};
use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer,
    images::TypedImage,
    pixels::{U8, U8x3},
};

/// From this factor on whole blocks are averaged before filtering.
const BLOCKS_ABOVE: f64 = 4.0;
/// What the filter still gets to do after averaging: less would show the blocks.
const LEFT_TO_FILTER: f64 = 2.0;

/// Means of blocks of pixels, and how much of the grid the image covers: the last blocks may stand out over its edge.
struct Means {
    columns: u32,
    rows: u32,
    values: Vec<f32>,
    covered: (f64, f64),
}

/// Whether going from one size to another loses pixels in some direction.
fn shrinks(from: (u32, u32), to: (u32, u32)) -> bool {
    to.0 < from.0 || to.1 < from.1
}

/// Monochrome samples at a new size, after `shade` made them grey. Where much is lost the means of blocks are taken
/// before, so that noise does not reach the window's edges.
#[allow(clippy::unnecessary_cast, reason = "the cast does nothing for one of the types only")]
pub(crate) fn shaded(
    samples: &Samples,
    shade: impl Fn(f64) -> u8,
    all: impl FnOnce(&Samples) -> Vec<u8>,
    from: (u32, u32),
    to: (u32, u32),
) -> Result<Vec<u8>, Error> {
    let block = block(from, to);
    if block == 1 {
        return resized(all(samples), 1, from, to);
    }
    let means = each_type!(samples, values => averaged::<1, _>(values, from, block, |v| v as f32));
    let pixels = means.values.into_iter().map(|value| U8::new(shade(f64::from(value)))).collect();
    let filtered = filtered(pixels, (means.columns, means.rows), means.covered, to)?;
    Ok(filtered.into_iter().map(|pixel| pixel.0).collect())
}

/// 8-bit pixels of one or three channels at a new size.
pub(crate) fn resized(pixels: Vec<u8>, channels: usize, from: (u32, u32), to: (u32, u32)) -> Result<Vec<u8>, Error> {
    match (from == to, channels) {
        (true, _) => Ok(pixels),
        (false, 1) => resized_bytes::<1, U8>(pixels, from, to, |[grey]| U8::new(grey), |pixel| [pixel.0]),
        (false, _) => resized_bytes::<3, U8x3>(pixels, from, to, U8x3::new, |pixel| pixel.0),
    }
}

fn resized_bytes<const N: usize, P: PixelTrait>(
    mut pixels: Vec<u8>,
    from: (u32, u32),
    to: (u32, u32),
    pixel: impl Fn([u8; N]) -> P,
    channels: impl Fn(P) -> [u8; N],
) -> Result<Vec<u8>, Error> {
    let (mut size, mut covered) = (from, whole(from));
    if let block @ 2.. = block(from, to) {
        let means = averaged::<N, _>(&pixels, from, block, f32::from);
        (size, covered) = ((means.columns, means.rows), means.covered);
        pixels = means.values.into_iter().map(|value| (value + 0.5) as u8).collect();
    }
    let pixels = pixels.as_chunks::<N>().0.iter().map(|bytes| pixel(*bytes)).collect();
    Ok(filtered(pixels, size, covered, to)?.into_iter().flat_map(channels).collect())
}

fn whole(size: (u32, u32)) -> (f64, f64) {
    (f64::from(size.0), f64::from(size.1))
}

/// Side of the blocks to average first; 1 for none.
fn block(from: (u32, u32), to: (u32, u32)) -> usize {
    let factor = (f64::from(from.0) / f64::from(to.0)).min(f64::from(from.1) / f64::from(to.1));
    if factor > BLOCKS_ABOVE { (factor / LEFT_TO_FILTER) as usize } else { 1 }
}

/// Means of blocks of pixels of `N` channels.
fn averaged<const N: usize, T: Copy>(
    values: &[T],
    (columns, rows): (u32, u32),
    block: usize,
    number: impl Fn(T) -> f32,
) -> Means {
    let line = columns as usize * N;
    let (width, height) = ((columns as usize).div_ceil(block), (rows as usize).div_ceil(block));
    let mut means = Vec::with_capacity(width * height * N);
    // Lines are added up first: that runs over memory in one go.
    let mut sums = vec![0f32; line];
    for lines in values.chunks(line * block) {
        sums.fill(0.0);
        for line in lines.chunks_exact(line) {
            sums.iter_mut().zip(line).for_each(|(sum, value)| *sum += number(*value));
        }
        let high = lines.len() / line;
        for part in sums.chunks(block * N) {
            let mut total = [0f32; N];
            for pixel in part.as_chunks::<N>().0 {
                total.iter_mut().zip(pixel).for_each(|(total, sum)| *total += sum);
            }
            means.extend(total.map(|total| total * N as f32 / (part.len() * high) as f32));
        }
    }
    let covered = (f64::from(columns) / block as f64, f64::from(rows) / block as f64);
    Means { columns: width as u32, rows: height as u32, values: means, covered }
}

fn filtered<P: PixelTrait>(
    pixels: Vec<P>,
    from: (u32, u32),
    covered: (f64, f64),
    to: (u32, u32),
) -> Result<Vec<P>, Error> {
    let source = TypedImage::from_pixels(from.0, from.1, pixels).map_err(|_| Error::TooLarge)?;
    let empty = vec![P::default(); to.0 as usize * to.1 as usize];
    let mut target = TypedImage::from_pixels(to.0, to.1, empty).map_err(|_| Error::TooLarge)?;
    // Filters that overshoot would draw bright rims around padding, which lies far below the tissue.
    let filter = if shrinks(from, to) { FilterType::Hamming } else { FilterType::CatmullRom };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false)
        .crop(0.0, 0.0, covered.0, covered.1);
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(|_| Error::TooLarge)?;
    Ok(target.pixels().to_vec())
}

//! Pictures out of pixel data: one frame's bytes are decoded, taken through the modality LUT, the VOI window or
//! LUT and the presentation's direction, sized and written as JPEG or PNG.
//!
//! This room does *not* find bytes: which bytes are a frame is `part10`'s work, which frame is asked for is
//! `archive`'s. It draws no overlays, graphics or text, and plays no moving pictures. What cannot be decoded is an
//! error and never a guess.
//!
//! Start reading at [`picture`]; [`Image::describe`] is what it needs to know and [`Renderer`] is the pool it runs
//! on. Codecs are one file each under `codec/`.

mod codec;
mod colour;
mod description;
mod encode;
mod error;
mod frame;
mod grey;

mod lookup;
mod modality;
mod palette;
mod picture;
mod pixel;
mod renderer;
mod resize;
mod samples;
mod settings;
mod voi;

pub use codec::{MAX_DECODED, decode, decodes};
pub use description::Image;
pub use error::Error;
pub use frame::{Colour, Frame, Samples};
pub use picture::{MAX_PICTURE, picture};
pub use renderer::Renderer;
pub use samples::{BitPacker, Coding, Plain, Shape, plain};
pub use settings::{Format, Settings, Window, WindowFunction};

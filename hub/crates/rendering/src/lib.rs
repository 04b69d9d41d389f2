//! Pictures out of pixel data: one frame's bytes are decoded, taken through the modality LUT, the VOI window or
//! LUT and the presentation's direction, cut, sized, turned, drawn on and written as JPEG, PNG or GIF.
//!
//! This room does *not* find bytes: which bytes are a frame is `part10`'s work, which frame is asked for and which
//! presentation state it is shown with is `archive`'s. It plays no moving pictures. What cannot be decoded is an error
//! and never a guess.
//!
//! Start reading at [`picture`]; [`Image::describe`] is what it needs to know, [`Image::prepared`] and
//! [`Image::presented`] are what it may know beside, and [`Renderer`] is where it runs: in worker processes
//! ([`decode_worker`]) that a hostile frame may take down. Codecs are one file each under `codec/`, the modules of
//! presentation states under `presentation/`. Letters are those of GNU Unifont, Han too.

mod annotate;
mod aspect;
mod bit_packer;
mod bitmap;
mod codec;
mod colour;
mod description;
mod draw;
mod encode;
mod error;
mod failure;
mod frame;
mod geometry;
mod gif;
mod given_up;
mod grey;
mod icc;
mod job;
mod lab;
mod lookup;
mod modality;
mod overlay;
mod palette;
mod picture;
mod pixel;
mod prepare;
mod presentation;
mod region;
mod renderer;
mod resize;
mod samples;
mod segment;
mod settings;
mod voi;

pub use bit_packer::BitPacker;
pub use codec::{MAX_DECODED, decode, decodes};
pub use description::Image;
pub use error::Error;
pub use frame::{Colour, Frame, Samples};
pub use geometry::MAX_PICTURE;
pub use gif::{Animation, MAX_ANIMATION, frame_ms};
pub use icc::MAX_PROFILE;
pub use job::decode_worker;
pub use overlay::overlay_data;
pub use picture::picture;
pub use prepare::profile;
pub use presentation::{Reference, is_presentation_state, references};
pub use renderer::Renderer;
pub use samples::{Coding, Converted, Plain, Shape, plain};
pub use segment::{MAX_SEGMENTS, segment_frames};
pub use settings::{Annotation, Colours, Format, Overlays, Region, Settings, Unit, Window, WindowFunction};

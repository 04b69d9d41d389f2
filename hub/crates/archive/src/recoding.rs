//! Files with their pixels in another coding: decoded, and coded again where that is wanted, a frame at a time.

use crate::{
    archive::Archive,
    error::Error,
    form::Form,
    headers::Opened,
    remote::Body,
    sink::{Sink, written},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{DataSet, Instance, Tag, VR, tags};
use part10::{Changes, FrameIndex, Limits, PixelData, Pixels, Rewriter};
use rendering::{BitPacker, Coding, Image, Plain, Shape};
use std::ops::Range;

/// Bytes of the data set that are read at once.
const PIECE: u64 = 256 << 10;
/// Native frames of more bytes are made one after the other, and not ahead of the one being sent.
const LARGE_FRAME: usize = 8 << 20;
const ITEM: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];

/// One file on its way into another form.
struct Recoding {
    archive: Archive,
    instance: Instance,
    opened: Opened,
    pixels: PixelData,
    coding: Coding,
    frames: usize,
    first: Plain,
}

impl Archive {
    /// A frame's samples in another coding.
    pub(crate) async fn recoded_frame(
        &self,
        opened: &Opened,
        instance: &Instance,
        index: usize,
        coding: Coding,
    ) -> Result<Plain, Error> {
        let (bytes, bit_offset) = opened.frame(index).await?;
        let number = u32::try_from(index).map_err(|_| Error::NotFound("frame"))?;
        let image = Image::describe(&opened.known.header.attributes, &instance.transfer_syntax, number)?;
        Ok(self.parts.renderer.samples(image, bytes, bit_offset, coding).await?)
    }

    /// A file in another coding that begins with file meta information, with changes beside those of the pixels; its first frame is
    /// made before anything is given.
    pub(crate) async fn recoded(
        &self,
        instance: &Instance,
        opened: Opened,
        form: Form,
        head: Vec<u8>,
        changes: Changes,
    ) -> Result<Body, Error> {
        let coding = form.coding().ok_or(Error::Unsupported("nothing is to be made"))?;
        let pixels = opened.known.header.pixel_data.ok_or(Error::Unsupported("instance has no pixel data"))?;
        let frames = opened.known.frames.as_ref().map_or(0, FrameIndex::len);
        if frames == 0 {
            return Err(Error::Unsupported("pixel data has no frames"));
        }
        let first = self.recoded_frame(&opened, instance, 0, coding).await?;
        let archive = self.clone();
        let recoding = Recoding { archive, instance: instance.clone(), opened, pixels, coding, frames, first };
        let rewriter = recoding.rewriter(form, changes)?;
        Ok(written(async move |sink| {
            sink.put(head).await?;
            recoding.write(rewriter, &sink).await
        }))
    }
}

impl Recoding {
    fn rewriter(&self, form: Form, mut changes: Changes) -> Result<Rewriter, Error> {
        describe(&self.opened.known.header.attributes, &self.first.shape, self.frames, &mut changes);
        changes.written = form.written();
        changes.pixels = match self.coding {
            Coding::JpegLs => Pixels::Encapsulated,
            Coding::Native => {
                let vr = if self.first.shape.bits_allocated > 8 { VR::OW } else { VR::OB };
                Pixels::Native { vr, length: self.native_length()? }
            }
        };
        // what is opened is inflated already
        Ok(match self.instance.transfer_syntax.as_str() {
            imaging_domain::transfer_syntax::DEFLATED => Rewriter::of_inflated(changes, Limits::default()),
            syntax => Rewriter::new(syntax, changes, Limits::default()),
        })
    }

    /// Bytes of all native frames, the padding of the last included.
    fn native_length(&self) -> Result<u32, Error> {
        let frame = self.first.bytes.len() as u64;
        let all = frame.checked_mul(self.frames as u64).ok_or(Error::TooLarge("native pixel data"))?;
        let all = if self.first.shape.bits_allocated == 1 { all.div_ceil(8) } else { all };
        let length = u32::try_from(all.next_multiple_of(2)).ok().filter(|length| *length < u32::MAX - 1);
        length.ok_or(Error::Unsupported("native pixel data would be longer than a value can be"))
    }

    async fn write(self, mut rewriter: Rewriter, sink: &Sink) -> Result<(), Error> {
        self.rewrite(0..self.pixels.offset, &mut rewriter, sink).await?;
        self.write_frames(sink).await?;
        rewriter.pass_over(self.pixels.length).map_err(Error::Unreadable)?;
        let behind = self.pixels.offset + self.pixels.length..self.opened.length();
        self.rewrite(behind, &mut rewriter, sink).await?;
        let mut out = vec![];
        rewriter.finish(&mut out);
        sink.put(out).await
    }

    async fn rewrite(&self, range: Range<u64>, rewriter: &mut Rewriter, sink: &Sink) -> Result<(), Error> {
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min(at + PIECE);
            let mut out = vec![];
            rewriter.feed(&self.opened.read(at..end).await?, &mut out).map_err(Error::Unreadable)?;
            sink.put(out).await?;
            at = end;
        }
        Ok(())
    }

    async fn write_frames(&self, sink: &Sink) -> Result<(), Error> {
        let ahead = if self.first.bytes.len() > LARGE_FRAME { 1 } else { 2 };
        let later = stream::iter(1..self.frames)
            .map(|index| self.archive.recoded_frame(&self.opened, &self.instance, index, self.coding))
            .buffered(ahead);
        let mut frames = stream::iter([Ok(self.first.clone())]).chain(later).boxed();
        let (mut packer, mut written) = (BitPacker::default(), 0);
        while let Some(frame) = frames.try_next().await? {
            if frame.shape != self.first.shape {
                return Err(Error::Unsupported("frames decode to samples of different shape"));
            }
            match self.coding {
                Coding::JpegLs => write_item(frame.bytes, sink).await?,
                Coding::Native if frame.shape.bits_allocated == 1 => {
                    let packed = packer.pack(&frame.bytes);
                    written += packed.len();
                    sink.put(packed).await?;
                }
                Coding::Native => {
                    written += frame.bytes.len();
                    sink.put(frame.bytes).await?;
                }
            }
        }
        if self.coding == Coding::JpegLs {
            return sink.put(Rewriter::PIXELS_END.to_vec()).await;
        }
        let mut end = Vec::from_iter(packer.finish());
        if (written + end.len()) % 2 == 1 {
            end.push(0);
        }
        sink.put(end).await
    }
}

/// One frame as one fragment (PS3.5 A.4).
async fn write_item(frame: Bytes, sink: &Sink) -> Result<(), Error> {
    let length = u32::try_from(frame.len().next_multiple_of(2)).map_err(|_| Error::TooLarge("frame"))?;
    sink.put([ITEM, length.to_le_bytes()].concat()).await?;
    let odd = frame.len() % 2 == 1;
    sink.put(frame).await?;
    sink.put(if odd { vec![0] } else { vec![] }).await
}

/// What the Image Pixel module says of samples in their new form (PS3.3 C.7.6.3). That they were compressed with loss
/// (C.7.6.1.1.5) stays said.
fn describe(attributes: &DataSet, shape: &Shape, frames: usize, changes: &mut Changes) {
    let number = |value: u8| (VR::US, u16::from(value).to_le_bytes().to_vec());
    let mut put = |tag: Tag, value| changes.values.insert(tag, value);
    put(tags::BITS_ALLOCATED, number(shape.bits_allocated));
    put(tags::BITS_STORED, number(shape.bits_stored));
    put(tags::HIGH_BIT, number(shape.bits_stored - 1));
    put(tags::PIXEL_REPRESENTATION, number(shape.representation));
    if shape.samples_per_pixel > 1 {
        put(tags::PLANAR_CONFIGURATION, number(0));
    }
    if let Some(photometric) = shape.photometric {
        put(tags::PHOTOMETRIC_INTERPRETATION, (VR::CS, even(photometric.term().to_owned())));
    }
    // a header may promise frames that are not there
    if attributes.int(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1) != frames as i64 {
        put(tags::NUMBER_OF_FRAMES, (VR::IS, even(frames.to_string())));
    }
    changes.removed.extend([tags::EXTENDED_OFFSET_TABLE, tags::EXTENDED_OFFSET_TABLE_LENGTHS]);
}

fn even(mut text: String) -> Vec<u8> {
    if text.len() % 2 == 1 {
        text.push(' ');
    }
    text.into_bytes()
}

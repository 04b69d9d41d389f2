//! Giving frames.

use crate::{
    archive::Archive,
    error::Error,
    form::{Choose, Form, Otherwise, is_big_endian, is_coded, not_in_this_form},
    headers::Opened,
    version::Version,
};
use audit_log::What;
use bytes::Bytes;
use catalog::Scope;
use futures_util::{StreamExt, stream, stream::BoxStream};
use imaging_domain::{Instance, Principal, VR, tags};
use part10::to_little_endian;
use rendering::{BitPacker, Coding};

/// Frames of one instance.
pub struct Frames {
    /// Transfer syntax UID of the bytes.
    pub transfer_syntax: String,
    /// Says which bytes these are: the same for the same frames in the same form.
    pub version: Version,
    /// One item per frame asked for, in the order asked.
    pub frames: BoxStream<'static, Result<Bytes, Error>>,
}

/// An instance whose frames are given.
#[derive(Clone)]
pub(crate) struct Giving {
    pub(crate) archive: Archive,
    pub(crate) opened: Opened,
    pub(crate) instance: Instance,
}

impl Archive {
    /// Frames of an instance, by numbers from 1.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such frame or instance, [`Error::Unsupported`] when they cannot be given in the
    /// form that is wanted.
    pub async fn frames(
        &self,
        who: &Principal,
        scope: &Scope,
        numbers: &[u32],
        choose: Choose,
    ) -> Result<Frames, Error> {
        let (opened, instance) = self.opened(who, What::Retrieve, scope).await?;
        let frames = opened.known.frames.as_ref().ok_or(Error::NotFound("pixel data"))?;
        let indices: Vec<usize> = numbers.iter().map(|number| (*number as usize).wrapping_sub(1)).collect();
        if indices.is_empty() || indices.iter().any(|index| frames.frame(*index).is_none()) {
            return Err(Error::NotFound("frame"));
        }
        let wanted = choose(&instance)?;
        let giving = Giving { archive: self.clone(), opened, instance };
        let (mut form, mut indices) = (wanted.form, indices.into_iter());
        let first = indices.next().unwrap_or_default();
        let first = match giving.frame(first, form).await {
            Err(Error::Unsupported(_)) if wanted.otherwise == Otherwise::Stored && form != Form::Stored => {
                form = Form::Stored;
                giving.frame(first, form).await?
            }
            frame => frame?,
        };
        let uid = form.transfer_syntax(&giving.instance.transfer_syntax).to_owned();
        let mut version = Version::of(&giving.instance, &uid);
        numbers.iter().for_each(|number| version.add(&number.to_le_bytes()));
        let read = move |index| {
            let giving = giving.clone();
            async move { giving.frame(index, form).await }
        };
        let later = stream::iter(indices).map(read).buffered(2);
        Ok(Frames { transfer_syntax: uid, version, frames: stream::iter([Ok(first)]).chain(later).boxed() })
    }
}

impl Giving {
    pub(crate) async fn frame(&self, index: usize, form: Form) -> Result<Bytes, Error> {
        match form {
            Form::Stored if is_big_endian(&self.instance) => self.turned(index).await,
            Form::Stored | Form::Native | Form::Implicit if !is_coded(&self.instance) => self.native(index).await,
            Form::Stored => Ok(self.opened.frame(index).await?.0),
            Form::Native | Form::Implicit => self.made(index, Coding::Native).await,
            Form::JpegLs => self.made(index, Coding::JpegLs).await,
        }
    }

    async fn made(&self, index: usize, coding: Coding) -> Result<Bytes, Error> {
        let made = self.archive.recoded_frame(&self.opened, &self.instance, index, coding).await;
        let made = made.map_err(not_in_this_form)?;
        if coding == Coding::Native && made.shape.bits_allocated == 1 {
            return Ok(packed(&made.bytes));
        }
        Ok(made.bytes)
    }

    /// A native frame: as it lies there, unless it begins inside a byte or is in big endian.
    async fn native(&self, index: usize) -> Result<Bytes, Error> {
        if is_big_endian(&self.instance) {
            return self.turned(index).await;
        }
        match self.opened.frame(index).await? {
            (bytes, 0) => Ok(bytes),
            _ => self.made(index, Coding::Native).await,
        }
    }

    /// A frame of big endian words in little endian. Pairs of bytes are for whoever knows what a sample is.
    async fn turned(&self, index: usize) -> Result<Bytes, Error> {
        let attributes = &self.opened.known.header.attributes;
        let unit = match (attributes.int(tags::BITS_ALLOCATED), self.opened.known.header.pixel_data.map(|p| p.vr)) {
            (Some(8), Some(VR::OB)) => VR::OB,
            (Some(16), _) => VR::OW,
            (Some(32), _) => VR::OL,
            _ => return self.made(index, Coding::Native).await,
        };
        let mut bytes = self.opened.frame(index).await?.0.to_vec();
        to_little_endian(unit, &mut bytes);
        Ok(bytes.into())
    }
}

fn packed(samples: &[u8]) -> Bytes {
    let mut packer = BitPacker::default();
    let mut bytes = packer.pack(samples);
    bytes.extend(packer.finish());
    bytes.into()
}

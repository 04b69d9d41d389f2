//! Giving all values of a scope that its metadata name by address, and all its pixels (PS3.18 10.4.1.1.5 and
//! 10.4.1.1.7).

use crate::{
    archive::Archive,
    bulk::{stored_value, values_of},
    error::Error,
    form::{Choose, Form, Otherwise, Wanted, is_coded},
    frames::Giving,
    listed::Listed,
    remote::Body,
    retrieve::first,
    version::Version,
};
use access_control::{Permit, View};
use audit_log::{Event, What};
use catalog::{InstanceCopies, Scope};
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use imaging_domain::{Instance, Principal};
use part10::FrameIndex;

/// Which values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkKind {
    /// Every value that metadata name by address.
    All,
    /// Pixel data.
    Pixels,
}

/// One value, or one frame of compressed pixel data.
pub struct BulkPart {
    /// Whose.
    pub instance: Instance,
    /// Which.
    pub place: PartPlace,
    /// Transfer syntax UID of pixels.
    pub transfer_syntax: Option<String>,
    /// Its bytes.
    pub body: Body,
}

/// Where a part is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartPlace {
    /// Offset and length in the data set.
    Value(u64, u64),
    /// The whole pixel data, native.
    Pixels,
    /// A frame from 1.
    Frame(usize),
}

/// Values on their way.
pub struct BulkParts {
    /// Says which bytes these are.
    pub version: Version,
    /// By instance, and in each by place.
    pub parts: BoxStream<'static, Result<BulkPart, Error>>,
}

type Stream = BoxStream<'static, Result<BulkPart, Error>>;

impl Archive {
    /// Values of a scope, one instance after the other. Pixels in the form that is chosen: native ones are one part, of
    /// compressed ones each frame is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance; what `choose` says of any of them.
    pub async fn bulk_parts(
        &self,
        who: &Principal,
        scope: &Scope,
        kind: BulkKind,
        choose: Choose,
    ) -> Result<BulkParts, Error> {
        let mut listed = self.look_through(who, scope, &choose).await?;
        let event = Event::new(What::Retrieve, who).study(&scope.study).count(listed.count);
        self.parts.audit.record(event).await?;
        let instances = self.listed_instances(scope, &mut listed);
        let Listed { permit, mut version, .. } = listed;
        version.add(if kind == BulkKind::All { b"all" } else { b"pixels" });
        let this = self.clone();
        let parts = instances.and_then(move |copies| {
            let (this, permit, choose) = (this.clone(), permit.clone(), choose.clone());
            async move {
                let wanted = choose(first(&copies))?;
                this.parts_of(&permit, &copies, kind, wanted).await
            }
        });
        Ok(BulkParts { version, parts: parts.try_flatten().boxed() })
    }

    async fn parts_of(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        kind: BulkKind,
        wanted: Wanted,
    ) -> Result<Stream, Error> {
        let instance = first(copies).clone();
        let blob = self.fetches.whole(permit, copies).await?;
        let opened = self.headers.open(&instance, blob).await?;
        let giving = Giving { archive: self.clone(), opened, instance };
        let mut parts = stream::empty().boxed();
        if kind == BulkKind::All {
            parts = giving.values()?.chain(parts).boxed();
        }
        match giving.opened.known.frames.as_ref().map_or(0, FrameIndex::len) {
            0 => Ok(parts),
            frames => Ok(parts.chain(giving.pixels(frames, wanted).await?).boxed()),
        }
    }
}

impl Giving {
    /// Values other than the pixel data.
    fn values(&self) -> Result<Stream, Error> {
        let header = &self.opened.known.header;
        let pixels = header.pixel_data.map(|pixels| pixels.offset);
        let mut parts = vec![];
        for (offset, length, vr) in values_of(&header.attributes) {
            if Some(offset) == pixels {
                continue;
            }
            let body = stored_value(&self.opened, &self.instance, offset, length, vr)?;
            let place = PartPlace::Value(offset, length);
            parts.push(Ok(BulkPart { instance: self.instance.clone(), place, transfer_syntax: None, body }));
        }
        Ok(stream::iter(parts).boxed())
    }

    pub(crate) async fn pixels(&self, frames: usize, wanted: Wanted) -> Result<Stream, Error> {
        let mut form = wanted.form;
        let begun = self.frame(0, form).await;
        match begun {
            Err(Error::Unsupported(_)) if wanted.otherwise == Otherwise::Stored => form = Form::Stored,
            begun => drop(begun?),
        }
        let syntax = Some(match form {
            Form::Stored if !is_coded(&self.instance) => Form::Native.transfer_syntax("").to_owned(),
            form => form.transfer_syntax(&self.instance.transfer_syntax).to_owned(),
        });
        let giving = self.clone();
        let frame = move |index| {
            let giving = giving.clone();
            async move { giving.frame(index, form).await }
        };
        let all = stream::iter(0..frames).map(frame);
        let part =
            |place, transfer_syntax, body| BulkPart { instance: self.instance.clone(), place, transfer_syntax, body };
        match (form, self.opened.known.header.pixel_data) {
            (Form::Stored | Form::Native | Form::Implicit, Some(pixels)) if !is_coded(&self.instance) => {
                let (offset, length) = (pixels.offset, pixels.length);
                let body = stored_value(&self.opened, &self.instance, offset, length, pixels.vr)?;
                Ok(stream::iter([Ok(part(PartPlace::Pixels, syntax, body))]).boxed())
            }
            (Form::Native | Form::Implicit, _) => {
                Ok(stream::iter([Ok(part(PartPlace::Pixels, syntax, all.buffered(2).boxed()))]).boxed())
            }
            _ => {
                let instance = self.instance.clone();
                let parts = all.buffered(2).enumerate().map(move |(index, frame)| {
                    let body = stream::iter([Ok(frame?)]).boxed();
                    let place = PartPlace::Frame(index + 1);
                    Ok(BulkPart { instance: instance.clone(), place, transfer_syntax: syntax.clone(), body })
                });
                Ok(parts.boxed())
            }
        }
    }
}

//! What a picture is of: an image, opened up, with the presentation state and the segmentation it is shown with.

use crate::{archive::Archive, error::Error, headers::Opened, pictures::Enlarge, retrieve::first};
use access_control::{Permit, View};
use catalog::{InstanceCopies, Scope};
use imaging_domain::{DataSet, InstanceUid, SeriesUid, StudyUid, Tag, Value};
use rendering::{Image, MAX_PROFILE, Settings, is_presentation_state, overlay_data, references, segment_frames};
use std::borrow::Cow;
use tokio::task::spawn_blocking;

/// Longest value of overlay planes that is read for a picture.
const MAX_OVERLAY: u64 = 32 << 20;

/// An image that is shown.
pub(crate) struct Subject {
    pub(crate) opened: Opened,
    transfer_syntax: String,
    state: Option<Opened>,
    /// Segmentation and its transfer syntax.
    segmentation: Option<(Opened, String)>,
    /// Frame from 1 that stands for all.
    representative: u32,
}

impl Subject {
    /// The frame, from 1, that is shown when nobody says which: the first that a presentation state is about, else the
    /// middle one.
    pub(crate) fn representative(&self) -> u32 {
        self.representative
    }

    /// How many frames there are.
    pub(crate) fn frames(&self) -> usize {
        self.opened.known.frames.as_ref().map_or(0, part10::FrameIndex::len)
    }

    pub(crate) fn attributes(&self) -> &DataSet {
        &self.opened.known.header.attributes
    }
}

impl Archive {
    /// Opens the image that an instance is, or that it shows, with what the settings name beside it.
    pub(crate) async fn subject(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        settings: &Settings,
    ) -> Result<Subject, Error> {
        let instance = first(copies);
        let study = &instance.study;
        if instance.sop_class.as_ref().is_some_and(|class| is_presentation_state(class.as_str())) {
            return self.presented(permit, copies).await;
        }
        if instance.frames == 0 {
            return Err(Error::Unsupported("instance is no image"));
        }
        let state = match &settings.presentation {
            Some((series, instance)) => Some(self.beside(permit, study, series, instance).await?.0),
            None => None,
        };
        let segmentation = match &settings.segmentation {
            Some((series, instance)) => Some(self.beside(permit, study, series, instance).await?),
            None => None,
        };
        let opened = self.opened_copy(permit, copies).await?;
        let representative = middle(&opened);
        Ok(Subject { opened, transfer_syntax: instance.transfer_syntax.clone(), state, segmentation, representative })
    }

    /// The first image that a presentation state is about, with the state.
    async fn presented(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<Subject, Error> {
        let state = self.opened_copy(permit, copies).await?;
        let about = references(&state.known.header.attributes).into_iter().next();
        let about = about.ok_or(Error::Unsupported("presentation state is about no image"))?;
        let (opened, transfer_syntax) =
            self.beside(permit, &first(copies).study, &about.series, &about.instance).await?;
        let representative = about.frames.first().copied().unwrap_or_else(|| middle(&opened));
        Ok(Subject { opened, transfer_syntax, state: Some(state), segmentation: None, representative })
    }

    /// Another instance of a study.
    async fn beside(
        &self,
        permit: &Permit<View>,
        study: &StudyUid,
        series: &SeriesUid,
        instance: &InstanceUid,
    ) -> Result<(Opened, String), Error> {
        let scope = Scope { study: study.clone(), series: Some(series.clone()), instance: Some(instance.clone()) };
        let found = self.parts.index.instances(permit, &scope, None, 1).await?;
        let mut found = self.seen(permit, found).await;
        let copies = found.pop().ok_or(Error::NotFound("instance that the picture needs"))?;
        Ok((self.opened_copy(permit, &copies).await?, first(&copies).transfer_syntax.clone()))
    }

    pub(crate) async fn opened_copy(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<Opened, Error> {
        let blob = self.fetches.whole(permit, copies).await?;
        self.headers.open(first(copies), blob).await
    }

    /// A file of one frame, by its number from 1.
    pub(crate) async fn made(
        &self,
        subject: &Subject,
        frame: u32,
        settings: Settings,
        enlarge: Enlarge,
    ) -> Result<Vec<u8>, Error> {
        let number = frame.checked_sub(1).ok_or(Error::NotFound("frame"))?;
        let image = described(subject, number, &settings).await?;
        let bytes = subject.opened.frame(number as usize).await;
        // a frame that the attributes declare is there, but not whole: that is no address of nothing
        let (bytes, bit_offset) = bytes.map_err(|error| match error {
            Error::NotFound(_) => rendering::Error::Corrupt("the pixel data ends before this frame").into(),
            error => error,
        })?;
        let settings = match enlarge {
            Enlarge::Allowed => settings,
            Enlarge::Never => settings.without_enlarging(&image),
        };
        Ok(self.parts.renderer.picture(image, bytes, bit_offset, settings).await?)
    }
}

/// The frame in the middle, from 1.
fn middle(opened: &Opened) -> u32 {
    let frames = opened.known.frames.as_ref().map_or(0, part10::FrameIndex::len);
    u32::try_from(frames / 2).unwrap_or(0) + 1
}

/// Everything that the picture of a frame (from 0) needs to know of the image.
async fn described(subject: &Subject, number: u32, settings: &Settings) -> Result<Image, Error> {
    let opened = &subject.opened;
    let own = filled(opened, &overlay_data(subject.attributes(), &settings.overlays)).await?;
    let mut image = Image::describe(&own, &subject.transfer_syntax, number)?;
    image = image.prepared(&own, number, settings)?;
    if let Some(element) = rendering::profile(&own, settings.colours) {
        image = image.with_profile(opened.value(&element.value, MAX_PROFILE as u64).await?);
    }
    if let Some(state) = &subject.state {
        let all = rendering::Overlays::All;
        let tags = overlay_data(&state.known.header.attributes, &all);
        let state = filled(state, &tags).await?;
        let own = filled(opened, &overlay_data(subject.attributes(), &all)).await?;
        image = image.presented(&state, &own, number)?;
    }
    match &subject.segmentation {
        Some((segmentation, transfer_syntax)) => covered(image, subject, number, segmentation, transfer_syntax).await,
        None => Ok(image),
    }
}

/// The image with the frames of a segmentation that are about its frame (from 0).
async fn covered(
    mut image: Image,
    subject: &Subject,
    number: u32,
    segmentation: &Opened,
    transfer_syntax: &str,
) -> Result<Image, Error> {
    let frames = segment_frames(&segmentation.known.header.attributes, subject.attributes(), number);
    if frames.is_empty() {
        return Err(Error::Unsupported("segmentation says nothing about this frame"));
    }
    for frame in frames {
        let (bytes, bit_offset) = segmentation.frame(frame as usize).await?;
        let (known, syntax) = (segmentation.known.clone(), transfer_syntax.to_owned());
        let drawn = move || image.covered(&known.header.attributes, &syntax, frame, &bytes, bit_offset);
        image = spawn_blocking(drawn).await.map_err(|_| Error::Stopping)??;
    }
    Ok(image)
}

/// Attributes with the values of these elements in them, which may have been left in the file.
async fn filled<'a>(opened: &'a Opened, tags: &[Tag]) -> Result<Cow<'a, DataSet>, Error> {
    let mut attributes = Cow::Borrowed(&opened.known.header.attributes);
    for tag in tags {
        let Some(element) = attributes.get(*tag) else { continue };
        if let Value::Bulk { .. } = element.value {
            let vr = element.vr;
            let bytes = opened.value(&element.value, MAX_OVERLAY).await?;
            attributes.to_mut().put(*tag, vr, Value::Bytes(bytes));
        }
    }
    Ok(attributes)
}

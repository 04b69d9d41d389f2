//! Showing: rendered images and thumbnails.

use crate::{archive::Archive, error::Error, retrieve::first, thumbnails_ahead::Found};
use access_control::{Permit, View};
use audit_log::{Event, What};
use bytes::Bytes;
use catalog::{InstanceCopies, Scope};
use imaging_domain::{Instance, Principal};
use rendering::{Format, Settings};

/// Which picture of a scope.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureRequest {
    /// Study, series or instance; of more than one instance the representative is shown.
    pub scope: Scope,
    /// Frame from 1; the middle one when not said.
    pub frame: Option<u32>,
    /// Size, part, window, texts, colours, overlays, presentation state, format.
    pub settings: Settings,
}

impl PictureRequest {
    /// The picture that stands for an instance.
    pub(crate) fn of_instance(copies: &InstanceCopies, settings: Settings) -> Self {
        let Instance { study, series, uid, .. } = first(copies).clone();
        let scope = Scope { study, series: Some(series), instance: Some(uid) };
        Self { scope, frame: None, settings }
    }
}

/// A finished picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// `image/jpeg`, `image/png` or `image/gif`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Bytes,
}

/// Whether a picture may be larger than its image: a viewport may ask for it, a thumbnail never is.
#[derive(Clone, Copy)]
pub(crate) enum Enlarge {
    Allowed,
    Never,
}

/// What is shown, and the event that says so.
pub(crate) struct Shown {
    pub(crate) permit: Permit<View>,
    pub(crate) copies: InstanceCopies,
    pub(crate) event: Event,
}

impl Archive {
    /// A picture as asked for (PS3.18 8.3.5, rendered resources). Of a presentation state it is the first image that
    /// the state is about, as the state shows it.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an instance or frame, [`Error::Unsupported`] or [`Error::Rendering`] when it is no
    /// image or cannot be decoded.
    pub async fn rendered(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, Error> {
        let Shown { permit, copies, event } = self.shown(who, request).await?;
        self.recorded(event, self.render(&permit, &copies, request, Enlarge::Allowed)).await
    }

    /// A small picture (PS3.18 8.3.5.1), kept once made.
    ///
    /// # Errors
    /// As [`rendered`](Self::rendered).
    pub async fn thumbnail(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, Error> {
        let Shown { permit, copies, event } = self.shown(who, request).await?;
        let picture = async {
            let kept = self.kept(&permit, &copies, request).await;
            let found = if kept.is_some() { Found::Here } else { Found::Missing };
            self.look_ahead(&permit, &copies, request, found);
            self.kept_or_made(kept, &permit, &copies, request).await
        };
        self.recorded(event, picture).await
    }

    /// A thumbnail that is kept, or made and kept now.
    pub(crate) async fn kept_thumbnail(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        request: &PictureRequest,
    ) -> Result<Picture, Error> {
        let kept = self.kept(permit, copies, request).await;
        self.kept_or_made(kept, permit, copies, request).await
    }

    async fn kept(&self, permit: &Permit<View>, copies: &InstanceCopies, request: &PictureRequest) -> Option<Picture> {
        let name = name(copies, request);
        self.thumbnails_ahead.waited(&name).await;
        let bytes = self.parts.derived.get(permit, &name).await?;
        Some(Picture { media_type: media_type(request.settings.format), bytes })
    }

    async fn kept_or_made(
        &self,
        kept: Option<Picture>,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        request: &PictureRequest,
    ) -> Result<Picture, Error> {
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let picture = match self.drawn_there(permit, copies, request).await {
            Some(bytes) => Picture { media_type: media_type(request.settings.format), bytes },
            None => self.render(permit, copies, request, Enlarge::Never).await?,
        };
        self.parts.derived.put(&name(copies, request), picture.bytes.clone()).await;
        Ok(picture)
    }

    /// Asks, and finds the instance that stands for the scope.
    pub(crate) async fn shown(&self, who: &Principal, request: &PictureRequest) -> Result<Shown, Error> {
        let scope: &Scope = &request.scope;
        let permit = self.may_view(who, What::View, scope).await?;
        let copies = self.standing_for(&permit, scope).await?;
        let event = Event::new(What::View, who).study(&scope.study).count(1);
        Ok(Shown { permit, copies, event })
    }

    async fn render(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        request: &PictureRequest,
        enlarge: Enlarge,
    ) -> Result<Picture, Error> {
        let ahead = self.read_ahead(permit, &request.scope, copies);
        let subject = tokio::join!(ahead, self.subject(permit, copies, &request.settings)).1?;
        let frame = request.frame.unwrap_or_else(|| subject.representative());
        let media_type = media_type(request.settings.format);
        let bytes = self.made(&subject, frame, request.settings.clone(), enlarge).await?;
        Ok(Picture { media_type, bytes: bytes.into() })
    }
}

/// The name a thumbnail is kept under: the file it shows and how.
pub(crate) fn name(copies: &InstanceCopies, request: &PictureRequest) -> String {
    let (width, height) = request.settings.fit.unwrap_or_default();
    let format = match request.settings.format {
        Format::Jpeg(quality) => format!("{quality}.jpg"),
        Format::Png => "png".to_owned(),
        Format::Gif => "gif".to_owned(),
        Format::Pixels => "pnm".to_owned(),
    };
    let frame = request.frame.unwrap_or_default();
    format!("{}-{frame}-{width}x{height}.{format}", first(copies).digest)
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Jpeg(_) => "image/jpeg",
        Format::Png => "image/png",
        Format::Gif => "image/gif",
        Format::Pixels => "image/x-portable-anymap",
    }
}

//! Several frames as one moving picture.

use crate::{
    archive::Archive,
    error::Error,
    pictures::{Enlarge, Picture, PictureRequest, Shown},
};
use imaging_domain::Principal;
use rendering::{Animation, Format, Settings, frame_ms};
use tokio::task::spawn_blocking;

/// The most frames of one moving picture.
const MAX_FRAMES: usize = 2_000;

impl Archive {
    /// A GIF of frames, by their numbers from 1 and in the order asked; of all frames when none is named. Each is shown
    /// for as long as the image says (PS3.3 C.7.6.5). The format of the settings does not count.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 2000 frames; else as [`rendered`](Self::rendered).
    pub async fn animated(&self, who: &Principal, request: &PictureRequest, frames: &[u32]) -> Result<Picture, Error> {
        let Shown { permit, copies, event } = self.shown(who, request).await?;
        self.parts.audit.record(event).await?;
        let settings = Settings { format: Format::Pixels, ..request.settings.clone() };
        let subject = self.subject(&permit, &copies, &settings).await?;
        let frames = match frames {
            [] => (1..=u32::try_from(subject.frames()).unwrap_or(u32::MAX)).collect(),
            frames => frames.to_vec(),
        };
        if frames.len() > MAX_FRAMES {
            return Err(Error::TooLarge("list of frames of a moving picture"));
        }
        let mut animation = Animation::new();
        for frame in frames {
            let pixels = self.made(&subject, frame, settings.clone(), Enlarge::Allowed).await?;
            let shown_ms = frame_ms(subject.attributes(), frame - 1);
            animation = spawn_blocking(move || animation.add(&pixels, shown_ms).map(|()| animation))
                .await
                .map_err(|_| Error::Stopping)??;
        }
        Ok(Picture { media_type: "image/gif", bytes: animation.finish()?.into() })
    }
}

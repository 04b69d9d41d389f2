//! Thumbnails for the hub: a hospital gives those of several instances in one answer.

use crate::{
    archive::Archive,
    error::Error,
    pictures::PictureRequest,
    remote::{Several, SiteThumbnail, SiteThumbnails},
    retrieve::first,
};
use access_control::{Permit, View};
use audit_log::{Event, What};
use catalog::InstanceCopies;
use futures_util::{StreamExt, stream};
use imaging_domain::{Instance, Principal};
use rendering::Settings;

/// How many are looked up, or made, at the same time.
const AT_ONCE: usize = 2;

impl Archive {
    /// Thumbnails of several instances, made when they were not yet. An instance whose file is not here, or that cannot be
    /// shown, has none: nothing is fetched for what nobody may come to look at.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn thumbnails(
        &self,
        who: &Principal,
        several: Several,
        settings: Settings,
    ) -> Result<SiteThumbnails, Error> {
        let Several { study, series, instances } = several;
        let permit = self.permit::<View>(who, What::View, Some(&study)).await?;
        let listed = self.parts.index.named_instances(&permit, (&study, &series), &instances).await?;
        let event = Event::new(What::View, who).study(&study).count(listed.len());
        self.recorded(event, async { Ok(()) }).await?;
        let this = self.clone();
        let drawn = stream::iter(listed).map(move |copies| {
            let (this, permit, settings) = (this.clone(), permit.clone(), settings.clone());
            async move { this.held_thumbnail(&permit, &copies, settings).await }
        });
        Ok(drawn.buffered(AT_ONCE).filter_map(async |drawn| drawn.map(Ok)).boxed())
    }

    async fn held_thumbnail(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        settings: Settings,
    ) -> Option<SiteThumbnail> {
        let Instance { uid, digest, frames, .. } = first(copies);
        if *frames == 0 || !self.parts.blobs.has(permit, digest).await {
            return None;
        }
        let request = PictureRequest::of_instance(copies, settings);
        let picture = self.kept_thumbnail(permit, copies, &request).await.ok()?;
        Some(SiteThumbnail { instance: uid.clone(), digest: *digest, bytes: picture.bytes })
    }
}

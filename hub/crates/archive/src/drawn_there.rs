//! Thumbnails that a hospital makes: what the hub does not hold comes as a few kilobytes instead of a whole file.

use crate::{
    archive::Archive,
    error::Error,
    pictures::PictureRequest,
    remote::{Drawn, Several, SiteThumbnail},
    retrieve::first,
    thumbnails_ahead::OnItsWay,
};
use access_control::{Permit, View};
use bytes::Bytes;
use catalog::InstanceCopies;
use futures_util::TryStreamExt;
use imaging_domain::{Digest, InstanceUid, SiteId};
use rendering::{Format, Settings};
use std::{collections::HashMap, time::Duration};
use tokio::time::timeout;
use tracing::debug;

/// How long a hospital may take for all thumbnails that it is asked for ahead: a slow one does not keep others waiting.
const DRAWN_WITHIN: Duration = Duration::from_secs(10);

/// How a file of each format begins.
const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF];
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

impl Archive {
    /// The thumbnail as the hospital makes it, when the file is not here and nothing but a size is asked for. `None` has it
    /// made here.
    pub(crate) async fn drawn_there(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        request: &PictureRequest,
    ) -> Option<Bytes> {
        let remote = self.parts.remote.as_ref()?;
        let (size, format) = plain(request)?;
        if self.parts.blobs.has(permit, &first(copies).digest).await {
            return None;
        }
        let copy = copies.0.iter().find(|copy| remote.is_connected(&copy.site))?;
        let bytes = remote.fetch_thumbnail(&copy.site, &copy.instance, size, format).await.ok()?;
        is_drawn(&bytes, format).then_some(bytes)
    }

    /// Asks a site for several and keeps what comes. Each is on its way until it is kept; the others until the answer has ended.
    pub(crate) async fn keep_drawn(self, asked: Asked) {
        let _slot = self.thumbnails_ahead.slots.acquire().await;
        match timeout(DRAWN_WITHIN, self.take_drawn(asked)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => debug!(%error, "thumbnails that were asked for ahead did not come"),
            Err(_) => debug!("thumbnails that were asked for ahead took too long"),
        }
    }

    async fn take_drawn(&self, asked: Asked) -> Result<(), Error> {
        let Asked { site, several, size, format, mut coming } = asked;
        let Some(remote) = &self.parts.remote else { return Ok(()) };
        let mut drawn = remote.fetch_thumbnails(&site, &several, size, format).await?;
        while let Some(SiteThumbnail { instance, digest, bytes }) = drawn.try_next().await? {
            let Some((of, on_its_way)) = coming.remove(&instance) else { continue };
            if digest == of && is_drawn(&bytes, format) {
                self.parts.derived.put(&on_its_way.name, bytes).await;
            }
        }
        Ok(())
    }
}

/// Thumbnails that a site is asked for by one question.
pub(crate) struct Asked {
    pub(crate) site: SiteId,
    pub(crate) several: Several,
    /// Columns and rows each fits into.
    pub(crate) size: (u32, u32),
    pub(crate) format: Drawn,
    /// Those that are waited for, each with the file it is to be of.
    pub(crate) coming: HashMap<InstanceUid, (Digest, OnItsWay)>,
}

/// Whether bytes begin as a file of the format does.
fn is_drawn(bytes: &[u8], format: Drawn) -> bool {
    bytes.starts_with(if format == Drawn::Jpeg { JPEG } else { PNG })
}

/// Size and format of a thumbnail as any hospital makes it.
pub(crate) fn plain(request: &PictureRequest) -> Option<((u32, u32), Drawn)> {
    let Settings { fit, format, .. } = request.settings;
    let drawn = match format {
        Format::Jpeg(_) => Drawn::Jpeg,
        Format::Png => Drawn::Png,
        Format::Gif | Format::Pixels => return None,
    };
    let is_plain = request.settings == Settings { fit, format, ..Settings::default() } && request.frame.is_none();
    is_plain.then_some((fit?, drawn))
}

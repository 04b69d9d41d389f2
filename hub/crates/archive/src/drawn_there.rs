//! Thumbnails that a hospital makes: what the hub does not hold comes as a few kilobytes instead of a whole file.

use crate::{archive::Archive, pictures::PictureRequest, remote::Drawn, retrieve::first};
use access_control::{Permit, View};
use bytes::Bytes;
use catalog::InstanceCopies;
use rendering::{Format, Settings};

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
        let begins = if format == Drawn::Jpeg { JPEG } else { PNG };
        bytes.starts_with(begins).then_some(bytes)
    }
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

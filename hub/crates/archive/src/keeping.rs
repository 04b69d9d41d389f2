//! Headers become texts, and on their way a compact form is made of them.

use crate::{
    archive::Archive,
    compact::Writer,
    error::Error,
    header_text::HeaderText,
    retrieve::Metadata,
    series_metadata::{Texts, name},
};
use futures_util::{StreamExt, stream, stream::BoxStream};
use tokio::task::spawn_blocking;

/// How many headers become text at once.
const TEXTS: usize = 16;

/// The texts of a whole series' headers. When all have passed, `archive` keeps them, under the version that is made of
/// what passed: whatever changed meanwhile, what is kept is right for its name. One that is left before its end keeps
/// nothing.
pub(crate) fn keeping(headers: BoxStream<'static, Result<Metadata, Error>>, archive: Option<Archive>) -> Texts {
    let writer = archive.is_some().then(Writer::default);
    let batches = headers.ready_chunks(TEXTS);
    let texts = stream::try_unfold((batches, writer), move |(mut batches, writer)| {
        let archive = archive.clone();
        async move {
            let Some(batch) = batches.next().await else {
                if let (Some(archive), Some(writer)) = (archive, writer) {
                    archive.keep(writer).await?;
                }
                return Ok(None);
            };
            let batch = batch.into_iter().collect::<Result<Vec<Metadata>, Error>>()?;
            let texts = spawn_blocking(move || texts(batch, writer)).await;
            let (texts, writer) = texts.map_err(|_| Error::Stopping)?;
            Ok(Some((texts, (batches, writer))))
        }
    });
    texts.boxed()
}

impl Archive {
    /// Keeps a compact form, unless it is too large to be one.
    async fn keep(&self, writer: Writer) -> Result<(), Error> {
        let finished = spawn_blocking(move || writer.finish()).await.map_err(|_| Error::Stopping)?;
        if let Some((version, blob)) = finished {
            self.parts.compact.put(&name(&version), blob.into()).await;
        }
        Ok(())
    }
}

fn texts(batch: Vec<Metadata>, mut writer: Option<Writer>) -> (Vec<HeaderText>, Option<Writer>) {
    let text = |Metadata { instance, attributes }| {
        let text = HeaderText::new(&instance.study, &instance.series, &instance.uid, attributes);
        if let Some(writer) = &mut writer {
            writer.push(&instance.uid, instance.digest, text.as_str());
        }
        text
    };
    (batch.into_iter().map(text).collect(), writer)
}

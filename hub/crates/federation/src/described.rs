//! What the hub asks a site before it asks for bytes that nobody has seen: instances of a scope, a line of JSON each, and empty
//! lines meanwhile, because an archive may take long.

use crate::error::Error;
use archive::Body;
use catalog::Scope;
use futures_util::TryStreamExt;
use imaging_domain::Instance;

/// Where sites answer it.
pub const DESCRIBED_PATH: &str = "/federation/described";
/// The most bytes of one answer.
const MAX_ANSWER: usize = 256 << 20;

/// The path of a scope.
pub(crate) fn path(scope: &Scope) -> String {
    let mut path = format!("{DESCRIBED_PATH}/{}", scope.study);
    for uid in [scope.series.as_ref().map(ToString::to_string), scope.instance.as_ref().map(ToString::to_string)] {
        path.extend(uid.map(|uid| format!("/{uid}")));
    }
    path
}

/// Reads an answer. What is no instance of the scope is left out.
pub(crate) async fn read(scope: &Scope, mut body: Body) -> Result<Vec<Instance>, Error> {
    let (mut bytes, mut instances) = (Vec::new(), Vec::new());
    let mut read = 0;
    while let Some(piece) = body.try_next().await.map_err(|_| Error::Answer("and broke off".into()))? {
        read += piece.len();
        if read > MAX_ANSWER {
            return Err(Error::Answer("with more than it should".into()));
        }
        bytes.extend_from_slice(&piece);
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for line in bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let instance: Instance =
                serde_json::from_slice(line).map_err(|_| Error::Answer("with what is no instance".into()))?;
            instances.extend(Some(instance).filter(|instance| is_of(instance, scope)));
        }
        bytes.drain(..whole);
    }
    if bytes.is_empty() { Ok(instances) } else { Err(Error::Answer("and broke off".into())) }
}

fn is_of(instance: &Instance, scope: &Scope) -> bool {
    instance.study == scope.study
        && scope.series.as_ref().is_none_or(|series| *series == instance.series)
        && scope.instance.as_ref().is_none_or(|uid| *uid == instance.uid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::{StreamExt, stream};
    use imaging_domain::StudyUid;

    async fn answer(text: &str) -> Result<usize, Error> {
        let scope = Scope { study: StudyUid::parse("1.2").unwrap(), series: None, instance: None };
        let pieces: Vec<_> = text.as_bytes().chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        read(&scope, stream::iter(pieces).boxed()).await.map(|instances| instances.len())
    }

    #[tokio::test]
    async fn lines_are_instances_of_what_was_asked() {
        let line = |study: &str| {
            format!(
                r#"{{"study":"{study}","series":"1.3","uid":"1.4","sop_class":null,"transfer_syntax":"1.2.840.10008.1.2","digest":"{}","size_bytes":1,"data_set_offset":1,"frames":0,"stored_ms":1,"keeping":"cached","attributes":{{}}}}"#,
                "a".repeat(64)
            )
        };
        assert_eq!(answer(&format!("\n\n{}\n\n{}\n", line("1.2"), line("1.2"))).await.unwrap(), 2);
        assert_eq!(answer(&format!("{}\n", line("1.9"))).await.unwrap(), 0, "of another study");
        assert!(answer(&line("1.2")).await.is_err(), "broken off");
        assert!(answer("{}\n").await.is_err());
    }
}

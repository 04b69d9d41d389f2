//! A request as it came (PS3.4 table J.3-1), and what was found.

use dicomweb::referenced;
use dimse::Status;
use imaging_domain::{AeTitle, InstanceUid, SopClassUid, tags};
use part10::{Framing, Keep, Limits, scan};
use serde::{Deserialize, Serialize};

/// The most bytes of a request's data set: some ten thousand instances.
pub(crate) const MAX_REQUEST: usize = 8 << 20;
/// The most instances of one request.
const MAX_INSTANCES: usize = 50_000;

/// What one request asks for, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Who asked, and is told.
    pub ae: AeTitle,
    /// Transaction UID (0008,1195).
    pub uid: String,
    /// SOP class and instance of each.
    pub instances: Vec<(SopClassUid, InstanceUid)>,
    /// When it came, milliseconds since 1970.
    pub asked_ms: i64,
    /// Failure Reason of each instance that is not kept, by its place in `instances`; `None` until they were looked at.
    pub failures: Option<Vec<(usize, u16)>>,
    /// How often a report was sent in vain.
    pub attempts: u32,
    /// What the last of them came to, for people.
    pub last_failure: String,
    /// Whether it is tried no more.
    pub given_up: bool,
}

impl Transaction {
    /// Reads the data set of N-ACTION.
    ///
    /// # Errors
    /// The status that refuses it.
    pub(crate) fn read(bytes: &[u8], transfer_syntax: &str, ae: AeTitle) -> Result<Self, Status> {
        if bytes.len() > MAX_REQUEST {
            return Err(Status::RESOURCE_LIMITATION);
        }
        let framing = Framing::DataSet { transfer_syntax: transfer_syntax.to_owned() };
        let header = scan(bytes, framing, Keep::Everything { max_inline_bytes: 256 }, Limits::default());
        let header = header.map_err(|_| Status::PROCESSING_FAILURE)?;
        if header.is_truncated() {
            return Err(Status::PROCESSING_FAILURE);
        }
        let uid = header.attributes.text(tags::TRANSACTION_UID).unwrap_or_default();
        // any UID will do: it is only told again
        let uid = InstanceUid::parse(uid).map_err(|_| Status::INVALID_ARGUMENT_VALUE)?.to_string();
        let items = header.attributes.items(tags::REFERENCED_SOP_SEQUENCE);
        if items.is_empty() {
            return Err(Status::INVALID_ARGUMENT_VALUE);
        }
        if items.len() > MAX_INSTANCES {
            return Err(Status::RESOURCE_LIMITATION);
        }
        let instances = referenced(items).map_err(|_| Status::INVALID_ARGUMENT_VALUE)?;
        let last_failure = String::new();
        Ok(Self { ae, uid, instances, asked_ms: 0, failures: None, attempts: 0, last_failure, given_up: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{DataSet, VR, Value, transfer_syntax};
    use part10::data_set_bytes;

    const CLASS: &str = "1.2.840.10008.5.1.4.1.1.2";

    /// Of so many instances.
    fn request(uid: &str, instances: usize) -> DataSet {
        let named = |number: usize| {
            let mut item = DataSet::new();
            item.put_text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, CLASS);
            item.put_text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, format!("1.2.3.{number}"));
            item
        };
        let mut asked = DataSet::new();
        asked.put_text(tags::TRANSACTION_UID, VR::UI, uid);
        asked.put(tags::REFERENCED_SOP_SEQUENCE, VR::SQ, Value::Sequence((0..instances).map(named).collect()));
        asked
    }

    fn read(asked: &DataSet) -> Result<Transaction, Status> {
        let syntax = transfer_syntax::EXPLICIT_LITTLE;
        Transaction::read(&data_set_bytes(asked, syntax, &[]), syntax, AeTitle::parse("CT1").unwrap())
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let read = read(&request("1.2.9", 3)).unwrap();
        assert_eq!((read.uid.as_str(), read.instances.len()), ("1.2.9", 3));
        assert_eq!((read.instances[2].0.as_str(), read.instances[2].1.as_str()), (CLASS, "1.2.3.2"));
    }

    #[test]
    fn each_request_that_cannot_be_has_its_status() {
        let mut nameless = request("1.2.9", 1);
        nameless.put(tags::REFERENCED_SOP_SEQUENCE, VR::SQ, Value::Sequence(vec![DataSet::new()]));
        for (asked, status) in [
            (request("", 1), Status::INVALID_ARGUMENT_VALUE),
            (request("1.2.9", 0), Status::INVALID_ARGUMENT_VALUE),
            (nameless, Status::INVALID_ARGUMENT_VALUE),
            (request("1.2.9", MAX_INSTANCES + 1), Status::RESOURCE_LIMITATION),
        ] {
            assert_eq!(read(&asked), Err(status));
        }
        let ae = || AeTitle::parse("CT1").unwrap();
        let syntax = transfer_syntax::EXPLICIT_LITTLE;
        let long = vec![0; MAX_REQUEST + 1];
        assert_eq!(Transaction::read(&long, syntax, ae()), Err(Status::RESOURCE_LIMITATION));
        let whole = data_set_bytes(&request("1.2.9", 2), syntax, &[]);
        for cut in [&whole[..whole.len() - 3], b"no data set".as_slice()] {
            assert_eq!(Transaction::read(cut, syntax, ae()), Err(Status::PROCESSING_FAILURE));
        }
    }
}

//! Storage commitment over the web (PS3.18 chapter 13 and annex J): which instances are asked about, and what is answered.

use crate::{
    error::Error,
    store::{described_in_json, described_in_xml, put_code, put_items, reference},
};
use imaging_domain::{DataSet, InstanceUid, Invalid, SopClassUid, tags};

/// The most bytes of a request: identifiers of as many instances as one may have.
pub const MAX_COMMITMENT: usize = 8 << 20;
/// The most instances of one request.
pub const MAX_COMMITTED: usize = 20_000;

/// SOP Class and SOP Instance UID of each instance of a request, in its order.
pub type Referenced = Vec<(SopClassUid, InstanceUid)>;

/// Reads a request in JSON: the data set, or an array of it alone (PS3.18 table J.1-1).
///
/// # Errors
/// When it names no instance, or something that is none, or more than [`MAX_COMMITTED`].
pub fn commitment_in_json(text: &[u8]) -> Result<Referenced, Error> {
    let [one] = <[_; 1]>::try_from(described_in_json(text)?)
        .map_err(|_| Error::invalid("request", "it is not one data set"))?;
    asked_about(&one?.data_set)
}

/// Reads a request in the Native DICOM Model (PS3.19 A.1).
///
/// # Errors
/// As [`commitment_in_json`].
pub fn commitment_in_xml(text: &[u8]) -> Result<Referenced, Error> {
    asked_about(&described_in_xml(text)?.data_set)
}

fn asked_about(request: &DataSet) -> Result<Referenced, Error> {
    if !request.items(tags::REFERENCED_STUDY_SEQUENCE).is_empty() {
        return Err(Error::invalid("request", "a Referenced Study Sequence is not read"));
    }
    let items = request.items(tags::REFERENCED_SOP_SEQUENCE);
    if items.is_empty() {
        return Err(Error::invalid("request", "it names no instance in a Referenced SOP Sequence"));
    }
    if items.len() > MAX_COMMITTED {
        return Err(Error::TooLong("list of instances"));
    }
    Ok(referenced(items)?)
}

/// SOP Class and SOP Instance UID of each item (PS3.3 table 10-11).
///
/// # Errors
/// When one of them has not both.
pub fn referenced(items: &[DataSet]) -> Result<Referenced, Invalid> {
    let one = |item: &DataSet| {
        let class = SopClassUid::parse(item.text(tags::REFERENCED_SOP_CLASS_UID).unwrap_or_default())?;
        Ok((class, InstanceUid::parse(item.text(tags::REFERENCED_SOP_INSTANCE_UID).unwrap_or_default())?))
    };
    items.iter().map(one).collect()
}

/// What is committed, and what is not with its Failure Reason (PS3.18 table J.2-1; PS3.3 C.14.1.1), `failures` being in the order
/// of `referenced`.
pub fn commitment_response(referenced: &[(SopClassUid, InstanceUid)], failures: &[Option<u16>]) -> DataSet {
    let (mut committed, mut failed) = (vec![], vec![]);
    for ((class, instance), failure) in referenced.iter().zip(failures) {
        let mut item = reference(Some(class), instance);
        put_code(&mut item, tags::FAILURE_REASON, *failure);
        if failure.is_none() { &mut committed } else { &mut failed }.push(item);
    }
    let mut out = DataSet::new();
    put_items(&mut out, tags::REFERENCED_SOP_SEQUENCE, committed);
    put_items(&mut out, tags::FAILED_SOP_SEQUENCE, failed);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::json;

    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

    fn request(instance: &str) -> String {
        format!(
            r#"{{"00081199":{{"vr":"SQ","Value":[{{"00081150":{{"vr":"UI","Value":["{CT}"]}},
            "00081155":{{"vr":"UI","Value":["{instance}"]}}}}]}}}}"#
        )
    }

    #[test]
    fn a_request_is_one_data_set_or_an_array_of_it() {
        let expected = vec![(SopClassUid::parse(CT).unwrap(), InstanceUid::parse("1.4").unwrap())];
        assert_eq!(commitment_in_json(request("1.4").as_bytes()).unwrap(), expected);
        assert_eq!(commitment_in_json(format!("[{}]", request("1.4")).as_bytes()).unwrap(), expected);
        let item = |tag: &str, uid: &str| {
            format!(r#"<DicomAttribute tag="{tag}" vr="UI"><Value number="1">{uid}</Value></DicomAttribute>"#)
        };
        let xml = format!(
            r#"<NativeDicomModel><DicomAttribute tag="00081199" vr="SQ"><Item number="1">{}{}</Item></DicomAttribute></NativeDicomModel>"#,
            item("00081150", CT),
            item("00081155", "1.4")
        );
        assert_eq!(commitment_in_xml(xml.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn what_names_no_instance_is_refused() {
        let both = format!("[{0},{0}]", request("1.4"));
        let study = r#"{"00081110":{"vr":"SQ","Value":[{"0020000D":{"vr":"UI","Value":["1.2"]}}]}}"#;
        let wrong = request("no uid");
        for text in ["", "[]", "{}", "7", &both, study, &wrong] {
            assert!(commitment_in_json(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn each_instance_is_in_one_of_the_sequences() {
        let uid = |uid| (SopClassUid::parse(CT).unwrap(), InstanceUid::parse(uid).unwrap());
        let answer = commitment_response(&[uid("1.4"), uid("1.5")], &[None, Some(0x0112)]);
        let answer = json::to_json(&answer, &|_, _| None);
        assert_eq!(answer["00081199"]["Value"][0]["00081155"]["Value"][0], "1.4");
        assert_eq!(answer["00081198"]["Value"][0]["00081155"]["Value"][0], "1.5");
        assert_eq!(answer["00081198"]["Value"][0]["00081197"]["Value"][0], 0x0112);
        let all = json::to_json(&commitment_response(&[uid("1.4")], &[None]), &|_, _| None);
        assert!(all.get("00081198").is_none());
    }
}

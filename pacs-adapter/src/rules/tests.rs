//! Rules as the configuration says them, and what they do.

use super::{
    book::RuleBook,
    config::{Match, Rule, RuleFile},
    dry_run::judged,
};
use anyhow::Result;
use archive::{Fate, Rules};
use imaging_domain::{AeTitle, DataSet, Principal, VR, tags};
use std::net::Ipv4Addr;

fn book(text: &str) -> Result<RuleBook> {
    let file: RuleFile = toml::from_str(text).unwrap();
    RuleBook::of(&file.rules, AeTitle::parse("GATE").unwrap(), |title| title.as_str() != "NOBODY")
}

fn ct() -> DataSet {
    let mut data_set = DataSet::new();
    data_set.put_text(tags::MODALITY, VR::CS, "CT");
    data_set.put_text(tags::BODY_PART_EXAMINED, VR::CS, "HEAD");
    data_set
}

fn peer(title: &str) -> Principal {
    Principal::LocalPeer { ae: AeTitle::parse(title).unwrap(), addr: Ipv4Addr::LOCALHOST.into() }
}

#[test]
fn conditions_hold_together_and_actions_add_up() {
    let book = book(
        r#"
        [[rules]]
        when = { calling = ["CT*"], way = ["dicom"], modality = ["CT", "MR"] }
        do = { send_to = ["READ", "PACS"], set = { InstitutionName = "A" } }
        [[rules]]
        when = { attributes = { BodyPartExamined = "HE*", AccessionNumber = { present = false } } }
        do = { send_to = ["READ"], hold = true, remove = ["InstitutionName"], reason = "CORRECT" }
        [[rules]]
        when = { attributes = { "0008,0060" = { not = ["CT"] } } }
        do = { drop = true }
        "#,
    )
    .unwrap();
    let said = book.judge(&peer("CT1"), &ct(), 0);
    let titles: Vec<_> = said.send_to.iter().map(AeTitle::as_str).collect();
    assert_eq!((said.fate, titles), (Fate::Held, vec!["READ", "PACS"]));
    let (coercion, because) = said.coercion.unwrap();
    assert!(coercion.set.is_empty() && coercion.removed.contains(&tags::INSTITUTION_NAME), "the later rule counts");
    assert_eq!((because.system.as_str(), because.source.as_str(), because.reason), ("GATE", "CT1", "COERCE"));
    let said = book.judge(&Principal::Service("command line"), &ct(), 0);
    assert_eq!((said.send_to.len(), said.coercion.unwrap().1.reason), (1, "CORRECT"));
    assert_eq!(book.judge(&peer("CT1"), &DataSet::new(), 0).fate, Fate::Dropped, "no value is not CT");
    assert_eq!(judged(&book, None, &ct()).len(), 2);
}

#[test]
fn the_last_rule_is_the_last() {
    let text = "[[rules]]\nlast = true\nwhen.modality = ['CT']\n[[rules]]\ndo.drop = true";
    assert_eq!(book(text).unwrap().judge(&peer("CT1"), &ct(), 0).fate, Fate::Kept);
    assert_eq!(book(text).unwrap().judge(&peer("CT1"), &DataSet::new(), 0).fate, Fate::Dropped);
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    for (text, why) in [
        ("do.set.StudyInstanceUID = '1.2'", "it says which instance this is"),
        ("do.set.Rows = '512'", "it describes the pixels"),
        ("do.set.PatientBirthDate = 'yesterday'", "no value"),
        ("do.set.NoSuchThing = ''", "NoSuchThing is no attribute"),
        ("do.remove = ['PixelData']", "holds the pixels"),
        ("do = { drop = true, hold = true }", "dropped cannot be held"),
        ("do.send_to = ['NOBODY']", "nobody is known by this title"),
        ("when.modality = ['CT']", "it does nothing"),
        ("when.attributes.PatientID = []\ndo.drop = true", "the list of PatientID is empty"),
        ("when.attributes.PatientID = { not = [] }\ndo.drop = true", "the list of PatientID is empty"),
        ("do = { set = { PatientID = 'a' }, remove = ['PatientID'] }", "both set and removed"),
    ] {
        let refused = book(&format!("[[rules]]\n{text}")).err().map(|error| format!("{error:#}"));
        assert!(refused.as_deref().is_some_and(|told| told.contains(why)), "{text}: {refused:?}");
    }
    assert!(toml::from_str::<RuleFile>("[[rules]]\nthen.drop = true").is_err());
    for list in ["modality", "calling", "way"] {
        let emptied = format!("[[rules]]\nwhen.{list} = []\ndo.drop = true");
        assert!(toml::from_str::<RuleFile>(&emptied).is_err(), "{list}");
    }
}

#[test]
fn rules_travel_as_they_are() {
    let like = Match::OneOf(vec!["a".to_owned()]);
    let mut rule = Rule { name: "n".to_owned(), ..Rule::default() };
    rule.when.attributes.insert("PatientID".to_owned(), like);
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule);
}

/// The examples of the paper, as they stand there.
#[test]
fn the_papers_examples_can_be_used_and_do_what_it_says() {
    let paper = include_str!("../../docs/rules.md");
    let examples: Vec<&str> = paper.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 3);
    let book = book(&examples.concat()).unwrap();
    let titles = |said: &archive::Judgement| said.send_to.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut data_set = ct();
    let said = book.judge(&peer("US_OLD2"), &data_set, 0);
    assert_eq!((said.fate, titles(&said)), (Fate::Kept, vec!["READING".to_owned(), "ARCHIVE2".to_owned()]));
    let (coercion, _) = said.coercion.unwrap();
    assert_eq!((coercion.set.len(), coercion.removed.len()), (2, 2));
    assert!(book.judge(&Principal::Service("command line"), &data_set, 0).coercion.is_none(), "another way");
    data_set.put_text(tags::CLINICAL_TRIAL_PROTOCOL_ID, VR::LO, "T1");
    let said = book.judge(&peer("CT1"), &data_set, 0);
    assert_eq!((said.fate, titles(&said)), (Fate::Held, vec!["READING".to_owned()]), "the last rule");
    data_set.put_text(tags::PATIENT_ID, VR::LO, "PHANTOM 7");
    assert_eq!(book.judge(&peer("CT1"), &data_set, 0).fate, Fate::Dropped);
    let mut report = DataSet::new();
    report.put_text(tags::MODALITY, VR::CS, "SR");
    assert!(titles(&book.judge(&peer("CT1"), &report, 0)).is_empty());
}

//! What a link is about, in words: whose studies, of which hospital and day.

use catalog::Match;
use imaging_domain::{
    PersonName, SiteId, StudyUid,
    same_person::{Basis, Record},
    tags,
};
use std::collections::HashMap;

/// One study of a link, as a slip of paper names it. `Debug` shows its identifier alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// Study Instance UID.
    pub study: StudyUid,
    /// The hospital's name; the site's identifier when nobody gave it a name.
    pub hospital: String,
    /// Study Date (DA).
    pub date: String,
    /// Study Description.
    pub description: String,
    /// Modalities in Study.
    pub modalities: Vec<String>,
    /// Patient's Name.
    pub patient: PersonName,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("study", &self.study).finish_non_exhaustive()
    }
}

impl Subject {
    /// The patient's name as a reader expects it: the characters first, the letters beside.
    pub fn patient_name(&self) -> String {
        let plain = |group: &str, between: &str| {
            group.split('^').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
        };
        let both = [plain(&self.patient.ideographic, ""), plain(&self.patient.alphabetic, " ")];
        both.into_iter().filter(|form| !form.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// In the words of the first hospital that holds it; of the one that shares it, when one does.
    pub(crate) fn of(found: &Match, names: &HashMap<SiteId, String>, sharing: Option<&SiteId>) -> Self {
        let text = |tag| found.attributes.text(tag).unwrap_or_default().to_owned();
        let site = sharing.filter(|site| found.sites.contains(site)).or(found.sites.first());
        let hospital = site.and_then(|site| names.get(site)).filter(|name| !name.is_empty()).cloned();
        Self {
            study: found.study.clone(),
            hospital: hospital.or_else(|| site.map(|site| site.as_str().to_owned())).unwrap_or_default(),
            date: text(tags::STUDY_DATE),
            description: text(tags::STUDY_DESCRIPTION),
            modalities: found.attributes.texts(tags::MODALITIES_IN_STUDY).to_vec(),
            patient: PersonName::parse(&text(tags::PATIENT_NAME)),
        }
    }
}

/// Whether all of these are of the person of the first, by the rule of histories, so that one link may open them. A link
/// that opens another person's study cannot be called back from memory: what is only similar is not enough.
pub(crate) fn are_of_one_person(found: &[Match]) -> bool {
    let mut records = found.iter().map(|one| Record::of(&one.attributes, &one.sites));
    let Some(first) = records.next() else { return true };
    let others: Vec<Record> = records.collect();
    first.bases(&others).iter().all(|basis| matches!(basis, Some(Basis::SameId | Basis::SameName)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{DataSet, VR};

    fn record(site: &str, [id, name, born, sex]: [&str; 4]) -> Match {
        let mut attributes = DataSet::new();
        attributes.put_text(tags::PATIENT_ID, VR::LO, id);
        attributes.put_text(tags::PATIENT_NAME, VR::PN, name);
        attributes.put_text(tags::PATIENT_BIRTH_DATE, VR::DA, born);
        attributes.put_text(tags::PATIENT_SEX, VR::CS, sex);
        let study = StudyUid::parse("1.2").unwrap();
        Match { attributes, study, series: None, instance: None, sites: vec![SiteId::parse(site).unwrap()] }
    }

    #[test]
    fn a_name_is_written_in_both_scripts() {
        let named = |name| Subject::of(&record("a", ["1", name, "", ""]), &HashMap::new(), None).patient_name();
        assert_eq!(named("Wang^Fang=王^芳"), "王芳 · Wang Fang");
        assert_eq!(named("Wang^Fang"), "Wang Fang");
        assert_eq!(named(""), "");
    }

    #[test]
    fn one_link_is_of_one_person() {
        let this = record("a", ["1", "WANG^FANG", "19610203", "F"]);
        let fits = |other: Match| are_of_one_person(&[this.clone(), other]);
        assert!(fits(record("a", ["1", "", "", ""])), "the hospital's own number");
        assert!(!fits(record("b", ["1", "", "", ""])), "another hospital's");
        assert!(fits(record("b", ["7", "Wang^Fang", "19610203", "F"])));
        assert!(!fits(record("b", ["7", "WANG^FANG", "19610204", "F"])));
        assert!(!fits(record("a", ["1", "WANG^FANG", "19610204", "F"])), "one number, another birth date");
        assert!(!are_of_one_person(&[record("a", [""; 4]), record("a", [""; 4])]), "nothing is known of either");
        assert!(are_of_one_person(&[record("a", [""; 4])]), "one study is of one person");
    }
}

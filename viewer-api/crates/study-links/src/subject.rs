//! What a link is about, in words: whose studies, of which hospital and day.

use catalog::Match;
use imaging_domain::{DataSet, PersonName, SiteId, StudyUid, folded, tags};
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
    pub(crate) fn of(found: &Match, names: &HashMap<SiteId, String>) -> Self {
        let text = |tag| found.attributes.text(tag).unwrap_or_default().to_owned();
        let site = found.sites.first();
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

/// Whether two records are of one person, so that one link may open both: the same Patient ID at the same issuer or
/// hospital, or the same name, birth date and sex. A link that opens another person's study cannot be called back from
/// memory, so what is missing counts as different.
pub(crate) fn is_same_person(one: &Match, other: &Match) -> bool {
    let text = |of: &DataSet, tag| folded(of.text(tag).unwrap_or_default());
    let same = |tag| {
        let value = text(&one.attributes, tag);
        !value.is_empty() && value == text(&other.attributes, tag)
    };
    let one_house = same(tags::ISSUER_OF_PATIENT_ID) || one.sites.iter().any(|site| other.sites.contains(site));
    (same(tags::PATIENT_ID) && one_house)
        || (same(tags::PATIENT_NAME) && same(tags::PATIENT_BIRTH_DATE) && same(tags::PATIENT_SEX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::VR;

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
    fn one_link_is_of_one_person() {
        let this = record("a", ["1", "WANG^FANG", "19610203", "F"]);
        assert!(is_same_person(&this, &record("a", ["1", "", "", ""])), "the hospital's own number");
        assert!(!is_same_person(&this, &record("b", ["1", "", "", ""])), "another hospital's");
        assert!(is_same_person(&this, &record("b", ["7", "Wang^Fang", "19610203", "F"])));
        assert!(!is_same_person(&this, &record("b", ["7", "WANG^FANG", "19610204", "F"])));
        assert!(!is_same_person(&record("a", [""; 4]), &record("a", [""; 4])), "nothing is known of either");
    }
}

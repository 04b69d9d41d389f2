//! Which records are of the same person: a rule that a reader can check, and nothing that guesses.
//!
//! A wrong answer here puts another person's images before a radiologist. So records come together for one of two
//! reasons only, the reason is told, and what nearly fits is shown apart. Nothing is derived from derived things: each
//! record is compared with the one that was opened.

use crate::{DataSet, PersonName, SiteId, Tag, folded, tags};

/// Why a record is shown beside the one that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The same Patient ID of the same issuer; without an issuer, the same Patient ID at the same hospital.
    SameId,
    /// The same name in a script that both have, no other name in a script that both have, the same birth date and the
    /// same sex.
    SameName,
    /// Not taken to be the same person, and near enough that somebody should look: the same birth date, sex and name in
    /// one script, and another name in another; a name that fits such a record as well as the opened one; or the same
    /// Patient ID with another birth date or sex.
    Similar,
}

impl Basis {
    /// Its word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::SameId => "same-id",
            Self::SameName => "same-name",
            Self::Similar => "similar",
        }
    }
}

/// What of a record is compared. No `Debug`: it is about a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Patient ID.
    pub id: String,
    /// Issuer of Patient ID.
    pub issuer: String,
    /// Patient's Birth Date.
    pub birth_date: String,
    /// Patient's Sex.
    pub sex: String,
    /// Names by script (PS3.5 6.2.1.2), folded: alphabetic, ideographic, phonetic; empty where there is none.
    pub names: [String; 3],
    /// The hospitals that hold it.
    pub sites: Vec<SiteId>,
}

impl Record {
    /// Reads a study's attributes.
    pub fn of(attributes: &DataSet, sites: &[SiteId]) -> Self {
        let text = |tag: Tag| attributes.text(tag).unwrap_or_default().trim().to_owned();
        let name = PersonName::parse(attributes.text(tags::PATIENT_NAME).unwrap_or_default());
        Self {
            id: text(tags::PATIENT_ID),
            issuer: text(tags::ISSUER_OF_PATIENT_ID),
            birth_date: text(tags::PATIENT_BIRTH_DATE),
            sex: text(tags::PATIENT_SEX),
            names: [name.alphabetic, name.ideographic, name.phonetic].map(|name| by_script(&name)),
            sites: sites.to_vec(),
        }
    }

    /// Why each of these belongs beside this one; `None` for those that do not. Who fits two persons by name (twins whose
    /// names differ in one script only) is brought together with neither.
    pub fn bases(&self, others: &[Self]) -> Vec<Option<Basis>> {
        let bases: Vec<Option<Basis>> = others.iter().map(|other| self.basis(other)).collect();
        let similar = || others.iter().zip(&bases).filter(|(_, basis)| **basis == Some(Basis::Similar));
        let is_of_another = |one: &Self| similar().any(|(other, _)| other.basis(one) == Some(Basis::SameName));
        let judged = others.iter().zip(&bases).map(|(one, basis)| match basis {
            Some(Basis::SameName) if is_of_another(one) => Some(Basis::Similar),
            basis => *basis,
        });
        judged.collect()
    }

    /// Why another record belongs beside this one; `None` when it does not.
    fn basis(&self, other: &Self) -> Option<Basis> {
        let names = self.names();
        let theirs = other.names();
        let shared = |(script, name): &(Script, &str)| theirs.iter().find(|(s, _)| s == script).map(|(_, n)| n == name);
        let compared: Vec<bool> = names.iter().filter_map(shared).collect();
        let born_alike = !self.birth_date.is_empty() && self.birth_date == other.birth_date;
        let of_one_sex = !self.sex.is_empty() && self.sex == other.sex;
        let contradicted = differ(&self.birth_date, &other.birth_date) || differ(&self.sex, &other.sex);
        match compared.as_slice() {
            _ if self.has_id_of(other) => Some(if contradicted { Basis::Similar } else { Basis::SameId }),
            [] => None,
            all if !all.contains(&true) || !born_alike || !of_one_sex => None,
            all if all.contains(&false) => Some(Basis::Similar),
            _ => Some(Basis::SameName),
        }
    }

    /// An ID means something beside its issuer only; without one it is taken to be the hospital's own.
    fn has_id_of(&self, other: &Self) -> bool {
        let issued = !self.issuer.is_empty() || self.sites.iter().any(|site| other.sites.contains(site));
        !self.id.is_empty() && self.id == other.id && self.issuer == other.issuer && issued
    }

    /// Names with the script they are in. The place in the value is not asked: some hospitals write ideographs in the
    /// first group.
    fn names(&self) -> Vec<(Script, &str)> {
        let some = self.names.iter().filter(|name| !name.is_empty());
        some.map(|name| (script(name), name.as_str())).collect()
    }
}

/// As a script writes names: a family name of ideographs is not always parted from the given one.
fn by_script(name: &str) -> String {
    let name = folded(name);
    if script(&name) == Script::Latin { name } else { name.replace(' ', "") }
}

/// What a name is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Ideographs, with Kana among them or without.
    Han,
    /// Japanese syllables alone.
    Kana,
    /// Korean.
    Hangul,
    /// Letters, and whatever is none of the others.
    Latin,
}

/// The script of a name by its characters; Kana with Han among them is Han.
pub fn script(name: &str) -> Script {
    let any =
        |ranges: &[(char, char)]| name.chars().any(|c| ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)));
    if any(&[('\u{3400}', '\u{9fff}'), ('\u{f900}', '\u{faff}'), ('\u{20000}', '\u{3ffff}')]) {
        Script::Han
    } else if any(&[('\u{3040}', '\u{30ff}')]) {
        Script::Kana
    } else if any(&[('\u{1100}', '\u{11ff}'), ('\u{ac00}', '\u{d7af}')]) {
        Script::Hangul
    } else {
        Script::Latin
    }
}

/// Whether two values are there and are not the same.
fn differ(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && one != other
}

#[cfg(test)]
mod tests;

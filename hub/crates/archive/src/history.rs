//! A person's studies across hospitals, with why each is taken to be of that person.

use crate::{archive::Archive, availability::Availability, error::Error};
use access_control::{Permit, Search};
use audit_log::{Event, What};
use catalog::Match;
use imaging_domain::{
    DataSet, Include, Key, Level, Matching, PersonName, Principal, Query, StudyUid, Tag, attribute,
    same_person::{Basis, Record, Script, script},
    tags,
};
use std::{cmp::Reverse, collections::HashSet};

/// The most results of each of the few questions a history is made of.
const MAX_RESULTS: u32 = 500;
/// The most signs of a name that are asked for.
const MAX_SIGNS: usize = 16;

/// The studies around one that was opened, the latest first, that one included.
#[derive(Debug, Clone)]
pub struct History {
    /// Each with its reason; the opened study has none.
    pub studies: Vec<(Match, Option<Basis>, Availability)>,
    /// Whether there are more than are looked at.
    pub more: bool,
}

impl Archive {
    /// Brings together what is known of the person a study is of. At most five questions to the index, each with a limit.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such study; [`Error::Denied`], or what the index says.
    pub async fn history(&self, who: &Principal, study: &StudyUid) -> Result<History, Error> {
        let permit = self.permit::<Search>(who, What::Query, Some(study)).await?;
        let opened = self.parts.index.search(&permit, &told(Query::at(Level::Study).in_study(study))).await?;
        let Some(opened) = opened.matches.into_iter().next() else {
            let event = Event::new(What::Query, who).study(study);
            self.parts.audit.record(event).await?;
            return Err(Error::NotFound("study"));
        };
        let this = Record::of(&opened.attributes, &opened.sites);
        let (candidates, more) = self.candidates(&permit, &opened, &this).await?;
        let records: Vec<Record> = candidates.iter().map(|one| Record::of(&one.attributes, &one.sites)).collect();
        let bases = this.bases(&records);
        let judged = candidates.into_iter().zip(bases).filter_map(|(one, basis)| Some((one, Some(basis?))));
        let mut found: Vec<(Match, Option<Basis>)> = std::iter::once((opened, None)).chain(judged).collect();
        found.sort_by_key(|(one, _)| Reverse(when(one)));
        let event = Event::new(What::Query, who).study(study).count(found.len());
        self.parts.audit.record(event).await?;
        let (matches, bases): (Vec<Match>, Vec<Option<Basis>>) = found.into_iter().unzip();
        let available = self.availability(who, &matches).await?;
        let studies = matches.into_iter().zip(bases).zip(available);
        Ok(History { studies: studies.map(|((one, basis), available)| (one, basis, available)).collect(), more })
    }

    /// Everything that has the same Patient ID, or a name, the birth date and the sex in common; each study once.
    async fn candidates(
        &self,
        permit: &Permit<Search>,
        opened: &Match,
        this: &Record,
    ) -> Result<(Vec<Match>, bool), Error> {
        let mut seen = HashSet::from([opened.study.clone()]);
        let (mut out, mut more) = (vec![], false);
        for query in questions(&opened.attributes, this) {
            let answer = self.parts.index.search(permit, &told(query)).await?;
            more |= answer.more;
            out.extend(answer.matches.into_iter().filter(|one| seen.insert(one.study.clone())));
        }
        Ok((out, more))
    }
}

/// With what a record is compared by and a row shows.
fn told(mut query: Query) -> Query {
    query.include = Include::These(vec![tags::ISSUER_OF_PATIENT_ID, tags::STUDY_DESCRIPTION]);
    query.page(MAX_RESULTS, 0)
}

fn questions(attributes: &DataSet, this: &Record) -> Vec<Query> {
    let mut out = vec![];
    if !this.id.is_empty() {
        let mut by_id = vec![(tags::PATIENT_ID, this.id.as_str())];
        if !this.issuer.is_empty() {
            by_id.push((tags::ISSUER_OF_PATIENT_ID, &this.issuer));
        }
        let mut by_id = asked(&by_id);
        if this.issuer.is_empty() {
            by_id.sites.clone_from(&this.sites);
        }
        out.push(by_id);
    }
    if !this.birth_date.is_empty() && !this.sex.is_empty() {
        let name = PersonName::parse(attributes.text(tags::PATIENT_NAME).unwrap_or_default());
        let born = [(tags::PATIENT_BIRTH_DATE, this.birth_date.as_str()), (tags::PATIENT_SEX, this.sex.as_str())];
        out.extend(name.groups().map(|group| named(asked(&born), group)));
    }
    out
}

/// Single values as they are: an asterisk in a name is no wildcard here.
fn asked(keys: &[(Tag, &str)]) -> Query {
    let mut query = Query::at(Level::Study);
    for (tag, value) in keys {
        if let Some(attribute) = attribute::find(&[*tag]) {
            query.keys.push(Key { attribute, matching: Matching::Single((*value).to_owned()) });
        }
    }
    query
}

/// Ideographs are written with a caret behind the family name or without: between any two there may be something. What
/// is found too much the rule throws out.
fn named(mut query: Query, group: &str) -> Query {
    if let Some(attribute) = attribute::find(&[tags::PATIENT_NAME]) {
        let matching = if group.is_ascii() || script(group) == Script::Latin {
            Matching::Single(group.to_owned())
        } else {
            let signs = group.chars().filter(|c| !matches!(c, '^' | ' ' | '\u{3000}')).take(MAX_SIGNS);
            Matching::Wildcard(signs.map(String::from).collect::<Vec<_>>().join("*"))
        };
        query.keys.push(Key { attribute, matching });
    }
    query
}

fn when(one: &Match) -> (String, String, StudyUid) {
    let text = |tag| one.attributes.text(tag).unwrap_or_default().to_owned();
    (text(tags::STUDY_DATE), text(tags::STUDY_TIME), one.study.clone())
}

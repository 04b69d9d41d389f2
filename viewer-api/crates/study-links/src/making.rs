//! Making a link.

use crate::{
    StudyLinks,
    error::Error,
    pin, shlink,
    subject::{Subject, are_of_one_person},
};
use access_control::{Object, Overview, Permit, Search, Share, Token, decide};
use audit_log::{Event, Outcome, What};
use catalog::{Link, Match};
use imaging_domain::{
    Allowed, Include, Key, Level, LinkId, Matching, Principal, Query, SiteId, StudyUid, attribute, tags,
};
use std::collections::{HashMap, HashSet};
use tokio::task::spawn_blocking;

/// The most studies of one link.
pub const MAX_STUDIES: usize = 100;
/// The longest a link may last.
pub const MAX_DAYS: u32 = 30;
/// How long it lasts when nobody says.
const DEFAULT_DAYS: u32 = 7;
/// Wrong PINs that a link bears in its life.
const TRIES: u32 = 5;
/// The most characters of a note.
const MAX_NOTE: usize = 500;
/// The most openings that can be asked for.
const MAX_OPENINGS: u32 = 10_000;
/// One day.
pub(crate) const DAY_MS: i64 = 24 * 3600 * 1000;

/// A link that somebody wants. No `Debug`: the note may name a patient.
#[derive(Clone)]
pub struct Wanted {
    /// For these studies, of one person.
    pub studies: Vec<StudyUid>,
    /// For so many days, 1 to [`MAX_DAYS`]; seven when absent.
    pub days: Option<u32>,
    /// What its holder may do.
    pub allowed: Allowed,
    /// Language of its page: `zh`, `en` or `es`; empty for the browser's.
    pub language: String,
    /// How often it may be opened; any number when absent.
    pub openings: Option<u32>,
    /// What its maker wants to remember.
    pub note: String,
}

/// A link that was made, with what opens it. Address and PIN are known here and never again. No `Debug`.
pub struct Made {
    /// The link.
    pub link: Link,
    /// The address.
    pub url: String,
    /// The same link for standard readers, `shlink:/…`; absent when the origin is too long for one.
    pub shlink: Option<String>,
    /// The PIN, which goes another way than the address.
    pub pin: String,
    /// What it is about, in the order of its studies.
    pub subjects: Vec<Subject>,
}

impl StudyLinks {
    /// Makes a link. A hospital makes links to studies that it holds.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`] when a study is not there; [`Error::TwoPersons`]; [`Error::Invalid`] when what
    /// was asked for is out of its range.
    pub async fn make(&self, who: &Principal, wanted: Wanted) -> Result<Made, Error> {
        let (days, studies) = checked(&wanted)?;
        let permit = self.may_share(who, What::LinkMade).await?;
        let found = self.found(who, &studies).await?;
        if !are_of_one_person(&found) {
            return Err(Error::TwoPersons);
        }
        let names = self.hospitals().await?;
        let sharing = if let Principal::Site(site) = who { Some(site) } else { None };
        let subjects = found.iter().map(|one| Subject::of(one, &names, sharing)).collect();
        let (token, name, now_ms) = (Token::generate(), Token::generate(), (self.clock)());
        let [a, b, c, d, e, f, g, h, ..] = *name.bytes();
        let link = Link {
            id: LinkId::of_bytes([a, b, c, d, e, f, g, h]),
            studies,
            owner: owner(who),
            allowed: wanted.allowed,
            language: wanted.language,
            note: wanted.note,
            made_ms: now_ms,
            expires_ms: now_ms + i64::from(days) * DAY_MS,
            revoked_ms: None,
            openings_left: wanted.openings,
            tries_left: TRIES,
        };
        let pin = pin::generate();
        let (pepper, id, typed) = (self.pepper.clone(), link.id.clone(), pin.clone());
        let pin_hash = spawn_blocking(move || pepper.hash(&id, &typed)).await.map_err(|_| Error::Stopping)?;
        self.note_down(What::LinkMade, who, &link).await?;
        let second = shlink::Secrets::generate();
        let secrets = second.kept((token.digest(), pin_hash), &self.pepper, &link.id, &pin);
        self.links.put_link(&permit, link.clone(), secrets).await?;
        let (url, shlink) = (format!("{}/s#{}", self.origin, token.to_text()), second.text(&self.origin, &link));
        Ok(Made { link, url, shlink, pin, subjects })
    }

    /// What the links' studies are, for those that are there.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn subjects(&self, who: &Principal, studies: &[StudyUid]) -> Result<Vec<Subject>, Error> {
        let names = self.hospitals().await?;
        Ok(self.look(who, studies).await?.iter().map(|one| Subject::of(one, &names, None)).collect())
    }

    /// The permit; who is refused is written down.
    pub(crate) async fn may_share(&self, who: &Principal, what: What) -> Result<Permit<Share>, Error> {
        match decide::<Share>(who, Object::Region) {
            Ok(permit) => Ok(permit),
            Err(denied) => {
                self.audit.record(Event::new(what, who).outcome(Outcome::Denied)).await?;
                Err(denied.into())
            }
        }
    }

    /// One event for each study, before anything is done.
    pub(crate) async fn note_down(&self, what: What, who: &Principal, link: &Link) -> Result<(), Error> {
        for study in &link.studies {
            self.audit.record(Event::new(what, who).study(study)).await?;
        }
        Ok(())
    }

    /// The studies in the order they were asked for, all of them.
    async fn found(&self, who: &Principal, studies: &[StudyUid]) -> Result<Vec<Match>, Error> {
        for study in studies {
            decide::<Share>(who, Object::Study(study))?;
        }
        let mut matches = self.look(who, studies).await?;
        let mut out = Vec::with_capacity(studies.len());
        for study in studies {
            let place = matches.iter().position(|one| one.study == *study).ok_or(Error::NotFound("study"))?;
            out.push(matches.swap_remove(place));
        }
        Ok(out)
    }

    async fn look(&self, who: &Principal, studies: &[StudyUid]) -> Result<Vec<Match>, Error> {
        let permit = decide::<Search>(who, Object::Region)?;
        let mut query = Query::at(Level::Study).page(MAX_STUDIES as u32, 0);
        query.include = Include::These(vec![tags::ISSUER_OF_PATIENT_ID, tags::STUDY_DESCRIPTION]);
        if let Some(attribute) = attribute::find(&[tags::STUDY_INSTANCE_UID]) {
            let uids = studies.iter().map(|study| study.as_str().to_owned()).collect();
            query.keys.push(Key { attribute, matching: Matching::List(uids) });
        }
        if let Principal::Site(site) = who {
            query.sites = vec![site.clone()];
        }
        Ok(self.index.search(&permit, &query).await?.matches)
    }

    async fn hospitals(&self) -> Result<HashMap<SiteId, String>, Error> {
        let permit = decide::<Overview>(&Principal::Service("study links"), Object::Region)?;
        let sites = self.registry.sites(&permit).await?;
        Ok(sites.into_iter().map(|site| (site.site, site.name)).collect())
    }
}

/// Who a link belongs to: a person's role may change.
pub(crate) fn owner(who: &Principal) -> String {
    match who {
        Principal::User { name, .. } => format!("user:{name}"),
        other => other.to_string(),
    }
}

fn checked(wanted: &Wanted) -> Result<(u32, Vec<StudyUid>), Error> {
    let mut seen = HashSet::new();
    let studies: Vec<StudyUid> = wanted.studies.iter().filter(|study| seen.insert(*study)).cloned().collect();
    if studies.is_empty() || studies.len() > MAX_STUDIES {
        return Err(Error::Invalid("a link is for 1 to 100 studies"));
    }
    if wanted.note.chars().count() > MAX_NOTE {
        return Err(Error::Invalid("a note has at most 500 characters"));
    }
    if !["", "zh", "en", "es"].contains(&wanted.language.as_str()) {
        return Err(Error::Invalid("the language of a link is zh, en or es"));
    }
    if wanted.openings.is_some_and(|openings| !(1..=MAX_OPENINGS).contains(&openings)) {
        return Err(Error::Invalid("a link is opened 1 to 10000 times"));
    }
    Ok((days(wanted.days.unwrap_or(DEFAULT_DAYS))?, studies))
}

/// A length of life that is allowed.
pub(crate) fn days(days: u32) -> Result<u32, Error> {
    if (1..=MAX_DAYS).contains(&days) { Ok(days) } else { Err(Error::Invalid("a link lasts 1 to 30 days")) }
}

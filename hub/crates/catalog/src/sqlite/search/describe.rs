//! What an answer says about a result: attributes of its level and of those above it, stored and computed.

use super::{
    Path,
    copies::{self, Copies},
};
use crate::{ports::Match, sqlite::fault::Fault};
use imaging_domain::{
    DataSet, Include, InstanceUid, Level, Matching, Query, SeriesUid, SiteId, StudyUid, Tag, VR, Value, attribute,
    attribute::Source, tags,
};
use rusqlite::Connection;
use std::collections::{HashMap, HashSet, hash_map::Entry};

/// Describes the results of one query. What lies above several of them is read once.
pub(super) struct Describer<'c> {
    connection: &'c Connection,
    level: Level,
    wanted: [HashSet<Tag>; 3],
    above: HashMap<Path, DataSet>,
}

impl<'c> Describer<'c> {
    pub(super) fn new(connection: &'c Connection, query: &Query) -> Self {
        let wanted = [Level::Study, Level::Series, Level::Instance].map(|level| wanted(query, level));
        Self { connection, level: query.level, wanted, above: HashMap::new() }
    }

    pub(super) fn describe(&mut self, path: &Path) -> Result<Match, Fault> {
        let (mut attributes, sites) = self.at(self.level, path)?;
        if self.level > Level::Study {
            let [study, ..] = path;
            self.add_above(Level::Study, [study.clone(), String::new(), String::new()], &mut attributes)?;
        }
        if self.level > Level::Series {
            let [study, series, _] = path;
            self.add_above(Level::Series, [study.clone(), series.clone(), String::new()], &mut attributes)?;
        }
        Ok(Match {
            attributes,
            study: StudyUid::parse(&path[0])?,
            series: (self.level >= Level::Series).then(|| SeriesUid::parse(&path[1])).transpose()?,
            instance: (self.level >= Level::Instance).then(|| InstanceUid::parse(&path[2])).transpose()?,
            sites,
        })
    }

    fn add_above(&mut self, level: Level, path: Path, attributes: &mut DataSet) -> Result<(), Fault> {
        let found = match self.above.entry(path) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let (found, _) = at(self.connection, level, entry.key(), &self.wanted[level as usize])?;
                entry.insert(found)
            }
        };
        for (tag, element) in found.iter() {
            attributes.put(tag, element.vr, element.value.clone());
        }
        Ok(())
    }

    fn at(&self, level: Level, path: &Path) -> Result<(DataSet, Vec<SiteId>), Fault> {
        at(self.connection, level, path, &self.wanted[level as usize])
    }
}

/// Which attributes of a level the answers carry. Above the query's level the unasked ones come only when the query is
/// not narrowed to one there (PS3.18 10.6.3.3); an attribute that is a key always comes.
fn wanted(query: &Query, level: Level) -> HashSet<Tag> {
    let one = match level {
        Level::Study => tags::STUDY_INSTANCE_UID,
        Level::Series => tags::SERIES_INSTANCE_UID,
        Level::Instance => tags::SOP_INSTANCE_UID,
    };
    let is_narrowed = query.level > level
        && query.keys.iter().any(|key| key.attribute.tag() == one && matches!(key.matching, Matching::Single(_)));
    let asked = |tag: Tag| match &query.include {
        Include::All => true,
        Include::These(tags) => tags.contains(&tag),
    };
    let of_level = attribute::at(level).filter(|attribute| attribute.source != Source::Edge);
    let kept = of_level.filter(|attribute| {
        let root = attribute.root();
        let is_key = query.keys.iter().any(|key| key.attribute.root() == root);
        root == one || is_key || if is_narrowed { asked(root) } else { query.include.wants(attribute) }
    });
    kept.map(|attribute| attribute.root()).collect()
}

fn at(
    connection: &Connection,
    level: Level,
    path: &Path,
    wanted: &HashSet<Tag>,
) -> Result<(DataSet, Vec<SiteId>), Fault> {
    let copies = copies::read(connection, level, path)?;
    let mut out: DataSet = copies
        .attributes
        .iter()
        .filter(|(tag, _)| wanted.contains(tag))
        .map(|(tag, element)| (tag, element.clone()))
        .collect();
    for tag in wanted {
        if let Some((vr, values)) = computed(connection, *tag, level, &copies)? {
            out.put(*tag, vr, Value::Text(values));
        }
    }
    if copies::are_nearline(connection, level, &copies.ids)? {
        out.put_text(tags::INSTANCE_AVAILABILITY, VR::CS, "NEARLINE");
    }
    Ok((out, copies.sites))
}

/// The value of a computed attribute; `None` for every other.
fn computed(
    connection: &Connection,
    tag: Tag,
    level: Level,
    copies: &Copies,
) -> Result<Option<(VR, Vec<String>)>, Fault> {
    let texts = |select| copies::texts(connection, select, &copies.ids);
    Ok(Some(match (level, tag) {
        (Level::Study, tags::NUMBER_OF_STUDY_RELATED_SERIES) => (VR::IS, vec![copies.series.to_string()]),
        (Level::Study, tags::NUMBER_OF_STUDY_RELATED_INSTANCES) => (VR::IS, vec![copies.instances.to_string()]),
        (Level::Study, tags::MODALITIES_IN_STUDY) => (VR::CS, texts(MODALITIES)?),
        (Level::Study, tags::SOP_CLASSES_IN_STUDY) => (VR::UI, texts(SOP_CLASSES)?),
        (Level::Series, tags::NUMBER_OF_SERIES_RELATED_INSTANCES) => (VR::IS, vec![copies.instances.to_string()]),
        (Level::Instance, tags::AVAILABLE_TRANSFER_SYNTAX_UID) => (VR::UI, texts(TRANSFER_SYNTAXES)?),
        _ => return Ok(None),
    }))
}

const MODALITIES: &str = "SELECT DISTINCT Modality FROM series
    WHERE study IN (SELECT value FROM json_each(?1)) AND Modality <> '' ORDER BY 1";

const SOP_CLASSES: &str = "SELECT DISTINCT c.uid FROM series e JOIN sop_class c ON c.series = e.id
    WHERE e.study IN (SELECT value FROM json_each(?1)) AND c.uid <> '' ORDER BY 1";

const TRANSFER_SYNTAXES: &str = "SELECT DISTINCT transfer_syntax FROM instance
    WHERE id IN (SELECT value FROM json_each(?1)) AND transfer_syntax <> '' ORDER BY 1";

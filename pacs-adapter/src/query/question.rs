//! An identifier of C-FIND as a query of the index.

use super::{
    identifier::{Identifier, Rung, Wrong},
    retrieval::level_of,
};
use dimse::{Extended, Status};
use imaging_domain::{
    Attribute, DataSet, Element, Key, Matching, Names, Query, Tag, Value,
    attribute::{self, Rule},
    tags,
};

/// What stands for no value in a key (empty value matching, PS3.4 C.2.2.2.7).
const EMPTY: &str = "\"\"";

/// What is in an identifier without being a key.
const NO_KEYS: [Tag; 6] = [
    tags::SPECIFIC_CHARACTER_SET,
    tags::QUERY_RETRIEVE_LEVEL,
    tags::RETRIEVE_AE_TITLE,
    tags::INSTANCE_AVAILABILITY,
    tags::TIMEZONE_OFFSET_FROM_UTC,
    tags::STORAGE_MEDIA_FILE_SET_ID,
];

/// Attributes of patients (PS3.4 table C.6-1): what a query at patient level may match.
pub(super) const OF_PATIENTS: [Tag; 6] = [
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::OTHER_PATIENT_I_DS_SEQUENCE,
];

/// A query, and what was asked for in answers.
pub(crate) struct Question {
    pub(crate) query: Query,
    pub(crate) level: Rung,
    pub(crate) asked: DataSet,
    /// Whether a key with a value could not be matched, so that there may be more answers than were asked for.
    pub(crate) has_unmatched: bool,
    extended: Extended,
}

impl Question {
    /// The question of an identifier. Keys that the index does not know are optional ones that are not supported: they are
    /// answered without a value (PS3.4 C.2.2.1.3).
    ///
    /// # Errors
    /// [`Wrong`] for a key that cannot be read.
    pub(crate) fn of(identifier: Identifier, extended: Extended) -> Result<Self, Wrong> {
        let Identifier { level, attributes } = identifier;
        let names = if extended.fuzzy_names { Names::Fuzzy } else { Names::Literal };
        let query = Query { names, ..Query::at(level_of(level)) };
        let mut question = Self { query, level, asked: DataSet::new(), has_unmatched: false, extended };
        for (tag, element) in attributes.iter().filter(|(tag, _)| tag.element() != 0) {
            if !NO_KEYS.contains(&tag) {
                question.key(tag, element)?;
            }
        }
        if extended.date_times {
            question.query.combine_date_times();
        }
        question.asked = attributes;
        Ok(question)
    }

    fn key(&mut self, tag: Tag, element: &Element) -> Result<(), Wrong> {
        if let Value::Sequence(items) = &element.value {
            return self.sequence(tag, items);
        }
        let text = text_of(element);
        let Some(attribute) = self.known(&[tag]) else {
            self.has_unmatched |= !is_universal(&text);
            return Ok(());
        };
        self.query.include.add(attribute.root());
        match &element.value {
            Value::Text(values) if values.len() > 1 && self.extended.multiple_values && attribute.is_multiple() => {
                let matching = Matching::all(values.clone()).map_err(|_| unreadable(tag))?;
                self.query.keys.extend(matching.map(|matching| Key { attribute, matching }));
                Ok(())
            }
            _ => self.add(attribute, tag, &text),
        }
    }

    /// The row that a key matches by at this level.
    fn known(&self, path: &[Tag]) -> Option<&'static Attribute> {
        let attribute = attribute::find(path)?;
        // who asks for the modality of studies means those in them
        let attribute = match attribute::find(&[tags::MODALITIES_IN_STUDY]) {
            Some(in_study) if self.level == Rung::Study && path == [tags::MODALITY] => in_study,
            _ => attribute,
        };
        let fits = self.level > Rung::Patient || OF_PATIENTS.contains(&attribute.root());
        (self.extended.relational || attribute.level <= self.query.level && fits).then_some(attribute)
    }

    fn add(&mut self, attribute: &'static Attribute, tag: Tag, text: &str) -> Result<(), Wrong> {
        match attribute.rule {
            Rule::None => self.has_unmatched |= !is_universal(text),
            _ if text == EMPTY => self.query.keys.push(Key { attribute, matching: Matching::Empty }),
            _ => {
                let added = self.query.add_key(attribute, text);
                added.map_err(|_| unreadable(tag))?;
            }
        }
        Ok(())
    }

    /// Sequence matching (PS3.4 C.2.2.2.6): the keys in the one item of a sequence.
    fn sequence(&mut self, tag: Tag, items: &[DataSet]) -> Result<(), Wrong> {
        if self.known(&[tag]).is_some() {
            self.query.include.add(tag);
        }
        for (inner, element) in items.iter().flat_map(DataSet::iter) {
            let text = text_of(element);
            match self.known(&[tag, inner]) {
                Some(attribute) => self.add(attribute, inner, &text)?,
                None => {
                    self.has_unmatched |=
                        !is_universal(&text) || matches!(&element.value, Value::Sequence(items) if !items.is_empty())
                }
            }
        }
        Ok(())
    }
}

fn unreadable(tag: Tag) -> Wrong {
    Wrong { status: Status::CANNOT_UNDERSTAND, tag: Some(tag), why: "a key cannot be read" }
}

fn is_universal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'*' | b' '))
}

/// The values of a key in one text.
fn text_of(element: &Element) -> String {
    match &element.value {
        Value::Text(values) => values.join("\\"),
        Value::Int(values) => values.iter().map(i64::to_string).collect::<Vec<_>>().join("\\"),
        Value::Float(values) => values.iter().map(f64::to_string).collect::<Vec<_>>().join("\\"),
        Value::Tags(_) | Value::Sequence(_) | Value::Bytes(_) | Value::Bulk { .. } => String::new(),
    }
}

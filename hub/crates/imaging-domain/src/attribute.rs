//! The one table of attributes the region's index knows: their level, how they match, whether an answer
//! carries them unasked. QIDO-RS, C-FIND, the scan of arriving files and the index's SQL all read it.
//!
//! Sources: PS3.18 tables 10.6.1-5 and 10.6.3-3 to 10.6.3-5 (DICOMweb), PS3.4 C.6.2.1 (C-FIND, study root).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

/// Level of an attribute and of a query. Patient attributes count as study attributes, as in the study root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Patient and study.
    Study,
    /// Series.
    Series,
    /// Composite instance.
    Instance,
}

/// How a key over the attribute matches (PS3.4 C.2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Single value and wildcard over a text, compared exactly.
    Text,
    /// Single value and wildcard over a person name, compared folded, each component group by itself.
    Name,
    /// Single value, wildcard and list over a UID or code.
    List,
    /// Single value and range over DA or TM.
    Range,
    /// Single value over a number in text (IS).
    Number,
    /// Not a key: only returned.
    None,
}

/// Where the value of an attribute in an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// From the stored file.
    File,
    /// Counted or gathered by the index from what lies below.
    Computed,
    /// Written by the edge: where to fetch it.
    Edge,
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// Tags from the outermost sequence to the attribute; one when it is not nested.
    pub path: &'static [Tag],
    /// Keyword of the last tag (PS3.6); the index names columns by it.
    pub keyword: &'static str,
    /// VR of the last tag.
    pub vr: VR,
    /// Level.
    pub level: Level,
    /// How it matches.
    pub rule: Rule,
    /// Whether answers at its level carry it unasked.
    pub unasked: bool,
    /// Where its value comes from.
    pub source: Source,
}

impl Attribute {
    /// The attribute's own tag.
    pub fn tag(&self) -> Tag {
        self.path[self.path.len() - 1]
    }

    /// The outermost tag: what an answer carries.
    pub fn root(&self) -> Tag {
        self.path[0]
    }
}

const fn file(
    path: &'static [Tag],
    keyword: &'static str,
    vr: VR,
    level: Level,
    rule: Rule,
    unasked: bool,
) -> Attribute {
    Attribute { path, keyword, vr, level, rule, unasked, source: Source::File }
}

const fn computed(path: &'static [Tag], keyword: &'static str, vr: VR, level: Level, rule: Rule) -> Attribute {
    Attribute { path, keyword, vr, level, rule, unasked: true, source: Source::Computed }
}

const fn edge(path: &'static [Tag], keyword: &'static str, vr: VR, level: Level) -> Attribute {
    Attribute { path, keyword, vr, level, rule: Rule::None, unasked: true, source: Source::Edge }
}

/// Whether a row is returned unasked, said in a word.
const ALWAYS: bool = true;
const ASKED: bool = false;

/// The table.
pub const TABLE: &[Attribute] = &[
    // patient and study
    file(&[tags::STUDY_DATE], "StudyDate", VR::DA, Level::Study, Rule::Range, ALWAYS),
    file(&[tags::STUDY_TIME], "StudyTime", VR::TM, Level::Study, Rule::Range, ALWAYS),
    file(&[tags::ACCESSION_NUMBER], "AccessionNumber", VR::SH, Level::Study, Rule::Text, ALWAYS),
    edge(&[tags::INSTANCE_AVAILABILITY], "InstanceAvailability", VR::CS, Level::Study),
    computed(&[tags::MODALITIES_IN_STUDY], "ModalitiesInStudy", VR::CS, Level::Study, Rule::List),
    computed(&[tags::SOP_CLASSES_IN_STUDY], "SOPClassesInStudy", VR::UI, Level::Study, Rule::List),
    file(&[tags::REFERRING_PHYSICIAN_NAME], "ReferringPhysicianName", VR::PN, Level::Study, Rule::Name, ALWAYS),
    file(&[tags::TIMEZONE_OFFSET_FROM_UTC], "TimezoneOffsetFromUTC", VR::SH, Level::Study, Rule::None, ALWAYS),
    edge(&[tags::RETRIEVE_URL], "RetrieveURL", VR::UR, Level::Study),
    file(&[tags::PATIENT_NAME], "PatientName", VR::PN, Level::Study, Rule::Name, ALWAYS),
    file(&[tags::PATIENT_ID], "PatientID", VR::LO, Level::Study, Rule::Text, ALWAYS),
    file(&[tags::ISSUER_OF_PATIENT_ID], "IssuerOfPatientID", VR::LO, Level::Study, Rule::Text, ASKED),
    file(&[tags::PATIENT_BIRTH_DATE], "PatientBirthDate", VR::DA, Level::Study, Rule::Range, ALWAYS),
    file(&[tags::PATIENT_SEX], "PatientSex", VR::CS, Level::Study, Rule::List, ALWAYS),
    file(&[tags::STUDY_INSTANCE_UID], "StudyInstanceUID", VR::UI, Level::Study, Rule::List, ALWAYS),
    file(&[tags::STUDY_ID], "StudyID", VR::SH, Level::Study, Rule::Text, ALWAYS),
    file(&[tags::STUDY_DESCRIPTION], "StudyDescription", VR::LO, Level::Study, Rule::Text, ASKED),
    file(&[tags::PATIENT_AGE], "PatientAge", VR::AS, Level::Study, Rule::None, ASKED),
    file(&[tags::PATIENT_SIZE], "PatientSize", VR::DS, Level::Study, Rule::None, ASKED),
    file(&[tags::PATIENT_WEIGHT], "PatientWeight", VR::DS, Level::Study, Rule::None, ASKED),
    file(&[tags::OTHER_PATIENT_I_DS_SEQUENCE], "OtherPatientIDsSequence", VR::SQ, Level::Study, Rule::None, ASKED),
    computed(&[tags::NUMBER_OF_STUDY_RELATED_SERIES], "NumberOfStudyRelatedSeries", VR::IS, Level::Study, Rule::None),
    computed(
        &[tags::NUMBER_OF_STUDY_RELATED_INSTANCES],
        "NumberOfStudyRelatedInstances",
        VR::IS,
        Level::Study,
        Rule::None,
    ),
    // series
    file(&[tags::MODALITY], "Modality", VR::CS, Level::Series, Rule::List, ALWAYS),
    file(&[tags::SERIES_DESCRIPTION], "SeriesDescription", VR::LO, Level::Series, Rule::Text, ALWAYS),
    edge(&[tags::RETRIEVE_URL], "RetrieveURL", VR::UR, Level::Series),
    file(&[tags::SERIES_INSTANCE_UID], "SeriesInstanceUID", VR::UI, Level::Series, Rule::List, ALWAYS),
    file(&[tags::SERIES_NUMBER], "SeriesNumber", VR::IS, Level::Series, Rule::Number, ALWAYS),
    file(&[tags::SERIES_DATE], "SeriesDate", VR::DA, Level::Series, Rule::Range, ASKED),
    file(&[tags::SERIES_TIME], "SeriesTime", VR::TM, Level::Series, Rule::Range, ASKED),
    file(&[tags::BODY_PART_EXAMINED], "BodyPartExamined", VR::CS, Level::Series, Rule::List, ASKED),
    file(&[tags::LATERALITY], "Laterality", VR::CS, Level::Series, Rule::List, ASKED),
    file(&[tags::MANUFACTURER], "Manufacturer", VR::LO, Level::Series, Rule::Text, ASKED),
    file(&[tags::MANUFACTURER_MODEL_NAME], "ManufacturerModelName", VR::LO, Level::Series, Rule::Text, ASKED),
    file(&[tags::STATION_NAME], "StationName", VR::SH, Level::Series, Rule::Text, ASKED),
    file(&[tags::INSTITUTION_NAME], "InstitutionName", VR::LO, Level::Series, Rule::Text, ASKED),
    file(&[tags::PERFORMING_PHYSICIAN_NAME], "PerformingPhysicianName", VR::PN, Level::Series, Rule::Name, ASKED),
    file(&[tags::FRAME_OF_REFERENCE_UID], "FrameOfReferenceUID", VR::UI, Level::Series, Rule::List, ASKED),
    computed(
        &[tags::NUMBER_OF_SERIES_RELATED_INSTANCES],
        "NumberOfSeriesRelatedInstances",
        VR::IS,
        Level::Series,
        Rule::None,
    ),
    file(
        &[tags::PERFORMED_PROCEDURE_STEP_START_DATE],
        "PerformedProcedureStepStartDate",
        VR::DA,
        Level::Series,
        Rule::Range,
        ALWAYS,
    ),
    file(
        &[tags::PERFORMED_PROCEDURE_STEP_START_TIME],
        "PerformedProcedureStepStartTime",
        VR::TM,
        Level::Series,
        Rule::Range,
        ALWAYS,
    ),
    file(&[tags::REQUEST_ATTRIBUTES_SEQUENCE], "RequestAttributesSequence", VR::SQ, Level::Series, Rule::None, ALWAYS),
    file(
        &[tags::REQUEST_ATTRIBUTES_SEQUENCE, tags::SCHEDULED_PROCEDURE_STEP_ID],
        "ScheduledProcedureStepID",
        VR::SH,
        Level::Series,
        Rule::Text,
        ASKED,
    ),
    file(
        &[tags::REQUEST_ATTRIBUTES_SEQUENCE, tags::REQUESTED_PROCEDURE_ID],
        "RequestedProcedureID",
        VR::SH,
        Level::Series,
        Rule::Text,
        ASKED,
    ),
    // instance
    file(&[tags::SOP_CLASS_UID], "SOPClassUID", VR::UI, Level::Instance, Rule::List, ALWAYS),
    file(&[tags::SOP_INSTANCE_UID], "SOPInstanceUID", VR::UI, Level::Instance, Rule::List, ALWAYS),
    edge(&[tags::RETRIEVE_URL], "RetrieveURL", VR::UR, Level::Instance),
    file(&[tags::INSTANCE_NUMBER], "InstanceNumber", VR::IS, Level::Instance, Rule::Number, ALWAYS),
    file(&[tags::ROWS], "Rows", VR::US, Level::Instance, Rule::None, ALWAYS),
    file(&[tags::COLUMNS], "Columns", VR::US, Level::Instance, Rule::None, ALWAYS),
    file(&[tags::BITS_ALLOCATED], "BitsAllocated", VR::US, Level::Instance, Rule::None, ALWAYS),
    file(&[tags::NUMBER_OF_FRAMES], "NumberOfFrames", VR::IS, Level::Instance, Rule::None, ALWAYS),
    file(&[tags::IMAGE_TYPE], "ImageType", VR::CS, Level::Instance, Rule::List, ASKED),
    file(&[tags::CONTENT_DATE], "ContentDate", VR::DA, Level::Instance, Rule::Range, ASKED),
    file(&[tags::CONTENT_TIME], "ContentTime", VR::TM, Level::Instance, Rule::Range, ASKED),
    file(&[tags::TOTAL_PIXEL_MATRIX_COLUMNS], "TotalPixelMatrixColumns", VR::UL, Level::Instance, Rule::None, ASKED),
    file(&[tags::TOTAL_PIXEL_MATRIX_ROWS], "TotalPixelMatrixRows", VR::UL, Level::Instance, Rule::None, ASKED),
    computed(&[tags::AVAILABLE_TRANSFER_SYNTAX_UID], "AvailableTransferSyntaxUID", VR::UI, Level::Instance, Rule::None),
];

/// Attributes of a level.
pub fn at(level: Level) -> impl Iterator<Item = &'static Attribute> {
    TABLE.iter().filter(move |attribute| attribute.level == level)
}

/// The row of a path of tags that a query at `level` may use: the row at the highest level, so that a series
/// query may name study attributes (relational queries, PS3.4 C.4.1.3.2.2).
pub fn find(path: &[Tag]) -> Option<&'static Attribute> {
    TABLE.iter().find(|attribute| attribute.path == path)
}

/// Outermost tags of every attribute that comes from the file: what the scan of an arriving file keeps.
pub fn kept_from_file() -> impl Iterator<Item = Tag> {
    TABLE.iter().filter(|attribute| attribute.source == Source::File).map(Attribute::root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
    use dicom_dictionary_std::StandardDataDictionary;

    #[test]
    fn every_row_agrees_with_the_dictionary() {
        for attribute in TABLE {
            let entry = StandardDataDictionary.by_tag(attribute.tag()).expect("a standard attribute");
            assert_eq!(entry.alias(), attribute.keyword);
            assert_eq!(entry.vr().relaxed(), attribute.vr, "{}", attribute.keyword);
        }
    }

    #[test]
    fn no_row_stands_twice() {
        for (i, row) in TABLE.iter().enumerate() {
            let twin = TABLE[..i].iter().find(|other| other.path == row.path && other.level == row.level);
            assert!(twin.is_none(), "{}", row.keyword);
        }
    }
}

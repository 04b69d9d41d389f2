//! Builds a study.

use super::{
    attributes::Attributes,
    charset::CharacterSet,
    file::{self, Syntax},
    phantom::{Instance, Kind, Scene, Series},
    pixels, uid,
    words::{self, Language},
};
use anyhow::Result;
use dicom_dictionary_std::tags;
use jiff::civil::{Date, DateTime, date};
use sha2::{Digest, Sha256};

/// A study to be made: what it shows, of whom, where, and how it is written.
///
/// ```
/// use test_data::generator::Study;
/// let files = Study::new("example").ct().with_patient("TEST^ONE").files()?;
/// assert!(files.len() > 10);
/// # anyhow::Ok(())
/// ```
#[derive(Debug, Clone)]
pub struct Study {
    label: String,
    kind: Kind,
    patient: Patient,
    place: Place,
    at: DateTime,
    syntax: Syntax,
}

/// One instance as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyFile {
    /// A name that sorts by series and instance.
    pub name: String,
    /// The file's bytes.
    pub bytes: Vec<u8>,
}

/// A hospital's record of somebody.
#[derive(Debug, Clone)]
pub(super) struct Patient {
    /// Patient's Name, all its component groups.
    pub(super) name: String,
    pub(super) id: String,
    pub(super) issuer: String,
    pub(super) birth_date: Date,
    pub(super) sex: &'static str,
}

/// Where a study is made.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) institution: String,
    pub(super) station: String,
    pub(super) physician: &'static str,
    pub(super) charset: CharacterSet,
    pub(super) language: Language,
}

impl Study {
    /// A chest radiograph of nobody in particular. The label decides about UIDs and chance: equal labels give equal
    /// bytes.
    pub fn new(label: &str) -> Self {
        let place = Place {
            institution: "Demo hospital".into(),
            station: "DEMO1".into(),
            physician: "DOCTOR^DEMO",
            charset: CharacterSet::Utf8,
            language: Language::English,
        };
        let patient = Patient {
            name: "NOBODY^NAMED".into(),
            id: "1".into(),
            issuer: "DEMO".into(),
            birth_date: date(1970, 1, 1),
            sex: "O",
        };
        let at = date(2026, 11, 2).at(8, 15, 0, 0);
        Self { label: label.into(), kind: Kind::DxChest, patient, place, at, syntax: Syntax::ExplicitLittle }
    }

    /// CT of the chest.
    pub fn ct(self) -> Self {
        self.showing(Kind::CtChest)
    }

    /// MR of the head.
    pub fn mr(self) -> Self {
        self.showing(Kind::MrHead)
    }

    /// Whatever there is a phantom of.
    pub fn showing(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Of a patient with this Patient's Name.
    pub fn with_patient(mut self, name: &str) -> Self {
        self.patient.name = name.into();
        self
    }

    /// Of a patient with this Patient ID.
    pub fn with_patient_id(mut self, id: &str) -> Self {
        self.patient.id = id.into();
        self
    }

    /// Written in a transfer syntax.
    pub fn written(self, syntax: Syntax) -> Self {
        Self { syntax, ..self }
    }

    /// Of a hospital's patient.
    pub(super) fn of(self, patient: Patient) -> Self {
        Self { patient, ..self }
    }

    /// Made at a place.
    pub(super) fn made_at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Begun at a time.
    pub(super) fn begun(self, at: DateTime) -> Self {
        Self { at, ..self }
    }

    /// Study Instance UID.
    pub fn uid(&self) -> String {
        uid::of(&format!("{}/study", self.label))
    }

    /// The files of all instances, in order.
    ///
    /// # Errors
    /// When the transfer syntax cannot hold the pixels: JPEG those of 16 bits.
    pub fn files(&self) -> Result<Vec<StudyFile>> {
        let scene = Scene { charset: self.place.charset, language: self.place.language, seed: self.seed() };
        let mut files = vec![];
        for (number, series) in (1..).zip(self.kind.series(&scene)) {
            let common = self.common().with(self.series(&series, number));
            for (instance_number, instance) in (1..).zip(&series.instances) {
                let bytes = self.file(common.clone(), instance, number, instance_number)?;
                let modality = series.modality.to_lowercase();
                files.push(StudyFile { name: format!("{modality}-{number}-{instance_number:03}.dcm"), bytes });
            }
        }
        Ok(files)
    }

    fn seed(&self) -> u64 {
        let digest = Sha256::digest(&self.label);
        u64::from_le_bytes([digest[0], digest[1], digest[2], digest[3], 0, 0, 0, 0])
    }

    fn file(&self, common: Attributes, instance: &Instance, series: usize, number: usize) -> Result<Vec<u8>> {
        // instances of a series follow each other by a second
        let at = self.at + jiff::Span::new().seconds(60 * series as i64 + number as i64);
        let (day, time) = (day(at.date()), time(at));
        let mut attributes = common
            .with(instance.attributes.clone())
            .text(tags::SOP_INSTANCE_UID, &uid::of(&format!("{}/{series}/{number}", self.label)))
            .texts(&[
                (tags::INSTANCE_CREATION_DATE, &day),
                (tags::INSTANCE_CREATION_TIME, &time),
                (tags::CONTENT_DATE, &day),
                (tags::CONTENT_TIME, &time),
            ])
            .integer(tags::INSTANCE_NUMBER, number);
        let Some(image) = &instance.image else {
            return Ok(file::bytes(attributes, self.plain_syntax()));
        };
        attributes = attributes.texts(&[(tags::ACQUISITION_DATE, &day), (tags::ACQUISITION_TIME, &time)]);
        Ok(file::bytes(pixels::put(attributes, image, self.syntax)?, self.syntax))
    }

    /// What is written without pixels has no use for a coding of pixels.
    fn plain_syntax(&self) -> Syntax {
        match self.syntax {
            Syntax::Rle | Syntax::Jpeg | Syntax::JpegLs => Syntax::ExplicitLittle,
            plain => plain,
        }
    }

    /// Patient, General Study and General Equipment modules (PS3.3 C.7.1.1, C.7.2.1, C.7.5.1).
    fn common(&self) -> Attributes {
        let (patient, place) = (&self.patient, &self.place);
        let years = self.at.date().year() - patient.birth_date.year();
        Attributes::new(place.charset).texts(&[
            (tags::PATIENT_NAME, &patient.name),
            (tags::PATIENT_ID, &patient.id),
            (tags::ISSUER_OF_PATIENT_ID, &patient.issuer),
            (tags::PATIENT_BIRTH_DATE, &day(patient.birth_date)),
            (tags::PATIENT_SEX, patient.sex),
            (tags::PATIENT_AGE, &format!("{:03}Y", years.clamp(0, 120))),
            (tags::STUDY_INSTANCE_UID, &self.uid()),
            (tags::STUDY_DATE, &day(self.at.date())),
            (tags::STUDY_TIME, &time(self.at)),
            (tags::STUDY_ID, &format!("{}", self.seed() % 90_000 + 10_000)),
            (tags::ACCESSION_NUMBER, &format!("A{}{:04}", day(self.at.date()), self.seed() % 10_000)),
            (tags::STUDY_DESCRIPTION, words::study(self.kind, place.language)),
            (tags::REFERRING_PHYSICIAN_NAME, place.physician),
            (tags::MANUFACTURER, "Demo Phantom Works"),
            (tags::INSTITUTION_NAME, &place.institution),
            (tags::STATION_NAME, &place.station),
            (tags::MANUFACTURER_MODEL_NAME, "Phantom 1"),
            (tags::DEVICE_SERIAL_NUMBER, &format!("{:06}", self.seed() % 1_000_000)),
            (tags::SOFTWARE_VERSIONS, env!("CARGO_PKG_VERSION")),
        ])
    }

    /// General Series and Frame of Reference modules (PS3.3 C.7.3.1, C.7.4.1).
    fn series(&self, series: &Series, number: usize) -> Attributes {
        let at = self.at + jiff::Span::new().seconds(60 * number as i64);
        let attributes = Attributes::item(self.place.charset)
            .texts(&[
                (tags::SOP_CLASS_UID, series.sop_class),
                (tags::SERIES_INSTANCE_UID, &uid::of(&format!("{}/{number}", self.label))),
                (tags::MODALITY, series.modality),
                (tags::SERIES_DATE, &day(at.date())),
                (tags::SERIES_TIME, &time(at)),
                (tags::SERIES_DESCRIPTION, series.description),
            ])
            .integer(tags::SERIES_NUMBER, number);
        if series.modality == "SR" {
            return attributes;
        }
        let attributes = attributes
            .texts(&[(tags::BODY_PART_EXAMINED, series.body_part), (tags::PROTOCOL_NAME, series.description)]);
        match series.modality {
            "CT" | "MR" | "PT" => attributes.texts(&[
                (tags::FRAME_OF_REFERENCE_UID, &uid::of(&format!("{}/frame", self.label))),
                (tags::POSITION_REFERENCE_INDICATOR, ""),
            ]),
            _ => attributes,
        }
    }
}

fn day(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

fn time(at: DateTime) -> String {
    at.strftime("%H%M%S").to_string()
}

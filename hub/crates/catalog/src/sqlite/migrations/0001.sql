-- Rows by site: a copy of a study at two sites is two rows here and is merged when it is asked for.
-- A column named by a keyword holds a matchable attribute in the form in which it is compared (columns.rs);
-- `attributes` holds all attributes of the level in the DICOM JSON model.

CREATE TABLE site (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  studies INTEGER NOT NULL DEFAULT 0,
  instances INTEGER NOT NULL DEFAULT 0,
  written INTEGER NOT NULL DEFAULT 0,
  applied INTEGER NOT NULL DEFAULT 0,
  last_change_ms INTEGER
) STRICT;

-- Distinct studies and series, all copies of instances.
CREATE TABLE total (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  studies INTEGER NOT NULL DEFAULT 0,
  series INTEGER NOT NULL DEFAULT 0,
  instances INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO total (id) VALUES (1);

CREATE TABLE study (
  id INTEGER PRIMARY KEY,
  site INTEGER NOT NULL REFERENCES site (id),
  series INTEGER NOT NULL DEFAULT 0,
  instances INTEGER NOT NULL DEFAULT 0,
  attributes TEXT NOT NULL DEFAULT '{}',
  StudyInstanceUID TEXT NOT NULL,
  StudyDate TEXT NOT NULL DEFAULT '',
  StudyTime TEXT NOT NULL DEFAULT '',
  AccessionNumber TEXT NOT NULL DEFAULT '',
  ReferringPhysicianName TEXT NOT NULL DEFAULT '',
  ReferringPhysicianName_ideographic TEXT NOT NULL DEFAULT '',
  ReferringPhysicianName_phonetic TEXT NOT NULL DEFAULT '',
  PatientName TEXT NOT NULL DEFAULT '',
  PatientName_ideographic TEXT NOT NULL DEFAULT '',
  PatientName_phonetic TEXT NOT NULL DEFAULT '',
  PatientID TEXT NOT NULL DEFAULT '',
  IssuerOfPatientID TEXT NOT NULL DEFAULT '',
  PatientBirthDate TEXT NOT NULL DEFAULT '',
  PatientSex TEXT NOT NULL DEFAULT '',
  StudyID TEXT NOT NULL DEFAULT '',
  StudyDescription TEXT NOT NULL DEFAULT '',
  UNIQUE (StudyInstanceUID, site)
) STRICT;
CREATE INDEX study_latest ON study (StudyDate DESC, StudyTime DESC, StudyInstanceUID);
CREATE INDEX study_patient_id ON study (PatientID);
CREATE INDEX study_accession_number ON study (AccessionNumber);
CREATE INDEX study_name ON study (PatientName);
CREATE INDEX study_name_ideographic ON study (PatientName_ideographic);
CREATE INDEX study_name_phonetic ON study (PatientName_phonetic);
CREATE INDEX study_birth_date ON study (PatientBirthDate);

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES study (id),
  instances INTEGER NOT NULL DEFAULT 0,
  attributes TEXT NOT NULL DEFAULT '{}',
  SeriesInstanceUID TEXT NOT NULL,
  Modality TEXT NOT NULL DEFAULT '',
  SeriesDescription TEXT NOT NULL DEFAULT '',
  SeriesNumber TEXT NOT NULL DEFAULT '',
  SeriesDate TEXT NOT NULL DEFAULT '',
  SeriesTime TEXT NOT NULL DEFAULT '',
  BodyPartExamined TEXT NOT NULL DEFAULT '',
  Laterality TEXT NOT NULL DEFAULT '',
  Manufacturer TEXT NOT NULL DEFAULT '',
  ManufacturerModelName TEXT NOT NULL DEFAULT '',
  StationName TEXT NOT NULL DEFAULT '',
  InstitutionName TEXT NOT NULL DEFAULT '',
  PerformingPhysicianName TEXT NOT NULL DEFAULT '[]',
  PerformingPhysicianName_ideographic TEXT NOT NULL DEFAULT '[]',
  PerformingPhysicianName_phonetic TEXT NOT NULL DEFAULT '[]',
  FrameOfReferenceUID TEXT NOT NULL DEFAULT '',
  PerformedProcedureStepStartDate TEXT NOT NULL DEFAULT '',
  PerformedProcedureStepStartTime TEXT NOT NULL DEFAULT '',
  ScheduledProcedureStepID TEXT NOT NULL DEFAULT '[]',
  RequestedProcedureID TEXT NOT NULL DEFAULT '[]',
  UNIQUE (study, SeriesInstanceUID)
) STRICT;
CREATE INDEX series_uid ON series (SeriesInstanceUID);
CREATE INDEX series_modality ON series (study, Modality);

-- SOP classes of a series and how many instances each has.
CREATE TABLE sop_class (
  series INTEGER NOT NULL REFERENCES series (id),
  uid TEXT NOT NULL,
  instances INTEGER NOT NULL,
  PRIMARY KEY (series, uid)
) STRICT, WITHOUT ROWID;

-- `change` is the number of the line of the site's feed that this index wrote about the instance; none when the
-- instance came by a feed.
CREATE TABLE instance (
  id INTEGER PRIMARY KEY,
  site INTEGER NOT NULL REFERENCES site (id),
  series INTEGER NOT NULL REFERENCES series (id),
  change INTEGER,
  digest BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  data_set_offset INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  stored_ms INTEGER NOT NULL,
  transfer_syntax TEXT NOT NULL,
  attributes TEXT NOT NULL,
  SOPClassUID TEXT NOT NULL,
  SOPInstanceUID TEXT NOT NULL,
  InstanceNumber TEXT NOT NULL DEFAULT '',
  ImageType TEXT NOT NULL DEFAULT '[]',
  ContentDate TEXT NOT NULL DEFAULT '',
  ContentTime TEXT NOT NULL DEFAULT '',
  UNIQUE (SOPInstanceUID, site)
) STRICT;
CREATE INDEX instance_of_series ON instance (series, SOPInstanceUID);
CREATE UNIQUE INDEX instance_change ON instance (site, change) WHERE change IS NOT NULL;

-- Lines of a site's feed without an instance: what was deleted, and the earlier line that had stored it.
CREATE TABLE deletion (
  site INTEGER NOT NULL REFERENCES site (id),
  change INTEGER NOT NULL,
  uid TEXT NOT NULL,
  PRIMARY KEY (site, change)
) STRICT, WITHOUT ROWID;

CREATE TABLE conflict (
  site INTEGER NOT NULL REFERENCES site (id),
  uid TEXT NOT NULL,
  kept BLOB NOT NULL,
  aside BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (site, uid, aside)
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_latest ON conflict (at_ms DESC);

CREATE TABLE invitation (
  site INTEGER PRIMARY KEY REFERENCES site (id),
  secret_digest BLOB NOT NULL UNIQUE,
  expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate (
  fingerprint BLOB PRIMARY KEY,
  site INTEGER NOT NULL REFERENCES site (id),
  expires_ms INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_site ON certificate (site);

CREATE TABLE account (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  token_digest BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires_ms);

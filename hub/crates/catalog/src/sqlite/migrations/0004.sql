-- Persons' names in the form in which they are compared, each once however many studies have it, and what they are looked
-- up by: how one of their forms begins, or a character or pair of neighbours that they have (src/names).
CREATE TABLE person_name (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE name_form (
  form TEXT NOT NULL,
  name INTEGER NOT NULL,
  PRIMARY KEY (form, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE name_gram (
  gram TEXT NOT NULL,
  name INTEGER NOT NULL,
  PRIMARY KEY (gram, name)
) STRICT, WITHOUT ROWID;

ALTER TABLE study ADD COLUMN patient_name INTEGER REFERENCES person_name (id);
ALTER TABLE study ADD COLUMN referring_physician_name INTEGER REFERENCES person_name (id);
CREATE INDEX study_of_patient_name ON study (patient_name);
CREATE INDEX study_of_referring_physician_name ON study (referring_physician_name);
DROP INDEX study_name;
DROP INDEX study_name_ideographic;
DROP INDEX study_name_phonetic;

-- Whether other sites have copies of the study: only then it may be met twice. It stands in the index of the order, so that
-- results are passed over without a look at their rows.
ALTER TABLE study ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
UPDATE study SET shared = 1
  WHERE EXISTS (SELECT 1 FROM study o WHERE o.StudyInstanceUID = study.StudyInstanceUID AND o.id <> study.id);
DROP INDEX study_latest;
CREATE INDEX study_latest ON study (StudyDate DESC, StudyTime DESC, StudyInstanceUID, shared);

-- Rare ones are found from here, and a part of a description without the rows.
CREATE INDEX series_by_modality ON series (Modality, study);
CREATE INDEX study_description ON study (StudyDescription);

-- The taking over of old archives: passes, the windows of the last pass that are still to be asked for or were cut off, and every
-- study that an archive ever told.
CREATE TABLE crawl_pass (
  archive TEXT NOT NULL,
  number INTEGER NOT NULL,
  begun_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  PRIMARY KEY (archive, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE crawl_window (
  archive TEXT NOT NULL,
  last TEXT NOT NULL,
  first TEXT NOT NULL,
  cut INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (archive, last, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE crawl_study (
  archive TEXT NOT NULL,
  StudyInstanceUID TEXT NOT NULL,
  StudyDate TEXT NOT NULL,
  told INTEGER,
  classes TEXT NOT NULL,
  first_pass INTEGER NOT NULL,
  seen_pass INTEGER NOT NULL,
  changed_pass INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting',
  tries INTEGER NOT NULL DEFAULT 0,
  at_ms INTEGER NOT NULL DEFAULT 0,
  why TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (archive, StudyInstanceUID)
) STRICT, WITHOUT ROWID;
CREATE INDEX crawl_study_state ON crawl_study (archive, state, StudyDate DESC, StudyInstanceUID);

-- What goes on to other application entities: one row for each instance and destination, gone when it was taken.
CREATE TABLE outgoing (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  destination TEXT NOT NULL,
  site INTEGER NOT NULL REFERENCES site (id),
  StudyInstanceUID TEXT NOT NULL,
  SeriesInstanceUID TEXT NOT NULL,
  SOPInstanceUID TEXT NOT NULL,
  SOPClassUID TEXT NOT NULL,
  transfer_syntax TEXT NOT NULL,
  queued_ms INTEGER NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0,
  why TEXT NOT NULL DEFAULT '',
  UNIQUE (SOPInstanceUID, site, destination)
) STRICT;
CREATE INDEX outgoing_next ON outgoing (destination, failed, id);

-- Instances that are kept and told to nobody, as the feed would tell them, until they are released.
CREATE TABLE held (
  site INTEGER NOT NULL REFERENCES site (id),
  SOPInstanceUID TEXT NOT NULL,
  StudyInstanceUID TEXT NOT NULL,
  digest BLOB NOT NULL,
  held_ms INTEGER NOT NULL,
  instance TEXT NOT NULL,
  send_to TEXT NOT NULL,
  PRIMARY KEY (site, SOPInstanceUID)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_study ON held (StudyInstanceUID, site);

-- Of instances whose attributes were changed on arrival: what they were, so that the same bytes again are known.
CREATE TABLE coerced (
  SOPInstanceUID TEXT NOT NULL,
  site INTEGER NOT NULL REFERENCES site (id),
  original BLOB NOT NULL,
  PRIMARY KEY (SOPInstanceUID, site)
) STRICT, WITHOUT ROWID;

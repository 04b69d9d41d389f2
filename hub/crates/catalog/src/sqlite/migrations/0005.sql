-- Study links. Of tokens and PIN only digests are kept; the PIN's is keyed with a secret that is not in this file. The key of a
-- manifest's files is sealed with what only a request for the manifest brings.
CREATE TABLE link (
  id TEXT PRIMARY KEY,
  token_digest BLOB NOT NULL UNIQUE,
  pin_hash TEXT NOT NULL,
  manifest_digest BLOB NOT NULL UNIQUE,
  sealed_key BLOB NOT NULL,
  owner TEXT NOT NULL,
  allowed TEXT NOT NULL,
  language TEXT NOT NULL,
  note TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER,
  openings_left INTEGER,
  tries_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_made ON link (made_ms DESC);

CREATE TABLE link_study (
  link TEXT NOT NULL REFERENCES link (id),
  place INTEGER NOT NULL,
  StudyInstanceUID TEXT NOT NULL,
  PRIMARY KEY (link, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_study_uid ON link_study (StudyInstanceUID);

-- What became of a link: when, what, and from where.
CREATE TABLE link_event (
  link TEXT NOT NULL REFERENCES link (id),
  at_ms INTEGER NOT NULL,
  what TEXT NOT NULL,
  addr TEXT NOT NULL
) STRICT;
CREATE INDEX link_event_link ON link_event (link, at_ms DESC);

CREATE TABLE link_session (
  token_digest BLOB PRIMARY KEY,
  link TEXT NOT NULL REFERENCES link (id),
  study TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  files_digest BLOB UNIQUE,
  files_sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX link_session_last ON link_session (last_ms);

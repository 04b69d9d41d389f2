-- What went wrong with what was sent here, the same failure of the same sender once, as its console shows it after a restart.
CREATE TABLE failure (
  sender TEXT NOT NULL,
  why TEXT NOT NULL,
  detail TEXT NOT NULL,
  times INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (sender, why, detail)
) STRICT, WITHOUT ROWID;

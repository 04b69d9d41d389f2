-- Steps of work of the region, in the order they came. The key of whoever took one on is not among its attributes.
CREATE TABLE workitem (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  transaction_uid TEXT,
  attributes TEXT NOT NULL,
  version INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX workitem_by_state ON workitem (state, id);
CREATE INDEX workitem_by_change ON workitem (state, changed_ms);

-- Those that were forgotten.
CREATE TABLE workitem_forgotten (uid TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Who is told of them. Standing: whether it is to be told of steps to come too; of which, a filter says.
CREATE TABLE workitem_subscriber (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  ae TEXT NOT NULL,
  standing INTEGER NOT NULL DEFAULT 0,
  filter TEXT,
  deletion_lock INTEGER NOT NULL DEFAULT 0,
  UNIQUE (owner, ae)
) STRICT;
CREATE TABLE workitem_watch (
  workitem INTEGER NOT NULL REFERENCES workitem (id) ON DELETE CASCADE,
  subscriber INTEGER NOT NULL REFERENCES workitem_subscriber (id) ON DELETE CASCADE,
  deletion_lock INTEGER NOT NULL,
  PRIMARY KEY (workitem, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX workitem_watch_by_subscriber ON workitem_watch (subscriber, workitem);

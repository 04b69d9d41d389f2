-- When a study of an old archive was last whole here, and whether what is in it is to be compared although the archive tells
-- nothing new of it.
ALTER TABLE crawl_study ADD COLUMN whole_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crawl_study ADD COLUMN looked_into INTEGER NOT NULL DEFAULT 0;

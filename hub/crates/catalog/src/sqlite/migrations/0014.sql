-- How many instances of a study that an archive told came and were not kept, or are held, by rules of the hospital, when it was whole
-- here last.
ALTER TABLE crawl_study ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;

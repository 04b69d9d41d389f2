-- Where the bytes of an instance are: 0 kept at the site, 1 in its PACS and cached at the site, 2 in the PACS alone, 3 in the PACS
-- alone and never seen.
ALTER TABLE instance ADD COLUMN keeping INTEGER NOT NULL DEFAULT 0;
CREATE INDEX instance_of_pacs ON instance (digest) WHERE keeping > 0;
CREATE INDEX instance_nearline ON instance (series) WHERE keeping > 1;

-- What an archive tells of patient and study, as a mark: as it was told last, and when the study was last whole here.
ALTER TABLE crawl_study ADD COLUMN mark TEXT NOT NULL DEFAULT '';
ALTER TABLE crawl_study ADD COLUMN whole_mark TEXT NOT NULL DEFAULT '';

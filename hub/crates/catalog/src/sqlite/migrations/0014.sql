-- How many instances of a study that an archive told came and were not kept, or are held, by rules of the hospital, when it was whole
-- here last.
ALTER TABLE crawl_study ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;

-- Lines of the feed in whose place a later one of the same instance stands: whoever reads it is told that they are passed over.
DELETE FROM deletion WHERE EXISTS (SELECT 1 FROM instance i
  WHERE i.SOPInstanceUID = deletion.uid AND i.site = deletion.site AND i.change > deletion.change);

-- A site without an adapter: what it stores the hub keeps itself, and numbers as that site's feed.
ALTER TABLE site ADD COLUMN held_by_hub INTEGER NOT NULL DEFAULT 0;

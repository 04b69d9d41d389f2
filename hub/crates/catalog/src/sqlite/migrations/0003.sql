-- Since when a series waits to be made ready: its last change, or when it may be tried again (milliseconds since 1970
-- UTC). None when what is ready is of the instances it has now. Series that were here before wait since ever.
ALTER TABLE series ADD COLUMN waiting_ms INTEGER DEFAULT 0;
CREATE INDEX series_waiting ON series (waiting_ms) WHERE waiting_ms IS NOT NULL;

-- With the digest, so that the version of a series is read from the index alone.
DROP INDEX instance_of_series;
CREATE INDEX instance_of_series ON instance (series, SOPInstanceUID, digest);

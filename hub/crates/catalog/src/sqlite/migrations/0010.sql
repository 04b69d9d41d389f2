-- Instances that were in the index and were deleted: who asks for them hears that they were there. What came again is in both.
CREATE TABLE gone (
  study TEXT NOT NULL,
  series TEXT NOT NULL,
  instance TEXT NOT NULL,
  PRIMARY KEY (study, series, instance)
) STRICT, WITHOUT ROWID;

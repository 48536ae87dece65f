-- Whether the vehicle that the camera saw is of the entry's class. Of hits that were raised before this nobody knows.
ALTER TABLE hits ADD COLUMN class_fit TEXT NOT NULL DEFAULT 'unknown' CHECK (class_fit IN ('same', 'unknown', 'different'));

-- While the day is open there is no index but the order of taking: rows are only ever put at the end. The indexes come
-- when it is sealed (docs/adr/0003-day-files-under-day-keys.md: 21 times cheaper than keeping them meanwhile).
CREATE TABLE reads (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    camera BIGINT NOT NULL,
    captured_at BIGINT NOT NULL,
    claimed_at BIGINT,
    received_at BIGINT NOT NULL,
    plate BIGINT NOT NULL CHECK (plate > 0),
    jurisdiction BIGINT CHECK (jurisdiction > 0),
    confidence BIGINT NOT NULL CHECK (confidence BETWEEN 0 AND 1000),
    detail TEXT,
    marks BIGINT NOT NULL CHECK (marks BETWEEN 0 AND 7),
    event BLOB CHECK (length(event) = 16),
    plate_object BIGINT CHECK (plate_object > 0),
    plate_offset BIGINT CHECK (plate_offset >= 0),
    plate_length BIGINT CHECK (plate_length > 0),
    vehicle_object BIGINT CHECK (vehicle_object > 0),
    vehicle_offset BIGINT CHECK (vehicle_offset >= 0),
    vehicle_length BIGINT CHECK (vehicle_length > 0),
    CHECK ((plate_object IS NULL) = (plate_offset IS NULL) AND (plate_object IS NULL) = (plate_length IS NULL)),
    CHECK ((vehicle_object IS NULL) = (vehicle_offset IS NULL) AND (vehicle_object IS NULL) = (vehicle_length IS NULL)),
    CHECK ((claimed_at IS NULL) = (marks & 3 = 0))
);

-- What follows from the reads and is still to be brought into the control database. Rows stay: the control database
-- remembers how far it has come.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    kind TEXT NOT NULL CHECK (kind IN ('hit')),
    body TEXT NOT NULL
);

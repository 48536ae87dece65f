-- What `day_file/0001_reads.sql` is, with the file's name as columns and partition key. Each file's partition has its own
-- default for them, so that the statements are those of the day file, with the partition's name.
CREATE TABLE reads (
    id BIGINT NOT NULL CHECK (id > 0),
    camera BIGINT NOT NULL,
    captured_at BIGINT NOT NULL,
    claimed_at BIGINT,
    received_at BIGINT NOT NULL,
    plate BIGINT NOT NULL CHECK (plate > 0),
    jurisdiction BIGINT CHECK (jurisdiction > 0),
    confidence BIGINT NOT NULL CHECK (confidence BETWEEN 0 AND 1000),
    detail TEXT,
    marks BIGINT NOT NULL CHECK (marks BETWEEN 0 AND 7),
    event BYTEA CHECK (length(event) = 16),
    plate_object BIGINT CHECK (plate_object > 0),
    plate_offset BIGINT CHECK (plate_offset >= 0),
    plate_length BIGINT CHECK (plate_length > 0),
    vehicle_object BIGINT CHECK (vehicle_object > 0),
    vehicle_offset BIGINT CHECK (vehicle_offset >= 0),
    vehicle_length BIGINT CHECK (vehicle_length > 0),
    agency BIGINT NOT NULL,
    day BIGINT NOT NULL,
    late BIGINT NOT NULL CHECK (late IN (0, 1)),
    CHECK ((plate_object IS NULL) = (plate_offset IS NULL) AND (plate_object IS NULL) = (plate_length IS NULL)),
    CHECK ((vehicle_object IS NULL) = (vehicle_offset IS NULL) AND (vehicle_object IS NULL) = (vehicle_length IS NULL)),
    CHECK ((claimed_at IS NULL) = (marks & 3 = 0))
) PARTITION BY RANGE (agency, day, late);

CREATE TABLE journal (
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT NOT NULL CHECK (kind IN ('hit')),
    body TEXT NOT NULL,
    agency BIGINT NOT NULL,
    day BIGINT NOT NULL,
    late BIGINT NOT NULL CHECK (late IN (0, 1))
) PARTITION BY RANGE (agency, day, late);

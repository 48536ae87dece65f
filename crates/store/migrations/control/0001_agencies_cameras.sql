-- Ids come from here and not from the engine's sequences: a row that is updated in the inserting transaction gives ids
-- that rise in the order of commit, so that "what came after 17" never misses a hit whose transaction was slower.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL CHECK (last >= 0)
);
INSERT INTO counters (name, last)
VALUES ('agency', 0), ('camera', 0), ('hotlist', 0), ('version', 0), ('hit', 0);

CREATE TABLE agencies (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL CHECK (length(name) > 0),
    ori TEXT,
    added_at BIGINT NOT NULL
);

CREATE TABLE cameras (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL CHECK (length(name) > 0),
    mounting TEXT NOT NULL CHECK (mounting IN ('fixed', 'trailer', 'vehicle')),
    site TEXT NOT NULL,
    heading_deg BIGINT CHECK (heading_deg BETWEEN 0 AND 359),
    latitude DOUBLE PRECISION CHECK (latitude BETWEEN -90 AND 90),
    longitude DOUBLE PRECISION CHECK (longitude BETWEEN -180 AND 180),
    key_hash BLOB NOT NULL CHECK (length(key_hash) = 32),
    added_at BIGINT NOT NULL,
    disabled_at BIGINT,
    last_seen_at BIGINT,
    CHECK ((latitude IS NULL) = (longitude IS NULL))
);
CREATE UNIQUE INDEX cameras_by_key ON cameras (key_hash);
CREATE INDEX cameras_by_agency ON cameras (agency);

-- One row for each file of reads (on PostgreSQL, each partition). `relayed` is the last row of its journal that has been
-- applied here: it moves in the transaction that applies.
CREATE TABLE day_files (
    agency BIGINT NOT NULL REFERENCES agencies (id),
    day BIGINT NOT NULL,
    late BIGINT NOT NULL CHECK (late IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('open', 'sealed')),
    relayed BIGINT NOT NULL CHECK (relayed >= 0),
    n_reads BIGINT CHECK (n_reads >= 0),
    last_read BIGINT CHECK (last_read >= 0),
    PRIMARY KEY (agency, day, late),
    CHECK (state <> 'sealed' OR n_reads IS NOT NULL),
    CHECK ((n_reads IS NULL) = (last_read IS NULL))
) WITHOUT ROWID;

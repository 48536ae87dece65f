-- Read and entry together are a hit's identity: applying a journal again changes nothing.
CREATE TABLE hits (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    day BIGINT NOT NULL,
    read_id BIGINT NOT NULL CHECK (read_id > 0),
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    version BIGINT NOT NULL REFERENCES hotlist_versions (id),
    line BIGINT NOT NULL CHECK (line >= 0),
    grade TEXT NOT NULL CHECK (grade IN ('exact', 'look-alike', 'pattern')),
    jurisdiction_fit TEXT NOT NULL CHECK (jurisdiction_fit IN ('same', 'unknown', 'different')),
    raised_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX hits_once ON hits (agency, read_id, version, line);
CREATE INDEX hits_by_agency ON hits (agency, id);
CREATE INDEX hits_by_entry ON hits (version, line);

-- Only digests: a link or session cannot be used by who reads this table.
CREATE TABLE sign_in_links (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    begun_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL CHECK (expires_at > begun_at)
);

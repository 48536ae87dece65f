-- The list of the agency's own entries: one hotlist with one version that is in force for ever, whose rows come and go one by one.
CREATE TABLE own_lists (
    agency BIGINT PRIMARY KEY REFERENCES agencies (id),
    hotlist BIGINT NOT NULL UNIQUE REFERENCES hotlists (id),
    version BIGINT NOT NULL UNIQUE REFERENCES hotlist_versions (id)
);

-- What was asked for, as JSON, and how far it has come: worked out from the deeds and written beside them. Nobody approves what
-- they asked for (TWF-401.4f). Once approved, an entry is the row of its own number in the version of its agency's own list.
CREATE TABLE custom_entries (
    id BIGINT PRIMARY KEY CHECK (id > 0),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    author BIGINT NOT NULL REFERENCES people (id),
    asked_at BIGINT NOT NULL,
    told TEXT NOT NULL CHECK (length(told) > 0),
    covert BIGINT NOT NULL CHECK (covert IN (0, 1)),
    expires_at BIGINT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('waiting', 'approved', 'refused', 'ended')),
    approver BIGINT REFERENCES people (id),
    version BIGINT REFERENCES hotlist_versions (id),
    CHECK (expires_at > asked_at),
    CHECK (approver IS NULL OR approver <> author),
    CHECK ((approver IS NULL) = (version IS NULL)),
    CHECK (stage <> 'approved' OR approver IS NOT NULL),
    CHECK (stage NOT IN ('waiting', 'refused') OR approver IS NULL)
);
CREATE INDEX custom_entries_by_agency ON custom_entries (agency, id);

-- What was done with an entry, one deed after the other. Rows are only ever added; `told` is the deed as JSON, `deed` its word.
CREATE TABLE custom_entry_deeds (
    entry BIGINT NOT NULL REFERENCES custom_entries (id),
    n BIGINT NOT NULL CHECK (n >= 1),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    at BIGINT NOT NULL,
    by_person BIGINT NOT NULL REFERENCES people (id),
    deed TEXT NOT NULL CHECK (length(deed) > 0),
    told TEXT NOT NULL CHECK (length(told) > 0),
    PRIMARY KEY (entry, n)
) WITHOUT ROWID;
CREATE INDEX custom_entry_deeds_by_agency ON custom_entry_deeds (agency, entry, n);

-- Reads that an entry fitted when it was matched against the past. They are looked up anew whenever they are shown, so that
-- nothing outlives its read.
CREATE TABLE custom_entry_past (
    entry BIGINT NOT NULL REFERENCES custom_entries (id),
    day BIGINT NOT NULL,
    read_id BIGINT NOT NULL CHECK (read_id > 0),
    PRIMARY KEY (entry, day, read_id)
) WITHOUT ROWID;

INSERT INTO counters (name, last) VALUES ('custom-entry', 0);

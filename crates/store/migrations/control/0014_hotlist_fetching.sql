-- Where each list's fetching stands. What a source called its state is worth nothing for another source.
CREATE TABLE hotlist_feeds (
    hotlist BIGINT PRIMARY KEY REFERENCES hotlists (id),
    source TEXT NOT NULL CHECK (length(source) > 0),
    etag TEXT,
    last_modified TEXT,
    sha256 BLOB CHECK (length(sha256) = 32),
    read_by TEXT NOT NULL,
    n_failed BIGINT NOT NULL CHECK (n_failed >= 0),
    failing_since BIGINT,
    worked_at BIGINT,
    next_at BIGINT,
    CHECK ((n_failed = 0) = (failing_since IS NULL))
);

-- What came of the last fetches.
CREATE TABLE hotlist_fetches (
    id BIGINT PRIMARY KEY,
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL CHECK (ended_at >= began_at),
    by_person BIGINT REFERENCES people (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('imported', 'waits', 'renewed', 'unchanged', 'nothing', 'tried', 'failed')),
    says TEXT NOT NULL,
    sha256 BLOB CHECK (length(sha256) = 32)
);
CREATE INDEX hotlist_fetches_by_hotlist ON hotlist_fetches (hotlist, id);

-- Messages of AMBER alerts (CAP 1.2). Their words go when they count no more; `names` are the messages that they are about.
CREATE TABLE amber_messages (
    id BIGINT PRIMARY KEY,
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    sender TEXT NOT NULL CHECK (length(sender) > 0),
    identifier TEXT NOT NULL CHECK (length(identifier) > 0),
    sent_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('Actual', 'Exercise', 'System', 'Test', 'Draft')),
    kind TEXT NOT NULL CHECK (kind IN ('Alert', 'Update', 'Cancel')),
    names TEXT NOT NULL,
    expires_at BIGINT,
    event TEXT NOT NULL,
    area TEXT NOT NULL,
    said TEXT
);
CREATE UNIQUE INDEX amber_messages_once ON amber_messages (hotlist, sender, identifier, sent_at);

-- Plates that a message seems to name, and what a person decided about each.
CREATE TABLE amber_plates (
    message BIGINT NOT NULL REFERENCES amber_messages (id),
    n BIGINT NOT NULL CHECK (n >= 1),
    proposed TEXT NOT NULL CHECK (length(proposed) > 0),
    origin TEXT NOT NULL CHECK (origin IN ('read', 'before', 'typed')),
    plate TEXT CHECK (length(plate) > 0),
    jurisdiction BIGINT CHECK (jurisdiction > 0),
    reason TEXT CHECK (length(reason) > 0),
    decided_by BIGINT REFERENCES people (id),
    decided_at BIGINT,
    PRIMARY KEY (message, n),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (plate IS NULL AND reason IS NULL)),
    CHECK (plate IS NULL OR reason IS NULL),
    CHECK (jurisdiction IS NULL OR plate IS NOT NULL)
) WITHOUT ROWID;

INSERT INTO counters (name, last) VALUES ('fetch', 0), ('amber', 0);

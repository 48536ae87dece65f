-- How a list's files are read, how far a new one may shrink, and how old it may become.
ALTER TABLE hotlists ADD COLUMN layout TEXT CHECK (length(layout) > 0);
ALTER TABLE hotlists ADD COLUMN drop_percent BIGINT NOT NULL DEFAULT 20 CHECK (drop_percent BETWEEN 0 AND 100);
ALTER TABLE hotlists ADD COLUMN stale_hours BIGINT CHECK (stale_hours > 0);
-- Rises with whatever changes what is matched.
ALTER TABLE hotlists ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- What a version holds (an incremental file brings less than that), and when its source last said that it still holds.
ALTER TABLE hotlist_versions ADD COLUMN n_entries BIGINT CHECK (n_entries >= 0);
ALTER TABLE hotlist_versions ADD COLUMN n_expired BIGINT NOT NULL DEFAULT 0 CHECK (n_expired >= 0);
ALTER TABLE hotlist_versions ADD COLUMN n_off BIGINT NOT NULL DEFAULT 0 CHECK (n_off >= 0);
ALTER TABLE hotlist_versions ADD COLUMN renewed_at BIGINT;
UPDATE hotlist_versions SET n_entries = n_taken, renewed_at = in_force_at;

-- The number of the entry's topic in its list, how loudly it is told, and when it counts.
ALTER TABLE entries ADD COLUMN topic BIGINT CHECK (topic > 0);
ALTER TABLE entries ADD COLUMN priority TEXT CHECK (priority IN ('high', 'normal', 'low'));
ALTER TABLE entries ADD COLUMN effective_at BIGINT;
ALTER TABLE entries ADD COLUMN expires_at BIGINT;

-- Topics of a list. One without a kind came from a file whose layout does not know it, and stays off.
CREATE TABLE hotlist_topics (
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    number BIGINT NOT NULL CHECK (number > 0),
    value TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT CHECK (length(kind) > 0),
    is_on BIGINT NOT NULL DEFAULT 0 CHECK (is_on IN (0, 1)),
    n_rows BIGINT NOT NULL DEFAULT 0 CHECK (n_rows >= 0),
    switched_at BIGINT,
    switched_by BIGINT REFERENCES people (id),
    PRIMARY KEY (hotlist, number),
    CHECK (is_on = 0 OR kind IS NOT NULL)
);
CREATE UNIQUE INDEX hotlist_topics_by_value ON hotlist_topics (hotlist, value);

-- Versions that shrink more than their list may: they stay ready until a person has decided.
CREATE TABLE hotlist_waits (
    version BIGINT PRIMARY KEY REFERENCES hotlist_versions (id),
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    n_before BIGINT NOT NULL CHECK (n_before >= 0),
    n_after BIGINT NOT NULL CHECK (n_after >= 0),
    since BIGINT NOT NULL,
    decided_at BIGINT CHECK (decided_at >= since),
    decided_by BIGINT REFERENCES people (id),
    accepted BIGINT CHECK (accepted IN (0, 1)),
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((decided_at IS NULL) = (accepted IS NULL)),
    CHECK (decided_by IS NULL OR length(reason) > 0)
);
CREATE UNIQUE INDEX hotlist_waits_open ON hotlist_waits (hotlist) WHERE decided_at IS NULL;

CREATE TABLE hotlists (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL CHECK (length(name) > 0),
    source TEXT NOT NULL,
    category TEXT NOT NULL CHECK (category IN (
        'amber-alert', 'missing-person', 'wanted-person', 'stolen-vehicle', 'stolen-plate', 'investigation'
    )),
    added_at BIGINT NOT NULL
);
CREATE INDEX hotlists_by_agency ON hotlists (agency);

-- importing -> ready -> in-force -> old; importing or ready -> abandoned; old or abandoned -> dropped (no entries left
-- but those that hits point at).
CREATE TABLE hotlist_versions (
    id BIGINT PRIMARY KEY,
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    state TEXT NOT NULL CHECK (state IN ('importing', 'ready', 'in-force', 'old', 'abandoned', 'dropped')),
    sha256 BLOB CHECK (length(sha256) = 32), -- of the whole file, known when it has been read
    file_name TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    in_force_at BIGINT,
    n_taken BIGINT CHECK (n_taken >= 0),
    n_refused BIGINT CHECK (n_refused >= 0),
    CHECK ((n_taken IS NULL) = (n_refused IS NULL)),
    CHECK ((n_taken IS NULL) = (sha256 IS NULL)),
    CHECK (state NOT IN ('ready', 'in-force', 'old') OR n_taken IS NOT NULL),
    CHECK (state NOT IN ('in-force', 'old') OR in_force_at IS NOT NULL)
);
CREATE UNIQUE INDEX hotlist_versions_in_force ON hotlist_versions (hotlist) WHERE state = 'in-force';
CREATE INDEX hotlist_versions_by_hotlist ON hotlist_versions (hotlist, id);

-- Up to ten million rows a version: the plate or pattern, who issued it, and the rest as one text, because it is looked
-- at only when a hit is.
CREATE TABLE entries (
    version BIGINT NOT NULL,
    line BIGINT NOT NULL CHECK (line >= 0),
    plate TEXT NOT NULL CHECK (length(plate) > 0),
    jurisdiction BIGINT CHECK (jurisdiction > 0),
    detail TEXT,
    PRIMARY KEY (version, line)
) WITHOUT ROWID;

CREATE TABLE refused_rows (
    version BIGINT NOT NULL,
    line BIGINT NOT NULL CHECK (line > 0),
    reason TEXT NOT NULL,
    PRIMARY KEY (version, line)
) WITHOUT ROWID;

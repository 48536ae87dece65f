-- What was done with a hit, one deed after the other. Rows are only ever added; `told` is the deed as JSON, `deed` its word.
CREATE TABLE hit_deeds (
    hit BIGINT NOT NULL REFERENCES hits (id),
    n BIGINT NOT NULL CHECK (n >= 1),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    at BIGINT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    deed TEXT NOT NULL CHECK (length(deed) > 0),
    told TEXT NOT NULL CHECK (length(told) > 0),
    PRIMARY KEY (hit, n)
) WITHOUT ROWID;

-- How far each hit has come, worked out from its deeds and written beside them. A hit without a row is unreviewed.
CREATE TABLE hit_lives (
    hit BIGINT PRIMARY KEY REFERENCES hits (id),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    stage TEXT NOT NULL CHECK (stage IN ('raised', 'taken', 'sent', 'stopped', 'rejected', 'closed')),
    holder BIGINT REFERENCES people (id),
    outcome TEXT CHECK (length(outcome) > 0),
    n_deeds BIGINT NOT NULL CHECK (n_deeds >= 1),
    escalated BIGINT NOT NULL CHECK (escalated IN (0, 1)),
    changed_at BIGINT NOT NULL,
    CHECK (stage <> 'taken' OR holder IS NOT NULL)
);

-- Stops of a vehicle that was not wanted (AUS-344.4g). `due_at` is the end of the officer's shift.
CREATE TABLE incidents (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    hit BIGINT NOT NULL REFERENCES hits (id),
    reported_by BIGINT NOT NULL REFERENCES people (id),
    reported_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    seen_by BIGINT REFERENCES people (id),
    seen_at BIGINT,
    closed_by BIGINT REFERENCES people (id),
    closed_at BIGINT,
    finding TEXT CHECK (length(finding) > 0),
    CHECK ((seen_by IS NULL) = (seen_at IS NULL)),
    CHECK ((closed_by IS NULL) = (closed_at IS NULL)),
    CHECK ((finding IS NULL) = (closed_at IS NULL)),
    CHECK (seen_by IS NULL OR seen_by <> reported_by),
    CHECK (closed_by IS NULL OR closed_by <> reported_by)
);
CREATE UNIQUE INDEX incidents_once ON incidents (hit);
CREATE INDEX incidents_by_agency ON incidents (agency, id);

-- Plates that an entry of a list stopped wrongly: the entry raises no more hits for them.
CREATE TABLE suppressed (
    agency BIGINT NOT NULL REFERENCES agencies (id),
    hotlist BIGINT NOT NULL REFERENCES hotlists (id),
    entry TEXT NOT NULL CHECK (length(entry) > 0),
    plate TEXT NOT NULL CHECK (length(plate) > 0),
    incident BIGINT NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (agency, hotlist, entry, plate)
) WITHOUT ROWID;

INSERT INTO counters (name, last) VALUES ('incident', 0);

-- Hits that have waited are looked for by when they were raised.
CREATE INDEX hits_by_raised ON hits (agency, raised_at);

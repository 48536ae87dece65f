-- Questions put to the state's system (AUS-344.3.2b2). Of an answer its digest is kept, never its text.
CREATE TABLE state_asks (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    hit BIGINT NOT NULL REFERENCES hits (id),
    system TEXT NOT NULL CHECK (length(system) > 0),
    reference TEXT NOT NULL CHECK (length(reference) > 0),
    asked_by BIGINT NOT NULL REFERENCES people (id),
    asked_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended_at BIGINT,
    answer TEXT CHECK (answer IN ('in-force', 'not-in-force')),
    state_reference TEXT,
    digest TEXT CHECK (length(digest) = 64),
    failure TEXT CHECK (failure IN ('unreachable', 'refused', 'unreadable', 'late')),
    CHECK (until > asked_at),
    CHECK ((answer IS NULL) = (digest IS NULL) AND (answer IS NULL) = (state_reference IS NULL)),
    CHECK ((ended_at IS NULL) = (answer IS NULL AND failure IS NULL)),
    CHECK (answer IS NULL OR failure IS NULL)
);
CREATE UNIQUE INDEX state_asks_once ON state_asks (agency, reference);
CREATE INDEX state_asks_by_hit ON state_asks (hit, id);
INSERT INTO counters (name, last) VALUES ('state-ask', 0);

-- The facts of stops (AUS-344.6b10 to 6b13), counted and never kept one by one: no hit, no read, no plate, nobody who entered
-- them, no moment but the quarter. A stop adds one to each table of counts that it is entered into
-- (docs/adr/0017-facts-of-stops-are-counts.md).
CREATE TABLE stop_facts (
    agency BIGINT NOT NULL REFERENCES agencies (id),
    quarter TEXT NOT NULL CHECK (length(quarter) = 7),
    subject TEXT NOT NULL CHECK (length(subject) > 0),
    first TEXT NOT NULL CHECK (length(first) > 0),
    second TEXT NOT NULL CHECK (length(second) > 0),
    n BIGINT NOT NULL CHECK (n > 0),
    PRIMARY KEY (agency, quarter, subject, first, second)
) WITHOUT ROWID;

-- That the facts of a hit's stop were entered, and nothing of what they are.
CREATE TABLE stop_facts_entered (
    hit BIGINT PRIMARY KEY REFERENCES hits (id),
    agency BIGINT NOT NULL REFERENCES agencies (id)
);
CREATE INDEX hit_deeds_by_word ON hit_deeds (agency, deed, at);

-- Which camera's read raised a hit: the read goes with its day, what became of the hit does not.
ALTER TABLE hits ADD COLUMN camera BIGINT;
-- Whether the alert was right, as far as people said so: worked out from the deeds and written beside them. Lives that were
-- written before this are counted as unreviewed until the next deed.
ALTER TABLE hit_lives ADD COLUMN finding TEXT;

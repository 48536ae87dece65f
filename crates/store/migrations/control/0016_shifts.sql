-- Shifts (TWF-401.4g): which units are on duty, who signed on as which, and who was signed on when a hit was raised.

-- The duty roster. A unit that was taken off it stays, with who did and when.
CREATE TABLE duties (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    unit TEXT NOT NULL CHECK (length(unit) > 0),
    person BIGINT REFERENCES people (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL CHECK (until_at > from_at),
    entered_by BIGINT NOT NULL REFERENCES people (id),
    entered_at BIGINT NOT NULL,
    removed_by BIGINT REFERENCES people (id),
    removed_at BIGINT,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
CREATE UNIQUE INDEX duties_once ON duties (agency, unit, from_at) WHERE removed_at IS NULL;
CREATE INDEX duties_by_time ON duties (agency, until_at);

-- Who signed on. `ends_by` is the end of the shift and the grace after it; `seen_at` is when the open page was last heard of.
CREATE TABLE sign_ons (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    person BIGINT NOT NULL REFERENCES people (id),
    unit TEXT NOT NULL CHECK (length(unit) > 0),
    camera BIGINT REFERENCES cameras (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL CHECK (until_at > from_at),
    ends_by BIGINT NOT NULL CHECK (ends_by >= until_at),
    seen_at BIGINT NOT NULL,
    ended_at BIGINT,
    ending TEXT CHECK (length(ending) > 0),
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE UNIQUE INDEX sign_ons_once ON sign_ons (person) WHERE ended_at IS NULL;
CREATE INDEX sign_ons_by_time ON sign_ons (agency, ends_by);

-- When the page of a sign-on was not heard of: from the last word of it to the next.
CREATE TABLE blind_spells (
    sign_on BIGINT NOT NULL REFERENCES sign_ons (id),
    since BIGINT NOT NULL,
    until_at BIGINT,
    PRIMARY KEY (sign_on, since)
) WITHOUT ROWID;

-- Who was signed on when a hit was raised: `[[sign-on, seen_at], …]`, written with the hit and never changed. `on_record` says
-- whether the ledger has it.
CREATE TABLE hit_watches (
    hit BIGINT PRIMARY KEY REFERENCES hits (id),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    on_watch TEXT NOT NULL CHECK (length(on_watch) > 0),
    on_record BIGINT NOT NULL CHECK (on_record IN (0, 1))
);
CREATE INDEX hit_watches_to_record ON hit_watches (agency, hit) WHERE on_record = 0;

-- Hits that were offered to somebody at a change of shifts and not accepted yet, worked out from their deeds.
CREATE TABLE hit_offers (
    hit BIGINT PRIMARY KEY REFERENCES hits (id),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    to_person BIGINT NOT NULL REFERENCES people (id)
);
CREATE INDEX hit_offers_by_person ON hit_offers (agency, to_person);

INSERT INTO counters (name, last) VALUES ('duty', 0), ('sign-on', 0);

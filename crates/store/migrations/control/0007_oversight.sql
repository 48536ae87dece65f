-- What auditors search: a row for each act and event of a log. Made from the log and from the clear text beside it, and
-- can be made again from them; `audit_indexed` says how far it has come. Codes are keyed digests: who reads this table
-- alone learns neither a case number nor an address from them.
CREATE TABLE audit_indexed (
    log BIGINT PRIMARY KEY REFERENCES ledger_logs (log),
    next BIGINT NOT NULL CHECK (next >= 0)
);

CREATE TABLE audit_index (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    leaf BIGINT NOT NULL CHECK (leaf >= 0),
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('begin', 'event')),
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    session TEXT NOT NULL,
    purpose TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('', 'permit', 'refuse')),
    reasons TEXT NOT NULL,
    case_code BLOB CHECK (length(case_code) = 16),
    address_code BLOB CHECK (length(address_code) = 16),
    ended BIGINT,
    outcome TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (log, leaf)
) WITHOUT ROWID;
CREATE INDEX audit_index_by_actor ON audit_index (log, actor, day);
CREATE INDEX audit_index_by_day ON audit_index (log, day);
CREATE INDEX audit_index_by_action ON audit_index (log, action, at);
CREATE INDEX audit_index_by_case ON audit_index (log, case_code) WHERE case_code IS NOT NULL;

-- Which acts showed which plate, by the plate's code. Goes with the reads, as the clear text does.
CREATE TABLE audit_plates (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    code BLOB NOT NULL CHECK (length(code) = 16),
    leaf BIGINT NOT NULL,
    said_in BIGINT NOT NULL,
    goes_at BIGINT,
    PRIMARY KEY (log, code, leaf, said_in)
) WITHOUT ROWID;
CREATE INDEX audit_plates_going ON audit_plates (goes_at) WHERE goes_at IS NOT NULL;

-- What auditors have to look into. Rows are closed by a finding and never deleted. While one is open, what happens again
-- on its day joins it.
CREATE TABLE reviews (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    subject BIGINT NOT NULL REFERENCES people (id),
    cause TEXT NOT NULL CHECK (length(cause) > 0),
    day BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_by BIGINT REFERENCES people (id),
    closed_at BIGINT,
    finding TEXT CHECK (length(finding) > 0),
    finding_text TEXT CHECK (length(finding_text) > 0),
    CHECK ((closed_at IS NULL) = (finding IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (finding_text IS NULL)),
    CHECK (closed_by IS NULL OR closed_by <> subject)
);
CREATE UNIQUE INDEX reviews_open ON reviews (agency, subject, cause, day) WHERE closed_at IS NULL AND cause <> 'misuse-report';
CREATE INDEX reviews_by_agency ON reviews (agency, id);

CREATE TABLE review_leaves (
    review BIGINT NOT NULL REFERENCES reviews (id),
    leaf BIGINT NOT NULL,
    PRIMARY KEY (review, leaf)
) WITHOUT ROWID;

CREATE TABLE review_notes (
    id BIGINT PRIMARY KEY,
    review BIGINT NOT NULL REFERENCES reviews (id),
    at BIGINT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    note TEXT NOT NULL CHECK (length(note) > 0)
);
CREATE INDEX review_notes_by_review ON review_notes (review, id);

-- Reports of misuse: about somebody of the agency or about another agency.
CREATE TABLE misuse_reports (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    reporter BIGINT NOT NULL REFERENCES people (id),
    about_person BIGINT REFERENCES people (id),
    about_agency TEXT CHECK (length(about_agency) > 0),
    told TEXT NOT NULL CHECK (length(told) > 0),
    filed_at BIGINT NOT NULL,
    review BIGINT REFERENCES reviews (id),
    investigator BIGINT REFERENCES people (id),
    investigated_at BIGINT,
    closed_by BIGINT REFERENCES people (id),
    closed_at BIGINT,
    finding TEXT,
    finding_text TEXT CHECK (length(finding_text) > 0),
    sharing TEXT,
    sharing_why TEXT CHECK (length(sharing_why) > 0),
    sharing_by BIGINT REFERENCES people (id),
    sharing_at BIGINT,
    CHECK ((about_person IS NULL) <> (about_agency IS NULL)),
    CHECK ((about_person IS NULL) = (review IS NULL)),
    CHECK ((investigator IS NULL) = (investigated_at IS NULL)),
    CHECK (investigator IS NULL OR about_person IS NULL OR investigator <> about_person),
    CHECK ((closed_at IS NULL) = (finding IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (finding_text IS NULL)),
    CHECK (closed_at IS NULL OR investigated_at IS NOT NULL),
    CHECK (closed_by IS NULL OR about_person IS NULL OR closed_by <> about_person),
    CHECK ((sharing IS NULL) = (sharing_why IS NULL)),
    CHECK ((sharing IS NULL) = (sharing_by IS NULL)),
    CHECK ((sharing IS NULL) = (sharing_at IS NULL)),
    CHECK (sharing IS NULL OR about_agency IS NOT NULL)
);
CREATE INDEX misuse_reports_by_agency ON misuse_reports (agency, id);

-- The trail that was attached when an investigation began: records of the agency's log.
CREATE TABLE misuse_trail (
    report BIGINT NOT NULL REFERENCES misuse_reports (id),
    leaf BIGINT NOT NULL,
    PRIMARY KEY (report, leaf)
) WITHOUT ROWID;

-- Who signed off which week, by its Monday.
CREATE TABLE week_reviews (
    agency BIGINT NOT NULL REFERENCES agencies (id),
    week BIGINT NOT NULL,
    reviewer BIGINT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    note TEXT NOT NULL CHECK (length(note) > 0),
    PRIMARY KEY (agency, week, reviewer)
) WITHOUT ROWID;

INSERT INTO counters (name, last) VALUES ('review', 0), ('review-note', 0), ('report', 0);

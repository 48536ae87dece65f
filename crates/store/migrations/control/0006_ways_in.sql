-- As whom an agency's own provider knows somebody: a subject is one person's, and a person has one with each issuer.
CREATE TABLE provider_subjects (
    issuer TEXT NOT NULL CHECK (length(issuer) > 0),
    subject TEXT NOT NULL CHECK (length(subject) > 0),
    person BIGINT NOT NULL REFERENCES people (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE UNIQUE INDEX provider_subjects_by_person ON provider_subjects (person, issuer);

-- A role that somebody has by a group of the agency's provider: it ends when the group is gone.
ALTER TABLE grants ADD COLUMN by_provider BIGINT NOT NULL DEFAULT 0 CHECK (by_provider IN (0, 1));

-- With which machines ask in a person's name: only digests. `scopes` is a list of actions' words with spaces between.
CREATE TABLE tokens (
    id BIGINT PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    person BIGINT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL CHECK (length(name) > 0),
    shown TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL CHECK (expires_at > made_at),
    revoked_at BIGINT,
    last_used_at BIGINT,
    work TEXT
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);
CREATE INDEX tokens_by_person ON tokens (person);

-- The browsers with which somebody signed in, by the digest of a cookie that they keep.
CREATE TABLE devices (
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    person BIGINT NOT NULL REFERENCES people (id),
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (hash, person)
) WITHOUT ROWID;

-- Who signed in when, from where and how: what somebody who watches over sign-ins reads each day.
CREATE TABLE sign_ins (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    person BIGINT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    way TEXT NOT NULL CHECK (length(way) > 0),
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    is_new_device BIGINT NOT NULL CHECK (is_new_device IN (0, 1)),
    is_new_address BIGINT NOT NULL CHECK (is_new_address IN (0, 1))
);
CREATE INDEX sign_ins_by_agency ON sign_ins (agency, at);
CREATE INDEX sign_ins_by_person ON sign_ins (person, address);

-- Strangers' steps are bounded in number: the newest are kept.
CREATE INDEX steps_by_expiry ON steps (expires_at);

INSERT INTO counters (name, last) VALUES ('token', 0), ('sign-in', 0);

-- People. A row is never deleted and a login never given again, so that a name in an old record stays one person's
-- (CJIS IA-4 asks for a year).
CREATE TABLE people (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    login TEXT NOT NULL CHECK (length(login) BETWEEN 2 AND 64),
    name TEXT NOT NULL CHECK (length(name) > 0),
    email TEXT NOT NULL,
    is_outside BIGINT NOT NULL CHECK (is_outside IN (0, 1)),
    ends_at BIGINT,
    added_at BIGINT NOT NULL,
    added_by BIGINT REFERENCES people (id),
    enrolled_at BIGINT,
    last_used_at BIGINT,
    disabled_at BIGINT,
    disabled_why TEXT,
    reviewed_at BIGINT,
    CHECK ((disabled_at IS NULL) = (disabled_why IS NULL))
);
CREATE UNIQUE INDEX people_by_login ON people (login);
CREATE INDEX people_by_agency ON people (agency);

-- `guard` counts failures (CJIS AC-7); `locked_at` says the same for lists: until an administrator releases it.
CREATE TABLE passwords (
    person BIGINT PRIMARY KEY REFERENCES people (id),
    phc TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    guard TEXT NOT NULL,
    locked_at BIGINT
);

-- Sealed under the server's key. `last_step`: a code counts once.
CREATE TABLE authenticators (
    person BIGINT PRIMARY KEY REFERENCES people (id),
    secret BLOB NOT NULL,
    last_step BIGINT NOT NULL CHECK (last_step >= 0),
    added_at BIGINT NOT NULL
);

CREATE TABLE passkeys (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES people (id),
    credential BLOB NOT NULL,
    passkey TEXT NOT NULL,
    label TEXT NOT NULL CHECK (length(label) > 0),
    added_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential);
CREATE INDEX passkeys_by_person ON passkeys (person);

CREATE TABLE recovery_codes (
    person BIGINT NOT NULL REFERENCES people (id),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    used_at BIGINT,
    PRIMARY KEY (person, hash)
) WITHOUT ROWID;

-- Only digests: an invitation or a session cannot be used by who reads these tables.
CREATE TABLE invitations (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    person BIGINT NOT NULL REFERENCES people (id),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- A sign-in or an enrolment between its steps: `state` is what the step before left, sealed under the server's key.
CREATE TABLE steps (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    person BIGINT REFERENCES people (id),
    step TEXT NOT NULL CHECK (length(step) > 0),
    state BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A role that a person holds or is to hold. A privileged one counts once somebody else has approved it.
CREATE TABLE grants (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL CHECK (length(role) > 0),
    reason TEXT NOT NULL CHECK (length(reason) > 0),
    given_by BIGINT REFERENCES people (id),
    given_at BIGINT NOT NULL,
    approved_by BIGINT REFERENCES people (id),
    approved_at BIGINT,
    ends_at BIGINT,
    ended_by BIGINT REFERENCES people (id),
    ended_at BIGINT,
    CHECK (approved_at IS NULL OR approved_at >= given_at)
);
CREATE INDEX grants_by_person ON grants (person);

ALTER TABLE agencies ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'Etc/UTC';

DROP TABLE sign_in_links;
DROP TABLE sessions;
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    person BIGINT NOT NULL REFERENCES people (id),
    begun_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL CHECK (expires_at > begun_at),
    authenticated_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    work TEXT
);
CREATE INDEX sessions_by_person ON sessions (person);

-- Who completed which course on which day, as the trainer recorded it.
CREATE TABLE completions (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES people (id),
    course TEXT NOT NULL CHECK (length(course) > 0),
    day BIGINT NOT NULL,
    topics TEXT NOT NULL,
    recorded_by BIGINT REFERENCES people (id),
    recorded_at BIGINT NOT NULL,
    withdrawn_by BIGINT REFERENCES people (id),
    withdrawn_at BIGINT
);
CREATE INDEX completions_by_person ON completions (person, course);

-- An agency's policy, as it was proposed, approved and put in force. The newest approved one whose day has come decides.
CREATE TABLE bundles (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    files TEXT NOT NULL,
    proposed_by BIGINT REFERENCES people (id),
    proposed_at BIGINT NOT NULL,
    approved_by BIGINT REFERENCES people (id),
    approved_at BIGINT,
    effective_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX bundles_by_agency ON bundles (agency, id);

INSERT INTO counters (name, last)
VALUES ('person', 0), ('passkey', 0), ('grant', 0), ('completion', 0), ('bundle', 0);

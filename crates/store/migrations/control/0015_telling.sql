-- How far an agency's hits have been told: those after `hit` are still to be. What is there already is told of no more.
CREATE TABLE told_marks (
    agency BIGINT PRIMARY KEY REFERENCES agencies (id),
    hit BIGINT NOT NULL
);
INSERT INTO told_marks (agency, hit) SELECT agency, max(id) FROM hits GROUP BY agency;

-- Hits of one plate and one entry that followed each other closely. `code` is a keyed digest of both, and is forgotten when no
-- hit can join any more: reads are deleted on time, and so is what could tell which plate it was.
CREATE TABLE hit_groups (
    first_hit BIGINT PRIMARY KEY REFERENCES hits (id),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    code BLOB CHECK (length(code) = 16),
    n_hits BIGINT NOT NULL CHECK (n_hits >= 1),
    last_hit BIGINT NOT NULL REFERENCES hits (id),
    last_at BIGINT NOT NULL,
    last_camera BIGINT NOT NULL REFERENCES cameras (id),
    CHECK (last_hit >= first_hit)
);
CREATE INDEX hit_groups_by_code ON hit_groups (agency, code, first_hit) WHERE code IS NOT NULL;
CREATE INDEX hit_groups_to_forget ON hit_groups (last_at) WHERE code IS NOT NULL;

-- Hits that are repeats. `moved`: read by another camera than the one before it.
CREATE TABLE hit_repeats (
    hit BIGINT PRIMARY KEY REFERENCES hits (id),
    first_hit BIGINT NOT NULL REFERENCES hit_groups (first_hit),
    moved BIGINT NOT NULL CHECK (moved IN (0, 1)),
    CHECK (hit > first_hit)
);
CREATE INDEX hit_repeats_by_first ON hit_repeats (first_hit, hit);

-- What leads from outside to a hit: it says nothing of it, and opens nothing without signing in.
CREATE TABLE hit_links (
    hit BIGINT PRIMARY KEY REFERENCES hits (id),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    code TEXT NOT NULL CHECK (length(code) = 22)
);
CREATE UNIQUE INDEX hit_links_by_code ON hit_links (code);

-- Of which hits somebody wants to be told, as JSON.
CREATE TABLE telling_wishes (
    person BIGINT PRIMARY KEY REFERENCES people (id),
    agency BIGINT NOT NULL REFERENCES agencies (id),
    wishes TEXT NOT NULL CHECK (length(wishes) > 0)
);
CREATE INDEX telling_wishes_by_agency ON telling_wishes (agency);

-- Devices that take push messages. Address and keys are sealed; `digest` of the address tells whether it is there already.
CREATE TABLE push_devices (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    person BIGINT NOT NULL REFERENCES people (id),
    label TEXT NOT NULL CHECK (length(label) > 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    sealed BLOB NOT NULL,
    added_at BIGINT NOT NULL,
    last_taken_at BIGINT,
    ended_at BIGINT,
    ended_why TEXT CHECK (ended_why IN ('removed', 'gone')),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX push_devices_once ON push_devices (digest) WHERE ended_at IS NULL;
CREATE INDEX push_devices_by_agency ON push_devices (agency, person);

-- Programs that are told. The secret is sealed, and was shown once.
CREATE TABLE webhooks (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL CHECK (length(name) > 0),
    url TEXT NOT NULL CHECK (length(url) > 0),
    at_least TEXT NOT NULL CHECK (at_least IN ('low', 'normal', 'high')),
    sealed BLOB NOT NULL,
    added_by BIGINT NOT NULL REFERENCES people (id),
    added_at BIGINT NOT NULL,
    ended_by BIGINT REFERENCES people (id),
    ended_at BIGINT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX webhooks_by_agency ON webhooks (agency, id);

-- When hits are not told: to one person, or, without one, to nobody of the agency. `rule` is JSON.
CREATE TABLE quiet_rules (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    person BIGINT REFERENCES people (id),
    rule TEXT NOT NULL CHECK (length(rule) > 0),
    added_by BIGINT NOT NULL REFERENCES people (id),
    added_at BIGINT NOT NULL,
    ended_by BIGINT REFERENCES people (id),
    ended_at BIGINT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX quiet_rules_by_agency ON quiet_rules (agency, id) WHERE ended_at IS NULL;

-- The telling of a hit to one device, person or program; without a hit it is a test. `uid` is what the receiver knows it by.
-- Of a mail, how far it has come stands with the mail. `tried_from`: since when it is tried, anew when somebody has it sent again.
CREATE TABLE tellings (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    uid TEXT NOT NULL CHECK (length(uid) > 0),
    channel TEXT NOT NULL CHECK (channel IN ('push', 'mail', 'webhook')),
    hit BIGINT REFERENCES hits (id),
    about BIGINT REFERENCES hits (id),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high')),
    category TEXT,
    person BIGINT REFERENCES people (id),
    device BIGINT REFERENCES push_devices (id),
    webhook BIGINT REFERENCES webhooks (id),
    mail BIGINT REFERENCES mails (id),
    made_at BIGINT NOT NULL,
    tried_from BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'quiet', 'given-up', 'mailed')),
    next_try_at BIGINT,
    n_tries BIGINT NOT NULL,
    status BIGINT,
    trouble TEXT NOT NULL,
    done_at BIGINT,
    CHECK ((state = 'waiting') = (next_try_at IS NOT NULL)),
    CHECK ((hit IS NULL) = (about IS NULL)),
    CHECK ((channel = 'push') = (device IS NOT NULL)),
    CHECK ((channel = 'webhook') = (webhook IS NOT NULL)),
    CHECK ((state = 'mailed') = (mail IS NOT NULL))
);
CREATE UNIQUE INDEX tellings_by_uid ON tellings (uid);
CREATE UNIQUE INDEX tellings_once_device ON tellings (hit, device) WHERE hit IS NOT NULL AND device IS NOT NULL;
CREATE UNIQUE INDEX tellings_once_webhook ON tellings (hit, webhook) WHERE hit IS NOT NULL AND webhook IS NOT NULL;
CREATE UNIQUE INDEX tellings_once_mail ON tellings (hit, person) WHERE hit IS NOT NULL AND channel = 'mail';
CREATE INDEX tellings_that_wait ON tellings (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX tellings_by_agency ON tellings (agency, id);

INSERT INTO counters (name, last) VALUES ('push-device', 0), ('webhook', 0), ('quiet-rule', 0), ('telling', 0);

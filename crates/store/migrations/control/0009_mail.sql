-- Mail that waits to be sent, or was. `once` says what it is about, so that nobody is told the same thing twice.
CREATE TABLE mails (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    person BIGINT NOT NULL REFERENCES people (id),
    once TEXT NOT NULL CHECK (length(once) > 0),
    subject TEXT NOT NULL CHECK (length(subject) > 0),
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    next_try_at BIGINT,
    n_tries BIGINT NOT NULL,
    sent_at BIGINT,
    trouble TEXT NOT NULL,
    CHECK (sent_at IS NULL OR next_try_at IS NULL)
);
CREATE UNIQUE INDEX mails_once ON mails (agency, once);
CREATE INDEX mails_that_wait ON mails (next_try_at) WHERE next_try_at IS NOT NULL;

-- When a disabled account was enabled again: from then on its disuse is counted anew (CJIS AC-2(3)).
ALTER TABLE people ADD COLUMN enabled_at BIGINT;

INSERT INTO counters (name, last) VALUES ('mail', 0);

-- Why a policy was proposed, which one it replaces, whether the change touches privacy, and who withdrew it.
ALTER TABLE bundles ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE bundles ADD COLUMN replaces BIGINT REFERENCES bundles (id);
ALTER TABLE bundles ADD COLUMN touches_privacy BIGINT NOT NULL DEFAULT 0 CHECK (touches_privacy IN (0, 1));
ALTER TABLE bundles ADD COLUMN withdrawn_by BIGINT REFERENCES people (id);

-- A look that could not wait for its case number, and by when the number has to follow. The number and the reason are in the
-- ledger, and not here.
CREATE TABLE exigent_looks (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    person BIGINT NOT NULL REFERENCES people (id),
    purpose TEXT NOT NULL CHECK (length(purpose) > 0),
    stated_at BIGINT NOT NULL,
    looked_at BIGINT NOT NULL CHECK (looked_at >= stated_at),
    due_at BIGINT NOT NULL CHECK (due_at > looked_at),
    leaf BIGINT NOT NULL CHECK (leaf >= 0),
    completed_at BIGINT CHECK (completed_at >= looked_at),
    released_by BIGINT REFERENCES people (id),
    released_at BIGINT CHECK (released_at >= completed_at),
    UNIQUE (person, stated_at)
);
CREATE INDEX exigent_looks_by_agency ON exigent_looks (agency, due_at);

INSERT INTO counters (name, last) VALUES ('exigent', 0);

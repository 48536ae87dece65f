-- One log for each agency and one for the server, which is log 0. `size` rises in the transaction that appends: two who
-- append wait for each other here, and a leaf's number is its place in the tree.
CREATE TABLE ledger_logs (
    log BIGINT PRIMARY KEY CHECK (log >= 0),
    origin TEXT NOT NULL CHECK (length(origin) > 0),
    size BIGINT NOT NULL CHECK (size >= 0),
    begun_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ledger_logs_by_origin ON ledger_logs (origin);

CREATE TABLE ledger_entries (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    leaf BIGINT NOT NULL CHECK (leaf >= 0),
    entry BLOB NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535),
    PRIMARY KEY (log, leaf)
) WITHOUT ROWID;

-- Hashes in tiles of 256, as C2SP tlog-tiles cuts them. The last tile of a level grows until it is whole.
CREATE TABLE ledger_tiles (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 7),
    tile BIGINT NOT NULL CHECK (tile >= 0),
    hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192),
    PRIMARY KEY (log, level, tile)
) WITHOUT ROWID;

-- The clear text of what a leaf seals. A row may be deleted; the tree stays as valid as it was.
CREATE TABLE ledger_clear (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    leaf BIGINT NOT NULL,
    field TEXT NOT NULL CHECK (length(field) > 0),
    disclosure TEXT NOT NULL,
    goes_at BIGINT,
    PRIMARY KEY (log, leaf, field)
) WITHOUT ROWID;
CREATE INDEX ledger_clear_going ON ledger_clear (goes_at) WHERE goes_at IS NOT NULL;

-- The ids of what an act touched, and the key that salts their records: the leaf holds only their number and root.
CREATE TABLE ledger_things (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    leaf BIGINT NOT NULL,
    salter BLOB NOT NULL CHECK (length(salter) = 32),
    things TEXT NOT NULL,
    goes_at BIGINT,
    PRIMARY KEY (log, leaf)
) WITHOUT ROWID;
CREATE INDEX ledger_things_going ON ledger_things (goes_at) WHERE goes_at IS NOT NULL;

-- Acts that have begun and not been completed.
CREATE TABLE ledger_begun (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    leaf BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    PRIMARY KEY (log, leaf)
) WITHOUT ROWID;

-- Which leaf holds which reads: one row for each batch.
CREATE TABLE ledger_batches (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    day BIGINT NOT NULL,
    late BIGINT NOT NULL CHECK (late IN (0, 1)),
    first_read BIGINT NOT NULL,
    last_read BIGINT NOT NULL CHECK (last_read >= first_read),
    leaf BIGINT NOT NULL,
    PRIMARY KEY (log, day, late, first_read)
) WITHOUT ROWID;

-- Every checkpoint that was published, with the cosignatures it had by then.
CREATE TABLE ledger_checkpoints (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    size BIGINT NOT NULL CHECK (size >= 0),
    signed_at BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (log, size)
) WITHOUT ROWID;

-- How far each witness has cosigned.
CREATE TABLE ledger_witnesses (
    log BIGINT NOT NULL REFERENCES ledger_logs (log),
    witness TEXT NOT NULL CHECK (length(witness) > 0),
    size BIGINT NOT NULL CHECK (size >= 0),
    cosigned_at BIGINT,
    asked_at BIGINT NOT NULL,
    trouble TEXT,
    PRIMARY KEY (log, witness)
) WITHOUT ROWID;

-- A batch's leaf of the ledger is journalled beside its hits.
CREATE TABLE journal_with_leaves (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    kind TEXT NOT NULL CHECK (kind IN ('hit', 'leaf')),
    body TEXT NOT NULL
);
INSERT INTO journal_with_leaves (seq, kind, body) SELECT seq, kind, body FROM journal;
DROP TABLE journal;
ALTER TABLE journal_with_leaves RENAME TO journal;

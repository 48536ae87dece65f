-- A batch's leaf of the ledger is journalled beside its hits.
ALTER TABLE journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE journal ADD CONSTRAINT journal_kind_check CHECK (kind IN ('hit', 'leaf'));

-- What an audit of the state topics reads again can be bounded: by what the cursor had seen when it began.

ALTER TABLE outbox_cursor ADD COLUMN audited_since pg_snapshot;

COMMENT ON COLUMN outbox_cursor.audited_since IS
  'the snapshot that was published for certain when the audit in `auditing` began';

-- An audit of the state topics may outlive its leader: what the next one needs to go on with it.

ALTER TABLE outbox_cursor ADD COLUMN auditing jsonb;

COMMENT ON COLUMN outbox_cursor.auditing IS
  'where an audit of the state topics that is not over has begun, by partition: {"topic/partition": offset}';

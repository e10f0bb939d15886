-- 0001 describes outbox_cursor.acked as nested; what the relay writes, and has always written, is flat.

COMMENT ON COLUMN outbox_cursor.acked IS
  'last offset that Kafka acknowledged, by partition: {"topic/partition": offset}; emptied when everything is sent again';

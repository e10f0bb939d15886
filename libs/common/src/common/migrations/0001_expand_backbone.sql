-- What every service has beside its own tables: the outbox and its cursor, kept answers, offsets, parked records.

-- Facts wait here, in the transaction that made them true.  Append only; partitions of six hours, dropped after 48 h.
CREATE TABLE outbox (
  seq         bigint      GENERATED ALWAYS AS IDENTITY (CACHE 1),     -- CACHE 1 is the order inside an aggregate
  xid         xid8        NOT NULL DEFAULT pg_current_xact_id(),      -- top-level id, also inside savepoints
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),         -- = ce_time, and the partition key
  event_id    uuid        NOT NULL,
  topic       text        NOT NULL,
  key         text        NOT NULL,
  version     integer     NOT NULL,
  type        text        NOT NULL,
  traceparent text,
  value       bytea,                                                  -- final bytes; NULL is a tombstone
  CHECK (octet_length(value) <= 900000)                               -- too large for the broker is refused at the source
) PARTITION BY RANGE (at);
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
CREATE INDEX ON outbox (xid, seq);
CREATE INDEX ON outbox (seq);

CREATE TABLE outbox_cursor (
  relay      text        PRIMARY KEY,
  epoch      bigint      NOT NULL,           -- fencing token: one more at each change of leader
  db_epoch   integer     NOT NULL,           -- = ce_aggepoch: one more when a restored database is found
  s1         pg_snapshot NOT NULL,           -- everything visible in it is published
  s2         pg_snapshot,                    -- set while a large difference is drained
  last_seq   bigint,
  acked      jsonb       NOT NULL,           -- {topic: {partition: last acknowledged Kafka offset}}
  signed_off boolean     NOT NULL,
  system_id  bigint      NOT NULL,           -- of the PostgreSQL that wrote s1
  timeline   integer     NOT NULL,
  updated_at timestamptz NOT NULL
);

-- The same key, the same answer: written in the statement that made the change.  Kept 48 h.
CREATE TABLE idempotency (
  client_id   text        NOT NULL,
  key         text        NOT NULL,
  fingerprint bytea       NOT NULL,          -- SHA-256 of method, path, body and client
  status      integer     NOT NULL,
  version     integer     NOT NULL,
  location    text,
  body        bytea       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (client_id, key)
);
CREATE INDEX ON idempotency (created_at);

-- The database row is the truth about what was consumed; the broker's own offset is a hint for its tools.
CREATE TABLE consumer_offset (
  grp         text        NOT NULL,
  topic       text        NOT NULL,
  part        integer     NOT NULL,
  next_offset bigint      NOT NULL,
  recorded_at timestamptz,                   -- ce_time of the last applied record: lag in seconds
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (grp, topic, part)
);

-- A record that cannot be applied waits here, and its key's later records behind it, in order.
CREATE TABLE parked_key (
  grp       text        NOT NULL,
  topic     text        NOT NULL,
  key       text        NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (grp, topic, key)
);
CREATE TABLE parked_event (
  grp       text        NOT NULL,
  topic     text        NOT NULL,
  part      integer     NOT NULL,
  "offset"  bigint      NOT NULL,
  key       text        NOT NULL,
  headers   jsonb       NOT NULL,
  value     bytea,
  error     text        NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (grp, topic, part, "offset")
);
CREATE INDEX ON parked_event (grp, topic, key, part, "offset");

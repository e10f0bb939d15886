-- A row that an operator has taken out of the relay's way: never sent while it stands here.  See common.operations.

CREATE TABLE outbox_parked (
  seq         bigint      PRIMARY KEY,         -- = outbox.seq; the row itself goes with its partition after 48 h
  at          timestamptz NOT NULL,
  event_id    uuid        NOT NULL,
  topic       text        NOT NULL,
  key         text        NOT NULL,
  version     integer     NOT NULL,
  type        text        NOT NULL,
  traceparent text,
  value       bytea,
  reason      text        NOT NULL,
  who         text        NOT NULL,
  parked_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

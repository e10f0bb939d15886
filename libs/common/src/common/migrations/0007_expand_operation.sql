-- What operators did to the backbone: one line each, written in the transaction that did it.

CREATE TABLE operation (
  id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  who       text        NOT NULL,
  command   text        NOT NULL,              -- 'redrive', 'rewind', …
  arguments jsonb       NOT NULL,
  outcome   text,                              -- null while a worker has yet to do it
  ended_at  timestamptz
);

-- Set by a redrive: the worker applies the key's parked records in order, and frees it.
ALTER TABLE parked_key ADD COLUMN operation_id bigint;

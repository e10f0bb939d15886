-- Whether the figures are true: what their owners said they held, what was compared with it, and what came of it.

-- What a record's contributions must add up to, as it was counted; NULL was counted before this migration.
ALTER TABLE record ADD COLUMN parts integer, ADD COLUMN total bigint;

-- Where names were heard, so that what was heard beyond a checkpoint can be told from what it must hold.
ALTER TABLE known_territory ADD COLUMN part integer, ADD COLUMN "offset" bigint;
ALTER TABLE known_organisation ADD COLUMN part integer, ADD COLUMN "offset" bigint;
ALTER TABLE known_coordination ADD COLUMN part integer, ADD COLUMN "offset" bigint;

-- The newest checkpoint of each service; compared once everything before its ends has been heard.
CREATE TABLE checkpoint (
  service     text        PRIMARY KEY,
  at          timestamptz NOT NULL,
  ends        jsonb       NOT NULL,                       -- {"topic/partition": next offset}
  digests     jsonb       NOT NULL,
  compared_at timestamptz
);

-- One of 256 parts of an aggregate's ids: when it was last compared, and what was said to its owner.
CREATE TABLE bucket (
  id          uuid        PRIMARY KEY,
  service     text        NOT NULL,
  aggregate   text        NOT NULL,
  number      integer     NOT NULL,
  compared_at timestamptz,
  passed_over integer     NOT NULL DEFAULT 0,             -- checkpoints since then
  differed_at timestamptz,                                -- differs since; NULL does not differ
  told_at     timestamptz,                                -- its owner was told, and it has not been equal since
  version     integer     NOT NULL DEFAULT 0,             -- of what is announced of it
  doc         text,
  UNIQUE (aggregate, number)
);

-- What each comparison came to.
CREATE TABLE reconciliation (
  id            uuid        PRIMARY KEY,                  -- in the order of time
  scope         text        NOT NULL,                     -- internal, or the service compared with
  at            timestamptz NOT NULL,
  checkpoint_at timestamptz,
  differing     integer     NOT NULL,
  doc           text        NOT NULL                      -- as the API shows it
);
CREATE INDEX ON reconciliation (scope, id);

ALTER TABLE checkpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE checkpoint FORCE ROW LEVEL SECURITY;
ALTER TABLE bucket ENABLE ROW LEVEL SECURITY;
ALTER TABLE bucket FORCE ROW LEVEL SECURITY;
ALTER TABLE reconciliation ENABLE ROW LEVEL SECURITY;
ALTER TABLE reconciliation FORCE ROW LEVEL SECURITY;

CREATE POLICY written ON checkpoint USING ((SELECT house_asks()));
CREATE POLICY seen ON checkpoint FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY written ON bucket USING ((SELECT house_asks()));
CREATE POLICY written ON reconciliation USING ((SELECT house_asks()));
CREATE POLICY seen ON reconciliation FOR SELECT USING ((SELECT somebody_asks()));

-- Which facts there were of each aggregate that is counted, and where they stand: what a figure is traced back to.
CREATE TABLE fact (
  kind        text        NOT NULL,
  id          uuid        NOT NULL,
  epoch       integer     NOT NULL,
  version     integer     NOT NULL,
  type        text        NOT NULL,
  topic       text        NOT NULL,
  part        integer     NOT NULL,
  "offset"    bigint      NOT NULL,
  event_id    text        NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (kind, id, epoch, version)
);

ALTER TABLE fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE fact FORCE ROW LEVEL SECURITY;

-- Whoever sees a contribution of an aggregate sees what happened to it.
CREATE POLICY written ON fact USING ((SELECT house_asks()));
CREATE POLICY seen ON fact FOR SELECT
  USING (EXISTS (SELECT FROM contribution WHERE contribution.kind = fact.kind AND contribution.id = fact.id));

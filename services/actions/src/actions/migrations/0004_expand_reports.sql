-- Reports, one a project, with all their editions; the last one is in force.
CREATE TABLE report (
  id              uuid        PRIMARY KEY,
  version         integer     NOT NULL CHECK (version > 0),
  changed_at      timestamptz NOT NULL,
  state           text        NOT NULL,
  project_id      uuid        NOT NULL UNIQUE REFERENCES project,
  project_state   text        NOT NULL,
  campaign_id     uuid        NOT NULL,
  campaign_year   integer     NOT NULL,
  campaign_on     date        NOT NULL,
  zone            text        NOT NULL,
  coordination_id uuid        NOT NULL,
  holder_id       uuid        NOT NULL,
  region          text        NOT NULL,
  department      text        NOT NULL,
  municipalities  text[]      NOT NULL,
  departments     text[]      NOT NULL,
  regions         text[]      NOT NULL,
  parties         uuid[]      NOT NULL,
  editions        jsonb       NOT NULL,
  validated_at    timestamptz,
  doc             text        NOT NULL
);
ALTER TABLE report ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON report (coordination_id, id);

ALTER TABLE report ENABLE ROW LEVEL SECURITY;
ALTER TABLE report FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON report USING (sees(coordination_id, holder_id, parties, municipalities, departments, project_state));

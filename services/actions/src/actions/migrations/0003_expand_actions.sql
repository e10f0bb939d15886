-- Actions with all their parts.  `project_state` and `project_parties` are the project's, written with it: who sees an
-- action is read from its own row alone.
CREATE TABLE action (
  id                    uuid        PRIMARY KEY,
  version               integer     NOT NULL CHECK (version > 0),
  changed_at            timestamptz NOT NULL,
  state                 text        NOT NULL,
  postponed_from        text,
  project_id            uuid        NOT NULL REFERENCES project,
  project_state         text        NOT NULL,
  project_parties       uuid[]      NOT NULL,
  campaign_id           uuid        NOT NULL,
  campaign_year         integer     NOT NULL,
  campaign_on           date        NOT NULL,
  zone                  text        NOT NULL,
  coordination_id       uuid        NOT NULL,
  holder_id             uuid        NOT NULL,
  action_type           text        NOT NULL,
  title                 text        NOT NULL,
  description           text        NOT NULL,
  setting               text        NOT NULL,
  closed_circuit        text,
  site_authority_id     uuid,
  regime                text,
  organiser_id          uuid        NOT NULL,
  price_cents           integer     NOT NULL CHECK (price_cents >= 0),
  out_of_school         boolean     NOT NULL,
  intergenerational     boolean     NOT NULL,
  access_note           text        NOT NULL,
  period                jsonb       NOT NULL,
  places                jsonb       NOT NULL,
  sessions              jsonb       NOT NULL,
  authorisation         jsonb       NOT NULL,
  clearances            jsonb       NOT NULL,
  permits               jsonb       NOT NULL,
  neighbours            jsonb,
  site_approval         jsonb,
  participants_distinct integer     CHECK (participants_distinct >= 0),
  cancellation          jsonb,
  notices               jsonb       NOT NULL,
  parties               uuid[]      NOT NULL,
  municipalities        text[]      NOT NULL,
  departments           text[]      NOT NULL,
  doc                   text        NOT NULL
);
ALTER TABLE action ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON action (project_id, id);
CREATE INDEX ON action (coordination_id, id);
CREATE INDEX ON action USING gin (parties);
CREATE INDEX ON action USING gin (municipalities);

ALTER TABLE action ENABLE ROW LEVEL SECURITY;
ALTER TABLE action FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON action USING (sees(coordination_id, holder_id, parties, municipalities, departments, project_state));

-- Campaigns and projects.  Who sees what is the net under `domain.access.sees`: the same rule, in SQL.

-- From which state on a file concerns the territory it lies in, and not only those who wrote or review it.
CREATE FUNCTION is_settled(project_state text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN project_state IN ('validated', 'funded', 'closed', 'cancelled');

CREATE FUNCTION sees(coordination uuid, parties uuid[], municipalities text[], departments text[], project_state text)
  RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE principal() ->> 'level'
    WHEN 'system'         THEN true
    WHEN 'national'       THEN principal() ->> 'role' <> 'dashboard'
    WHEN 'departments'    THEN CASE
                                 WHEN principal() ->> 'coordination_id' IS NOT NULL
                                 THEN coordination = (principal() ->> 'coordination_id')::uuid
                                 ELSE principal() ->> 'role' = 'drac_adviser'
                                  AND departments && ARRAY(SELECT jsonb_array_elements_text(principal() -> 'codes'))
                               END
    WHEN 'municipalities' THEN is_settled(project_state)
                           AND municipalities && ARRAY(SELECT jsonb_array_elements_text(principal() -> 'codes'))
    WHEN 'organisation'   THEN (principal() ->> 'org')::uuid = ANY (parties)
    ELSE false
  END;

-- A call for projects is for everybody to read once it is open; before, it is the coordination's own.
CREATE FUNCTION sees_campaign(coordination uuid, departments text[], campaign_state text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE principal() ->> 'level'
    WHEN 'organisation'   THEN campaign_state <> 'draft'
    WHEN 'municipalities' THEN campaign_state <> 'draft'
    ELSE sees(coordination, ARRAY[]::uuid[], ARRAY[]::text[], departments, 'validated')
  END;

CREATE TABLE campaign (
  id              uuid        PRIMARY KEY,
  version         integer     NOT NULL CHECK (version > 0),
  changed_at      timestamptz NOT NULL,
  state           text        NOT NULL,
  coordination_id uuid        NOT NULL,
  region          text        NOT NULL,
  departments     text[]      NOT NULL,
  year            integer     NOT NULL,
  session         integer     NOT NULL,
  title           text        NOT NULL,
  zone            text        NOT NULL,
  opened_on       date,
  ends_on         date        NOT NULL,
  rules           jsonb       NOT NULL,
  doc             text        NOT NULL        -- the published state, byte for byte
);
ALTER TABLE campaign ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON campaign (coordination_id, id);

CREATE TABLE project (
  id                    uuid        PRIMARY KEY,
  version               integer     NOT NULL CHECK (version > 0),
  changed_at            timestamptz NOT NULL,
  state                 text        NOT NULL,
  campaign_id           uuid        NOT NULL REFERENCES campaign,
  campaign_year         integer     NOT NULL,
  campaign_on           date        NOT NULL,
  zone                  text        NOT NULL,
  coordination_id       uuid        NOT NULL,
  holder_id             uuid        NOT NULL,
  holder_is_association boolean     NOT NULL,
  title                 text        NOT NULL,
  summary               text        NOT NULL,
  main                  jsonb       NOT NULL,
  municipalities        text[]      NOT NULL,
  departments           text[]      NOT NULL,
  regions               text[]      NOT NULL,
  partners              jsonb       NOT NULL,
  lines                 jsonb       NOT NULL,
  conventions           jsonb       NOT NULL,
  forecast              jsonb       NOT NULL,
  revised               jsonb,
  actual                jsonb,
  prior_contact         jsonb,
  missing               jsonb,
  decisions             jsonb       NOT NULL,
  account               jsonb,
  reason                text        NOT NULL,
  submitted_at          timestamptz,
  funded_at             timestamptz,
  closed_at             timestamptz,
  parties               uuid[]      NOT NULL,       -- the organisations that may see it: holder, partners, funders
  doc                   text        NOT NULL
);
ALTER TABLE project ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON project (coordination_id, id);
CREATE INDEX ON project (campaign_id, id);
CREATE INDEX ON project USING gin (parties);
CREATE INDEX ON project USING gin (municipalities);

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON campaign USING (sees_campaign(coordination_id, departments, state));

ALTER TABLE project ENABLE ROW LEVEL SECURITY;
ALTER TABLE project FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON project USING (sees(coordination_id, parties, municipalities, departments, state));

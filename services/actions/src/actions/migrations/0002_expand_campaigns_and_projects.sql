-- Campaigns and projects.  Who sees what is the net under `domain.access.sees`: the same rule, in SQL.

-- From which state on a file concerns the territory it lies in, and not only those who wrote or review it.
CREATE FUNCTION is_settled(project_state text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN project_state IN ('validated', 'funded', 'closed', 'cancelled');

CREATE FUNCTION codes() RETURNS text[]
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN ARRAY(SELECT jsonb_array_elements_text(principal() -> 'codes'));

-- A token without the scope `read`, or a dashboard's, is here for figures or for nothing.
CREATE FUNCTION reads() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(principal() -> 'scopes' ? 'read' AND principal() ->> 'role' <> 'dashboard', false);

CREATE FUNCTION sees(
  coordination uuid, holder uuid, parties uuid[], municipalities text[], departments text[], project_state text)
  RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE
    WHEN is_system() THEN true
    WHEN NOT reads() THEN false
    WHEN principal() ->> 'coordination_id' IS NOT NULL
    THEN coordination = (principal() ->> 'coordination_id')::uuid
    ELSE CASE principal() ->> 'level'
      WHEN 'national'       THEN project_state <> 'draft'
      WHEN 'departments'    THEN project_state <> 'draft' AND departments && codes()
      WHEN 'municipalities' THEN is_settled(project_state)
                             AND (municipalities && codes() OR (principal() ->> 'org')::uuid = ANY (parties))
      WHEN 'organisation'   THEN holder = (principal() ->> 'org')::uuid
                              OR (project_state <> 'draft' AND (principal() ->> 'org')::uuid = ANY (parties))
      ELSE false
    END
  END;

-- A call for projects is for everybody to read once it is open; before, it is the coordination's own.
CREATE FUNCTION sees_campaign(coordination uuid, departments text[], campaign_state text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE
    WHEN is_system() THEN true
    WHEN NOT reads() THEN false
    WHEN principal() ->> 'coordination_id' IS NOT NULL
    THEN coordination = (principal() ->> 'coordination_id')::uuid
    ELSE CASE principal() ->> 'level'
      WHEN 'none'        THEN false
      WHEN 'departments' THEN departments && codes()
      ELSE campaign_state <> 'draft'
    END
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
CREATE POLICY seen ON project USING (sees(coordination_id, holder_id, parties, municipalities, departments, state));

-- What each funder granted a holder in a year beside one project (R25): counted over all projects, whoever asks, and
-- nothing else of them is told.
CREATE FUNCTION granted_elsewhere(holder uuid, year integer, beside uuid)
  RETURNS TABLE (funder_id uuid, cents bigint)
  LANGUAGE plpgsql
AS $$
DECLARE
  asker text := current_setting('app.principal');
BEGIN
  PERFORM set_config('app.principal', '{"level": "system"}', true);
  RETURN QUERY
    SELECT (line ->> 'funder_id')::uuid, sum((line ->> 'granted_cents')::bigint)::bigint
      FROM project CROSS JOIN jsonb_array_elements(lines) AS line
     WHERE holder_id = holder AND campaign_year = year AND id <> beside AND line ->> 'granted_cents' IS NOT NULL
     GROUP BY 1;
  PERFORM set_config('app.principal', asker, true);
END
$$;

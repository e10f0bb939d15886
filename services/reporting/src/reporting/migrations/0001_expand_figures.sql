-- Figures: what each record contributes, the cells that contributions add up to, and the names of codes.

-- Reference data and totals are open to whoever is somebody; unset, the setting shows nothing.
CREATE FUNCTION somebody_asks() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.principal', true), '') IS NOT NULL;

CREATE FUNCTION asker(what text) RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.principal', true), '')::jsonb ->> what;

CREATE FUNCTION house_asks() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(asker('level') = 'system', false);

-- Who reads every breakdown as it stands (domain/access.py): consumers and jobs, and two national roles.
CREATE FUNCTION reads_everything() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(house_asks() OR asker('role') IN ('national_coordination', 'cnc_open_air_officer'), false);

CREATE FUNCTION own_coordination() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN asker('coordination_id')::uuid;

-- The départements of whoever answers for départements without working for a coordination: a DRAC's adviser.
CREATE FUNCTION own_departments() RETURNS text[]
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN asker('role') = 'drac_adviser'
              THEN ARRAY(SELECT jsonb_array_elements_text(asker('codes')::jsonb)) END;

-- The last state heard of each aggregate, and the record that brought it.
CREATE TABLE record (
  kind        text        NOT NULL CHECK (kind IN ('campaign', 'project', 'action', 'report')),
  id          uuid        NOT NULL,
  epoch       integer     NOT NULL,
  version     integer     NOT NULL,
  topic       text        NOT NULL,
  part        integer     NOT NULL,
  "offset"    bigint      NOT NULL,
  event_id    text        NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (kind, id)
);

-- One part of one record, counted while its last state says so.  `shard` is the partition that it is heard from.
CREATE TABLE contribution (
  kind            text    NOT NULL,
  id              uuid    NOT NULL,
  part            text    NOT NULL,
  shard           text    NOT NULL,
  cell            uuid    NOT NULL,                     -- made of all that follows, up to main_of
  quantity        text    NOT NULL,
  audience        text    NOT NULL,
  category        text    NOT NULL,
  campaign_id     uuid    NOT NULL,
  campaign_year   integer NOT NULL,
  coordination_id uuid    NOT NULL,
  month           text    NOT NULL,                     -- 2025-07; '' is a dimension that the quantity does not have
  region          text    NOT NULL,
  department      text    NOT NULL,
  action_type     text    NOT NULL,
  main_of         uuid,                                 -- stands at the main commune of this project
  project_id      uuid    NOT NULL,
  action_id       uuid,
  amount          bigint  NOT NULL,                     -- actions, persons or cents
  PRIMARY KEY (kind, id, part)
);
CREATE INDEX ON contribution (quantity, campaign_id);
CREATE INDEX ON contribution (quantity, coordination_id);

-- Sums of contributions, one row for each partition heard from: consumers never wait for each other's rows.
CREATE TABLE cell (
  cell            uuid    NOT NULL,
  shard           text    NOT NULL,
  quantity        text    NOT NULL,
  audience        text    NOT NULL,
  category        text    NOT NULL,
  campaign_id     uuid    NOT NULL,
  campaign_year   integer NOT NULL,
  coordination_id uuid    NOT NULL,
  month           text    NOT NULL,
  region          text    NOT NULL,
  department      text    NOT NULL,
  action_type     text    NOT NULL,
  main_of         uuid,
  amount          bigint  NOT NULL,
  n               bigint  NOT NULL,                     -- contributions; 0: nothing stands here any more
  PRIMARY KEY (cell, shard)
);
CREATE INDEX ON cell (quantity, campaign_id);
CREATE INDEX ON cell (quantity, campaign_year);

-- What is needed of others: where a project's money stands, what a campaign is, how codes are called.
CREATE TABLE known_project (
  id         uuid    PRIMARY KEY,
  epoch      integer NOT NULL,
  version    integer NOT NULL,
  region     text    NOT NULL,
  department text    NOT NULL
);
CREATE TABLE known_campaign (
  id              uuid    PRIMARY KEY,
  epoch           integer NOT NULL,
  version         integer NOT NULL,
  coordination_id uuid    NOT NULL,
  region          text    NOT NULL,
  year            integer NOT NULL,
  title           text    NOT NULL
);
CREATE TABLE known_territory (
  id              uuid    PRIMARY KEY,
  epoch           integer NOT NULL,
  version         integer NOT NULL,
  vintage         integer NOT NULL,
  department      text    NOT NULL,
  department_name text    NOT NULL,
  region          text    NOT NULL,
  region_name     text    NOT NULL
);
CREATE INDEX ON known_territory (department, vintage);
CREATE INDEX ON known_territory (region, vintage);
CREATE TABLE known_organisation (
  id      uuid    PRIMARY KEY,
  epoch   integer NOT NULL,
  version integer NOT NULL,
  name    text    NOT NULL
);
CREATE TABLE known_coordination (
  id              uuid    PRIMARY KEY,
  epoch           integer NOT NULL,
  version         integer NOT NULL,
  organisation_id uuid    NOT NULL,
  region          text    NOT NULL
);

-- Cells with their place filled in where only the project's own record knows it; not known yet is ''.
CREATE VIEW placed_cell WITH (security_invoker = true) AS
SELECT cell.quantity, cell.audience, cell.category, cell.campaign_id, cell.campaign_year, cell.coordination_id,
       cell.month, coalesce(known_project.region, cell.region) AS region,
       coalesce(known_project.department, cell.department) AS department, cell.action_type, cell.amount, cell.n
  FROM cell LEFT JOIN known_project ON known_project.id = cell.main_of;

-- Cells that changed and are to be announced.  Nobody waits here: consumers append, the announcer takes away.
CREATE TABLE changed_cell (
  seq  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cell uuid   NOT NULL
);

-- What was last announced of each cell; `revision` orders all announcements, and a stream resumes behind one.
CREATE SEQUENCE figure_revision;
CREATE TABLE figure (
  id       uuid    PRIMARY KEY,
  version  integer NOT NULL,
  revision bigint  NOT NULL UNIQUE,
  doc      text    NOT NULL                              -- the record on the topic, byte for byte
);

ALTER TABLE record ENABLE ROW LEVEL SECURITY;
ALTER TABLE record FORCE ROW LEVEL SECURITY;
ALTER TABLE contribution ENABLE ROW LEVEL SECURITY;
ALTER TABLE contribution FORCE ROW LEVEL SECURITY;
ALTER TABLE cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE cell FORCE ROW LEVEL SECURITY;
ALTER TABLE changed_cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE changed_cell FORCE ROW LEVEL SECURITY;
ALTER TABLE figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE figure FORCE ROW LEVEL SECURITY;

-- The sub-selects are evaluated once a statement, not once a row.
CREATE POLICY written ON record USING ((SELECT house_asks()));
CREATE POLICY seen ON record FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY written ON contribution USING ((SELECT house_asks()));
CREATE POLICY seen ON contribution FOR SELECT
  USING ((SELECT reads_everything()) OR coordination_id = (SELECT own_coordination())
         OR department = ANY ((SELECT own_departments())::text[]));
CREATE POLICY written ON cell USING ((SELECT house_asks()));
CREATE POLICY seen ON cell FOR SELECT
  USING ((quantity NOT IN ('age_band', 'gender', 'in_district', 'method') AND (SELECT somebody_asks()))
         OR (SELECT reads_everything()) OR coordination_id = (SELECT own_coordination()));
CREATE POLICY written ON changed_cell USING ((SELECT house_asks()));
CREATE POLICY written ON figure USING ((SELECT house_asks()));
CREATE POLICY seen ON figure FOR SELECT USING ((SELECT somebody_asks()));

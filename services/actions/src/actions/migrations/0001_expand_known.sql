-- What this service has heard of the others: the slice its rules look at, guarded by (epoch, version).

-- In whose name a transaction runs: one setting.  Unset, nothing is visible.
CREATE FUNCTION principal() RETURNS jsonb
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.principal', true), '')::jsonb;

CREATE FUNCTION is_system() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(principal() ->> 'level' = 'system', false);

CREATE TABLE known_territory (
  id         uuid    PRIMARY KEY,
  epoch      integer NOT NULL,
  version    integer NOT NULL,
  vintage    integer NOT NULL,
  department text    NOT NULL,
  region     text    NOT NULL,
  UNIQUE (vintage, department)
);

CREATE TABLE known_municipality (
  vintage      integer NOT NULL,
  code         text    NOT NULL,
  territory_id uuid    NOT NULL REFERENCES known_territory,
  name         text    NOT NULL,
  department   text    NOT NULL,
  region       text    NOT NULL,
  epci         text,
  density      integer CHECK (density BETWEEN 1 AND 7),
  districts    text[]  NOT NULL,
  parent       text,
  successors   text[]  NOT NULL,     -- not empty: the code has ceased, these took its place (R30)
  PRIMARY KEY (vintage, code)
);
CREATE INDEX ON known_municipality (territory_id);

CREATE TABLE known_organisation (
  id                   uuid    PRIMARY KEY,
  epoch                integer NOT NULL,
  version              integer NOT NULL,
  name                 text    NOT NULL,
  is_licensed_operator boolean NOT NULL,
  is_public            boolean NOT NULL,
  is_association       boolean NOT NULL,
  closed_on            date
);

CREATE TABLE known_coordination (
  id           uuid    PRIMARY KEY,
  epoch        integer NOT NULL,
  version      integer NOT NULL,
  region       text    NOT NULL,
  appointments jsonb   NOT NULL
);

CREATE TABLE known_film (
  id               uuid    PRIMARY KEY,
  epoch            integer NOT NULL,
  version          integer NOT NULL,
  title            text    NOT NULL,
  duration_minutes integer,
  visas            jsonb   NOT NULL,
  classification   text,
  released_on      date,
  workshop         jsonb,
  project_id       uuid                                   -- of a workshop film, for T22
);
CREATE INDEX ON known_film (project_id) WHERE project_id IS NOT NULL;

CREATE TABLE known_rights_offer (
  id          uuid    PRIMARY KEY,
  epoch       integer NOT NULL,
  version     integer NOT NULL,
  film_id     uuid    NOT NULL,
  starts_on   date    NOT NULL,
  ends_on     date    NOT NULL,
  uses        text[]  NOT NULL,
  territories text[]  NOT NULL,
  versions    text[]  NOT NULL,
  withdrawn   boolean NOT NULL
);

-- Films, what rights-holders offer on them, and the organisations that hold rights.

-- In whose name a transaction runs: one setting.  Unset, nothing is visible.
CREATE FUNCTION principal() RETURNS jsonb
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.principal', true), '')::jsonb;

CREATE FUNCTION is_system() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(principal() ->> 'level' = 'system', false);

-- The catalogue is national: whoever is somebody sees all of it.
CREATE FUNCTION may_see() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN principal() IS NOT NULL;

CREATE FUNCTION may_write() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN is_system() OR coalesce(principal() -> 'scopes' ?| ARRAY['catalogue:write', 'operations'], false);

CREATE TABLE film (
  id               uuid    PRIMARY KEY,
  version          integer NOT NULL CHECK (version > 0),
  title            text    NOT NULL CHECK (title <> ''),
  original_title   text,
  other_titles     text[]  NOT NULL,
  directors        text[]  NOT NULL,
  year             integer,
  released_on      date,
  countries        text[]  NOT NULL,
  genre            text    CHECK (genre IN ('fiction', 'documentary', 'animation', 'experimental')),
  duration_minutes integer CHECK (duration_minutes > 0),
  kind             text    CHECK (kind IN ('feature', 'short')),        -- from the duration; unknown with it
  versions         text[]  NOT NULL,
  classification   text    CHECK (classification IN ('all', 'u12', 'u16', 'u18', 'u18_x')),
  warning          text,
  identifiers      jsonb   NOT NULL,
  visas            jsonb   NOT NULL,
  workshop         jsonb,
  project_id       uuid,                                               -- of its workshop, to be asked for by
  filed            text    COLLATE "C" NOT NULL,                       -- the title, plain and without its article
  doc              text    NOT NULL,                                   -- the published state, byte for byte
  CHECK ((duration_minutes IS NULL) = (kind IS NULL)),
  CHECK (project_id IS NULL OR workshop IS NOT NULL)
);
ALTER TABLE film ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON film (filed, id);
CREATE INDEX ON film (project_id) WHERE project_id IS NOT NULL;

-- What names one film and no other: visas and identifiers.
CREATE TABLE film_name (
  scheme  text NOT NULL CHECK (scheme IN ('visa', 'isan', 'eidr', 'imdb', 'wikidata')),
  value   text NOT NULL,
  film_id uuid NOT NULL REFERENCES film DEFERRABLE INITIALLY DEFERRED,    -- claimed before the film is written
  PRIMARY KEY (scheme, value)
);
CREATE INDEX ON film_name (film_id);

-- The plain words of a film's titles, directors and visas; and every word there is, so that a misspelt one finds those
-- it resembles.  Both without row security: under it, trigrams and LIKE could not use their index (their operators are
-- not leakproof), and a word gives nothing away.
CREATE TABLE film_word (
  word    text COLLATE "C" NOT NULL,
  film_id uuid NOT NULL REFERENCES film DEFERRABLE INITIALLY DEFERRED,    -- written before the film is
  PRIMARY KEY (word, film_id)
);
CREATE INDEX ON film_word (film_id);

CREATE TABLE vocabulary (
  word text COLLATE "C" PRIMARY KEY
);
CREATE INDEX ON vocabulary USING gin (word gin_trgm_ops) WITH (fastupdate = off);   -- a pending list misleads the planner

-- Organisations as `partners` announces them; (epoch, version) guards against older news.
CREATE TABLE known_organisation (
  id        uuid    PRIMARY KEY,
  epoch     integer NOT NULL,
  version   integer NOT NULL,
  name      text    NOT NULL,
  closed_on date
);

CREATE TABLE rights_offer (
  id          uuid    PRIMARY KEY,
  version     integer NOT NULL CHECK (version > 0),
  status      text    NOT NULL CHECK (status IN ('offered', 'withdrawn')),
  film_id     uuid    NOT NULL REFERENCES film,
  holder_id   uuid    NOT NULL,
  uses        text[]  NOT NULL CHECK (uses <> '{}'),
  territories text[]  NOT NULL CHECK (territories <> '{}'),
  versions    text[]  NOT NULL CHECK (versions <> '{}'),
  starts_on   date    NOT NULL,
  ends_on     date    NOT NULL,
  price_cents integer CHECK (price_cents >= 0),
  doc         text    NOT NULL,
  CHECK (starts_on <= ends_on)
);
ALTER TABLE rights_offer ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON rights_offer (film_id, id);
CREATE INDEX ON rights_offer (holder_id, id);

-- The net under `domain.access`: the sub-selects are evaluated once a statement, not once a row.
ALTER TABLE film ENABLE ROW LEVEL SECURITY;
ALTER TABLE film FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON film FOR SELECT USING ((SELECT may_see()));
CREATE POLICY entered ON film FOR INSERT WITH CHECK ((SELECT may_write()));
CREATE POLICY changed ON film FOR UPDATE USING ((SELECT may_see())) WITH CHECK ((SELECT may_write()));

ALTER TABLE film_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE film_name FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON film_name FOR SELECT USING ((SELECT may_see()));
CREATE POLICY claimed ON film_name FOR INSERT WITH CHECK ((SELECT may_write()));
CREATE POLICY freed ON film_name FOR DELETE USING ((SELECT may_write()));

ALTER TABLE rights_offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE rights_offer FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON rights_offer FOR SELECT USING ((SELECT may_see()));
CREATE POLICY offered ON rights_offer FOR INSERT WITH CHECK ((SELECT may_write()));
CREATE POLICY changed ON rights_offer FOR UPDATE USING ((SELECT may_see())) WITH CHECK ((SELECT may_write()));

ALTER TABLE known_organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE known_organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON known_organisation FOR SELECT USING ((SELECT may_see()));
CREATE POLICY heard ON known_organisation FOR ALL USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()));

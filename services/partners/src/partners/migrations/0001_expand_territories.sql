-- Territories by vintage.  One row a département is the aggregate; the tables below it are its document, made searchable.

-- Reference data are open to whoever is somebody; unset, the setting shows nothing.
CREATE FUNCTION somebody_asks() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.principal', true), '') IS NOT NULL;

-- Whether the transaction runs in the house's own name, or with one of these scopes.
CREATE FUNCTION asks_with(scopes text[]) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(
    nullif(current_setting('app.principal', true), '')::jsonb ->> 'level' = 'system'
      OR nullif(current_setting('app.principal', true), '')::jsonb -> 'scopes' ?| scopes,
    false);

CREATE TABLE territory (
  id              uuid    PRIMARY KEY,
  version         integer NOT NULL CHECK (version > 0),
  vintage         integer NOT NULL,                       -- year of the official geographic code
  department      text    NOT NULL,
  department_name text    NOT NULL,
  region          text    NOT NULL,                       -- its code may be that of another département
  region_name     text    NOT NULL,
  zone            text    NOT NULL CHECK (zone IN ('metropolitan', 'overseas', 'overseas_collectivity')),
  municipalities  integer NOT NULL,                       -- of their own: neither parts nor former codes
  doc             text    NOT NULL,                       -- the published state, byte for byte
  UNIQUE (vintage, department)
);

CREATE TABLE municipality (
  vintage           integer NOT NULL,
  code              text    NOT NULL,
  territory_id      uuid    NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
  name              text,
  findable          text    COLLATE "C" NOT NULL,         -- the name without accents, case and signs
  kind              text    NOT NULL
                    CHECK (kind IN ('municipality', 'delegated', 'associated', 'arrondissement', 'ceased')),
  parent            text,
  successors        text[]  NOT NULL,                     -- not empty: refused, use these (R30)
  intermunicipality text,
  territorial_body  text,
  population        integer,
  siren             text,
  density           integer CHECK (density BETWEEN 1 AND 7),
  districts         text[]  NOT NULL,
  PRIMARY KEY (vintage, code)
);
CREATE INDEX ON municipality (territory_id);
CREATE INDEX ON municipality (code);
CREATE INDEX ON municipality (vintage, findable, code);
CREATE INDEX ON municipality USING gin ((' ' || findable) gin_trgm_ops);      -- words that begin with what is asked
CREATE INDEX ON municipality (siren) WHERE siren IS NOT NULL;

-- An intermunicipality as seen from one département; some lie in several.
CREATE TABLE intermunicipality (
  vintage      integer NOT NULL,
  siren        text    NOT NULL,
  territory_id uuid    NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
  name         text    NOT NULL,
  findable     text    COLLATE "C" NOT NULL,
  form         text    NOT NULL,
  PRIMARY KEY (vintage, siren, territory_id)
);
CREATE INDEX ON intermunicipality (territory_id);

CREATE TABLE district (
  vintage        integer NOT NULL,
  code           text    NOT NULL,
  territory_id   uuid    NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
  findable       text    COLLATE "C" NOT NULL,
  municipalities text[]  NOT NULL,
  doc            text    NOT NULL,
  PRIMARY KEY (vintage, code)
);
CREATE INDEX ON district (territory_id);
CREATE INDEX ON district USING gin (municipalities);

ALTER TABLE territory ENABLE ROW LEVEL SECURITY;
ALTER TABLE territory FORCE ROW LEVEL SECURITY;
ALTER TABLE municipality ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipality FORCE ROW LEVEL SECURITY;
ALTER TABLE intermunicipality ENABLE ROW LEVEL SECURITY;
ALTER TABLE intermunicipality FORCE ROW LEVEL SECURITY;
ALTER TABLE district ENABLE ROW LEVEL SECURITY;
ALTER TABLE district FORCE ROW LEVEL SECURITY;

-- The sub-selects are evaluated once a statement, not once a row.  Who may not write may lock, to be told so.
CREATE POLICY seen ON territory FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY entered ON territory FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['territories:write'])));
CREATE POLICY changed ON territory FOR UPDATE
  USING ((SELECT somebody_asks())) WITH CHECK ((SELECT asks_with(ARRAY['territories:write'])));

-- Parts are read through their territory.  A condition here would keep LIKE from using the index of names: LIKE could
-- tell of rows that it may not see.
CREATE POLICY seen ON municipality FOR SELECT USING (true);
CREATE POLICY entered ON municipality FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['territories:write'])));
CREATE POLICY replaced ON municipality FOR DELETE USING ((SELECT asks_with(ARRAY['territories:write'])));
CREATE POLICY seen ON intermunicipality FOR SELECT USING (true);
CREATE POLICY entered ON intermunicipality FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['territories:write'])));
CREATE POLICY replaced ON intermunicipality FOR DELETE USING ((SELECT asks_with(ARRAY['territories:write'])));
CREATE POLICY seen ON district FOR SELECT USING (true);
CREATE POLICY entered ON district FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['territories:write'])));
CREATE POLICY replaced ON district FOR DELETE USING ((SELECT asks_with(ARRAY['territories:write'])));

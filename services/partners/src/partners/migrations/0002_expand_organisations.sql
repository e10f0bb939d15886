-- Organisations: public reference data, with their names, roles and identifiers as they followed one another.

CREATE TABLE organisation (
  id           uuid    PRIMARY KEY,
  version      integer NOT NULL CHECK (version > 0),
  name         text    NOT NULL,
  findable     text    COLLATE "C" NOT NULL,      -- the latest name, without accents, case and signs
  formerly     text    COLLATE "C" NOT NULL,      -- all its names, so that an old report's name finds it
  kind         text    NOT NULL,
  legal_form   text,
  siren        text,
  siret        text,
  rna          text,
  municipality text,
  vintage      integer,                           -- of the municipality's code
  department   text,
  area_level   text    CHECK (area_level IN ('municipality', 'intermunicipality', 'department', 'region')),
  area_code    text,                              -- means nothing without its level
  area_vintage integer,
  roles        text[]  NOT NULL,
  closed_on    date,
  history      jsonb   NOT NULL,                  -- names, roles, identifiers with their days
  doc          text    NOT NULL,                  -- the published state, byte for byte
  CHECK ((municipality IS NULL) = (vintage IS NULL)),
  CHECK ((area_level IS NULL) = (area_code IS NULL) AND (area_level IS NULL) = (area_vintage IS NULL))
);

-- One number names one organisation; a SIREN alone names its whole, several establishments share one.
CREATE UNIQUE INDEX organisation_siret ON organisation (siret) WHERE closed_on IS NULL;
CREATE UNIQUE INDEX organisation_rna ON organisation (rna) WHERE closed_on IS NULL;
CREATE UNIQUE INDEX organisation_siren ON organisation (siren) WHERE siret IS NULL AND closed_on IS NULL;
CREATE INDEX ON organisation (siren, id);
CREATE INDEX ON organisation (findable, id);

ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON organisation FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY entered ON organisation FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['partners:write', 'operations'])));
CREATE POLICY changed ON organisation FOR UPDATE
  USING ((SELECT somebody_asks())) WITH CHECK ((SELECT asks_with(ARRAY['partners:write', 'operations'])));

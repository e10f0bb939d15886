-- Coordinations: who holds the scheme in which départements, from when to when, appointed by which DRAC.

CREATE TABLE coordination (
  id              uuid    PRIMARY KEY,
  version         integer NOT NULL CHECK (version > 0),
  organisation_id uuid    NOT NULL REFERENCES organisation,
  drac_id         uuid    NOT NULL REFERENCES organisation,
  region          text    NOT NULL,
  ended_on        date,
  doc             text    NOT NULL                -- the published state, byte for byte
);
CREATE INDEX ON coordination (organisation_id);
CREATE INDEX ON coordination (region, id);

-- What the coordinations cover, a row a département and a period.  Never two on the same day.
CREATE TABLE coverage (
  coordination_id uuid      NOT NULL REFERENCES coordination DEFERRABLE INITIALLY DEFERRED,
  department      text      NOT NULL,
  during          daterange NOT NULL CHECK (NOT isempty(during)),
  CONSTRAINT coverage_once EXCLUDE USING gist (department WITH =, during WITH &&)
);
CREATE INDEX ON coverage (coordination_id);

ALTER TABLE coordination ENABLE ROW LEVEL SECURITY;
ALTER TABLE coordination FORCE ROW LEVEL SECURITY;
ALTER TABLE coverage ENABLE ROW LEVEL SECURITY;
ALTER TABLE coverage FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON coordination FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY entered ON coordination FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['coordinations:appoint'])));
CREATE POLICY changed ON coordination FOR UPDATE
  USING ((SELECT somebody_asks())) WITH CHECK ((SELECT asks_with(ARRAY['coordinations:appoint'])));
CREATE POLICY seen ON coverage FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY appointed ON coverage USING ((SELECT asks_with(ARRAY['coordinations:appoint'])));

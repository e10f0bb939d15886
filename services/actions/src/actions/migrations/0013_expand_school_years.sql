-- The holidays of a zone in a school year, which is named by its first year: reference data, read by everybody.
CREATE TABLE school_year (
  zone        text    NOT NULL,
  year        integer NOT NULL,
  holidays    jsonb   NOT NULL,
  source      text    NOT NULL,
  source_date date    NOT NULL,
  PRIMARY KEY (zone, year)
);
CREATE POLICY seen ON school_year FOR SELECT USING (true);
CREATE POLICY taken ON school_year FOR ALL USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()));
ALTER TABLE school_year ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_year FORCE ROW LEVEL SECURITY;

-- Copies of films: what is lent, by whom, how many days it travels, and when its keys open it.

CREATE TABLE copy (
  id           uuid    PRIMARY KEY,
  version      integer NOT NULL CHECK (version > 0),
  status       text    NOT NULL CHECK (status IN ('available', 'withdrawn')),
  film_id      uuid    NOT NULL REFERENCES film,
  holder_id    uuid    NOT NULL,
  format       text    NOT NULL CHECK (format IN ('dcp', 'blu_ray', 'file', 'film_35mm', 'film_16mm')),
  encrypted    boolean NOT NULL,
  film_version text,
  transit_days integer NOT NULL CHECK (transit_days >= 0),
  label        text    NOT NULL,
  keys         jsonb   NOT NULL,                                       -- their windows, never a key
  doc          text    NOT NULL,
  CHECK (format = 'dcp' OR NOT encrypted),
  CHECK (encrypted OR keys = '[]')
);
ALTER TABLE copy ALTER COLUMN doc SET STORAGE EXTERNAL;
CREATE INDEX ON copy (film_id, id);
CREATE INDEX ON copy (holder_id, id);

ALTER TABLE copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE copy FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON copy FOR SELECT USING ((SELECT may_see()));
CREATE POLICY registered ON copy FOR INSERT WITH CHECK ((SELECT may_write()));
CREATE POLICY changed ON copy FOR UPDATE USING ((SELECT may_see())) WITH CHECK ((SELECT may_write()));

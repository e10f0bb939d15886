-- The lists that films stand on, by scheme and year: the nation's, and those of the coordinations.

-- Coordinations as `partners` announces them, for a regional list is one's own; (epoch, version) guards against older news.
CREATE TABLE known_coordination (
  id      uuid    PRIMARY KEY,
  epoch   integer NOT NULL,
  version integer NOT NULL
);

CREATE TABLE film_list (
  id              uuid    PRIMARY KEY,
  version         integer NOT NULL CHECK (version > 0),
  status          text    NOT NULL CHECK (status IN ('open', 'closed')),
  scheme          text    NOT NULL,
  level           text    NOT NULL CHECK (level IN ('national', 'regional')),
  year            integer NOT NULL,
  coordination_id uuid,                                                -- whose list it is; null: the nation's
  title           text    NOT NULL CHECK (title <> ''),
  films           jsonb   NOT NULL,
  doc             text    NOT NULL,                                    -- the published state, byte for byte
  CHECK ((level = 'regional') = (coordination_id IS NOT NULL))
);
ALTER TABLE film_list ALTER COLUMN doc SET STORAGE EXTERNAL;

-- However many ask at once, a scheme has one open list a year, and so has each coordination in it.
CREATE UNIQUE INDEX film_list_one_open ON film_list (scheme, year, coordination_id) NULLS NOT DISTINCT
 WHERE status = 'open';

-- What lists films stand on, to be asked from both sides; written with the list, which says it whole.
CREATE TABLE film_list_entry (
  list_id    uuid    NOT NULL REFERENCES film_list,
  film_id    uuid    NOT NULL REFERENCES film,
  negotiated boolean NOT NULL,                                         -- whether its tariff was
  PRIMARY KEY (list_id, film_id)
);
CREATE INDEX ON film_list_entry (film_id);

-- A list is written by the national coordination, and one of a coordination by itself too.
CREATE FUNCTION may_write_list(coordination uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN is_system() OR (coalesce(principal() -> 'scopes' ? 'lists:write', false)
     AND coalesce(principal() ->> 'level' = 'national' OR coordination = (principal() ->> 'coordination_id')::uuid, false));

ALTER TABLE film_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE film_list FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON film_list FOR SELECT USING ((SELECT may_see()));
CREATE POLICY published ON film_list FOR INSERT WITH CHECK (may_write_list(coordination_id));
CREATE POLICY changed ON film_list FOR UPDATE USING ((SELECT may_see())) WITH CHECK (may_write_list(coordination_id));

ALTER TABLE film_list_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE film_list_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON film_list_entry FOR SELECT USING ((SELECT may_see()));
CREATE POLICY added ON film_list_entry FOR INSERT
  WITH CHECK (EXISTS (SELECT FROM film_list WHERE id = list_id AND may_write_list(coordination_id)));
CREATE POLICY retold ON film_list_entry FOR UPDATE
  USING ((SELECT may_see()))
  WITH CHECK (EXISTS (SELECT FROM film_list WHERE id = list_id AND may_write_list(coordination_id)));
CREATE POLICY removed ON film_list_entry FOR DELETE
  USING (EXISTS (SELECT FROM film_list WHERE id = list_id AND may_write_list(coordination_id)));

ALTER TABLE known_coordination ENABLE ROW LEVEL SECURITY;
ALTER TABLE known_coordination FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON known_coordination FOR SELECT USING ((SELECT may_see()));
CREATE POLICY heard ON known_coordination FOR ALL USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()));

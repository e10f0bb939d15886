-- Who coordinates, by which a coordination's calendar is named.  A coordination heard before says it when it is heard again.
ALTER TABLE known_coordination ADD COLUMN organisation_id uuid;

-- What the clients of `partners` may do now, and since when they may not: of their secrets nothing is ever heard.
CREATE TABLE known_access_grant (
  id              uuid    PRIMARY KEY,
  epoch           integer NOT NULL,
  version         integer NOT NULL,
  role            text    NOT NULL,
  organisation_id uuid    NOT NULL,
  coordination_id uuid,
  codes           text[]  NOT NULL,
  revoked_at      timestamptz
);
-- A token names its client in text.
CREATE UNIQUE INDEX ON known_access_grant ((id::text));
ALTER TABLE known_access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE known_access_grant FORCE ROW LEVEL SECURITY;
-- What another organisation's clients may do is not its own to look up.
CREATE POLICY seen ON known_access_grant FOR SELECT USING (organisation_id = (SELECT (principal() ->> 'org')::uuid));
CREATE POLICY heard ON known_access_grant USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()));

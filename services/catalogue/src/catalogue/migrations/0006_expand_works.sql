-- A film is a work with parts: its screen versions, who said what of it, and the film it turned out to be the same as.
-- Films that were merged are few, and looked for by hand only: no index.
ALTER TABLE film ADD COLUMN screen_versions jsonb NOT NULL DEFAULT '[]';
ALTER TABLE film ADD COLUMN said jsonb NOT NULL DEFAULT '[]';
ALTER TABLE film ADD COLUMN merged_into uuid CHECK (merged_into IS NULL OR (merged_into <> id AND workshop IS NULL));

-- What a source says otherwise than what is kept, until somebody settles it; the same from the same source once.
CREATE TABLE film_conflict (
  id         uuid        PRIMARY KEY,
  film_id    uuid        NOT NULL REFERENCES film,
  field      text        NOT NULL,
  source     jsonb       NOT NULL,
  kept       jsonb       NOT NULL,                                     -- what it was raised against
  said       jsonb       NOT NULL,
  raised_at  timestamptz NOT NULL,
  decision   text        CHECK (decision IN ('keep', 'take')),
  settled_at timestamptz,
  settled_by jsonb,
  CHECK ((decision IS NULL) = (settled_at IS NULL) AND (decision IS NULL) = (settled_by IS NULL))
);
CREATE UNIQUE INDEX ON film_conflict (film_id, field, md5(source::text), md5(said::text));

ALTER TABLE film_conflict ENABLE ROW LEVEL SECURITY;
ALTER TABLE film_conflict FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON film_conflict FOR SELECT USING ((SELECT may_see()));
CREATE POLICY raised ON film_conflict FOR INSERT WITH CHECK ((SELECT may_write()));
CREATE POLICY settled ON film_conflict FOR UPDATE USING ((SELECT may_see())) WITH CHECK ((SELECT may_write()));

-- What happened to films, for those who keep a copy of the catalogue; kept for fifteen days.
CREATE TABLE film_change (
  seq         bigint      GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,   -- drawn while the film's row is held
  xid         xid8        NOT NULL DEFAULT pg_current_xact_id(),
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  film_id     uuid        NOT NULL REFERENCES film,
  version     integer     NOT NULL,
  facts       text[]      NOT NULL,
  changed     text[]      NOT NULL,
  merged_into uuid
);
CREATE INDEX ON film_change (xid, seq);
CREATE INDEX ON film_change (at);

ALTER TABLE film_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE film_change FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON film_change FOR SELECT USING ((SELECT may_see()));
CREATE POLICY noted ON film_change FOR INSERT WITH CHECK ((SELECT may_write()));
CREATE POLICY forgotten ON film_change FOR DELETE USING ((SELECT is_system()));

-- Feeds of calendars: which sessions or obligations a calendar program reads, and with whose rights.  Never on a topic:
-- they hold secrets.
CREATE TABLE calendar_feed (
  id                    uuid        PRIMARY KEY,
  version               integer     NOT NULL CHECK (version > 0),
  of                    text        NOT NULL CHECK (of IN ('sessions', 'obligations')),
  coordination_id       uuid,
  organisation_id       uuid,
  municipality          text,
  name                  text        NOT NULL,
  client_id             text        NOT NULL,       -- who made it, and what its token carried then
  role                  text        NOT NULL,
  scopes                text[]      NOT NULL,
  org                   uuid        NOT NULL,
  maker_coordination_id uuid,
  level                 text        NOT NULL,
  codes                 text[]      NOT NULL,
  fingerprint           bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
  created_at            timestamptz NOT NULL,
  revoked_at            timestamptz,
  CHECK (num_nonnulls(coordination_id, organisation_id, municipality) = 1)
);
CREATE INDEX ON calendar_feed (org, id);
CREATE INDEX ON calendar_feed (maker_coordination_id, id);

-- A feed is its maker's organisation's, and its maker's coordination's.
CREATE FUNCTION owns_feed(org uuid, coordination uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN is_system() OR coalesce(reads() AND (
    org = (principal() ->> 'org')::uuid OR coordination = (principal() ->> 'coordination_id')::uuid), false);

CREATE POLICY seen ON calendar_feed FOR SELECT USING (owns_feed(org, maker_coordination_id));
-- Nobody makes a feed that reads more than its maker.
CREATE POLICY made ON calendar_feed FOR INSERT WITH CHECK (
  reads()
  AND org = (principal() ->> 'org')::uuid
  AND maker_coordination_id IS NOT DISTINCT FROM (principal() ->> 'coordination_id')::uuid
  AND role = principal() ->> 'role'
  AND level = principal() ->> 'level' AND level <> 'system'
  AND codes <@ codes()
  AND scopes <@ ARRAY(SELECT jsonb_array_elements_text(principal() -> 'scopes')));
CREATE POLICY revoked ON calendar_feed FOR UPDATE USING (owns_feed(org, maker_coordination_id));
ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_feed FORCE ROW LEVEL SECURITY;

-- Of a feed that is there only its end may be written.
REVOKE UPDATE, DELETE ON calendar_feed FROM actions_app;
GRANT UPDATE (version, revoked_at) ON calendar_feed TO actions_app;

-- For the feed of a commune.  A plain index keeps back who plans a session while it is made, which a few thousand rows
-- do not take long for; whoever reads goes on.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ON session (municipality, held_on);

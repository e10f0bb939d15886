-- Webhooks: endpoints, what is sent to them, what became of it.  Never on a topic: endpoints hold secrets.

CREATE TABLE wh_endpoint (
  id               uuid        PRIMARY KEY,
  version          integer     NOT NULL,
  owner_role       text        NOT NULL,               -- a partner is a role of an organisation
  owner_org        uuid        NOT NULL,
  url              text        NOT NULL,
  description      text        NOT NULL,
  event_types      text[]      NOT NULL,
  codes            text[]      NOT NULL,               -- narrow the owner's territory; the owner's own still bounds it
  state            text        NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'disabled')),
  disabled_because text,
  verification     jsonb,                              -- the check under way, or why the last one failed
  verified_at      timestamptz,                        -- since the first one the endpoint has its numbers
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  doc              text        NOT NULL                -- what GET answers
);
CREATE INDEX ON wh_endpoint (owner_org, owner_role);

CREATE TABLE wh_secret (
  id          uuid        PRIMARY KEY,
  endpoint_id uuid        NOT NULL REFERENCES wh_endpoint ON DELETE CASCADE,
  sealed      bytea       NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz
);
CREATE INDEX ON wh_secret (endpoint_id);

-- A check of an endpoint's URL that somebody has to make.
CREATE TABLE wh_challenge (
  endpoint_id uuid        PRIMARY KEY REFERENCES wh_endpoint ON DELETE CASCADE,
  challenge   text        NOT NULL,
  lease_until timestamptz NOT NULL DEFAULT '-infinity'
);

-- The inbox of the fan-out: a fact takes effect once, however often the relay sends it.
CREATE TABLE wh_heard (
  event_id uuid        PRIMARY KEY,
  heard_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON wh_heard (heard_at);

-- The last number given to an endpoint.  Apart from the lane, so that fan-out and delivery do not wait for each other.
CREATE TABLE wh_sequence (
  endpoint_id uuid   PRIMARY KEY REFERENCES wh_endpoint ON DELETE CASCADE,
  last        bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE wh_event (
  id          uuid        PRIMARY KEY,
  type        text        NOT NULL,
  subject     text        NOT NULL,
  recorded_at timestamptz NOT NULL,
  document    text        NOT NULL CHECK (octet_length(document) <= 65000),   -- final bytes, but for the sequence
  traceparent text,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON wh_event (created_at);

CREATE TABLE wh_delivery (
  endpoint_id uuid        NOT NULL REFERENCES wh_endpoint ON DELETE CASCADE,
  sequence    bigint      NOT NULL,
  event_id    uuid        NOT NULL,
  subject     text        NOT NULL,
  state       text        NOT NULL CHECK (state IN ('pending', 'leased', 'done', 'dead', 'cancelled')),
  cause       text        NOT NULL DEFAULT 'fact' CHECK (cause IN ('fact', 'notice', 'redelivery')),
  attempts    integer     NOT NULL DEFAULT 0,          -- all that were begun
  failures    integer     NOT NULL DEFAULT 0,          -- those that count
  next_at     timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz,
  lease_owner text,
  lease_token uuid,
  created_at  timestamptz NOT NULL DEFAULT now(),
  done_at     timestamptz,
  PRIMARY KEY (endpoint_id, sequence),
  UNIQUE (endpoint_id, event_id)
) WITH (fillfactor = 80);
CREATE INDEX wh_delivery_due ON wh_delivery (endpoint_id, next_at, sequence) WHERE state = 'pending';
CREATE INDEX wh_delivery_open ON wh_delivery (endpoint_id, subject, sequence) WHERE state IN ('pending', 'leased');
CREATE INDEX wh_delivery_leased ON wh_delivery (lease_until) WHERE state = 'leased';
CREATE INDEX ON wh_delivery (created_at);

-- One narrow row an endpoint: its turn, its pauses, its breaker.
CREATE TABLE wh_lane (
  endpoint_id   uuid        PRIMARY KEY REFERENCES wh_endpoint ON DELETE CASCADE,
  active        boolean     NOT NULL DEFAULT false,
  max_inflight  integer     NOT NULL,
  inflight      integer     NOT NULL DEFAULT 0,
  rate_per_s    real        NOT NULL,
  tokens        real        NOT NULL,
  tokens_at     timestamptz NOT NULL DEFAULT now(),
  served_at     timestamptz NOT NULL DEFAULT '-infinity',
  blocked_until timestamptz,
  fails         integer     NOT NULL DEFAULT 0,
  tries_since   integer     NOT NULL DEFAULT 0,
  first_fail_at timestamptz,
  window_from   timestamptz,
  window_tries  integer     NOT NULL DEFAULT 0,
  window_fails  integer     NOT NULL DEFAULT 0,
  open_count    integer     NOT NULL DEFAULT 0,
  warned        integer     NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE wh_attempt (
  endpoint_id uuid        NOT NULL REFERENCES wh_endpoint ON DELETE CASCADE,
  sequence    bigint      NOT NULL,
  at          timestamptz NOT NULL,
  ms          integer     NOT NULL,
  status      integer,
  trouble     text,
  answer      text        NOT NULL,
  address     inet
);
CREATE INDEX ON wh_attempt (endpoint_id, sequence, at);
CREATE INDEX ON wh_attempt (at);

-- A partner sees its own; the consumer and the jobs work in the house's own name and see all.
CREATE FUNCTION ourselves() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN asks_with(ARRAY[]::text[]);

CREATE FUNCTION partner_asks(role text, org uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(
    nullif(current_setting('app.principal', true), '')::jsonb @> jsonb_build_object('role', role, 'org', org), false);

CREATE FUNCTION owns_endpoint(wanted uuid) RETURNS boolean          -- by the row security of the endpoint itself
  LANGUAGE sql STABLE
  RETURN EXISTS (SELECT FROM wh_endpoint WHERE id = wanted);

ALTER TABLE wh_endpoint  ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_endpoint  FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_secret    ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_secret    FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_challenge ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_challenge FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_sequence  ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_sequence  FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_lane      ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_lane      FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_delivery  ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_delivery  FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_attempt   ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_attempt   FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_event     ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_event     FORCE ROW LEVEL SECURITY;
ALTER TABLE wh_heard     ENABLE ROW LEVEL SECURITY;
ALTER TABLE wh_heard     FORCE ROW LEVEL SECURITY;

CREATE POLICY owners ON wh_endpoint  USING ((SELECT ourselves()) OR partner_asks(owner_role, owner_org));
CREATE POLICY owners ON wh_secret    USING ((SELECT ourselves()) OR owns_endpoint(endpoint_id));
CREATE POLICY owners ON wh_challenge USING ((SELECT ourselves()) OR owns_endpoint(endpoint_id));
CREATE POLICY owners ON wh_sequence  USING ((SELECT ourselves()) OR owns_endpoint(endpoint_id));
CREATE POLICY owners ON wh_lane      USING ((SELECT ourselves()) OR owns_endpoint(endpoint_id));
CREATE POLICY owners ON wh_delivery  USING ((SELECT ourselves()) OR owns_endpoint(endpoint_id));
CREATE POLICY owners ON wh_attempt   USING ((SELECT ourselves()) OR owns_endpoint(endpoint_id));
CREATE POLICY owners ON wh_event     FOR SELECT USING (
  (SELECT ourselves())
  OR EXISTS (SELECT FROM wh_delivery d WHERE d.event_id = wh_event.id AND owns_endpoint(d.endpoint_id)));
CREATE POLICY said   ON wh_event     FOR INSERT WITH CHECK ((SELECT asks_with(ARRAY['webhooks:manage'])));
CREATE POLICY ourselves ON wh_heard USING ((SELECT ourselves()));
CREATE INDEX ON wh_delivery (event_id);

-- What is old goes by the hand of the housekeeper, who sees no secret that lives.
CREATE POLICY housekeeping ON wh_heard    TO partners_housekeeper USING (true);
CREATE POLICY housekeeping ON wh_event    TO partners_housekeeper USING (true);
CREATE POLICY housekeeping ON wh_delivery TO partners_housekeeper USING (true);
CREATE POLICY housekeeping ON wh_attempt  TO partners_housekeeper USING (true);
CREATE POLICY housekeeping ON wh_secret   TO partners_housekeeper USING (expires_at < now());
GRANT SELECT, DELETE ON wh_heard, wh_event, wh_delivery, wh_attempt TO partners_housekeeper;
GRANT SELECT (id) ON wh_endpoint TO partners_housekeeper;            -- the owners' policies ask; it sees none
GRANT SELECT (id, expires_at), DELETE ON wh_secret TO partners_housekeeper;

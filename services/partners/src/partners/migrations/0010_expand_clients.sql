-- API clients: who may ask for a token.  Never on a topic: these rows hold (the fingerprints of) secrets.

CREATE TABLE api_client (
  id              text        PRIMARY KEY,
  version         integer     NOT NULL,
  name            text        NOT NULL,
  role            text        NOT NULL,
  organisation_id uuid        NOT NULL,
  coordination_id uuid,
  codes           text[]      NOT NULL,
  public_keys     jsonb       NOT NULL,                -- JSON Web Keys, without a private part
  created_at      timestamptz NOT NULL,
  revoked_at      timestamptz,
  doc             text        NOT NULL                 -- what GET answers
);
CREATE UNIQUE INDEX api_client_one_per_role ON api_client (role, organisation_id) WHERE revoked_at IS NULL;

CREATE TABLE api_client_secret (
  id          text        PRIMARY KEY,
  client_id   text        NOT NULL REFERENCES api_client,
  fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz
);
CREATE INDEX ON api_client_secret (client_id);

-- A client assertion is good once: its name is kept until it expires.
CREATE TABLE seen_assertion (
  client_id  text        NOT NULL,
  jti        text        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (client_id, jti)
);
CREATE INDEX ON seen_assertion (expires_at);

-- Who was let in, who was not, who gave whom what.  Added to, never changed; no secret, no token, no assertion.
CREATE TABLE audit (
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  what      text        NOT NULL,
  client_id text        NOT NULL,                      -- whom it is about, as it was named
  by_client text,                                      -- who did it, if somebody did
  detail    jsonb       NOT NULL
);
CREATE INDEX ON audit (client_id, at);
CREATE INDEX ON audit (at);
REVOKE SELECT, UPDATE, DELETE ON audit FROM partners_app;

ALTER TABLE api_client ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_client FORCE ROW LEVEL SECURITY;
ALTER TABLE api_client_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_client_secret FORCE ROW LEVEL SECURITY;
ALTER TABLE seen_assertion ENABLE ROW LEVEL SECURITY;
ALTER TABLE seen_assertion FORCE ROW LEVEL SECURITY;

CREATE POLICY managers ON api_client USING ((SELECT asks_with(ARRAY['clients:manage'])));
CREATE POLICY managers ON api_client_secret USING ((SELECT asks_with(ARRAY['clients:manage'])));
CREATE POLICY ourselves ON seen_assertion USING ((SELECT asks_with(ARRAY[]::text[])));
CREATE POLICY housekeeping ON seen_assertion TO partners_housekeeper USING (true);
CREATE POLICY housekeeping ON api_client_secret TO partners_housekeeper USING (expires_at < now());
GRANT SELECT, DELETE ON seen_assertion, audit TO partners_housekeeper;
GRANT SELECT (id, expires_at), DELETE ON api_client_secret TO partners_housekeeper;

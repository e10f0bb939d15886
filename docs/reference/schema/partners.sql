--
-- PostgreSQL database dump
--

--
-- Name: partners; Type: SCHEMA; Schema: -; Owner: partners_owner
--

CREATE SCHEMA partners;

ALTER SCHEMA partners OWNER TO partners_owner;

--
-- Name: asks_with(text[]); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.asks_with(scopes text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(((((NULLIF(current_setting('app.principal'::text, true), ''::text))::jsonb ->> 'level'::text) = 'system'::text) OR (((NULLIF(current_setting('app.principal'::text, true), ''::text))::jsonb -> 'scopes'::text) ?| scopes)), false);

ALTER FUNCTION partners.asks_with(scopes text[]) OWNER TO partners_owner;

--
-- Name: id_bucket(text); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.id_bucket(id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(id), 2)))::bit(8))::integer;

ALTER FUNCTION partners.id_bucket(id text) OWNER TO partners_owner;

--
-- Name: ourselves(); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.ourselves() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN partners.asks_with(ARRAY[]::text[]);

ALTER FUNCTION partners.ourselves() OWNER TO partners_owner;

--
-- Name: wh_endpoint; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_endpoint (
    id uuid NOT NULL,
    version integer NOT NULL,
    owner_role text NOT NULL,
    owner_org uuid NOT NULL,
    url text NOT NULL,
    description text NOT NULL,
    event_types text[] NOT NULL,
    codes text[] NOT NULL,
    state text NOT NULL,
    disabled_because text,
    verification jsonb,
    verified_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    doc text NOT NULL,
    CONSTRAINT wh_endpoint_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'paused'::text, 'disabled'::text])))
);

ALTER TABLE ONLY partners.wh_endpoint FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_endpoint OWNER TO partners_owner;

--
-- Name: owns_endpoint(uuid); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.owns_endpoint(wanted uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (EXISTS (SELECT FROM partners.wh_endpoint WHERE (wh_endpoint.id = owns_endpoint.wanted)));

ALTER FUNCTION partners.owns_endpoint(wanted uuid) OWNER TO partners_owner;

--
-- Name: partner_asks(text, uuid); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.partner_asks(role text, org uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(((NULLIF(current_setting('app.principal'::text, true), ''::text))::jsonb @> jsonb_build_object('role', role, 'org', org)), false);

ALTER FUNCTION partners.partner_asks(role text, org uuid) OWNER TO partners_owner;

--
-- Name: somebody_asks(); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.somebody_asks() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.principal'::text, true), ''::text) IS NOT NULL);

ALTER FUNCTION partners.somebody_asks() OWNER TO partners_owner;

--
-- Name: state_hash(text, integer); Type: FUNCTION; Schema: partners; Owner: partners_owner
--

CREATE FUNCTION partners.state_hash(id text, version integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(((id || '@'::text) || (version)::text)), 16)))::bit(64))::bigint;

ALTER FUNCTION partners.state_hash(id text, version integer) OWNER TO partners_owner;

--
-- Name: access_grant; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.access_grant (
    id uuid NOT NULL,
    version integer NOT NULL,
    doc text NOT NULL,
    CONSTRAINT access_grant_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY partners.access_grant ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY partners.access_grant FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.access_grant OWNER TO partners_owner;

--
-- Name: api_client; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.api_client (
    id text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    organisation_id uuid NOT NULL,
    coordination_id uuid,
    codes text[] NOT NULL,
    public_keys jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    doc text NOT NULL
);

ALTER TABLE ONLY partners.api_client FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.api_client OWNER TO partners_owner;

--
-- Name: api_client_secret; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.api_client_secret (
    id text NOT NULL,
    client_id text NOT NULL,
    fingerprint bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT api_client_secret_fingerprint_check CHECK ((octet_length(fingerprint) = 32))
);

ALTER TABLE ONLY partners.api_client_secret FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.api_client_secret OWNER TO partners_owner;

--
-- Name: audit; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.audit (
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    what text NOT NULL,
    client_id text NOT NULL,
    by_client text,
    detail jsonb NOT NULL,
    said_once text
);

ALTER TABLE partners.audit OWNER TO partners_owner;

--
-- Name: consumer_freshness; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.consumer_freshness (
    grp text NOT NULL,
    service text NOT NULL,
    as_of timestamp with time zone NOT NULL
);

ALTER TABLE partners.consumer_freshness OWNER TO partners_owner;

--
-- Name: consumer_offset; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    recorded_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE partners.consumer_offset OWNER TO partners_owner;

--
-- Name: coordination; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.coordination (
    id uuid NOT NULL,
    version integer NOT NULL,
    organisation_id uuid NOT NULL,
    drac_id uuid NOT NULL,
    region text NOT NULL,
    ended_on date,
    doc text NOT NULL,
    CONSTRAINT coordination_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY partners.coordination FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.coordination OWNER TO partners_owner;

--
-- Name: coverage; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.coverage (
    coordination_id uuid NOT NULL,
    department text NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT coverage_during_check CHECK ((NOT isempty(during)))
);

ALTER TABLE ONLY partners.coverage FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.coverage OWNER TO partners_owner;

--
-- Name: district; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.district (
    vintage integer NOT NULL,
    code text NOT NULL,
    territory_id uuid NOT NULL,
    findable text NOT NULL COLLATE pg_catalog."C",
    municipalities text[] NOT NULL,
    doc text NOT NULL
);

ALTER TABLE ONLY partners.district FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.district OWNER TO partners_owner;

--
-- Name: gap_seen; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.gap_seen (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    id text NOT NULL,
    have integer NOT NULL,
    got integer NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE partners.gap_seen OWNER TO partners_owner;

--
-- Name: heartbeat_heard; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.heartbeat_heard (
    grp text NOT NULL,
    service text NOT NULL,
    at timestamp with time zone NOT NULL,
    ends jsonb NOT NULL
);

ALTER TABLE partners.heartbeat_heard OWNER TO partners_owner;

--
-- Name: idempotency; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.idempotency (
    client_id text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    version integer NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE partners.idempotency OWNER TO partners_owner;

--
-- Name: intermunicipality; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.intermunicipality (
    vintage integer NOT NULL,
    siren text NOT NULL,
    territory_id uuid NOT NULL,
    name text NOT NULL,
    findable text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL
);

ALTER TABLE ONLY partners.intermunicipality FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.intermunicipality OWNER TO partners_owner;

--
-- Name: migration; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    ran_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE partners.migration OWNER TO partners_owner;

--
-- Name: municipality; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.municipality (
    vintage integer NOT NULL,
    code text NOT NULL,
    territory_id uuid NOT NULL,
    name text,
    findable text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    parent text,
    successors text[] NOT NULL,
    intermunicipality text,
    territorial_body text,
    population integer,
    siren text,
    density integer,
    districts text[] NOT NULL,
    CONSTRAINT municipality_density_check CHECK (((density >= 1) AND (density <= 7))),
    CONSTRAINT municipality_kind_check CHECK ((kind = ANY (ARRAY['municipality'::text, 'delegated'::text, 'associated'::text, 'arrondissement'::text, 'ceased'::text])))
);

ALTER TABLE ONLY partners.municipality FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.municipality OWNER TO partners_owner;

--
-- Name: operation; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.operation (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    who text NOT NULL,
    command text NOT NULL,
    arguments jsonb NOT NULL,
    outcome text,
    ended_at timestamp with time zone
);

ALTER TABLE partners.operation OWNER TO partners_owner;

--
-- Name: operation_id_seq; Type: SEQUENCE; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.operation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME partners.operation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: organisation; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.organisation (
    id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    findable text NOT NULL COLLATE pg_catalog."C",
    formerly text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    legal_form text,
    siren text,
    siret text,
    rna text,
    municipality text,
    vintage integer,
    department text,
    area_level text,
    area_code text,
    area_vintage integer,
    roles text[] NOT NULL,
    closed_on date,
    history jsonb NOT NULL,
    doc text NOT NULL,
    derogations jsonb DEFAULT '[]'::jsonb NOT NULL,
    cnc_establishment text,
    cinema jsonb,
    entitlements jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT organisation_area_level_check CHECK ((area_level = ANY (ARRAY['municipality'::text, 'intermunicipality'::text, 'department'::text, 'region'::text]))),
    CONSTRAINT organisation_check CHECK (((municipality IS NULL) = (vintage IS NULL))),
    CONSTRAINT organisation_check1 CHECK ((((area_level IS NULL) = (area_code IS NULL)) AND ((area_level IS NULL) = (area_vintage IS NULL)))),
    CONSTRAINT organisation_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY partners.organisation FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.organisation OWNER TO partners_owner;

--
-- Name: outbox; Type: TABLE; Schema: partners; Owner: partners_housekeeper
--

CREATE TABLE partners.outbox (
    seq bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    traceparent text,
    value bytea,
    CONSTRAINT outbox_value_check CHECK ((octet_length(value) <= 900000))
)
PARTITION BY RANGE (at);

ALTER TABLE partners.outbox OWNER TO partners_housekeeper;

--
-- Name: outbox_cursor; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.outbox_cursor (
    relay text NOT NULL,
    epoch bigint NOT NULL,
    db_epoch integer NOT NULL,
    s1 pg_snapshot NOT NULL,
    s2 pg_snapshot,
    last_seq bigint,
    acked jsonb NOT NULL,
    signed_off boolean NOT NULL,
    system_id bigint NOT NULL,
    timeline integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    auditing jsonb,
    audited_since pg_snapshot
);

ALTER TABLE partners.outbox_cursor OWNER TO partners_owner;

--
-- Name: COLUMN outbox_cursor.acked; Type: COMMENT; Schema: partners; Owner: partners_owner
--

COMMENT ON COLUMN partners.outbox_cursor.acked IS 'last offset that Kafka acknowledged, by partition: {"topic/partition": offset}; emptied when everything is sent again';

--
-- Name: COLUMN outbox_cursor.auditing; Type: COMMENT; Schema: partners; Owner: partners_owner
--

COMMENT ON COLUMN partners.outbox_cursor.auditing IS 'where an audit of the state topics that is not over has begun, by partition: {"topic/partition": offset}';

--
-- Name: COLUMN outbox_cursor.audited_since; Type: COMMENT; Schema: partners; Owner: partners_owner
--

COMMENT ON COLUMN partners.outbox_cursor.audited_since IS 'the snapshot that was published for certain when the audit in `auditing` began';

--
-- Name: outbox_default; Type: TABLE; Schema: partners; Owner: partners_housekeeper
--

CREATE TABLE partners.outbox_default (
    seq bigint CONSTRAINT outbox_seq_not_null NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() CONSTRAINT outbox_xid_not_null NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() CONSTRAINT outbox_at_not_null NOT NULL,
    event_id uuid CONSTRAINT outbox_event_id_not_null NOT NULL,
    topic text CONSTRAINT outbox_topic_not_null NOT NULL,
    key text CONSTRAINT outbox_key_not_null NOT NULL,
    version integer CONSTRAINT outbox_version_not_null NOT NULL,
    type text CONSTRAINT outbox_type_not_null NOT NULL,
    traceparent text,
    value bytea,
    CONSTRAINT outbox_value_check CHECK ((octet_length(value) <= 900000))
);

ALTER TABLE partners.outbox_default OWNER TO partners_housekeeper;

--
-- Name: outbox_parked; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.outbox_parked (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    traceparent text,
    value bytea,
    reason text NOT NULL,
    who text NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE partners.outbox_parked OWNER TO partners_owner;

--
-- Name: outbox_seq_seq; Type: SEQUENCE; Schema: partners; Owner: partners_housekeeper
--

ALTER TABLE partners.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME partners.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: parked_event; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.parked_event (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea,
    error text NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE partners.parked_event OWNER TO partners_owner;

--
-- Name: parked_key; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.parked_key (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    operation_id bigint
);

ALTER TABLE partners.parked_key OWNER TO partners_owner;

--
-- Name: seen_assertion; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.seen_assertion (
    client_id text NOT NULL,
    jti text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY partners.seen_assertion FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.seen_assertion OWNER TO partners_owner;

--
-- Name: seen_version; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.seen_version (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL
);

ALTER TABLE partners.seen_version OWNER TO partners_owner;

--
-- Name: territory; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.territory (
    id uuid NOT NULL,
    version integer NOT NULL,
    vintage integer NOT NULL,
    department text NOT NULL,
    department_name text NOT NULL,
    region text NOT NULL,
    region_name text NOT NULL,
    zone text NOT NULL,
    municipalities integer NOT NULL,
    doc text NOT NULL,
    CONSTRAINT territory_version_check CHECK ((version > 0)),
    CONSTRAINT territory_zone_check CHECK ((zone = ANY (ARRAY['metropolitan'::text, 'overseas'::text, 'overseas_collectivity'::text])))
);

ALTER TABLE ONLY partners.territory FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.territory OWNER TO partners_owner;

--
-- Name: wh_attempt; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_attempt (
    endpoint_id uuid NOT NULL,
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    ms integer NOT NULL,
    status integer,
    trouble text,
    answer text NOT NULL,
    address inet
);

ALTER TABLE ONLY partners.wh_attempt FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_attempt OWNER TO partners_owner;

--
-- Name: wh_challenge; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_challenge (
    endpoint_id uuid NOT NULL,
    challenge text NOT NULL,
    lease_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
);

ALTER TABLE ONLY partners.wh_challenge FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_challenge OWNER TO partners_owner;

--
-- Name: wh_delivery; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_delivery (
    endpoint_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event_id uuid NOT NULL,
    subject text NOT NULL,
    state text NOT NULL,
    cause text DEFAULT 'fact'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone DEFAULT now() NOT NULL,
    lease_until timestamp with time zone,
    lease_owner text,
    lease_token uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT wh_delivery_cause_check CHECK ((cause = ANY (ARRAY['fact'::text, 'notice'::text, 'redelivery'::text]))),
    CONSTRAINT wh_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'leased'::text, 'done'::text, 'dead'::text, 'cancelled'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY partners.wh_delivery FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_delivery OWNER TO partners_owner;

--
-- Name: wh_event; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_event (
    id uuid NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    document text NOT NULL,
    traceparent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT wh_event_document_check CHECK ((octet_length(document) <= 65000))
);

ALTER TABLE ONLY partners.wh_event FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_event OWNER TO partners_owner;

--
-- Name: wh_heard; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_heard (
    event_id uuid NOT NULL,
    heard_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY partners.wh_heard FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_heard OWNER TO partners_owner;

--
-- Name: wh_lane; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_lane (
    endpoint_id uuid NOT NULL,
    active boolean DEFAULT false NOT NULL,
    max_inflight integer NOT NULL,
    inflight integer DEFAULT 0 NOT NULL,
    rate_per_s real NOT NULL,
    tokens real NOT NULL,
    tokens_at timestamp with time zone DEFAULT now() NOT NULL,
    served_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone,
    fails integer DEFAULT 0 NOT NULL,
    tries_since integer DEFAULT 0 NOT NULL,
    first_fail_at timestamp with time zone,
    window_from timestamp with time zone,
    window_tries integer DEFAULT 0 NOT NULL,
    window_fails integer DEFAULT 0 NOT NULL,
    open_count integer DEFAULT 0 NOT NULL,
    warned integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY partners.wh_lane FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_lane OWNER TO partners_owner;

--
-- Name: wh_secret; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_secret (
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone
);

ALTER TABLE ONLY partners.wh_secret FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_secret OWNER TO partners_owner;

--
-- Name: wh_sequence; Type: TABLE; Schema: partners; Owner: partners_owner
--

CREATE TABLE partners.wh_sequence (
    endpoint_id uuid NOT NULL,
    last bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY partners.wh_sequence FORCE ROW LEVEL SECURITY;

ALTER TABLE partners.wh_sequence OWNER TO partners_owner;

--
-- Name: outbox_default; Type: TABLE ATTACH; Schema: partners; Owner: partners_housekeeper
--

ALTER TABLE ONLY partners.outbox ATTACH PARTITION partners.outbox_default DEFAULT;

--
-- Name: access_grant access_grant_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.access_grant
    ADD CONSTRAINT access_grant_pkey PRIMARY KEY (id);

--
-- Name: api_client api_client_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.api_client
    ADD CONSTRAINT api_client_pkey PRIMARY KEY (id);

--
-- Name: api_client_secret api_client_secret_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.api_client_secret
    ADD CONSTRAINT api_client_secret_pkey PRIMARY KEY (id);

--
-- Name: consumer_freshness consumer_freshness_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.consumer_freshness
    ADD CONSTRAINT consumer_freshness_pkey PRIMARY KEY (grp, service);

--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);

--
-- Name: coordination coordination_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.coordination
    ADD CONSTRAINT coordination_pkey PRIMARY KEY (id);

--
-- Name: coverage coverage_once; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.coverage
    ADD CONSTRAINT coverage_once EXCLUDE USING gist (department WITH =, during WITH &&);

--
-- Name: district district_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.district
    ADD CONSTRAINT district_pkey PRIMARY KEY (vintage, code);

--
-- Name: gap_seen gap_seen_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.gap_seen
    ADD CONSTRAINT gap_seen_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: heartbeat_heard heartbeat_heard_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.heartbeat_heard
    ADD CONSTRAINT heartbeat_heard_pkey PRIMARY KEY (grp, service, at);

--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (client_id, key);

--
-- Name: intermunicipality intermunicipality_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.intermunicipality
    ADD CONSTRAINT intermunicipality_pkey PRIMARY KEY (vintage, siren, territory_id);

--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

--
-- Name: municipality municipality_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.municipality
    ADD CONSTRAINT municipality_pkey PRIMARY KEY (vintage, code);

--
-- Name: operation operation_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (id);

--
-- Name: organisation organisation_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

--
-- Name: outbox_cursor outbox_cursor_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.outbox_cursor
    ADD CONSTRAINT outbox_cursor_pkey PRIMARY KEY (relay);

--
-- Name: outbox_parked outbox_parked_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.outbox_parked
    ADD CONSTRAINT outbox_parked_pkey PRIMARY KEY (seq);

--
-- Name: parked_event parked_event_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.parked_event
    ADD CONSTRAINT parked_event_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: seen_assertion seen_assertion_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.seen_assertion
    ADD CONSTRAINT seen_assertion_pkey PRIMARY KEY (client_id, jti);

--
-- Name: seen_version seen_version_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.seen_version
    ADD CONSTRAINT seen_version_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: territory territory_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.territory
    ADD CONSTRAINT territory_pkey PRIMARY KEY (id);

--
-- Name: territory territory_vintage_department_key; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.territory
    ADD CONSTRAINT territory_vintage_department_key UNIQUE (vintage, department);

--
-- Name: wh_challenge wh_challenge_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_challenge
    ADD CONSTRAINT wh_challenge_pkey PRIMARY KEY (endpoint_id);

--
-- Name: wh_delivery wh_delivery_endpoint_id_event_id_key; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_delivery
    ADD CONSTRAINT wh_delivery_endpoint_id_event_id_key UNIQUE (endpoint_id, event_id);

--
-- Name: wh_delivery wh_delivery_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_delivery
    ADD CONSTRAINT wh_delivery_pkey PRIMARY KEY (endpoint_id, sequence);

--
-- Name: wh_endpoint wh_endpoint_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_endpoint
    ADD CONSTRAINT wh_endpoint_pkey PRIMARY KEY (id);

--
-- Name: wh_event wh_event_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_event
    ADD CONSTRAINT wh_event_pkey PRIMARY KEY (id);

--
-- Name: wh_heard wh_heard_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_heard
    ADD CONSTRAINT wh_heard_pkey PRIMARY KEY (event_id);

--
-- Name: wh_lane wh_lane_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_lane
    ADD CONSTRAINT wh_lane_pkey PRIMARY KEY (endpoint_id);

--
-- Name: wh_secret wh_secret_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_secret
    ADD CONSTRAINT wh_secret_pkey PRIMARY KEY (id);

--
-- Name: wh_sequence wh_sequence_pkey; Type: CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_sequence
    ADD CONSTRAINT wh_sequence_pkey PRIMARY KEY (endpoint_id);

--
-- Name: api_client_one_per_role; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE UNIQUE INDEX api_client_one_per_role ON partners.api_client USING btree (role, organisation_id) WHERE (revoked_at IS NULL);

--
-- Name: api_client_secret_client_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX api_client_secret_client_id_idx ON partners.api_client_secret USING btree (client_id);

--
-- Name: audit_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX audit_at_idx ON partners.audit USING btree (at);

--
-- Name: audit_client_id_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX audit_client_id_at_idx ON partners.audit USING btree (client_id, at);

--
-- Name: audit_said_once_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE UNIQUE INDEX audit_said_once_idx ON partners.audit USING btree (said_once) WHERE (said_once IS NOT NULL);

--
-- Name: coordination_organisation_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX coordination_organisation_id_idx ON partners.coordination USING btree (organisation_id);

--
-- Name: coordination_region_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX coordination_region_id_idx ON partners.coordination USING btree (region, id);

--
-- Name: coverage_coordination_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX coverage_coordination_id_idx ON partners.coverage USING btree (coordination_id);

--
-- Name: district_municipalities_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX district_municipalities_idx ON partners.district USING gin (municipalities);

--
-- Name: district_territory_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX district_territory_id_idx ON partners.district USING btree (territory_id);

--
-- Name: idempotency_created_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX idempotency_created_at_idx ON partners.idempotency USING btree (created_at);

--
-- Name: intermunicipality_territory_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX intermunicipality_territory_id_idx ON partners.intermunicipality USING btree (territory_id);

--
-- Name: municipality_code_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX municipality_code_idx ON partners.municipality USING btree (code);

--
-- Name: municipality_expr_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX municipality_expr_idx ON partners.municipality USING gin (((' '::text || findable)) public.gin_trgm_ops);

--
-- Name: municipality_siren_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX municipality_siren_idx ON partners.municipality USING btree (siren) WHERE (siren IS NOT NULL);

--
-- Name: municipality_territory_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX municipality_territory_id_idx ON partners.municipality USING btree (territory_id);

--
-- Name: municipality_vintage_findable_code_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX municipality_vintage_findable_code_idx ON partners.municipality USING btree (vintage, findable, code);

--
-- Name: organisation_cnc_establishment; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE UNIQUE INDEX organisation_cnc_establishment ON partners.organisation USING btree (cnc_establishment) WHERE (closed_on IS NULL);

--
-- Name: organisation_findable_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX organisation_findable_id_idx ON partners.organisation USING btree (findable, id);

--
-- Name: organisation_rna; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE UNIQUE INDEX organisation_rna ON partners.organisation USING btree (rna) WHERE (closed_on IS NULL);

--
-- Name: organisation_siren; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE UNIQUE INDEX organisation_siren ON partners.organisation USING btree (siren) WHERE ((siret IS NULL) AND (closed_on IS NULL));

--
-- Name: organisation_siren_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX organisation_siren_id_idx ON partners.organisation USING btree (siren, id);

--
-- Name: organisation_siret; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE UNIQUE INDEX organisation_siret ON partners.organisation USING btree (siret) WHERE (closed_on IS NULL);

--
-- Name: outbox_seq_idx; Type: INDEX; Schema: partners; Owner: partners_housekeeper
--

CREATE INDEX outbox_seq_idx ON ONLY partners.outbox USING btree (seq);

--
-- Name: outbox_default_seq_idx; Type: INDEX; Schema: partners; Owner: partners_housekeeper
--

CREATE INDEX outbox_default_seq_idx ON partners.outbox_default USING btree (seq);

--
-- Name: outbox_xid_seq_idx; Type: INDEX; Schema: partners; Owner: partners_housekeeper
--

CREATE INDEX outbox_xid_seq_idx ON ONLY partners.outbox USING btree (xid, seq);

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX; Schema: partners; Owner: partners_housekeeper
--

CREATE INDEX outbox_default_xid_seq_idx ON partners.outbox_default USING btree (xid, seq);

--
-- Name: parked_event_grp_topic_key_part_offset_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX parked_event_grp_topic_key_part_offset_idx ON partners.parked_event USING btree (grp, topic, key, part, "offset");

--
-- Name: seen_assertion_expires_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX seen_assertion_expires_at_idx ON partners.seen_assertion USING btree (expires_at);

--
-- Name: wh_attempt_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_attempt_at_idx ON partners.wh_attempt USING btree (at);

--
-- Name: wh_attempt_endpoint_id_sequence_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_attempt_endpoint_id_sequence_at_idx ON partners.wh_attempt USING btree (endpoint_id, sequence, at);

--
-- Name: wh_delivery_created_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_delivery_created_at_idx ON partners.wh_delivery USING btree (created_at);

--
-- Name: wh_delivery_due; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_delivery_due ON partners.wh_delivery USING btree (endpoint_id, next_at, sequence) WHERE (state = 'pending'::text);

--
-- Name: wh_delivery_event_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_delivery_event_id_idx ON partners.wh_delivery USING btree (event_id);

--
-- Name: wh_delivery_leased; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_delivery_leased ON partners.wh_delivery USING btree (lease_until) WHERE (state = 'leased'::text);

--
-- Name: wh_delivery_open; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_delivery_open ON partners.wh_delivery USING btree (endpoint_id, subject, sequence) WHERE (state = ANY (ARRAY['pending'::text, 'leased'::text]));

--
-- Name: wh_endpoint_owner_org_owner_role_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_endpoint_owner_org_owner_role_idx ON partners.wh_endpoint USING btree (owner_org, owner_role);

--
-- Name: wh_event_created_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_event_created_at_idx ON partners.wh_event USING btree (created_at);

--
-- Name: wh_heard_heard_at_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_heard_heard_at_idx ON partners.wh_heard USING btree (heard_at);

--
-- Name: wh_secret_endpoint_id_idx; Type: INDEX; Schema: partners; Owner: partners_owner
--

CREATE INDEX wh_secret_endpoint_id_idx ON partners.wh_secret USING btree (endpoint_id);

--
-- Name: outbox_default_seq_idx; Type: INDEX ATTACH; Schema: partners; Owner: partners_housekeeper
--

ALTER INDEX partners.outbox_seq_idx ATTACH PARTITION partners.outbox_default_seq_idx;

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX ATTACH; Schema: partners; Owner: partners_housekeeper
--

ALTER INDEX partners.outbox_xid_seq_idx ATTACH PARTITION partners.outbox_default_xid_seq_idx;

--
-- Name: api_client_secret api_client_secret_client_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.api_client_secret
    ADD CONSTRAINT api_client_secret_client_id_fkey FOREIGN KEY (client_id) REFERENCES partners.api_client(id);

--
-- Name: coordination coordination_drac_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.coordination
    ADD CONSTRAINT coordination_drac_id_fkey FOREIGN KEY (drac_id) REFERENCES partners.organisation(id);

--
-- Name: coordination coordination_organisation_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.coordination
    ADD CONSTRAINT coordination_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES partners.organisation(id);

--
-- Name: coverage coverage_coordination_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.coverage
    ADD CONSTRAINT coverage_coordination_id_fkey FOREIGN KEY (coordination_id) REFERENCES partners.coordination(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: district district_territory_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.district
    ADD CONSTRAINT district_territory_id_fkey FOREIGN KEY (territory_id) REFERENCES partners.territory(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: intermunicipality intermunicipality_territory_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.intermunicipality
    ADD CONSTRAINT intermunicipality_territory_id_fkey FOREIGN KEY (territory_id) REFERENCES partners.territory(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: municipality municipality_territory_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.municipality
    ADD CONSTRAINT municipality_territory_id_fkey FOREIGN KEY (territory_id) REFERENCES partners.territory(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: wh_attempt wh_attempt_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_attempt
    ADD CONSTRAINT wh_attempt_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.wh_endpoint(id) ON DELETE CASCADE;

--
-- Name: wh_challenge wh_challenge_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_challenge
    ADD CONSTRAINT wh_challenge_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.wh_endpoint(id) ON DELETE CASCADE;

--
-- Name: wh_delivery wh_delivery_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_delivery
    ADD CONSTRAINT wh_delivery_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.wh_endpoint(id) ON DELETE CASCADE;

--
-- Name: wh_lane wh_lane_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_lane
    ADD CONSTRAINT wh_lane_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.wh_endpoint(id) ON DELETE CASCADE;

--
-- Name: wh_secret wh_secret_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_secret
    ADD CONSTRAINT wh_secret_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.wh_endpoint(id) ON DELETE CASCADE;

--
-- Name: wh_sequence wh_sequence_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: partners; Owner: partners_owner
--

ALTER TABLE ONLY partners.wh_sequence
    ADD CONSTRAINT wh_sequence_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.wh_endpoint(id) ON DELETE CASCADE;

--
-- Name: access_grant; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.access_grant ENABLE ROW LEVEL SECURITY;

--
-- Name: api_client; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.api_client ENABLE ROW LEVEL SECURITY;

--
-- Name: api_client_secret; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.api_client_secret ENABLE ROW LEVEL SECURITY;

--
-- Name: coverage appointed; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY appointed ON partners.coverage USING (( SELECT partners.asks_with(ARRAY['coordinations:appoint'::text]) AS asks_with));

--
-- Name: coordination changed; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY changed ON partners.coordination FOR UPDATE USING (( SELECT partners.somebody_asks() AS somebody_asks)) WITH CHECK (( SELECT partners.asks_with(ARRAY['coordinations:appoint'::text]) AS asks_with));

--
-- Name: organisation changed; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY changed ON partners.organisation FOR UPDATE USING (( SELECT partners.somebody_asks() AS somebody_asks)) WITH CHECK (( SELECT partners.asks_with(ARRAY['partners:write'::text, 'operations'::text]) AS asks_with));

--
-- Name: territory changed; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY changed ON partners.territory FOR UPDATE USING (( SELECT partners.somebody_asks() AS somebody_asks)) WITH CHECK (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: coordination; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.coordination ENABLE ROW LEVEL SECURITY;

--
-- Name: coverage; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.coverage ENABLE ROW LEVEL SECURITY;

--
-- Name: district; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.district ENABLE ROW LEVEL SECURITY;

--
-- Name: coordination entered; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY entered ON partners.coordination FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['coordinations:appoint'::text]) AS asks_with));

--
-- Name: district entered; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY entered ON partners.district FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: intermunicipality entered; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY entered ON partners.intermunicipality FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: municipality entered; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY entered ON partners.municipality FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: organisation entered; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY entered ON partners.organisation FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['partners:write'::text, 'operations'::text]) AS asks_with));

--
-- Name: territory entered; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY entered ON partners.territory FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: api_client_secret housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.api_client_secret TO partners_housekeeper USING ((expires_at < now()));

--
-- Name: seen_assertion housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.seen_assertion TO partners_housekeeper USING (true);

--
-- Name: wh_attempt housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.wh_attempt TO partners_housekeeper USING (true);

--
-- Name: wh_delivery housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.wh_delivery TO partners_housekeeper USING (true);

--
-- Name: wh_event housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.wh_event TO partners_housekeeper USING (true);

--
-- Name: wh_heard housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.wh_heard TO partners_housekeeper USING (true);

--
-- Name: wh_lane housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.wh_lane FOR SELECT TO partners_housekeeper USING (true);

--
-- Name: wh_secret housekeeping; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY housekeeping ON partners.wh_secret TO partners_housekeeper USING ((expires_at < now()));

--
-- Name: intermunicipality; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.intermunicipality ENABLE ROW LEVEL SECURITY;

--
-- Name: access_grant managers; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY managers ON partners.access_grant USING (( SELECT partners.asks_with(ARRAY['clients:manage'::text]) AS asks_with));

--
-- Name: api_client managers; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY managers ON partners.api_client USING (( SELECT partners.asks_with(ARRAY['clients:manage'::text]) AS asks_with));

--
-- Name: api_client_secret managers; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY managers ON partners.api_client_secret USING (( SELECT partners.asks_with(ARRAY['clients:manage'::text]) AS asks_with));

--
-- Name: municipality; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.municipality ENABLE ROW LEVEL SECURITY;

--
-- Name: organisation; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.organisation ENABLE ROW LEVEL SECURITY;

--
-- Name: seen_assertion ourselves; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY ourselves ON partners.seen_assertion USING (( SELECT partners.asks_with(ARRAY[]::text[]) AS asks_with));

--
-- Name: wh_heard ourselves; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY ourselves ON partners.wh_heard USING (( SELECT partners.ourselves() AS ourselves));

--
-- Name: wh_attempt owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_attempt USING ((( SELECT partners.ourselves() AS ourselves) OR partners.owns_endpoint(endpoint_id)));

--
-- Name: wh_challenge owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_challenge USING ((( SELECT partners.ourselves() AS ourselves) OR partners.owns_endpoint(endpoint_id)));

--
-- Name: wh_delivery owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_delivery USING ((( SELECT partners.ourselves() AS ourselves) OR partners.owns_endpoint(endpoint_id)));

--
-- Name: wh_endpoint owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_endpoint USING ((( SELECT partners.ourselves() AS ourselves) OR partners.partner_asks(owner_role, owner_org)));

--
-- Name: wh_event owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_event FOR SELECT USING ((( SELECT partners.ourselves() AS ourselves) OR (EXISTS ( SELECT
   FROM partners.wh_delivery d
  WHERE ((d.event_id = wh_event.id) AND partners.owns_endpoint(d.endpoint_id))))));

--
-- Name: wh_lane owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_lane USING ((( SELECT partners.ourselves() AS ourselves) OR partners.owns_endpoint(endpoint_id)));

--
-- Name: wh_secret owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_secret USING ((( SELECT partners.ourselves() AS ourselves) OR partners.owns_endpoint(endpoint_id)));

--
-- Name: wh_sequence owners; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY owners ON partners.wh_sequence USING ((( SELECT partners.ourselves() AS ourselves) OR partners.owns_endpoint(endpoint_id)));

--
-- Name: district replaced; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY replaced ON partners.district FOR DELETE USING (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: intermunicipality replaced; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY replaced ON partners.intermunicipality FOR DELETE USING (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: municipality replaced; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY replaced ON partners.municipality FOR DELETE USING (( SELECT partners.asks_with(ARRAY['territories:write'::text]) AS asks_with));

--
-- Name: wh_event said; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY said ON partners.wh_event FOR INSERT WITH CHECK (( SELECT partners.asks_with(ARRAY['webhooks:manage'::text]) AS asks_with));

--
-- Name: coordination seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.coordination FOR SELECT USING (( SELECT partners.somebody_asks() AS somebody_asks));

--
-- Name: coverage seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.coverage FOR SELECT USING (( SELECT partners.somebody_asks() AS somebody_asks));

--
-- Name: district seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.district FOR SELECT USING (true);

--
-- Name: intermunicipality seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.intermunicipality FOR SELECT USING (true);

--
-- Name: municipality seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.municipality FOR SELECT USING (true);

--
-- Name: organisation seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.organisation FOR SELECT USING (( SELECT partners.somebody_asks() AS somebody_asks));

--
-- Name: territory seen; Type: POLICY; Schema: partners; Owner: partners_owner
--

CREATE POLICY seen ON partners.territory FOR SELECT USING (( SELECT partners.somebody_asks() AS somebody_asks));

--
-- Name: seen_assertion; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.seen_assertion ENABLE ROW LEVEL SECURITY;

--
-- Name: territory; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.territory ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_attempt; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_attempt ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_challenge; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_challenge ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_delivery; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_delivery ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_endpoint; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_endpoint ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_event; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_event ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_heard; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_heard ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_lane; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_lane ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_secret; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_secret ENABLE ROW LEVEL SECURITY;

--
-- Name: wh_sequence; Type: ROW SECURITY; Schema: partners; Owner: partners_owner
--

ALTER TABLE partners.wh_sequence ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA partners; Type: ACL; Schema: -; Owner: partners_owner
--

GRANT USAGE ON SCHEMA partners TO partners_app;
GRANT USAGE ON SCHEMA partners TO partners_relay;
GRANT ALL ON SCHEMA partners TO partners_housekeeper;

--
-- Name: TABLE wh_endpoint; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_endpoint TO partners_app;

--
-- Name: COLUMN wh_endpoint.id; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(id) ON TABLE partners.wh_endpoint TO partners_housekeeper;

--
-- Name: TABLE access_grant; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.access_grant TO partners_app;

--
-- Name: TABLE api_client; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.api_client TO partners_app;

--
-- Name: TABLE api_client_secret; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.api_client_secret TO partners_app;
GRANT DELETE ON TABLE partners.api_client_secret TO partners_housekeeper;

--
-- Name: COLUMN api_client_secret.id; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(id) ON TABLE partners.api_client_secret TO partners_housekeeper;

--
-- Name: COLUMN api_client_secret.expires_at; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(expires_at) ON TABLE partners.api_client_secret TO partners_housekeeper;

--
-- Name: TABLE audit; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT INSERT ON TABLE partners.audit TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.audit TO partners_housekeeper;

--
-- Name: TABLE consumer_freshness; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.consumer_freshness TO partners_app;

--
-- Name: TABLE consumer_offset; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.consumer_offset TO partners_app;

--
-- Name: TABLE coordination; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.coordination TO partners_app;

--
-- Name: TABLE coverage; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.coverage TO partners_app;

--
-- Name: TABLE district; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.district TO partners_app;

--
-- Name: TABLE gap_seen; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.gap_seen TO partners_app;

--
-- Name: TABLE heartbeat_heard; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.heartbeat_heard TO partners_app;

--
-- Name: TABLE idempotency; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.idempotency TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.idempotency TO partners_housekeeper;

--
-- Name: TABLE intermunicipality; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.intermunicipality TO partners_app;

--
-- Name: TABLE migration; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT ON TABLE partners.migration TO partners_app;

--
-- Name: TABLE municipality; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.municipality TO partners_app;

--
-- Name: TABLE operation; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT ON TABLE partners.operation TO partners_app;
GRANT SELECT ON TABLE partners.operation TO partners_housekeeper;

--
-- Name: COLUMN operation.outcome; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT UPDATE(outcome) ON TABLE partners.operation TO partners_app;

--
-- Name: COLUMN operation.ended_at; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT UPDATE(ended_at) ON TABLE partners.operation TO partners_app;

--
-- Name: SEQUENCE operation_id_seq; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT USAGE ON SEQUENCE partners.operation_id_seq TO partners_app;

--
-- Name: TABLE organisation; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.organisation TO partners_app;

--
-- Name: TABLE outbox; Type: ACL; Schema: partners; Owner: partners_housekeeper
--

GRANT INSERT ON TABLE partners.outbox TO partners_app;
GRANT SELECT ON TABLE partners.outbox TO partners_relay;

--
-- Name: TABLE outbox_cursor; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT ON TABLE partners.outbox_cursor TO partners_app;
GRANT SELECT,INSERT,UPDATE ON TABLE partners.outbox_cursor TO partners_relay;
GRANT SELECT ON TABLE partners.outbox_cursor TO partners_housekeeper;

--
-- Name: TABLE outbox_parked; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT ON TABLE partners.outbox_parked TO partners_relay;

--
-- Name: SEQUENCE outbox_seq_seq; Type: ACL; Schema: partners; Owner: partners_housekeeper
--

GRANT USAGE ON SEQUENCE partners.outbox_seq_seq TO partners_app;

--
-- Name: TABLE parked_event; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.parked_event TO partners_app;

--
-- Name: TABLE parked_key; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.parked_key TO partners_app;

--
-- Name: TABLE seen_assertion; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.seen_assertion TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.seen_assertion TO partners_housekeeper;

--
-- Name: TABLE seen_version; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.seen_version TO partners_app;

--
-- Name: TABLE territory; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.territory TO partners_app;

--
-- Name: TABLE wh_attempt; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_attempt TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.wh_attempt TO partners_housekeeper;

--
-- Name: TABLE wh_challenge; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_challenge TO partners_app;

--
-- Name: TABLE wh_delivery; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_delivery TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.wh_delivery TO partners_housekeeper;

--
-- Name: TABLE wh_event; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_event TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.wh_event TO partners_housekeeper;

--
-- Name: TABLE wh_heard; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_heard TO partners_app;
GRANT SELECT,DELETE ON TABLE partners.wh_heard TO partners_housekeeper;

--
-- Name: TABLE wh_lane; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_lane TO partners_app;

--
-- Name: COLUMN wh_lane.endpoint_id; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(endpoint_id) ON TABLE partners.wh_lane TO partners_housekeeper;

--
-- Name: COLUMN wh_lane.active; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(active) ON TABLE partners.wh_lane TO partners_housekeeper;

--
-- Name: TABLE wh_secret; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_secret TO partners_app;
GRANT DELETE ON TABLE partners.wh_secret TO partners_housekeeper;

--
-- Name: COLUMN wh_secret.id; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(id) ON TABLE partners.wh_secret TO partners_housekeeper;

--
-- Name: COLUMN wh_secret.expires_at; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT(expires_at) ON TABLE partners.wh_secret TO partners_housekeeper;

--
-- Name: TABLE wh_sequence; Type: ACL; Schema: partners; Owner: partners_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE partners.wh_sequence TO partners_app;

--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: partners; Owner: partners_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE partners_owner IN SCHEMA partners GRANT USAGE ON SEQUENCES TO partners_app;

--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: partners; Owner: partners_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE partners_owner IN SCHEMA partners GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO partners_app;

--
-- PostgreSQL database dump complete
--

--
-- PostgreSQL database dump
--

--
-- Name: catalogue; Type: SCHEMA; Schema: -; Owner: catalogue_owner
--

CREATE SCHEMA catalogue;

ALTER SCHEMA catalogue OWNER TO catalogue_owner;

--
-- Name: id_bucket(text); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.id_bucket(id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(id), 2)))::bit(8))::integer;

ALTER FUNCTION catalogue.id_bucket(id text) OWNER TO catalogue_owner;

--
-- Name: principal(); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.principal() RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.principal'::text, true), ''::text))::jsonb;

ALTER FUNCTION catalogue.principal() OWNER TO catalogue_owner;

--
-- Name: is_system(); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.is_system() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(((catalogue.principal() ->> 'level'::text) = 'system'::text), false);

ALTER FUNCTION catalogue.is_system() OWNER TO catalogue_owner;

--
-- Name: may_see(); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.may_see() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (catalogue.principal() IS NOT NULL);

ALTER FUNCTION catalogue.may_see() OWNER TO catalogue_owner;

--
-- Name: may_write(); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.may_write() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (catalogue.is_system() OR COALESCE(((catalogue.principal() -> 'scopes'::text) ?| ARRAY['catalogue:write'::text, 'operations'::text]), false));

ALTER FUNCTION catalogue.may_write() OWNER TO catalogue_owner;

--
-- Name: may_write_list(uuid); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.may_write_list(coordination uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (catalogue.is_system() OR (COALESCE(((catalogue.principal() -> 'scopes'::text) ? 'lists:write'::text), false) AND COALESCE((((catalogue.principal() ->> 'level'::text) = 'national'::text) OR (coordination = ((catalogue.principal() ->> 'coordination_id'::text))::uuid)), false)));

ALTER FUNCTION catalogue.may_write_list(coordination uuid) OWNER TO catalogue_owner;

--
-- Name: state_hash(text, integer); Type: FUNCTION; Schema: catalogue; Owner: catalogue_owner
--

CREATE FUNCTION catalogue.state_hash(id text, version integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(((id || '@'::text) || (version)::text)), 16)))::bit(64))::bigint;

ALTER FUNCTION catalogue.state_hash(id text, version integer) OWNER TO catalogue_owner;

--
-- Name: consumer_freshness; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.consumer_freshness (
    grp text NOT NULL,
    service text NOT NULL,
    as_of timestamp with time zone NOT NULL
);

ALTER TABLE catalogue.consumer_freshness OWNER TO catalogue_owner;

--
-- Name: consumer_offset; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    recorded_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE catalogue.consumer_offset OWNER TO catalogue_owner;

--
-- Name: copy; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.copy (
    id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    film_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    format text NOT NULL,
    encrypted boolean NOT NULL,
    film_version text,
    transit_days integer NOT NULL,
    label text NOT NULL,
    keys jsonb NOT NULL,
    doc text NOT NULL,
    CONSTRAINT copy_check CHECK (((format = 'dcp'::text) OR (NOT encrypted))),
    CONSTRAINT copy_check1 CHECK ((encrypted OR (keys = '[]'::jsonb))),
    CONSTRAINT copy_format_check CHECK ((format = ANY (ARRAY['dcp'::text, 'blu_ray'::text, 'file'::text, 'film_35mm'::text, 'film_16mm'::text]))),
    CONSTRAINT copy_status_check CHECK ((status = ANY (ARRAY['available'::text, 'withdrawn'::text]))),
    CONSTRAINT copy_transit_days_check CHECK ((transit_days >= 0)),
    CONSTRAINT copy_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY catalogue.copy ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY catalogue.copy FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.copy OWNER TO catalogue_owner;

--
-- Name: film; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film (
    id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    original_title text,
    other_titles text[] NOT NULL,
    directors text[] NOT NULL,
    year integer,
    released_on date,
    countries text[] NOT NULL,
    genre text,
    duration_minutes integer,
    kind text,
    versions text[] NOT NULL,
    classification text,
    warning text,
    identifiers jsonb NOT NULL,
    visas jsonb NOT NULL,
    workshop jsonb,
    project_id uuid,
    filed text NOT NULL COLLATE pg_catalog."C",
    doc text NOT NULL,
    classified text,
    screen_versions jsonb DEFAULT '[]'::jsonb NOT NULL,
    said jsonb DEFAULT '[]'::jsonb NOT NULL,
    merged_into uuid,
    themes text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT film_check CHECK (((duration_minutes IS NULL) = (kind IS NULL))),
    CONSTRAINT film_check1 CHECK (((project_id IS NULL) OR (workshop IS NOT NULL))),
    CONSTRAINT film_check2 CHECK (((merged_into IS NULL) OR ((merged_into <> id) AND (workshop IS NULL)))),
    CONSTRAINT film_classification_check CHECK ((classification = ANY (ARRAY['all'::text, 'u12'::text, 'u16'::text, 'u18'::text, 'u18_x'::text]))),
    CONSTRAINT film_classified_check CHECK ((classified = ANY (ARRAY['all'::text, 'u12'::text, 'u16'::text, 'u18'::text, 'u18_x'::text]))),
    CONSTRAINT film_duration_minutes_check CHECK ((duration_minutes > 0)),
    CONSTRAINT film_genre_check CHECK ((genre = ANY (ARRAY['fiction'::text, 'documentary'::text, 'animation'::text, 'experimental'::text]))),
    CONSTRAINT film_kind_check CHECK ((kind = ANY (ARRAY['feature'::text, 'short'::text]))),
    CONSTRAINT film_title_check CHECK ((title <> ''::text)),
    CONSTRAINT film_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY catalogue.film ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY catalogue.film FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.film OWNER TO catalogue_owner;

--
-- Name: film_change; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film_change (
    seq bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    film_id uuid NOT NULL,
    version integer NOT NULL,
    facts text[] NOT NULL,
    changed text[] NOT NULL,
    merged_into uuid
);

ALTER TABLE ONLY catalogue.film_change FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.film_change OWNER TO catalogue_owner;

--
-- Name: film_change_seq_seq; Type: SEQUENCE; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film_change ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME catalogue.film_change_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: film_conflict; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film_conflict (
    id uuid NOT NULL,
    film_id uuid NOT NULL,
    field text NOT NULL,
    source jsonb NOT NULL,
    kept jsonb NOT NULL,
    said jsonb NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    decision text,
    settled_at timestamp with time zone,
    settled_by jsonb,
    CONSTRAINT film_conflict_check CHECK ((((decision IS NULL) = (settled_at IS NULL)) AND ((decision IS NULL) = (settled_by IS NULL)))),
    CONSTRAINT film_conflict_decision_check CHECK ((decision = ANY (ARRAY['keep'::text, 'take'::text])))
);

ALTER TABLE ONLY catalogue.film_conflict FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.film_conflict OWNER TO catalogue_owner;

--
-- Name: film_list; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film_list (
    id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    scheme text NOT NULL,
    level text NOT NULL,
    year integer NOT NULL,
    coordination_id uuid,
    title text NOT NULL,
    films jsonb NOT NULL,
    doc text NOT NULL,
    CONSTRAINT film_list_check CHECK (((level = 'regional'::text) = (coordination_id IS NOT NULL))),
    CONSTRAINT film_list_level_check CHECK ((level = ANY (ARRAY['national'::text, 'regional'::text]))),
    CONSTRAINT film_list_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text]))),
    CONSTRAINT film_list_title_check CHECK ((title <> ''::text)),
    CONSTRAINT film_list_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY catalogue.film_list ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY catalogue.film_list FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.film_list OWNER TO catalogue_owner;

--
-- Name: film_list_entry; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film_list_entry (
    list_id uuid NOT NULL,
    film_id uuid NOT NULL,
    negotiated boolean NOT NULL
);

ALTER TABLE ONLY catalogue.film_list_entry FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.film_list_entry OWNER TO catalogue_owner;

--
-- Name: film_name; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film_name (
    scheme text NOT NULL,
    value text NOT NULL,
    film_id uuid NOT NULL,
    CONSTRAINT film_name_scheme_check CHECK ((scheme = ANY (ARRAY['visa'::text, 'isan'::text, 'eidr'::text, 'imdb'::text, 'wikidata'::text])))
);

ALTER TABLE ONLY catalogue.film_name FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.film_name OWNER TO catalogue_owner;

--
-- Name: film_word; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.film_word (
    word text NOT NULL COLLATE pg_catalog."C",
    film_id uuid NOT NULL
);

ALTER TABLE catalogue.film_word OWNER TO catalogue_owner;

--
-- Name: gap_seen; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.gap_seen (
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

ALTER TABLE catalogue.gap_seen OWNER TO catalogue_owner;

--
-- Name: heartbeat_heard; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.heartbeat_heard (
    grp text NOT NULL,
    service text NOT NULL,
    at timestamp with time zone NOT NULL,
    ends jsonb NOT NULL
);

ALTER TABLE catalogue.heartbeat_heard OWNER TO catalogue_owner;

--
-- Name: idempotency; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.idempotency (
    client_id text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    version integer NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE catalogue.idempotency OWNER TO catalogue_owner;

--
-- Name: known_coordination; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.known_coordination (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL
);

ALTER TABLE ONLY catalogue.known_coordination FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.known_coordination OWNER TO catalogue_owner;

--
-- Name: known_organisation; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.known_organisation (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    closed_on date
);

ALTER TABLE ONLY catalogue.known_organisation FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.known_organisation OWNER TO catalogue_owner;

--
-- Name: migration; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    ran_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE catalogue.migration OWNER TO catalogue_owner;

--
-- Name: operation; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.operation (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    who text NOT NULL,
    command text NOT NULL,
    arguments jsonb NOT NULL,
    outcome text,
    ended_at timestamp with time zone
);

ALTER TABLE catalogue.operation OWNER TO catalogue_owner;

--
-- Name: operation_id_seq; Type: SEQUENCE; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.operation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME catalogue.operation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: outbox; Type: TABLE; Schema: catalogue; Owner: catalogue_housekeeper
--

CREATE TABLE catalogue.outbox (
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

ALTER TABLE catalogue.outbox OWNER TO catalogue_housekeeper;

--
-- Name: outbox_cursor; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.outbox_cursor (
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

ALTER TABLE catalogue.outbox_cursor OWNER TO catalogue_owner;

--
-- Name: COLUMN outbox_cursor.acked; Type: COMMENT; Schema: catalogue; Owner: catalogue_owner
--

COMMENT ON COLUMN catalogue.outbox_cursor.acked IS 'last offset that Kafka acknowledged, by partition: {"topic/partition": offset}; emptied when everything is sent again';

--
-- Name: COLUMN outbox_cursor.auditing; Type: COMMENT; Schema: catalogue; Owner: catalogue_owner
--

COMMENT ON COLUMN catalogue.outbox_cursor.auditing IS 'where an audit of the state topics that is not over has begun, by partition: {"topic/partition": offset}';

--
-- Name: COLUMN outbox_cursor.audited_since; Type: COMMENT; Schema: catalogue; Owner: catalogue_owner
--

COMMENT ON COLUMN catalogue.outbox_cursor.audited_since IS 'the snapshot that was published for certain when the audit in `auditing` began';

--
-- Name: outbox_default; Type: TABLE; Schema: catalogue; Owner: catalogue_housekeeper
--

CREATE TABLE catalogue.outbox_default (
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

ALTER TABLE catalogue.outbox_default OWNER TO catalogue_housekeeper;

--
-- Name: outbox_parked; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.outbox_parked (
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

ALTER TABLE catalogue.outbox_parked OWNER TO catalogue_owner;

--
-- Name: outbox_seq_seq; Type: SEQUENCE; Schema: catalogue; Owner: catalogue_housekeeper
--

ALTER TABLE catalogue.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME catalogue.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: parked_event; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.parked_event (
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

ALTER TABLE catalogue.parked_event OWNER TO catalogue_owner;

--
-- Name: parked_key; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.parked_key (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    operation_id bigint
);

ALTER TABLE catalogue.parked_key OWNER TO catalogue_owner;

--
-- Name: rights_offer; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.rights_offer (
    id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    film_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    uses text[] NOT NULL,
    territories text[] NOT NULL,
    versions text[] NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    price_cents integer,
    doc text NOT NULL,
    tax_basis_points integer,
    audience_max integer,
    cancellation jsonb,
    negotiated_nationally boolean DEFAULT false NOT NULL,
    CONSTRAINT rights_offer_audience_max_check CHECK ((audience_max > 0)),
    CONSTRAINT rights_offer_check CHECK ((starts_on <= ends_on)),
    CONSTRAINT rights_offer_price_cents_check CHECK ((price_cents >= 0)),
    CONSTRAINT rights_offer_status_check CHECK ((status = ANY (ARRAY['offered'::text, 'withdrawn'::text]))),
    CONSTRAINT rights_offer_tax_basis_points_check CHECK (((tax_basis_points >= 0) AND (tax_basis_points <= 10000))),
    CONSTRAINT rights_offer_territories_check CHECK ((territories <> '{}'::text[])),
    CONSTRAINT rights_offer_uses_check CHECK ((uses <> '{}'::text[])),
    CONSTRAINT rights_offer_version_check CHECK ((version > 0)),
    CONSTRAINT rights_offer_versions_check CHECK ((versions <> '{}'::text[]))
);
ALTER TABLE ONLY catalogue.rights_offer ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY catalogue.rights_offer FORCE ROW LEVEL SECURITY;

ALTER TABLE catalogue.rights_offer OWNER TO catalogue_owner;

--
-- Name: seen_version; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.seen_version (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL
);

ALTER TABLE catalogue.seen_version OWNER TO catalogue_owner;

--
-- Name: vocabulary; Type: TABLE; Schema: catalogue; Owner: catalogue_owner
--

CREATE TABLE catalogue.vocabulary (
    word text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE catalogue.vocabulary OWNER TO catalogue_owner;

--
-- Name: outbox_default; Type: TABLE ATTACH; Schema: catalogue; Owner: catalogue_housekeeper
--

ALTER TABLE ONLY catalogue.outbox ATTACH PARTITION catalogue.outbox_default DEFAULT;

--
-- Name: consumer_freshness consumer_freshness_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.consumer_freshness
    ADD CONSTRAINT consumer_freshness_pkey PRIMARY KEY (grp, service);

--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);

--
-- Name: copy copy_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.copy
    ADD CONSTRAINT copy_pkey PRIMARY KEY (id);

--
-- Name: film_change film_change_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_change
    ADD CONSTRAINT film_change_pkey PRIMARY KEY (seq);

--
-- Name: film_conflict film_conflict_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_conflict
    ADD CONSTRAINT film_conflict_pkey PRIMARY KEY (id);

--
-- Name: film_list_entry film_list_entry_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_list_entry
    ADD CONSTRAINT film_list_entry_pkey PRIMARY KEY (list_id, film_id);

--
-- Name: film_list film_list_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_list
    ADD CONSTRAINT film_list_pkey PRIMARY KEY (id);

--
-- Name: film_name film_name_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_name
    ADD CONSTRAINT film_name_pkey PRIMARY KEY (scheme, value);

--
-- Name: film film_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film
    ADD CONSTRAINT film_pkey PRIMARY KEY (id);

--
-- Name: film_word film_word_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_word
    ADD CONSTRAINT film_word_pkey PRIMARY KEY (word, film_id);

--
-- Name: gap_seen gap_seen_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.gap_seen
    ADD CONSTRAINT gap_seen_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: heartbeat_heard heartbeat_heard_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.heartbeat_heard
    ADD CONSTRAINT heartbeat_heard_pkey PRIMARY KEY (grp, service, at);

--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (client_id, key);

--
-- Name: known_coordination known_coordination_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.known_coordination
    ADD CONSTRAINT known_coordination_pkey PRIMARY KEY (id);

--
-- Name: known_organisation known_organisation_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.known_organisation
    ADD CONSTRAINT known_organisation_pkey PRIMARY KEY (id);

--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

--
-- Name: operation operation_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (id);

--
-- Name: outbox_cursor outbox_cursor_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.outbox_cursor
    ADD CONSTRAINT outbox_cursor_pkey PRIMARY KEY (relay);

--
-- Name: outbox_parked outbox_parked_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.outbox_parked
    ADD CONSTRAINT outbox_parked_pkey PRIMARY KEY (seq);

--
-- Name: parked_event parked_event_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.parked_event
    ADD CONSTRAINT parked_event_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: rights_offer rights_offer_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.rights_offer
    ADD CONSTRAINT rights_offer_pkey PRIMARY KEY (id);

--
-- Name: seen_version seen_version_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.seen_version
    ADD CONSTRAINT seen_version_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: vocabulary vocabulary_pkey; Type: CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.vocabulary
    ADD CONSTRAINT vocabulary_pkey PRIMARY KEY (word);

--
-- Name: copy_film_id_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX copy_film_id_id_idx ON catalogue.copy USING btree (film_id, id);

--
-- Name: copy_holder_id_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX copy_holder_id_id_idx ON catalogue.copy USING btree (holder_id, id);

--
-- Name: film_change_at_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_change_at_idx ON catalogue.film_change USING btree (at);

--
-- Name: film_change_xid_seq_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_change_xid_seq_idx ON catalogue.film_change USING btree (xid, seq);

--
-- Name: film_conflict_film_id_field_md5_md51_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE UNIQUE INDEX film_conflict_film_id_field_md5_md51_idx ON catalogue.film_conflict USING btree (film_id, field, md5((source)::text), md5((said)::text));

--
-- Name: film_counted; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_counted ON catalogue.film USING btree (id) INCLUDE (kind, genre, classified, classification, year, duration_minutes, versions, countries, themes) WHERE (merged_into IS NULL);

--
-- Name: film_filed_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_filed_id_idx ON catalogue.film USING btree (filed, id);

--
-- Name: film_list_entry_film_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_list_entry_film_id_idx ON catalogue.film_list_entry USING btree (film_id);

--
-- Name: film_list_one_open; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE UNIQUE INDEX film_list_one_open ON catalogue.film_list USING btree (scheme, year, coordination_id) NULLS NOT DISTINCT WHERE (status = 'open'::text);

--
-- Name: film_merged; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_merged ON catalogue.film USING btree (merged_into, id) WHERE (merged_into IS NOT NULL);

--
-- Name: film_name_film_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_name_film_id_idx ON catalogue.film_name USING btree (film_id);

--
-- Name: film_project_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_project_id_idx ON catalogue.film USING btree (project_id) WHERE (project_id IS NOT NULL);

--
-- Name: film_word_film_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX film_word_film_id_idx ON catalogue.film_word USING btree (film_id);

--
-- Name: idempotency_created_at_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX idempotency_created_at_idx ON catalogue.idempotency USING btree (created_at);

--
-- Name: outbox_seq_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_housekeeper
--

CREATE INDEX outbox_seq_idx ON ONLY catalogue.outbox USING btree (seq);

--
-- Name: outbox_default_seq_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_housekeeper
--

CREATE INDEX outbox_default_seq_idx ON catalogue.outbox_default USING btree (seq);

--
-- Name: outbox_xid_seq_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_housekeeper
--

CREATE INDEX outbox_xid_seq_idx ON ONLY catalogue.outbox USING btree (xid, seq);

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_housekeeper
--

CREATE INDEX outbox_default_xid_seq_idx ON catalogue.outbox_default USING btree (xid, seq);

--
-- Name: parked_event_grp_topic_key_part_offset_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX parked_event_grp_topic_key_part_offset_idx ON catalogue.parked_event USING btree (grp, topic, key, part, "offset");

--
-- Name: rights_offer_film_id_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX rights_offer_film_id_id_idx ON catalogue.rights_offer USING btree (film_id, id);

--
-- Name: rights_offer_holder_id_id_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX rights_offer_holder_id_id_idx ON catalogue.rights_offer USING btree (holder_id, id);

--
-- Name: vocabulary_word_idx; Type: INDEX; Schema: catalogue; Owner: catalogue_owner
--

CREATE INDEX vocabulary_word_idx ON catalogue.vocabulary USING gin (word public.gin_trgm_ops) WITH (fastupdate=off);

--
-- Name: outbox_default_seq_idx; Type: INDEX ATTACH; Schema: catalogue; Owner: catalogue_housekeeper
--

ALTER INDEX catalogue.outbox_seq_idx ATTACH PARTITION catalogue.outbox_default_seq_idx;

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX ATTACH; Schema: catalogue; Owner: catalogue_housekeeper
--

ALTER INDEX catalogue.outbox_xid_seq_idx ATTACH PARTITION catalogue.outbox_default_xid_seq_idx;

--
-- Name: copy copy_film_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.copy
    ADD CONSTRAINT copy_film_id_fkey FOREIGN KEY (film_id) REFERENCES catalogue.film(id);

--
-- Name: film_change film_change_film_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_change
    ADD CONSTRAINT film_change_film_id_fkey FOREIGN KEY (film_id) REFERENCES catalogue.film(id);

--
-- Name: film_conflict film_conflict_film_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_conflict
    ADD CONSTRAINT film_conflict_film_id_fkey FOREIGN KEY (film_id) REFERENCES catalogue.film(id);

--
-- Name: film_list_entry film_list_entry_film_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_list_entry
    ADD CONSTRAINT film_list_entry_film_id_fkey FOREIGN KEY (film_id) REFERENCES catalogue.film(id);

--
-- Name: film_list_entry film_list_entry_list_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_list_entry
    ADD CONSTRAINT film_list_entry_list_id_fkey FOREIGN KEY (list_id) REFERENCES catalogue.film_list(id);

--
-- Name: film_name film_name_film_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.film_name
    ADD CONSTRAINT film_name_film_id_fkey FOREIGN KEY (film_id) REFERENCES catalogue.film(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: rights_offer rights_offer_film_id_fkey; Type: FK CONSTRAINT; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE ONLY catalogue.rights_offer
    ADD CONSTRAINT rights_offer_film_id_fkey FOREIGN KEY (film_id) REFERENCES catalogue.film(id);

--
-- Name: film_list_entry added; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY added ON catalogue.film_list_entry FOR INSERT WITH CHECK ((EXISTS ( SELECT
   FROM catalogue.film_list
  WHERE ((film_list.id = film_list_entry.list_id) AND catalogue.may_write_list(film_list.coordination_id)))));

--
-- Name: copy changed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY changed ON catalogue.copy FOR UPDATE USING (( SELECT catalogue.may_see() AS may_see)) WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: film changed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY changed ON catalogue.film FOR UPDATE USING (( SELECT catalogue.may_see() AS may_see)) WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: film_list changed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY changed ON catalogue.film_list FOR UPDATE USING (( SELECT catalogue.may_see() AS may_see)) WITH CHECK (catalogue.may_write_list(coordination_id));

--
-- Name: rights_offer changed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY changed ON catalogue.rights_offer FOR UPDATE USING (( SELECT catalogue.may_see() AS may_see)) WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: film_name claimed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY claimed ON catalogue.film_name FOR INSERT WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: copy; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.copy ENABLE ROW LEVEL SECURITY;

--
-- Name: film entered; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY entered ON catalogue.film FOR INSERT WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: film; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film ENABLE ROW LEVEL SECURITY;

--
-- Name: film_change; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film_change ENABLE ROW LEVEL SECURITY;

--
-- Name: film_conflict; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film_conflict ENABLE ROW LEVEL SECURITY;

--
-- Name: film_list; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film_list ENABLE ROW LEVEL SECURITY;

--
-- Name: film_list_entry; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film_list_entry ENABLE ROW LEVEL SECURITY;

--
-- Name: film_name; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.film_name ENABLE ROW LEVEL SECURITY;

--
-- Name: film_change forgotten; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY forgotten ON catalogue.film_change FOR DELETE USING (( SELECT catalogue.is_system() AS is_system));

--
-- Name: film_name freed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY freed ON catalogue.film_name FOR DELETE USING (( SELECT catalogue.may_write() AS may_write));

--
-- Name: known_coordination heard; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY heard ON catalogue.known_coordination USING (( SELECT catalogue.is_system() AS is_system)) WITH CHECK (( SELECT catalogue.is_system() AS is_system));

--
-- Name: known_organisation heard; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY heard ON catalogue.known_organisation USING (( SELECT catalogue.is_system() AS is_system)) WITH CHECK (( SELECT catalogue.is_system() AS is_system));

--
-- Name: known_coordination; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.known_coordination ENABLE ROW LEVEL SECURITY;

--
-- Name: known_organisation; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.known_organisation ENABLE ROW LEVEL SECURITY;

--
-- Name: film_change noted; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY noted ON catalogue.film_change FOR INSERT WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: rights_offer offered; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY offered ON catalogue.rights_offer FOR INSERT WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: film_list published; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY published ON catalogue.film_list FOR INSERT WITH CHECK (catalogue.may_write_list(coordination_id));

--
-- Name: film_conflict raised; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY raised ON catalogue.film_conflict FOR INSERT WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: copy registered; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY registered ON catalogue.copy FOR INSERT WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: film_list_entry removed; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY removed ON catalogue.film_list_entry FOR DELETE USING ((EXISTS ( SELECT
   FROM catalogue.film_list
  WHERE ((film_list.id = film_list_entry.list_id) AND catalogue.may_write_list(film_list.coordination_id)))));

--
-- Name: film_list_entry retold; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY retold ON catalogue.film_list_entry FOR UPDATE USING (( SELECT catalogue.may_see() AS may_see)) WITH CHECK ((EXISTS ( SELECT
   FROM catalogue.film_list
  WHERE ((film_list.id = film_list_entry.list_id) AND catalogue.may_write_list(film_list.coordination_id)))));

--
-- Name: rights_offer; Type: ROW SECURITY; Schema: catalogue; Owner: catalogue_owner
--

ALTER TABLE catalogue.rights_offer ENABLE ROW LEVEL SECURITY;

--
-- Name: copy seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.copy FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.film FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film_change seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.film_change FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film_conflict seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.film_conflict FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film_list seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.film_list FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film_list_entry seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.film_list_entry FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film_name seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.film_name FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: known_coordination seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.known_coordination FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: known_organisation seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.known_organisation FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: rights_offer seen; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY seen ON catalogue.rights_offer FOR SELECT USING (( SELECT catalogue.may_see() AS may_see));

--
-- Name: film_conflict settled; Type: POLICY; Schema: catalogue; Owner: catalogue_owner
--

CREATE POLICY settled ON catalogue.film_conflict FOR UPDATE USING (( SELECT catalogue.may_see() AS may_see)) WITH CHECK (( SELECT catalogue.may_write() AS may_write));

--
-- Name: SCHEMA catalogue; Type: ACL; Schema: -; Owner: catalogue_owner
--

GRANT USAGE ON SCHEMA catalogue TO catalogue_app;
GRANT USAGE ON SCHEMA catalogue TO catalogue_relay;
GRANT ALL ON SCHEMA catalogue TO catalogue_housekeeper;

--
-- Name: TABLE consumer_freshness; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.consumer_freshness TO catalogue_app;

--
-- Name: TABLE consumer_offset; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.consumer_offset TO catalogue_app;

--
-- Name: TABLE copy; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.copy TO catalogue_app;

--
-- Name: TABLE film; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film TO catalogue_app;

--
-- Name: TABLE film_change; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film_change TO catalogue_app;

--
-- Name: SEQUENCE film_change_seq_seq; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT USAGE ON SEQUENCE catalogue.film_change_seq_seq TO catalogue_app;

--
-- Name: TABLE film_conflict; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film_conflict TO catalogue_app;

--
-- Name: TABLE film_list; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film_list TO catalogue_app;

--
-- Name: TABLE film_list_entry; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film_list_entry TO catalogue_app;

--
-- Name: TABLE film_name; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film_name TO catalogue_app;

--
-- Name: TABLE film_word; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.film_word TO catalogue_app;

--
-- Name: TABLE gap_seen; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.gap_seen TO catalogue_app;

--
-- Name: TABLE heartbeat_heard; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.heartbeat_heard TO catalogue_app;

--
-- Name: TABLE idempotency; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.idempotency TO catalogue_app;
GRANT SELECT,DELETE ON TABLE catalogue.idempotency TO catalogue_housekeeper;

--
-- Name: TABLE known_coordination; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.known_coordination TO catalogue_app;

--
-- Name: TABLE known_organisation; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.known_organisation TO catalogue_app;

--
-- Name: TABLE migration; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT ON TABLE catalogue.migration TO catalogue_app;

--
-- Name: TABLE operation; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT ON TABLE catalogue.operation TO catalogue_app;
GRANT SELECT ON TABLE catalogue.operation TO catalogue_housekeeper;

--
-- Name: COLUMN operation.outcome; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT UPDATE(outcome) ON TABLE catalogue.operation TO catalogue_app;

--
-- Name: COLUMN operation.ended_at; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT UPDATE(ended_at) ON TABLE catalogue.operation TO catalogue_app;

--
-- Name: SEQUENCE operation_id_seq; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT USAGE ON SEQUENCE catalogue.operation_id_seq TO catalogue_app;

--
-- Name: TABLE outbox; Type: ACL; Schema: catalogue; Owner: catalogue_housekeeper
--

GRANT INSERT ON TABLE catalogue.outbox TO catalogue_app;
GRANT SELECT ON TABLE catalogue.outbox TO catalogue_relay;

--
-- Name: TABLE outbox_cursor; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT ON TABLE catalogue.outbox_cursor TO catalogue_app;
GRANT SELECT,INSERT,UPDATE ON TABLE catalogue.outbox_cursor TO catalogue_relay;
GRANT SELECT ON TABLE catalogue.outbox_cursor TO catalogue_housekeeper;

--
-- Name: TABLE outbox_parked; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT ON TABLE catalogue.outbox_parked TO catalogue_relay;

--
-- Name: SEQUENCE outbox_seq_seq; Type: ACL; Schema: catalogue; Owner: catalogue_housekeeper
--

GRANT USAGE ON SEQUENCE catalogue.outbox_seq_seq TO catalogue_app;

--
-- Name: TABLE parked_event; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.parked_event TO catalogue_app;

--
-- Name: TABLE parked_key; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.parked_key TO catalogue_app;

--
-- Name: TABLE rights_offer; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.rights_offer TO catalogue_app;

--
-- Name: TABLE seen_version; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.seen_version TO catalogue_app;

--
-- Name: TABLE vocabulary; Type: ACL; Schema: catalogue; Owner: catalogue_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE catalogue.vocabulary TO catalogue_app;

--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: catalogue; Owner: catalogue_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE catalogue_owner IN SCHEMA catalogue GRANT USAGE ON SEQUENCES TO catalogue_app;

--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: catalogue; Owner: catalogue_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE catalogue_owner IN SCHEMA catalogue GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO catalogue_app;

--
-- PostgreSQL database dump complete
--

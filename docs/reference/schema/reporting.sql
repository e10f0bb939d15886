--
-- PostgreSQL database dump
--

--
-- Name: reporting; Type: SCHEMA; Schema: -; Owner: reporting_owner
--

CREATE SCHEMA reporting;

ALTER SCHEMA reporting OWNER TO reporting_owner;

--
-- Name: asker(text); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.asker(what text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((NULLIF(current_setting('app.principal'::text, true), ''::text))::jsonb ->> what);

ALTER FUNCTION reporting.asker(what text) OWNER TO reporting_owner;

--
-- Name: close_green(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.close_green() RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  name text;
  this record;
BEGIN
  FOREACH name IN ARRAY rebuilt() LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON reporting_green.%I TO reporting_app', name);
    SELECT relrowsecurity, relforcerowsecurity INTO this FROM pg_class
     WHERE oid = format('reporting.%I', name)::regclass;
    IF this.relrowsecurity THEN
      EXECUTE format('ALTER TABLE reporting_green.%I ENABLE ROW LEVEL SECURITY', name);
    END IF;
    IF this.relforcerowsecurity THEN
      EXECUTE format('ALTER TABLE reporting_green.%I FORCE ROW LEVEL SECURITY', name);
    END IF;
    EXECUTE format('ANALYZE reporting_green.%I', name);
  END LOOP;
  FOR this IN SELECT policyname, tablename, permissive, cmd, qual, with_check FROM pg_policies
             WHERE schemaname = 'reporting' AND tablename = ANY (rebuilt()) LOOP
    EXECUTE format('CREATE POLICY %I ON reporting_green.%I AS %s FOR %s',
                   this.policyname, this.tablename, this.permissive, this.cmd)
            || coalesce(' USING (' || this.qual || ')', '')
            || coalesce(' WITH CHECK (' || this.with_check || ')', '');
  END LOOP;
END $$;

ALTER FUNCTION reporting.close_green() OWNER TO reporting_owner;

--
-- Name: drop_coloured(text); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.drop_coloured(colour text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY rebuilt() || rebuilt_beside() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I.%I', colour, name);
  END LOOP;
END $$;

ALTER FUNCTION reporting.drop_coloured(colour text) OWNER TO reporting_owner;

--
-- Name: exchange(text, text); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.exchange(incoming text, aside text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'reporting', 'public'
    AS $$
DECLARE
  name text;
  seen record;
BEGIN
  FOREACH name IN ARRAY rebuilt() LOOP      -- whoever reads is waited for, before anything moves
    EXECUTE format('LOCK TABLE reporting.%I IN ACCESS EXCLUSIVE MODE', name);
  END LOOP;
  CREATE TEMPORARY TABLE seen_through ON COMMIT DROP AS
  SELECT relname, pg_get_viewdef(oid) AS definition, array_to_string(reloptions, ', ') AS options
    FROM pg_class WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v';
  CREATE TEMPORARY TABLE looking_in ON COMMIT DROP AS
  SELECT polname, polrelid::regclass::text AS on_table, pg_get_expr(polqual, polrelid) AS qual,
         pg_get_expr(polwithcheck, polrelid) AS with_check
    FROM pg_policy
   WHERE polrelid <> ALL (rebuilt()::regclass[])
     AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_policy'::regclass AND objid = pg_policy.oid
                    AND refclassid = 'pg_class'::regclass AND refobjid = ANY (rebuilt()::regclass[]::oid[]));
  FOREACH name IN ARRAY rebuilt() LOOP
    EXECUTE format('ALTER TABLE reporting.%I SET SCHEMA %I', name, aside);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA reporting', incoming, name);
  END LOOP;
  FOR seen IN SELECT relname, definition, options FROM seen_through LOOP
    EXECUTE format('CREATE OR REPLACE VIEW reporting.%I %s AS %s', seen.relname,
                   coalesce('WITH (' || seen.options || ')', ''), seen.definition);
  END LOOP;
  FOR seen IN SELECT polname, on_table, qual, with_check FROM looking_in LOOP
    EXECUTE format('ALTER POLICY %I ON %s', seen.polname, seen.on_table)
            || coalesce(' USING (' || seen.qual || ')', '') || coalesce(' WITH CHECK (' || seen.with_check || ')', '');
  END LOOP;
END $$;

ALTER FUNCTION reporting.exchange(incoming text, aside text) OWNER TO reporting_owner;

--
-- Name: house_asks(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.house_asks() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((reporting.asker('level'::text) = 'system'::text), false);

ALTER FUNCTION reporting.house_asks() OWNER TO reporting_owner;

--
-- Name: id_bucket(text); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.id_bucket(id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(id), 2)))::bit(8))::integer;

ALTER FUNCTION reporting.id_bucket(id text) OWNER TO reporting_owner;

--
-- Name: index_green(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.index_green() RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  this record;
BEGIN
  FOR this IN SELECT pg_class.relname AS on_table, index.relname AS name, pg_get_indexdef(index.oid) AS definition,
                     pg_get_constraintdef(pg_constraint.oid) AS key
                FROM pg_index
                JOIN pg_class ON pg_class.oid = indrelid
                JOIN pg_class AS index ON index.oid = indexrelid
                LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid
               WHERE pg_class.relnamespace = 'reporting'::regnamespace AND pg_class.relname = ANY (indexed_late())
                 AND to_regclass(format('reporting_green.%I', index.relname)) IS NULL
               ORDER BY pg_constraint.oid, index.relname LOOP
    IF this.key IS NULL THEN
      EXECUTE replace(this.definition, ' ON reporting.', ' ON reporting_green.');
    ELSE
      EXECUTE format('ALTER TABLE reporting_green.%I ADD CONSTRAINT %I %s', this.on_table, this.name, this.key);
    END IF;
  END LOOP;
END $$;

ALTER FUNCTION reporting.index_green() OWNER TO reporting_owner;

--
-- Name: indexed_late(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.indexed_late() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY['contribution'::text, 'cell'::text];

ALTER FUNCTION reporting.indexed_late() OWNER TO reporting_owner;

--
-- Name: lay_green_out(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.lay_green_out() RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  name text;
BEGIN
  PERFORM drop_coloured('reporting_green');
  FOREACH name IN ARRAY rebuilt() || ARRAY['changed_cell', 'unpublished', 'consumer_offset'] LOOP
    EXECUTE format('CREATE TABLE reporting_green.%I (LIKE reporting.%I INCLUDING ALL%s)', name, name,
                   CASE WHEN name = ANY (indexed_late()) THEN ' EXCLUDING INDEXES' ELSE '' END);
  END LOOP;
  ALTER TABLE reporting_green.contribution ADD PRIMARY KEY (kind, id, part);   -- by which a later record takes them out
  CREATE TABLE reporting_green.witness (cell uuid, shard text, amount bigint, n bigint, PRIMARY KEY (cell, shard));
  CREATE TABLE reporting_green.witness_offset (LIKE reporting.consumer_offset INCLUDING ALL);
END $$;

ALTER FUNCTION reporting.lay_green_out() OWNER TO reporting_owner;

--
-- Name: own_coordination(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.own_coordination() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (reporting.asker('coordination_id'::text))::uuid;

ALTER FUNCTION reporting.own_coordination() OWNER TO reporting_owner;

--
-- Name: own_departments(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.own_departments() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (reporting.asker('role'::text) = 'drac_adviser'::text) THEN ARRAY(SELECT jsonb_array_elements_text((reporting.asker('codes'::text))::jsonb) AS jsonb_array_elements_text) ELSE NULL::text[] END;

ALTER FUNCTION reporting.own_departments() OWNER TO reporting_owner;

--
-- Name: reads_everything(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.reads_everything() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((reporting.house_asks() OR (reporting.asker('role'::text) = ANY (ARRAY['national_coordination'::text, 'cnc_open_air_officer'::text]))), false);

ALTER FUNCTION reporting.reads_everything() OWNER TO reporting_owner;

--
-- Name: rebuilt(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.rebuilt() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY['record'::text, 'contribution'::text, 'cell'::text, 'known_project'::text, 'known_campaign'::text, 'known_territory'::text, 'known_organisation'::text, 'known_coordination'::text];

ALTER FUNCTION reporting.rebuilt() OWNER TO reporting_owner;

--
-- Name: rebuilt_beside(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.rebuilt_beside() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY['changed_cell'::text, 'unpublished'::text, 'consumer_offset'::text, 'witness'::text, 'witness_offset'::text];

ALTER FUNCTION reporting.rebuilt_beside() OWNER TO reporting_owner;

--
-- Name: somebody_asks(); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.somebody_asks() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.principal'::text, true), ''::text) IS NOT NULL);

ALTER FUNCTION reporting.somebody_asks() OWNER TO reporting_owner;

--
-- Name: state_hash(text, integer); Type: FUNCTION; Schema: reporting; Owner: reporting_owner
--

CREATE FUNCTION reporting.state_hash(id text, version integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(((id || '@'::text) || (version)::text)), 16)))::bit(64))::bigint;

ALTER FUNCTION reporting.state_hash(id text, version integer) OWNER TO reporting_owner;

--
-- Name: bucket; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.bucket (
    id uuid NOT NULL,
    service text NOT NULL,
    aggregate text NOT NULL,
    number integer NOT NULL,
    compared_at timestamp with time zone,
    passed_over integer DEFAULT 0 NOT NULL,
    differed_at timestamp with time zone,
    told_at timestamp with time zone,
    version integer DEFAULT 0 NOT NULL,
    doc text
);

ALTER TABLE ONLY reporting.bucket FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.bucket OWNER TO reporting_owner;

--
-- Name: cell; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.cell (
    cell uuid NOT NULL,
    shard text NOT NULL,
    quantity text NOT NULL,
    audience text NOT NULL,
    category text NOT NULL,
    campaign_id uuid NOT NULL,
    campaign_year integer NOT NULL,
    coordination_id uuid NOT NULL,
    month text NOT NULL,
    region text NOT NULL,
    department text NOT NULL,
    action_type text NOT NULL,
    main_of uuid,
    amount bigint NOT NULL,
    n bigint NOT NULL
);

ALTER TABLE ONLY reporting.cell FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.cell OWNER TO reporting_owner;

--
-- Name: changed_cell; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.changed_cell (
    seq bigint NOT NULL,
    cell uuid NOT NULL
);

ALTER TABLE ONLY reporting.changed_cell FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.changed_cell OWNER TO reporting_owner;

--
-- Name: changed_cell_seq_seq; Type: SEQUENCE; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.changed_cell ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.changed_cell_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: check_asked; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.check_asked (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY reporting.check_asked FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.check_asked OWNER TO reporting_owner;

--
-- Name: checkpoint; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.checkpoint (
    service text NOT NULL,
    at timestamp with time zone NOT NULL,
    ends jsonb NOT NULL,
    digests jsonb NOT NULL,
    compared_at timestamp with time zone
);

ALTER TABLE ONLY reporting.checkpoint FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.checkpoint OWNER TO reporting_owner;

--
-- Name: closed_day; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.closed_day (
    day date NOT NULL,
    closed_at timestamp with time zone NOT NULL
);

ALTER TABLE reporting.closed_day OWNER TO reporting_owner;

--
-- Name: consumer_freshness; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.consumer_freshness (
    grp text NOT NULL,
    service text NOT NULL,
    as_of timestamp with time zone NOT NULL
);

ALTER TABLE reporting.consumer_freshness OWNER TO reporting_owner;

--
-- Name: consumer_offset; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    recorded_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE reporting.consumer_offset OWNER TO reporting_owner;

--
-- Name: contribution; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.contribution (
    kind text NOT NULL,
    id uuid NOT NULL,
    part text NOT NULL,
    shard text NOT NULL,
    cell uuid NOT NULL,
    quantity text NOT NULL,
    audience text NOT NULL,
    category text NOT NULL,
    campaign_id uuid NOT NULL,
    campaign_year integer NOT NULL,
    coordination_id uuid NOT NULL,
    month text NOT NULL,
    region text NOT NULL,
    department text NOT NULL,
    action_type text NOT NULL,
    main_of uuid,
    project_id uuid NOT NULL,
    action_id uuid,
    amount bigint NOT NULL
);

ALTER TABLE ONLY reporting.contribution FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.contribution OWNER TO reporting_owner;

--
-- Name: fact; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.fact (
    kind text NOT NULL,
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    "offset" bigint NOT NULL,
    event_id text NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY reporting.fact FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.fact OWNER TO reporting_owner;

--
-- Name: figure; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.figure (
    id uuid NOT NULL,
    version integer NOT NULL,
    revision bigint NOT NULL,
    doc text NOT NULL
);

ALTER TABLE ONLY reporting.figure FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.figure OWNER TO reporting_owner;

--
-- Name: figure_revision; Type: SEQUENCE; Schema: reporting; Owner: reporting_owner
--

CREATE SEQUENCE reporting.figure_revision
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE reporting.figure_revision OWNER TO reporting_owner;

--
-- Name: gap_seen; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.gap_seen (
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

ALTER TABLE reporting.gap_seen OWNER TO reporting_owner;

--
-- Name: heartbeat_heard; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.heartbeat_heard (
    grp text NOT NULL,
    service text NOT NULL,
    at timestamp with time zone NOT NULL,
    ends jsonb NOT NULL
);

ALTER TABLE reporting.heartbeat_heard OWNER TO reporting_owner;

--
-- Name: history_figure; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.history_figure (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    doc text NOT NULL
);

ALTER TABLE ONLY reporting.history_figure FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.history_figure OWNER TO reporting_owner;

--
-- Name: history_figure_seq_seq; Type: SEQUENCE; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.history_figure ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.history_figure_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: history_territory; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.history_territory (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    year integer NOT NULL,
    code_then text NOT NULL,
    code_now text NOT NULL,
    doc text NOT NULL
);

ALTER TABLE ONLY reporting.history_territory FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.history_territory OWNER TO reporting_owner;

--
-- Name: history_territory_seq_seq; Type: SEQUENCE; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.history_territory ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.history_territory_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: idempotency; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.idempotency (
    client_id text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    version integer NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE reporting.idempotency OWNER TO reporting_owner;

--
-- Name: known_campaign; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.known_campaign (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    coordination_id uuid NOT NULL,
    region text NOT NULL,
    year integer NOT NULL,
    title text NOT NULL
);

ALTER TABLE reporting.known_campaign OWNER TO reporting_owner;

--
-- Name: known_coordination; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.known_coordination (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    organisation_id uuid NOT NULL,
    region text NOT NULL,
    part integer,
    "offset" bigint
);

ALTER TABLE reporting.known_coordination OWNER TO reporting_owner;

--
-- Name: known_organisation; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.known_organisation (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    part integer,
    "offset" bigint
);

ALTER TABLE reporting.known_organisation OWNER TO reporting_owner;

--
-- Name: known_project; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.known_project (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    region text NOT NULL,
    department text NOT NULL
);

ALTER TABLE reporting.known_project OWNER TO reporting_owner;

--
-- Name: known_territory; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.known_territory (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    vintage integer NOT NULL,
    department text NOT NULL,
    department_name text NOT NULL,
    region text NOT NULL,
    region_name text NOT NULL,
    part integer,
    "offset" bigint
);

ALTER TABLE reporting.known_territory OWNER TO reporting_owner;

--
-- Name: migration; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    ran_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE reporting.migration OWNER TO reporting_owner;

--
-- Name: operation; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.operation (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    who text NOT NULL,
    command text NOT NULL,
    arguments jsonb NOT NULL,
    outcome text,
    ended_at timestamp with time zone
);

ALTER TABLE reporting.operation OWNER TO reporting_owner;

--
-- Name: operation_id_seq; Type: SEQUENCE; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.operation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.operation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: outbox; Type: TABLE; Schema: reporting; Owner: reporting_housekeeper
--

CREATE TABLE reporting.outbox (
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

ALTER TABLE reporting.outbox OWNER TO reporting_housekeeper;

--
-- Name: outbox_cursor; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.outbox_cursor (
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

ALTER TABLE reporting.outbox_cursor OWNER TO reporting_owner;

--
-- Name: COLUMN outbox_cursor.acked; Type: COMMENT; Schema: reporting; Owner: reporting_owner
--

COMMENT ON COLUMN reporting.outbox_cursor.acked IS 'last offset that Kafka acknowledged, by partition: {"topic/partition": offset}; emptied when everything is sent again';

--
-- Name: COLUMN outbox_cursor.auditing; Type: COMMENT; Schema: reporting; Owner: reporting_owner
--

COMMENT ON COLUMN reporting.outbox_cursor.auditing IS 'where an audit of the state topics that is not over has begun, by partition: {"topic/partition": offset}';

--
-- Name: COLUMN outbox_cursor.audited_since; Type: COMMENT; Schema: reporting; Owner: reporting_owner
--

COMMENT ON COLUMN reporting.outbox_cursor.audited_since IS 'the snapshot that was published for certain when the audit in `auditing` began';

--
-- Name: outbox_default; Type: TABLE; Schema: reporting; Owner: reporting_housekeeper
--

CREATE TABLE reporting.outbox_default (
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

ALTER TABLE reporting.outbox_default OWNER TO reporting_housekeeper;

--
-- Name: outbox_parked; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.outbox_parked (
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

ALTER TABLE reporting.outbox_parked OWNER TO reporting_owner;

--
-- Name: outbox_seq_seq; Type: SEQUENCE; Schema: reporting; Owner: reporting_housekeeper
--

ALTER TABLE reporting.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: parked_event; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.parked_event (
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

ALTER TABLE reporting.parked_event OWNER TO reporting_owner;

--
-- Name: parked_key; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.parked_key (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    operation_id bigint
);

ALTER TABLE reporting.parked_key OWNER TO reporting_owner;

--
-- Name: placed_cell; Type: VIEW; Schema: reporting; Owner: reporting_owner
--

CREATE VIEW reporting.placed_cell WITH (security_invoker='true') AS
 SELECT cell.quantity,
    cell.audience,
    cell.category,
    cell.campaign_id,
    cell.campaign_year,
    cell.coordination_id,
    cell.month,
    COALESCE(known_project.region, cell.region) AS region,
    COALESCE(known_project.department, cell.department) AS department,
    cell.action_type,
    cell.amount,
    cell.n
   FROM (reporting.cell
     LEFT JOIN reporting.known_project ON ((known_project.id = cell.main_of)));

ALTER VIEW reporting.placed_cell OWNER TO reporting_owner;

--
-- Name: published_cell; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.published_cell (
    id uuid NOT NULL,
    breakdown text NOT NULL,
    audience text NOT NULL,
    campaign_year integer NOT NULL,
    region text NOT NULL,
    campaign_id uuid,
    category text NOT NULL,
    amount bigint,
    closed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY reporting.published_cell FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.published_cell OWNER TO reporting_owner;

--
-- Name: published_count; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.published_count (
    id uuid NOT NULL,
    count bigint NOT NULL,
    shown bigint
);

ALTER TABLE ONLY reporting.published_count FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.published_count OWNER TO reporting_owner;

--
-- Name: reconciliation; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.reconciliation (
    id uuid NOT NULL,
    scope text NOT NULL,
    at timestamp with time zone NOT NULL,
    checkpoint_at timestamp with time zone,
    differing integer NOT NULL,
    doc text NOT NULL
);

ALTER TABLE ONLY reporting.reconciliation FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.reconciliation OWNER TO reporting_owner;

--
-- Name: record; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.record (
    kind text NOT NULL,
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    "offset" bigint NOT NULL,
    event_id text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    parts integer,
    total bigint,
    CONSTRAINT record_kind_check CHECK ((kind = ANY (ARRAY['campaign'::text, 'project'::text, 'action'::text, 'report'::text])))
);

ALTER TABLE ONLY reporting.record FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.record OWNER TO reporting_owner;

--
-- Name: seen_version; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.seen_version (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL
);

ALTER TABLE reporting.seen_version OWNER TO reporting_owner;

--
-- Name: unpublished; Type: TABLE; Schema: reporting; Owner: reporting_owner
--

CREATE TABLE reporting.unpublished (
    seq bigint NOT NULL,
    campaign_id uuid NOT NULL,
    audience text NOT NULL,
    action_id uuid NOT NULL,
    report_id uuid NOT NULL
);

ALTER TABLE ONLY reporting.unpublished FORCE ROW LEVEL SECURITY;

ALTER TABLE reporting.unpublished OWNER TO reporting_owner;

--
-- Name: unpublished_seq_seq; Type: SEQUENCE; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.unpublished ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reporting.unpublished_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: outbox_default; Type: TABLE ATTACH; Schema: reporting; Owner: reporting_housekeeper
--

ALTER TABLE ONLY reporting.outbox ATTACH PARTITION reporting.outbox_default DEFAULT;

--
-- Name: bucket bucket_aggregate_number_key; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.bucket
    ADD CONSTRAINT bucket_aggregate_number_key UNIQUE (aggregate, number);

--
-- Name: bucket bucket_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.bucket
    ADD CONSTRAINT bucket_pkey PRIMARY KEY (id);

--
-- Name: cell cell_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.cell
    ADD CONSTRAINT cell_pkey PRIMARY KEY (cell, shard);

--
-- Name: changed_cell changed_cell_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.changed_cell
    ADD CONSTRAINT changed_cell_pkey PRIMARY KEY (seq);

--
-- Name: check_asked check_asked_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.check_asked
    ADD CONSTRAINT check_asked_pkey PRIMARY KEY (id);

--
-- Name: checkpoint checkpoint_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (service);

--
-- Name: closed_day closed_day_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.closed_day
    ADD CONSTRAINT closed_day_pkey PRIMARY KEY (day);

--
-- Name: consumer_freshness consumer_freshness_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.consumer_freshness
    ADD CONSTRAINT consumer_freshness_pkey PRIMARY KEY (grp, service);

--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);

--
-- Name: contribution contribution_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.contribution
    ADD CONSTRAINT contribution_pkey PRIMARY KEY (kind, id, part);

--
-- Name: fact fact_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (kind, id, epoch, version);

--
-- Name: figure figure_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.figure
    ADD CONSTRAINT figure_pkey PRIMARY KEY (id);

--
-- Name: figure figure_revision_key; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.figure
    ADD CONSTRAINT figure_revision_key UNIQUE (revision);

--
-- Name: gap_seen gap_seen_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.gap_seen
    ADD CONSTRAINT gap_seen_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: heartbeat_heard heartbeat_heard_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.heartbeat_heard
    ADD CONSTRAINT heartbeat_heard_pkey PRIMARY KEY (grp, service, at);

--
-- Name: history_figure history_figure_id_key; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.history_figure
    ADD CONSTRAINT history_figure_id_key UNIQUE (id);

--
-- Name: history_figure history_figure_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.history_figure
    ADD CONSTRAINT history_figure_pkey PRIMARY KEY (seq);

--
-- Name: history_territory history_territory_id_key; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.history_territory
    ADD CONSTRAINT history_territory_id_key UNIQUE (id);

--
-- Name: history_territory history_territory_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.history_territory
    ADD CONSTRAINT history_territory_pkey PRIMARY KEY (seq);

--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (client_id, key);

--
-- Name: known_campaign known_campaign_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.known_campaign
    ADD CONSTRAINT known_campaign_pkey PRIMARY KEY (id);

--
-- Name: known_coordination known_coordination_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.known_coordination
    ADD CONSTRAINT known_coordination_pkey PRIMARY KEY (id);

--
-- Name: known_organisation known_organisation_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.known_organisation
    ADD CONSTRAINT known_organisation_pkey PRIMARY KEY (id);

--
-- Name: known_project known_project_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.known_project
    ADD CONSTRAINT known_project_pkey PRIMARY KEY (id);

--
-- Name: known_territory known_territory_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.known_territory
    ADD CONSTRAINT known_territory_pkey PRIMARY KEY (id);

--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

--
-- Name: operation operation_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (id);

--
-- Name: outbox_cursor outbox_cursor_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.outbox_cursor
    ADD CONSTRAINT outbox_cursor_pkey PRIMARY KEY (relay);

--
-- Name: outbox_parked outbox_parked_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.outbox_parked
    ADD CONSTRAINT outbox_parked_pkey PRIMARY KEY (seq);

--
-- Name: parked_event parked_event_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.parked_event
    ADD CONSTRAINT parked_event_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: published_cell published_cell_breakdown_audience_campaign_year_region_camp_key; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.published_cell
    ADD CONSTRAINT published_cell_breakdown_audience_campaign_year_region_camp_key UNIQUE NULLS NOT DISTINCT (breakdown, audience, campaign_year, region, campaign_id, category);

--
-- Name: published_cell published_cell_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.published_cell
    ADD CONSTRAINT published_cell_pkey PRIMARY KEY (id);

--
-- Name: published_count published_count_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.published_count
    ADD CONSTRAINT published_count_pkey PRIMARY KEY (id);

--
-- Name: reconciliation reconciliation_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.reconciliation
    ADD CONSTRAINT reconciliation_pkey PRIMARY KEY (id);

--
-- Name: record record_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (kind, id);

--
-- Name: seen_version seen_version_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.seen_version
    ADD CONSTRAINT seen_version_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: unpublished unpublished_pkey; Type: CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.unpublished
    ADD CONSTRAINT unpublished_pkey PRIMARY KEY (seq);

--
-- Name: cell_quantity_campaign_id_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX cell_quantity_campaign_id_idx ON reporting.cell USING btree (quantity, campaign_id);

--
-- Name: cell_quantity_campaign_year_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX cell_quantity_campaign_year_idx ON reporting.cell USING btree (quantity, campaign_year);

--
-- Name: contribution_quantity_campaign_id_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX contribution_quantity_campaign_id_idx ON reporting.contribution USING btree (quantity, campaign_id);

--
-- Name: contribution_quantity_coordination_id_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX contribution_quantity_coordination_id_idx ON reporting.contribution USING btree (quantity, coordination_id);

--
-- Name: idempotency_created_at_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX idempotency_created_at_idx ON reporting.idempotency USING btree (created_at);

--
-- Name: known_territory_department_vintage_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX known_territory_department_vintage_idx ON reporting.known_territory USING btree (department, vintage);

--
-- Name: known_territory_region_vintage_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX known_territory_region_vintage_idx ON reporting.known_territory USING btree (region, vintage);

--
-- Name: outbox_seq_idx; Type: INDEX; Schema: reporting; Owner: reporting_housekeeper
--

CREATE INDEX outbox_seq_idx ON ONLY reporting.outbox USING btree (seq);

--
-- Name: outbox_default_seq_idx; Type: INDEX; Schema: reporting; Owner: reporting_housekeeper
--

CREATE INDEX outbox_default_seq_idx ON reporting.outbox_default USING btree (seq);

--
-- Name: outbox_xid_seq_idx; Type: INDEX; Schema: reporting; Owner: reporting_housekeeper
--

CREATE INDEX outbox_xid_seq_idx ON ONLY reporting.outbox USING btree (xid, seq);

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX; Schema: reporting; Owner: reporting_housekeeper
--

CREATE INDEX outbox_default_xid_seq_idx ON reporting.outbox_default USING btree (xid, seq);

--
-- Name: parked_event_grp_topic_key_part_offset_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX parked_event_grp_topic_key_part_offset_idx ON reporting.parked_event USING btree (grp, topic, key, part, "offset");

--
-- Name: reconciliation_scope_id_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX reconciliation_scope_id_idx ON reporting.reconciliation USING btree (scope, id);

--
-- Name: unpublished_report_id_idx; Type: INDEX; Schema: reporting; Owner: reporting_owner
--

CREATE INDEX unpublished_report_id_idx ON reporting.unpublished USING btree (report_id);

--
-- Name: outbox_default_seq_idx; Type: INDEX ATTACH; Schema: reporting; Owner: reporting_housekeeper
--

ALTER INDEX reporting.outbox_seq_idx ATTACH PARTITION reporting.outbox_default_seq_idx;

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX ATTACH; Schema: reporting; Owner: reporting_housekeeper
--

ALTER INDEX reporting.outbox_xid_seq_idx ATTACH PARTITION reporting.outbox_default_xid_seq_idx;

--
-- Name: published_count published_count_id_fkey; Type: FK CONSTRAINT; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE ONLY reporting.published_count
    ADD CONSTRAINT published_count_id_fkey FOREIGN KEY (id) REFERENCES reporting.published_cell(id);

--
-- Name: bucket; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.bucket ENABLE ROW LEVEL SECURITY;

--
-- Name: cell; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.cell ENABLE ROW LEVEL SECURITY;

--
-- Name: changed_cell; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.changed_cell ENABLE ROW LEVEL SECURITY;

--
-- Name: check_asked; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.check_asked ENABLE ROW LEVEL SECURITY;

--
-- Name: checkpoint; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.checkpoint ENABLE ROW LEVEL SECURITY;

--
-- Name: contribution; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.contribution ENABLE ROW LEVEL SECURITY;

--
-- Name: fact; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.fact ENABLE ROW LEVEL SECURITY;

--
-- Name: figure; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.figure ENABLE ROW LEVEL SECURITY;

--
-- Name: history_figure; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.history_figure ENABLE ROW LEVEL SECURITY;

--
-- Name: history_territory; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.history_territory ENABLE ROW LEVEL SECURITY;

--
-- Name: published_cell; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.published_cell ENABLE ROW LEVEL SECURITY;

--
-- Name: published_count; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.published_count ENABLE ROW LEVEL SECURITY;

--
-- Name: reconciliation; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.reconciliation ENABLE ROW LEVEL SECURITY;

--
-- Name: record; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.record ENABLE ROW LEVEL SECURITY;

--
-- Name: cell seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.cell FOR SELECT USING ((((quantity <> ALL (ARRAY['age_band'::text, 'gender'::text, 'in_district'::text, 'method'::text])) AND ( SELECT reporting.somebody_asks() AS somebody_asks)) OR ( SELECT reporting.reads_everything() AS reads_everything) OR (coordination_id = ( SELECT reporting.own_coordination() AS own_coordination))));

--
-- Name: checkpoint seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.checkpoint FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: contribution seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.contribution FOR SELECT USING ((( SELECT reporting.reads_everything() AS reads_everything) OR (coordination_id = ( SELECT reporting.own_coordination() AS own_coordination)) OR (department = ANY (( SELECT reporting.own_departments() AS own_departments)::text[]))));

--
-- Name: fact seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.fact FOR SELECT USING ((EXISTS ( SELECT
   FROM reporting.contribution
  WHERE ((contribution.kind = fact.kind) AND (contribution.id = fact.id)))));

--
-- Name: figure seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.figure FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: history_figure seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.history_figure FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: history_territory seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.history_territory FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: published_cell seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.published_cell FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: reconciliation seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.reconciliation FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: record seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.record FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: unpublished seen; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY seen ON reporting.unpublished FOR SELECT USING (( SELECT reporting.somebody_asks() AS somebody_asks));

--
-- Name: unpublished; Type: ROW SECURITY; Schema: reporting; Owner: reporting_owner
--

ALTER TABLE reporting.unpublished ENABLE ROW LEVEL SECURITY;

--
-- Name: bucket written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.bucket USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: cell written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.cell USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: changed_cell written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.changed_cell USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: check_asked written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.check_asked USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: checkpoint written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.checkpoint USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: contribution written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.contribution USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: fact written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.fact USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: figure written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.figure USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: history_figure written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.history_figure USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: history_territory written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.history_territory USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: published_cell written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.published_cell USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: published_count written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.published_count USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: reconciliation written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.reconciliation USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: record written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.record USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: unpublished written; Type: POLICY; Schema: reporting; Owner: reporting_owner
--

CREATE POLICY written ON reporting.unpublished USING (( SELECT reporting.house_asks() AS house_asks));

--
-- Name: SCHEMA reporting; Type: ACL; Schema: -; Owner: reporting_owner
--

GRANT USAGE ON SCHEMA reporting TO reporting_app;
GRANT USAGE ON SCHEMA reporting TO reporting_relay;
GRANT ALL ON SCHEMA reporting TO reporting_housekeeper;

--
-- Name: FUNCTION close_green(); Type: ACL; Schema: reporting; Owner: reporting_owner
--

REVOKE ALL ON FUNCTION reporting.close_green() FROM PUBLIC;

--
-- Name: FUNCTION drop_coloured(colour text); Type: ACL; Schema: reporting; Owner: reporting_owner
--

REVOKE ALL ON FUNCTION reporting.drop_coloured(colour text) FROM PUBLIC;

--
-- Name: FUNCTION exchange(incoming text, aside text); Type: ACL; Schema: reporting; Owner: reporting_owner
--

REVOKE ALL ON FUNCTION reporting.exchange(incoming text, aside text) FROM PUBLIC;

--
-- Name: FUNCTION index_green(); Type: ACL; Schema: reporting; Owner: reporting_owner
--

REVOKE ALL ON FUNCTION reporting.index_green() FROM PUBLIC;

--
-- Name: FUNCTION lay_green_out(); Type: ACL; Schema: reporting; Owner: reporting_owner
--

REVOKE ALL ON FUNCTION reporting.lay_green_out() FROM PUBLIC;

--
-- Name: TABLE bucket; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.bucket TO reporting_app;

--
-- Name: TABLE cell; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.cell TO reporting_app;

--
-- Name: TABLE changed_cell; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.changed_cell TO reporting_app;

--
-- Name: SEQUENCE changed_cell_seq_seq; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT USAGE ON SEQUENCE reporting.changed_cell_seq_seq TO reporting_app;

--
-- Name: TABLE check_asked; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.check_asked TO reporting_app;

--
-- Name: TABLE checkpoint; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.checkpoint TO reporting_app;

--
-- Name: TABLE closed_day; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.closed_day TO reporting_app;

--
-- Name: TABLE consumer_freshness; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.consumer_freshness TO reporting_app;

--
-- Name: TABLE consumer_offset; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.consumer_offset TO reporting_app;

--
-- Name: TABLE contribution; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.contribution TO reporting_app;

--
-- Name: TABLE fact; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.fact TO reporting_app;

--
-- Name: TABLE figure; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.figure TO reporting_app;

--
-- Name: SEQUENCE figure_revision; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT USAGE ON SEQUENCE reporting.figure_revision TO reporting_app;

--
-- Name: TABLE gap_seen; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.gap_seen TO reporting_app;

--
-- Name: TABLE heartbeat_heard; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.heartbeat_heard TO reporting_app;

--
-- Name: TABLE history_figure; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.history_figure TO reporting_app;

--
-- Name: SEQUENCE history_figure_seq_seq; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT USAGE ON SEQUENCE reporting.history_figure_seq_seq TO reporting_app;

--
-- Name: TABLE history_territory; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.history_territory TO reporting_app;

--
-- Name: SEQUENCE history_territory_seq_seq; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT USAGE ON SEQUENCE reporting.history_territory_seq_seq TO reporting_app;

--
-- Name: TABLE idempotency; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.idempotency TO reporting_app;
GRANT SELECT,DELETE ON TABLE reporting.idempotency TO reporting_housekeeper;

--
-- Name: TABLE known_campaign; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.known_campaign TO reporting_app;

--
-- Name: TABLE known_coordination; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.known_coordination TO reporting_app;

--
-- Name: TABLE known_organisation; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.known_organisation TO reporting_app;

--
-- Name: TABLE known_project; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.known_project TO reporting_app;

--
-- Name: TABLE known_territory; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.known_territory TO reporting_app;

--
-- Name: TABLE migration; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT ON TABLE reporting.migration TO reporting_app;

--
-- Name: TABLE operation; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT ON TABLE reporting.operation TO reporting_app;
GRANT SELECT ON TABLE reporting.operation TO reporting_housekeeper;

--
-- Name: COLUMN operation.outcome; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT UPDATE(outcome) ON TABLE reporting.operation TO reporting_app;

--
-- Name: COLUMN operation.ended_at; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT UPDATE(ended_at) ON TABLE reporting.operation TO reporting_app;

--
-- Name: SEQUENCE operation_id_seq; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT USAGE ON SEQUENCE reporting.operation_id_seq TO reporting_app;

--
-- Name: TABLE outbox; Type: ACL; Schema: reporting; Owner: reporting_housekeeper
--

GRANT INSERT ON TABLE reporting.outbox TO reporting_app;
GRANT SELECT ON TABLE reporting.outbox TO reporting_relay;

--
-- Name: TABLE outbox_cursor; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT ON TABLE reporting.outbox_cursor TO reporting_app;
GRANT SELECT,INSERT,UPDATE ON TABLE reporting.outbox_cursor TO reporting_relay;
GRANT SELECT ON TABLE reporting.outbox_cursor TO reporting_housekeeper;

--
-- Name: TABLE outbox_parked; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT ON TABLE reporting.outbox_parked TO reporting_relay;

--
-- Name: SEQUENCE outbox_seq_seq; Type: ACL; Schema: reporting; Owner: reporting_housekeeper
--

GRANT USAGE ON SEQUENCE reporting.outbox_seq_seq TO reporting_app;

--
-- Name: TABLE parked_event; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.parked_event TO reporting_app;

--
-- Name: TABLE parked_key; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.parked_key TO reporting_app;

--
-- Name: TABLE placed_cell; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.placed_cell TO reporting_app;

--
-- Name: TABLE published_cell; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.published_cell TO reporting_app;

--
-- Name: TABLE published_count; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.published_count TO reporting_app;

--
-- Name: TABLE reconciliation; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.reconciliation TO reporting_app;

--
-- Name: TABLE record; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.record TO reporting_app;

--
-- Name: TABLE seen_version; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.seen_version TO reporting_app;

--
-- Name: TABLE unpublished; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE reporting.unpublished TO reporting_app;

--
-- Name: SEQUENCE unpublished_seq_seq; Type: ACL; Schema: reporting; Owner: reporting_owner
--

GRANT USAGE ON SEQUENCE reporting.unpublished_seq_seq TO reporting_app;

--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: reporting; Owner: reporting_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE reporting_owner IN SCHEMA reporting GRANT USAGE ON SEQUENCES TO reporting_app;

--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: reporting; Owner: reporting_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE reporting_owner IN SCHEMA reporting GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO reporting_app;

--
-- PostgreSQL database dump complete
--

--
-- PostgreSQL database dump
--

--
-- Name: actions; Type: SCHEMA; Schema: -; Owner: actions_owner
--

CREATE SCHEMA actions;

ALTER SCHEMA actions OWNER TO actions_owner;

--
-- Name: principal(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.principal() RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.principal'::text, true), ''::text))::jsonb;

ALTER FUNCTION actions.principal() OWNER TO actions_owner;

--
-- Name: codes(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.codes() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY(SELECT jsonb_array_elements_text((actions.principal() -> 'codes'::text)) AS jsonb_array_elements_text);

ALTER FUNCTION actions.codes() OWNER TO actions_owner;

--
-- Name: action; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.action (
    id uuid NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    postponed_from text,
    project_id uuid NOT NULL,
    project_state text NOT NULL,
    project_parties uuid[] NOT NULL,
    campaign_id uuid NOT NULL,
    campaign_year integer NOT NULL,
    campaign_on date NOT NULL,
    zone text NOT NULL,
    coordination_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    action_type text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    setting text NOT NULL,
    closed_circuit text,
    site_authority_id uuid,
    regime text,
    organiser_id uuid NOT NULL,
    price_cents integer NOT NULL,
    out_of_school boolean NOT NULL,
    intergenerational boolean NOT NULL,
    access_note text NOT NULL,
    period jsonb NOT NULL,
    places jsonb NOT NULL,
    sessions jsonb NOT NULL,
    authorisation jsonb NOT NULL,
    clearances jsonb NOT NULL,
    permits jsonb NOT NULL,
    neighbours jsonb,
    site_approval jsonb,
    participants_distinct integer,
    cancellation jsonb,
    notices jsonb NOT NULL,
    parties uuid[] NOT NULL,
    municipalities text[] NOT NULL,
    departments text[] NOT NULL,
    doc text NOT NULL,
    promotes_a_sale boolean DEFAULT false NOT NULL,
    commercial_poster boolean DEFAULT false NOT NULL,
    declaration jsonb,
    risks jsonb DEFAULT '[]'::jsonb NOT NULL,
    evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT action_participants_distinct_check CHECK ((participants_distinct >= 0)),
    CONSTRAINT action_price_cents_check CHECK ((price_cents >= 0)),
    CONSTRAINT action_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY actions.action ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY actions.action FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.action OWNER TO actions_owner;

--
-- Name: lending; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.lending (
    copy_id uuid NOT NULL,
    session_id uuid NOT NULL
);

ALTER TABLE ONLY actions.lending FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.lending OWNER TO actions_owner;

--
-- Name: session; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.session (
    id uuid NOT NULL,
    action_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    organiser_id uuid NOT NULL,
    regime text,
    state text NOT NULL,
    held_on date NOT NULL,
    starts_at time without time zone NOT NULL,
    zone text NOT NULL,
    minutes integer NOT NULL,
    municipality text NOT NULL,
    label text NOT NULL,
    film_ids uuid[] NOT NULL,
    offer_ids uuid[] NOT NULL,
    longitude double precision,
    latitude double precision,
    CONSTRAINT session_minutes_check CHECK ((minutes >= 0))
);

ALTER TABLE ONLY actions.session FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.session OWNER TO actions_owner;

--
-- Name: copy_bookings(uuid[], uuid, date, date); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.copy_bookings(copies uuid[], besides uuid, first_on date, last_on date) RETURNS TABLE(copy_id uuid, held_on date, starts_at time without time zone, zone text, minutes integer, municipality text)
    LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
 WITH booked AS (
          SELECT l.copy_id,
             s.held_on,
             s.starts_at,
             s.zone,
             s.minutes,
             s.municipality,
             s.id
            FROM ((actions.lending l
              JOIN actions.session s ON ((s.id = l.session_id)))
              JOIN actions.action a ON ((a.id = s.action_id)))
           WHERE ((l.copy_id = ANY (copy_bookings.copies)) AND (s.state = ANY (ARRAY['planned'::text, 'held'::text])) AND (s.held_on <= copy_bookings.last_on) AND (s.action_id <> copy_bookings.besides) AND (a.project_state <> ALL (ARRAY['rejected'::text, 'ineligible'::text, 'withdrawn'::text])))
         ), last AS (
          SELECT DISTINCT ON (b_1.copy_id) b_1.id
            FROM booked b_1
           WHERE (b_1.held_on < copy_bookings.first_on)
           ORDER BY b_1.copy_id, b_1.held_on DESC, b_1.starts_at DESC, b_1.id
         )
  SELECT b.copy_id,
     b.held_on,
     b.starts_at,
     b.zone,
     b.minutes,
     b.municipality
    FROM booked b
   WHERE ((b.held_on >= copy_bookings.first_on) OR (b.id IN ( SELECT last.id
            FROM last)))
   ORDER BY b.held_on, b.starts_at, b.id;
END;

ALTER FUNCTION actions.copy_bookings(copies uuid[], besides uuid, first_on date, last_on date) OWNER TO actions_owner;

--
-- Name: granted_elsewhere(uuid, integer, uuid); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.granted_elsewhere(holder uuid, year integer, beside uuid) RETURNS TABLE(funder_id uuid, cents bigint)
    LANGUAGE plpgsql
    AS $$
DECLARE
  asker text := current_setting('app.principal');
BEGIN
  PERFORM set_config('app.principal', '{"level": "system"}', true);
  RETURN QUERY
    SELECT (line ->> 'funder_id')::uuid, sum((line ->> 'granted_cents')::bigint)::bigint
      FROM project CROSS JOIN jsonb_array_elements(lines) AS line
     WHERE holder_id = holder AND campaign_year = year AND id <> beside AND line ->> 'granted_cents' IS NOT NULL
     GROUP BY 1;
  PERFORM set_config('app.principal', asker, true);
END
$$;

ALTER FUNCTION actions.granted_elsewhere(holder uuid, year integer, beside uuid) OWNER TO actions_owner;

--
-- Name: held_in_prison(uuid[]); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.held_in_prison(actions uuid[]) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    RETURN (SELECT COALESCE(array_agg(action.id), '{}'::uuid[]) AS "coalesce" FROM actions.action WHERE ((action.id = ANY (held_in_prison.actions)) AND (action.closed_circuit = 'prison'::text)));

ALTER FUNCTION actions.held_in_prison(actions uuid[]) OWNER TO actions_owner;

--
-- Name: id_bucket(text); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.id_bucket(id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(id), 2)))::bit(8))::integer;

ALTER FUNCTION actions.id_bucket(id text) OWNER TO actions_owner;

--
-- Name: is_settled(text); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.is_settled(project_state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (project_state = ANY (ARRAY['validated'::text, 'funded'::text, 'closed'::text, 'cancelled'::text]));

ALTER FUNCTION actions.is_settled(project_state text) OWNER TO actions_owner;

--
-- Name: is_system(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.is_system() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(((actions.principal() ->> 'level'::text) = 'system'::text), false);

ALTER FUNCTION actions.is_system() OWNER TO actions_owner;

--
-- Name: known_film; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_film (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    duration_minutes integer,
    visas jsonb NOT NULL,
    classification text,
    released_on date,
    workshop jsonb,
    project_id uuid,
    merged_into uuid,
    screen_versions jsonb DEFAULT '[]'::jsonb NOT NULL,
    own_classification text
);

ALTER TABLE ONLY actions.known_film FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_film OWNER TO actions_owner;

--
-- Name: merged_film; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.merged_film (
    into_id uuid NOT NULL,
    film_id uuid NOT NULL
);

ALTER TABLE ONLY actions.merged_film FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.merged_film OWNER TO actions_owner;

--
-- Name: to_judge; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.to_judge (
    id bigint NOT NULL,
    action_id uuid NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    rules_number integer,
    deadlines_before jsonb,
    deadlines_after jsonb
);

ALTER TABLE ONLY actions.to_judge FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.to_judge OWNER TO actions_owner;

--
-- Name: judge_films_of(uuid); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.judge_films_of(workshop_action uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC
 WITH made AS (
          SELECT known_film.id
            FROM actions.known_film
           WHERE ((known_film.project_id IS NOT NULL) AND ((known_film.workshop ->> 'action_id'::text) = (judge_films_of.workshop_action)::text))
         )
  INSERT INTO actions.to_judge (action_id)  SELECT DISTINCT session.action_id
            FROM actions.session
           WHERE ((session.state = 'planned'::text) AND (session.film_ids && (ARRAY( SELECT made.id
                    FROM made) || ARRAY( SELECT merged_film.film_id
                    FROM actions.merged_film
                   WHERE (merged_film.into_id IN ( SELECT made.id
                            FROM made))))));
END;

ALTER FUNCTION actions.judge_films_of(workshop_action uuid) OWNER TO actions_owner;

--
-- Name: judge_with_copies(uuid[]); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.judge_with_copies(copies uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC
 INSERT INTO actions.to_judge (action_id)  SELECT DISTINCT s.action_id
            FROM (actions.lending l
              JOIN actions.session s ON ((s.id = l.session_id)))
           WHERE ((l.copy_id = ANY (judge_with_copies.copies)) AND (s.state = 'planned'::text));
END;

ALTER FUNCTION actions.judge_with_copies(copies uuid[]) OWNER TO actions_owner;

--
-- Name: judge_with_paid(uuid, integer); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.judge_with_paid(organiser uuid, of_year integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC
 INSERT INTO actions.to_judge (action_id)  SELECT DISTINCT s.action_id
            FROM actions.session s
           WHERE ((s.organiser_id = judge_with_paid.organiser) AND (s.regime = 'nc_association_paid'::text) AND (s.state = 'planned'::text) AND ((s.held_on >= make_date(judge_with_paid.of_year, 1, 1)) AND (s.held_on <= make_date(judge_with_paid.of_year, 12, 31))));
END;

ALTER FUNCTION actions.judge_with_paid(organiser uuid, of_year integer) OWNER TO actions_owner;

--
-- Name: may_call(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.may_call() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (actions.is_system() OR COALESCE(((actions.principal() -> 'scopes'::text) ? 'campaigns:write'::text), false));

ALTER FUNCTION actions.may_call() OWNER TO actions_owner;

--
-- Name: may_look_up(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.may_look_up() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (actions.principal() IS NOT NULL);

ALTER FUNCTION actions.may_look_up() OWNER TO actions_owner;

--
-- Name: may_write(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.may_write() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (actions.is_system() OR COALESCE(((actions.principal() -> 'scopes'::text) ?| ARRAY['actions:write'::text, 'attendance:write'::text, 'authorisations:write'::text, 'campaigns:write'::text, 'committee:write'::text, 'funding:own'::text, 'opinions:write'::text, 'permits:write'::text, 'projects:review'::text, 'projects:write'::text, 'reports:review'::text, 'reports:write'::text, 'sites:approve'::text]), false));

ALTER FUNCTION actions.may_write() OWNER TO actions_owner;

--
-- Name: reads(); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.reads() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((((actions.principal() -> 'scopes'::text) ? 'read'::text) AND ((actions.principal() ->> 'role'::text) <> 'dashboard'::text)), false);

ALTER FUNCTION actions.reads() OWNER TO actions_owner;

--
-- Name: owns_feed(uuid, uuid); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.owns_feed(org uuid, coordination uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (actions.is_system() OR COALESCE((actions.reads() AND ((org = ((actions.principal() ->> 'org'::text))::uuid) OR (coordination = ((actions.principal() ->> 'coordination_id'::text))::uuid))), false));

ALTER FUNCTION actions.owns_feed(org uuid, coordination uuid) OWNER TO actions_owner;

--
-- Name: paid_days(uuid, integer, integer, uuid); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.paid_days(organiser uuid, of_year integer, minutes_max integer, besides uuid) RETURNS date[]
    LANGUAGE sql STABLE SECURITY DEFINER
    RETURN (SELECT COALESCE(array_agg(s.held_on ORDER BY s.held_on), '{}'::date[]) AS "coalesce" FROM (actions.session s JOIN actions.action a ON ((a.id = s.action_id))) WHERE ((s.organiser_id = paid_days.organiser) AND (s.regime = 'nc_association_paid'::text) AND (s.state <> 'cancelled'::text) AND ((s.held_on >= make_date(paid_days.of_year, 1, 1)) AND (s.held_on <= make_date(paid_days.of_year, 12, 31))) AND (s.action_id <> paid_days.besides) AND (a.project_state <> ALL (ARRAY['rejected'::text, 'ineligible'::text, 'withdrawn'::text])) AND (EXISTS (SELECT FROM ((unnest(s.film_ids) shown(id) LEFT JOIN actions.known_film named ON ((named.id = shown.id))) LEFT JOIN actions.known_film f ON ((f.id = COALESCE(named.merged_into, shown.id)))) WHERE (COALESCE((f.duration_minutes > paid_days.minutes_max), true) OR (EXISTS (SELECT FROM jsonb_array_elements(f.screen_versions) cut(value) WHERE (((cut.value ->> 'duration_minutes'::text))::integer > paid_days.minutes_max))))))));

ALTER FUNCTION actions.paid_days(organiser uuid, of_year integer, minutes_max integer, besides uuid) OWNER TO actions_owner;

--
-- Name: paid_screenings(uuid, integer, uuid); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.paid_screenings(organiser uuid, of_year integer, besides uuid) RETURNS TABLE(session_id uuid, held_on date, starts_at time without time zone, films jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT s.id,
     s.held_on,
     s.starts_at,
     ( SELECT COALESCE(jsonb_agg(jsonb_build_object('version', (item.value -> 'version'::text), 'duration_minutes', f.duration_minutes, 'screen_versions', COALESCE(f.screen_versions, '[]'::jsonb))), '[]'::jsonb) AS "coalesce"
            FROM (((jsonb_array_elements(a.sessions) one(value)
              CROSS JOIN LATERAL jsonb_array_elements((one.value -> 'programme'::text)) item(value))
              LEFT JOIN actions.known_film named ON ((named.id = ((item.value ->> 'film_id'::text))::uuid)))
              LEFT JOIN actions.known_film f ON ((f.id = COALESCE(named.merged_into, named.id))))
           WHERE ((one.value ->> 'id'::text) = (s.id)::text)) AS "coalesce"
    FROM (actions.session s
      JOIN actions.action a ON ((a.id = s.action_id)))
   WHERE ((s.organiser_id = paid_screenings.organiser) AND (s.regime = 'nc_association_paid'::text) AND (s.state <> 'cancelled'::text) AND ((s.held_on >= make_date(paid_screenings.of_year, 1, 1)) AND (s.held_on <= make_date(paid_screenings.of_year, 12, 31))) AND (s.action_id <> paid_screenings.besides) AND (a.project_state <> ALL (ARRAY['rejected'::text, 'ineligible'::text, 'withdrawn'::text])))
   ORDER BY s.held_on, s.starts_at, s.id;
END;

ALTER FUNCTION actions.paid_screenings(organiser uuid, of_year integer, besides uuid) OWNER TO actions_owner;

--
-- Name: sees(uuid, uuid, uuid[], text[], text[], text); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.sees(coordination uuid, holder uuid, parties uuid[], municipalities text[], departments text[], project_state text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN actions.is_system() THEN true WHEN (NOT actions.reads()) THEN false WHEN ((actions.principal() ->> 'coordination_id'::text) IS NOT NULL) THEN (coordination = ((actions.principal() ->> 'coordination_id'::text))::uuid) ELSE CASE (actions.principal() ->> 'level'::text) WHEN 'national'::text THEN (project_state <> 'draft'::text) WHEN 'departments'::text THEN ((project_state <> 'draft'::text) AND (departments && actions.codes())) WHEN 'municipalities'::text THEN (actions.is_settled(project_state) AND ((municipalities && actions.codes()) OR (((actions.principal() ->> 'org'::text))::uuid = ANY (parties)))) WHEN 'organisation'::text THEN ((holder = ((actions.principal() ->> 'org'::text))::uuid) OR ((project_state <> 'draft'::text) AND (((actions.principal() ->> 'org'::text))::uuid = ANY (parties)))) ELSE false END END;

ALTER FUNCTION actions.sees(coordination uuid, holder uuid, parties uuid[], municipalities text[], departments text[], project_state text) OWNER TO actions_owner;

--
-- Name: sees_campaign(uuid, text[], text); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.sees_campaign(coordination uuid, departments text[], campaign_state text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN actions.is_system() THEN true WHEN (NOT actions.reads()) THEN false WHEN ((actions.principal() ->> 'coordination_id'::text) IS NOT NULL) THEN (coordination = ((actions.principal() ->> 'coordination_id'::text))::uuid) ELSE CASE (actions.principal() ->> 'level'::text) WHEN 'none'::text THEN false WHEN 'departments'::text THEN ((campaign_state <> 'draft'::text) OR (departments && actions.codes())) ELSE (campaign_state <> 'draft'::text) END END;

ALTER FUNCTION actions.sees_campaign(coordination uuid, departments text[], campaign_state text) OWNER TO actions_owner;

--
-- Name: state_hash(text, integer); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.state_hash(id text, version integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((('x'::text || "left"(md5(((id || '@'::text) || (version)::text)), 16)))::bit(64))::bigint;

ALTER FUNCTION actions.state_hash(id text, version integer) OWNER TO actions_owner;

--
-- Name: withheld(actions.action); Type: FUNCTION; Schema: actions; Owner: actions_owner
--

CREATE FUNCTION actions.withheld(a actions.action) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((((a).setting = 'closed_site'::text) OR ((a).closed_circuit IS NOT NULL)) AND (NOT COALESCE(CASE WHEN actions.is_system() THEN true WHEN ((actions.principal() ->> 'coordination_id'::text) IS NOT NULL) THEN ((a).coordination_id = ((actions.principal() ->> 'coordination_id'::text))::uuid) ELSE ((((actions.principal() ->> 'org'::text))::uuid = ANY (ARRAY[(a).holder_id, COALESCE((a).site_authority_id, (a).holder_id)])) OR ((((a).authorisation ->> 'state'::text) <> ALL (ARRAY['not_required'::text, 'to_request'::text])) AND ((actions.principal() -> 'scopes'::text) ?| ARRAY['authorisations:write'::text, 'opinions:write'::text]))) END, false)));

ALTER FUNCTION actions.withheld(a actions.action) OWNER TO actions_owner;

--
-- Name: calendar_feed; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.calendar_feed (
    id uuid NOT NULL,
    version integer NOT NULL,
    of text NOT NULL,
    coordination_id uuid,
    organisation_id uuid,
    municipality text,
    name text NOT NULL,
    client_id text NOT NULL,
    role text NOT NULL,
    scopes text[] NOT NULL,
    org uuid NOT NULL,
    maker_coordination_id uuid,
    level text NOT NULL,
    codes text[] NOT NULL,
    fingerprint bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT calendar_feed_check CHECK ((num_nonnulls(coordination_id, organisation_id, municipality) = 1)),
    CONSTRAINT calendar_feed_fingerprint_check CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT calendar_feed_of_check CHECK ((of = ANY (ARRAY['sessions'::text, 'obligations'::text]))),
    CONSTRAINT calendar_feed_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY actions.calendar_feed FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.calendar_feed OWNER TO actions_owner;

--
-- Name: campaign; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.campaign (
    id uuid NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    coordination_id uuid NOT NULL,
    region text NOT NULL,
    departments text[] NOT NULL,
    year integer NOT NULL,
    session integer NOT NULL,
    title text NOT NULL,
    zone text NOT NULL,
    opened_on date,
    ends_on date NOT NULL,
    rules jsonb NOT NULL,
    doc text NOT NULL,
    CONSTRAINT campaign_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY actions.campaign ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY actions.campaign FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.campaign OWNER TO actions_owner;

--
-- Name: consumer_freshness; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.consumer_freshness (
    grp text NOT NULL,
    service text NOT NULL,
    as_of timestamp with time zone NOT NULL
);

ALTER TABLE actions.consumer_freshness OWNER TO actions_owner;

--
-- Name: consumer_offset; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    recorded_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE actions.consumer_offset OWNER TO actions_owner;

--
-- Name: gap_seen; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.gap_seen (
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

ALTER TABLE actions.gap_seen OWNER TO actions_owner;

--
-- Name: heartbeat_heard; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.heartbeat_heard (
    grp text NOT NULL,
    service text NOT NULL,
    at timestamp with time zone NOT NULL,
    ends jsonb NOT NULL
);

ALTER TABLE actions.heartbeat_heard OWNER TO actions_owner;

--
-- Name: idempotency; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.idempotency (
    client_id text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    version integer NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE actions.idempotency OWNER TO actions_owner;

--
-- Name: known_access_grant; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_access_grant (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    role text NOT NULL,
    organisation_id uuid NOT NULL,
    coordination_id uuid,
    codes text[] NOT NULL,
    revoked_at timestamp with time zone
);

ALTER TABLE ONLY actions.known_access_grant FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_access_grant OWNER TO actions_owner;

--
-- Name: known_coordination; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_coordination (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    region text NOT NULL,
    appointments jsonb NOT NULL,
    organisation_id uuid
);

ALTER TABLE ONLY actions.known_coordination FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_coordination OWNER TO actions_owner;

--
-- Name: known_copy; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_copy (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    film_id uuid NOT NULL,
    format text NOT NULL,
    film_version text,
    encrypted boolean NOT NULL,
    transit_days integer NOT NULL,
    withdrawn boolean NOT NULL,
    keys jsonb NOT NULL
);

ALTER TABLE ONLY actions.known_copy FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_copy OWNER TO actions_owner;

--
-- Name: known_municipality; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_municipality (
    vintage integer NOT NULL,
    code text NOT NULL,
    territory_id uuid NOT NULL,
    name text NOT NULL,
    department text NOT NULL,
    region text NOT NULL,
    epci text,
    density integer,
    districts text[] NOT NULL,
    parent text,
    successors text[] NOT NULL,
    CONSTRAINT known_municipality_density_check CHECK (((density >= 1) AND (density <= 7)))
);

ALTER TABLE ONLY actions.known_municipality FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_municipality OWNER TO actions_owner;

--
-- Name: known_organisation; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_organisation (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    is_licensed_operator boolean NOT NULL,
    is_public boolean NOT NULL,
    is_association boolean NOT NULL,
    closed_on date,
    derogations jsonb DEFAULT '[]'::jsonb NOT NULL,
    entitlements jsonb DEFAULT '[]'::jsonb NOT NULL
);

ALTER TABLE ONLY actions.known_organisation FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_organisation OWNER TO actions_owner;

--
-- Name: known_rights_offer; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_rights_offer (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    film_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    uses text[] NOT NULL,
    territories text[] NOT NULL,
    versions text[] NOT NULL,
    withdrawn boolean NOT NULL,
    price_cents integer,
    tax_basis_points integer,
    audience_max integer,
    CONSTRAINT known_rights_offer_audience_max_check CHECK ((audience_max > 0)),
    CONSTRAINT known_rights_offer_price_cents_check CHECK ((price_cents >= 0)),
    CONSTRAINT known_rights_offer_tax_basis_points_check CHECK (((tax_basis_points >= 0) AND (tax_basis_points <= 10000)))
);

ALTER TABLE ONLY actions.known_rights_offer FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_rights_offer OWNER TO actions_owner;

--
-- Name: known_territory; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.known_territory (
    id uuid NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL,
    vintage integer NOT NULL,
    department text NOT NULL,
    region text NOT NULL
);

ALTER TABLE ONLY actions.known_territory FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.known_territory OWNER TO actions_owner;

--
-- Name: lent_copy; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.lent_copy (
    copy_id uuid NOT NULL
);

ALTER TABLE ONLY actions.lent_copy FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.lent_copy OWNER TO actions_owner;

--
-- Name: migration; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    ran_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE actions.migration OWNER TO actions_owner;

--
-- Name: operation; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.operation (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    who text NOT NULL,
    command text NOT NULL,
    arguments jsonb NOT NULL,
    outcome text,
    ended_at timestamp with time zone
);

ALTER TABLE actions.operation OWNER TO actions_owner;

--
-- Name: operation_id_seq; Type: SEQUENCE; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.operation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME actions.operation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: outbox; Type: TABLE; Schema: actions; Owner: actions_housekeeper
--

CREATE TABLE actions.outbox (
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

ALTER TABLE actions.outbox OWNER TO actions_housekeeper;

--
-- Name: outbox_cursor; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.outbox_cursor (
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

ALTER TABLE actions.outbox_cursor OWNER TO actions_owner;

--
-- Name: COLUMN outbox_cursor.acked; Type: COMMENT; Schema: actions; Owner: actions_owner
--

COMMENT ON COLUMN actions.outbox_cursor.acked IS 'last offset that Kafka acknowledged, by partition: {"topic/partition": offset}; emptied when everything is sent again';

--
-- Name: COLUMN outbox_cursor.auditing; Type: COMMENT; Schema: actions; Owner: actions_owner
--

COMMENT ON COLUMN actions.outbox_cursor.auditing IS 'where an audit of the state topics that is not over has begun, by partition: {"topic/partition": offset}';

--
-- Name: COLUMN outbox_cursor.audited_since; Type: COMMENT; Schema: actions; Owner: actions_owner
--

COMMENT ON COLUMN actions.outbox_cursor.audited_since IS 'the snapshot that was published for certain when the audit in `auditing` began';

--
-- Name: outbox_default; Type: TABLE; Schema: actions; Owner: actions_housekeeper
--

CREATE TABLE actions.outbox_default (
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

ALTER TABLE actions.outbox_default OWNER TO actions_housekeeper;

--
-- Name: outbox_parked; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.outbox_parked (
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

ALTER TABLE actions.outbox_parked OWNER TO actions_owner;

--
-- Name: outbox_seq_seq; Type: SEQUENCE; Schema: actions; Owner: actions_housekeeper
--

ALTER TABLE actions.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME actions.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: paid_year; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.paid_year (
    organiser_id uuid NOT NULL,
    year integer NOT NULL
);

ALTER TABLE ONLY actions.paid_year FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.paid_year OWNER TO actions_owner;

--
-- Name: parked_event; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.parked_event (
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

ALTER TABLE actions.parked_event OWNER TO actions_owner;

--
-- Name: parked_key; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.parked_key (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    operation_id bigint
);

ALTER TABLE actions.parked_key OWNER TO actions_owner;

--
-- Name: project; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.project (
    id uuid NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    campaign_id uuid NOT NULL,
    campaign_year integer NOT NULL,
    campaign_on date NOT NULL,
    zone text NOT NULL,
    coordination_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    holder_is_association boolean NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    main jsonb NOT NULL,
    municipalities text[] NOT NULL,
    departments text[] NOT NULL,
    regions text[] NOT NULL,
    partners jsonb NOT NULL,
    lines jsonb NOT NULL,
    conventions jsonb NOT NULL,
    forecast jsonb NOT NULL,
    revised jsonb,
    actual jsonb,
    prior_contact jsonb,
    missing jsonb,
    decisions jsonb NOT NULL,
    account jsonb,
    reason text NOT NULL,
    submitted_at timestamp with time zone,
    funded_at timestamp with time zone,
    closed_at timestamp with time zone,
    parties uuid[] NOT NULL,
    doc text NOT NULL,
    CONSTRAINT project_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY actions.project ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY actions.project FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.project OWNER TO actions_owner;

--
-- Name: report; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.report (
    id uuid NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL,
    project_state text NOT NULL,
    campaign_id uuid NOT NULL,
    campaign_year integer NOT NULL,
    campaign_on date NOT NULL,
    zone text NOT NULL,
    coordination_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    region text NOT NULL,
    department text NOT NULL,
    municipalities text[] NOT NULL,
    departments text[] NOT NULL,
    regions text[] NOT NULL,
    parties uuid[] NOT NULL,
    editions jsonb NOT NULL,
    validated_at timestamp with time zone,
    doc text NOT NULL,
    CONSTRAINT report_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY actions.report ALTER COLUMN doc SET STORAGE EXTERNAL;

ALTER TABLE ONLY actions.report FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.report OWNER TO actions_owner;

--
-- Name: school_year; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.school_year (
    zone text NOT NULL,
    year integer NOT NULL,
    holidays jsonb NOT NULL,
    source text NOT NULL,
    source_date date NOT NULL
);

ALTER TABLE ONLY actions.school_year FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.school_year OWNER TO actions_owner;

--
-- Name: seen_version; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.seen_version (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    epoch integer NOT NULL,
    version integer NOT NULL
);

ALTER TABLE actions.seen_version OWNER TO actions_owner;

--
-- Name: to_judge_id_seq; Type: SEQUENCE; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.to_judge ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME actions.to_judge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: verdict; Type: TABLE; Schema: actions; Owner: actions_owner
--

CREATE TABLE actions.verdict (
    id bigint NOT NULL,
    action_id uuid NOT NULL,
    action_version integer NOT NULL,
    verb text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    session_id uuid,
    film_id uuid,
    rule text NOT NULL,
    version text NOT NULL,
    outcome text NOT NULL,
    inputs jsonb NOT NULL,
    reason text NOT NULL,
    raison text NOT NULL,
    first_lawful_on date,
    fallback text
);

ALTER TABLE ONLY actions.verdict FORCE ROW LEVEL SECURITY;

ALTER TABLE actions.verdict OWNER TO actions_owner;

--
-- Name: verdict_id_seq; Type: SEQUENCE; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.verdict ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME actions.verdict_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: outbox_default; Type: TABLE ATTACH; Schema: actions; Owner: actions_housekeeper
--

ALTER TABLE ONLY actions.outbox ATTACH PARTITION actions.outbox_default DEFAULT;

--
-- Name: action action_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.action
    ADD CONSTRAINT action_pkey PRIMARY KEY (id);

--
-- Name: calendar_feed calendar_feed_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.calendar_feed
    ADD CONSTRAINT calendar_feed_pkey PRIMARY KEY (id);

--
-- Name: campaign campaign_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (id);

--
-- Name: consumer_freshness consumer_freshness_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.consumer_freshness
    ADD CONSTRAINT consumer_freshness_pkey PRIMARY KEY (grp, service);

--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);

--
-- Name: gap_seen gap_seen_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.gap_seen
    ADD CONSTRAINT gap_seen_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: heartbeat_heard heartbeat_heard_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.heartbeat_heard
    ADD CONSTRAINT heartbeat_heard_pkey PRIMARY KEY (grp, service, at);

--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (client_id, key);

--
-- Name: known_access_grant known_access_grant_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_access_grant
    ADD CONSTRAINT known_access_grant_pkey PRIMARY KEY (id);

--
-- Name: known_coordination known_coordination_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_coordination
    ADD CONSTRAINT known_coordination_pkey PRIMARY KEY (id);

--
-- Name: known_copy known_copy_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_copy
    ADD CONSTRAINT known_copy_pkey PRIMARY KEY (id);

--
-- Name: known_film known_film_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_film
    ADD CONSTRAINT known_film_pkey PRIMARY KEY (id);

--
-- Name: known_municipality known_municipality_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_municipality
    ADD CONSTRAINT known_municipality_pkey PRIMARY KEY (vintage, code);

--
-- Name: known_organisation known_organisation_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_organisation
    ADD CONSTRAINT known_organisation_pkey PRIMARY KEY (id);

--
-- Name: known_rights_offer known_rights_offer_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_rights_offer
    ADD CONSTRAINT known_rights_offer_pkey PRIMARY KEY (id);

--
-- Name: known_territory known_territory_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_territory
    ADD CONSTRAINT known_territory_pkey PRIMARY KEY (id);

--
-- Name: known_territory known_territory_vintage_department_key; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_territory
    ADD CONSTRAINT known_territory_vintage_department_key UNIQUE (vintage, department);

--
-- Name: lending lending_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.lending
    ADD CONSTRAINT lending_pkey PRIMARY KEY (copy_id, session_id);

--
-- Name: lent_copy lent_copy_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.lent_copy
    ADD CONSTRAINT lent_copy_pkey PRIMARY KEY (copy_id);

--
-- Name: merged_film merged_film_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.merged_film
    ADD CONSTRAINT merged_film_pkey PRIMARY KEY (into_id, film_id);

--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

--
-- Name: operation operation_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (id);

--
-- Name: outbox_cursor outbox_cursor_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.outbox_cursor
    ADD CONSTRAINT outbox_cursor_pkey PRIMARY KEY (relay);

--
-- Name: outbox_parked outbox_parked_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.outbox_parked
    ADD CONSTRAINT outbox_parked_pkey PRIMARY KEY (seq);

--
-- Name: paid_year paid_year_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.paid_year
    ADD CONSTRAINT paid_year_pkey PRIMARY KEY (organiser_id, year);

--
-- Name: parked_event parked_event_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.parked_event
    ADD CONSTRAINT parked_event_pkey PRIMARY KEY (grp, topic, part, "offset");

--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: project project_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (id);

--
-- Name: report report_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (id);

--
-- Name: report report_project_id_key; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.report
    ADD CONSTRAINT report_project_id_key UNIQUE (project_id);

--
-- Name: school_year school_year_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.school_year
    ADD CONSTRAINT school_year_pkey PRIMARY KEY (zone, year);

--
-- Name: seen_version seen_version_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.seen_version
    ADD CONSTRAINT seen_version_pkey PRIMARY KEY (grp, topic, key);

--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

--
-- Name: session session_position; Type: CHECK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.session
    ADD CONSTRAINT session_position CHECK (((longitude IS NULL) = (latitude IS NULL))) NOT VALID;

--
-- Name: to_judge to_judge_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.to_judge
    ADD CONSTRAINT to_judge_pkey PRIMARY KEY (id);

--
-- Name: verdict verdict_pkey; Type: CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.verdict
    ADD CONSTRAINT verdict_pkey PRIMARY KEY (id);

--
-- Name: action_campaign_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX action_campaign_id_id_idx ON actions.action USING btree (campaign_id, id);

--
-- Name: action_coordination_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX action_coordination_id_id_idx ON actions.action USING btree (coordination_id, id);

--
-- Name: action_municipalities_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX action_municipalities_idx ON actions.action USING gin (municipalities);

--
-- Name: action_parties_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX action_parties_idx ON actions.action USING gin (parties);

--
-- Name: action_project_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX action_project_id_id_idx ON actions.action USING btree (project_id, id);

--
-- Name: calendar_feed_maker_coordination_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX calendar_feed_maker_coordination_id_id_idx ON actions.calendar_feed USING btree (maker_coordination_id, id);

--
-- Name: calendar_feed_org_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX calendar_feed_org_id_idx ON actions.calendar_feed USING btree (org, id);

--
-- Name: campaign_coordination_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX campaign_coordination_id_id_idx ON actions.campaign USING btree (coordination_id, id);

--
-- Name: idempotency_created_at_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX idempotency_created_at_idx ON actions.idempotency USING btree (created_at);

--
-- Name: known_access_grant_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE UNIQUE INDEX known_access_grant_id_idx ON actions.known_access_grant USING btree (((id)::text));

--
-- Name: known_film_project_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX known_film_project_id_idx ON actions.known_film USING btree (project_id) WHERE (project_id IS NOT NULL);

--
-- Name: known_municipality_territory_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX known_municipality_territory_id_idx ON actions.known_municipality USING btree (territory_id);

--
-- Name: known_rights_offer_film_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX known_rights_offer_film_id_idx ON actions.known_rights_offer USING btree (film_id);

--
-- Name: lending_session_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX lending_session_id_idx ON actions.lending USING btree (session_id);

--
-- Name: outbox_seq_idx; Type: INDEX; Schema: actions; Owner: actions_housekeeper
--

CREATE INDEX outbox_seq_idx ON ONLY actions.outbox USING btree (seq);

--
-- Name: outbox_default_seq_idx; Type: INDEX; Schema: actions; Owner: actions_housekeeper
--

CREATE INDEX outbox_default_seq_idx ON actions.outbox_default USING btree (seq);

--
-- Name: outbox_xid_seq_idx; Type: INDEX; Schema: actions; Owner: actions_housekeeper
--

CREATE INDEX outbox_xid_seq_idx ON ONLY actions.outbox USING btree (xid, seq);

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX; Schema: actions; Owner: actions_housekeeper
--

CREATE INDEX outbox_default_xid_seq_idx ON actions.outbox_default USING btree (xid, seq);

--
-- Name: parked_event_grp_topic_key_part_offset_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX parked_event_grp_topic_key_part_offset_idx ON actions.parked_event USING btree (grp, topic, key, part, "offset");

--
-- Name: project_campaign_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX project_campaign_id_id_idx ON actions.project USING btree (campaign_id, id);

--
-- Name: project_coordination_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX project_coordination_id_id_idx ON actions.project USING btree (coordination_id, id);

--
-- Name: project_municipalities_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX project_municipalities_idx ON actions.project USING gin (municipalities);

--
-- Name: project_parties_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX project_parties_idx ON actions.project USING gin (parties);

--
-- Name: report_coordination_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX report_coordination_id_id_idx ON actions.report USING btree (coordination_id, id);

--
-- Name: session_action_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_action_id_idx ON actions.session USING btree (action_id);

--
-- Name: session_film_ids_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_film_ids_idx ON actions.session USING gin (film_ids);

--
-- Name: session_held_on_id_longitude_latitude_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_held_on_id_longitude_latitude_idx ON actions.session USING btree (held_on, id, longitude, latitude);

--
-- Name: session_holder_id_held_on_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_holder_id_held_on_idx ON actions.session USING btree (holder_id, held_on);

--
-- Name: session_municipality_held_on_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_municipality_held_on_idx ON actions.session USING btree (municipality, held_on);

--
-- Name: session_offer_ids_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_offer_ids_idx ON actions.session USING gin (offer_ids);

--
-- Name: session_organiser_id_held_on_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_organiser_id_held_on_idx ON actions.session USING btree (organiser_id, held_on) WHERE (regime = 'nc_association_paid'::text);

--
-- Name: session_organiser_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX session_organiser_id_idx ON actions.session USING btree (organiser_id) WHERE (state = 'planned'::text);

--
-- Name: to_judge_action_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX to_judge_action_id_idx ON actions.to_judge USING btree (action_id);

--
-- Name: verdict_action_id_id_idx; Type: INDEX; Schema: actions; Owner: actions_owner
--

CREATE INDEX verdict_action_id_id_idx ON actions.verdict USING btree (action_id, id);

--
-- Name: outbox_default_seq_idx; Type: INDEX ATTACH; Schema: actions; Owner: actions_housekeeper
--

ALTER INDEX actions.outbox_seq_idx ATTACH PARTITION actions.outbox_default_seq_idx;

--
-- Name: outbox_default_xid_seq_idx; Type: INDEX ATTACH; Schema: actions; Owner: actions_housekeeper
--

ALTER INDEX actions.outbox_xid_seq_idx ATTACH PARTITION actions.outbox_default_xid_seq_idx;

--
-- Name: action action_project_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.action
    ADD CONSTRAINT action_project_id_fkey FOREIGN KEY (project_id) REFERENCES actions.project(id);

--
-- Name: known_municipality known_municipality_territory_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.known_municipality
    ADD CONSTRAINT known_municipality_territory_id_fkey FOREIGN KEY (territory_id) REFERENCES actions.known_territory(id);

--
-- Name: lending lending_session_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.lending
    ADD CONSTRAINT lending_session_id_fkey FOREIGN KEY (session_id) REFERENCES actions.session(id);

--
-- Name: project project_campaign_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.project
    ADD CONSTRAINT project_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES actions.campaign(id);

--
-- Name: report report_project_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.report
    ADD CONSTRAINT report_project_id_fkey FOREIGN KEY (project_id) REFERENCES actions.project(id);

--
-- Name: session session_action_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.session
    ADD CONSTRAINT session_action_id_fkey FOREIGN KEY (action_id) REFERENCES actions.action(id);

--
-- Name: verdict verdict_action_id_fkey; Type: FK CONSTRAINT; Schema: actions; Owner: actions_owner
--

ALTER TABLE ONLY actions.verdict
    ADD CONSTRAINT verdict_action_id_fkey FOREIGN KEY (action_id) REFERENCES actions.action(id);

--
-- Name: action; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.action ENABLE ROW LEVEL SECURITY;

--
-- Name: to_judge asked; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY asked ON actions.to_judge USING (( SELECT actions.may_write() AS may_write)) WITH CHECK (( SELECT actions.may_write() AS may_write));

--
-- Name: lent_copy booked; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY booked ON actions.lent_copy USING (( SELECT actions.may_write() AS may_write)) WITH CHECK (( SELECT actions.may_write() AS may_write));

--
-- Name: paid_year booked; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY booked ON actions.paid_year USING (( SELECT actions.may_write() AS may_write)) WITH CHECK (( SELECT actions.may_write() AS may_write));

--
-- Name: calendar_feed; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.calendar_feed ENABLE ROW LEVEL SECURITY;

--
-- Name: campaign; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.campaign ENABLE ROW LEVEL SECURITY;

--
-- Name: action changed; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY changed ON actions.action FOR UPDATE USING (actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state)) WITH CHECK ((( SELECT actions.may_write() AS may_write) AND actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state)));

--
-- Name: campaign changed; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY changed ON actions.campaign FOR UPDATE USING (actions.sees_campaign(coordination_id, departments, state)) WITH CHECK ((( SELECT actions.may_call() AS may_call) AND actions.sees_campaign(coordination_id, departments, state)));

--
-- Name: project changed; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY changed ON actions.project FOR UPDATE USING (actions.sees(coordination_id, holder_id, parties, municipalities, departments, state)) WITH CHECK ((( SELECT actions.may_write() AS may_write) AND actions.sees(coordination_id, holder_id, parties, municipalities, departments, state)));

--
-- Name: report changed; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY changed ON actions.report FOR UPDATE USING (actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state)) WITH CHECK ((( SELECT actions.may_write() AS may_write) AND actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state)));

--
-- Name: session changed; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY changed ON actions.session FOR UPDATE USING ((EXISTS ( SELECT
   FROM actions.action
  WHERE (action.id = session.action_id)))) WITH CHECK (( SELECT actions.may_write() AS may_write));

--
-- Name: action counted; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY counted ON actions.action FOR SELECT TO actions_owner USING (true);

--
-- Name: known_film counted; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY counted ON actions.known_film FOR SELECT TO actions_owner USING (true);

--
-- Name: lending counted; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY counted ON actions.lending FOR SELECT TO actions_owner USING (true);

--
-- Name: session counted; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY counted ON actions.session FOR SELECT TO actions_owner USING (true);

--
-- Name: campaign drafted; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY drafted ON actions.campaign FOR INSERT WITH CHECK ((( SELECT actions.may_call() AS may_call) AND actions.sees_campaign(coordination_id, departments, state)));

--
-- Name: action entered; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY entered ON actions.action FOR INSERT WITH CHECK ((( SELECT actions.may_write() AS may_write) AND actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state)));

--
-- Name: project entered; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY entered ON actions.project FOR INSERT WITH CHECK ((( SELECT actions.may_write() AS may_write) AND actions.sees(coordination_id, holder_id, parties, municipalities, departments, state)));

--
-- Name: report entered; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY entered ON actions.report FOR INSERT WITH CHECK ((( SELECT actions.may_write() AS may_write) AND actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state)));

--
-- Name: session entered; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY entered ON actions.session FOR INSERT WITH CHECK ((( SELECT actions.may_write() AS may_write) AND (EXISTS ( SELECT
   FROM actions.action
  WHERE (action.id = session.action_id)))));

--
-- Name: verdict given; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY given ON actions.verdict FOR INSERT WITH CHECK ((( SELECT actions.may_write() AS may_write) AND (EXISTS ( SELECT
   FROM actions.action
  WHERE (action.id = verdict.action_id)))));

--
-- Name: lending given_back; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY given_back ON actions.lending FOR DELETE USING ((( SELECT actions.may_write() AS may_write) AND (EXISTS ( SELECT
   FROM actions.session
  WHERE (session.id = lending.session_id)))));

--
-- Name: known_access_grant heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_access_grant USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_coordination heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_coordination USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_copy heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_copy USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_film heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_film USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_municipality heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_municipality USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_organisation heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_organisation USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_rights_offer heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_rights_offer USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_territory heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.known_territory USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: merged_film heard; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY heard ON actions.merged_film USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: known_access_grant; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_access_grant ENABLE ROW LEVEL SECURITY;

--
-- Name: known_coordination; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_coordination ENABLE ROW LEVEL SECURITY;

--
-- Name: known_copy; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_copy ENABLE ROW LEVEL SECURITY;

--
-- Name: known_film; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_film ENABLE ROW LEVEL SECURITY;

--
-- Name: known_municipality; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_municipality ENABLE ROW LEVEL SECURITY;

--
-- Name: known_organisation; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_organisation ENABLE ROW LEVEL SECURITY;

--
-- Name: known_rights_offer; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_rights_offer ENABLE ROW LEVEL SECURITY;

--
-- Name: known_territory; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.known_territory ENABLE ROW LEVEL SECURITY;

--
-- Name: lending; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.lending ENABLE ROW LEVEL SECURITY;

--
-- Name: lending lent; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY lent ON actions.lending FOR INSERT WITH CHECK ((( SELECT actions.may_write() AS may_write) AND (EXISTS ( SELECT
   FROM actions.session
  WHERE (session.id = lending.session_id)))));

--
-- Name: lent_copy; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.lent_copy ENABLE ROW LEVEL SECURITY;

--
-- Name: calendar_feed made; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY made ON actions.calendar_feed FOR INSERT WITH CHECK ((actions.reads() AND (org = ((actions.principal() ->> 'org'::text))::uuid) AND (NOT (maker_coordination_id IS DISTINCT FROM ((actions.principal() ->> 'coordination_id'::text))::uuid)) AND (role = (actions.principal() ->> 'role'::text)) AND (level = (actions.principal() ->> 'level'::text)) AND (level <> 'system'::text) AND (codes <@ actions.codes()) AND (scopes <@ ARRAY( SELECT jsonb_array_elements_text((actions.principal() -> 'scopes'::text)) AS jsonb_array_elements_text))));

--
-- Name: merged_film; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.merged_film ENABLE ROW LEVEL SECURITY;

--
-- Name: paid_year; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.paid_year ENABLE ROW LEVEL SECURITY;

--
-- Name: project; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.project ENABLE ROW LEVEL SECURITY;

--
-- Name: report; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.report ENABLE ROW LEVEL SECURITY;

--
-- Name: calendar_feed revoked; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY revoked ON actions.calendar_feed FOR UPDATE USING (actions.owns_feed(org, maker_coordination_id));

--
-- Name: school_year; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.school_year ENABLE ROW LEVEL SECURITY;

--
-- Name: action seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.action FOR SELECT USING (actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state));

--
-- Name: calendar_feed seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.calendar_feed FOR SELECT USING (actions.owns_feed(org, maker_coordination_id));

--
-- Name: campaign seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.campaign FOR SELECT USING (actions.sees_campaign(coordination_id, departments, state));

--
-- Name: known_access_grant seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_access_grant FOR SELECT USING ((organisation_id = ( SELECT ((actions.principal() ->> 'org'::text))::uuid AS uuid)));

--
-- Name: known_coordination seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_coordination FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: known_copy seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_copy FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: known_film seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_film FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: known_municipality seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_municipality FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: known_organisation seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_organisation FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: known_rights_offer seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_rights_offer FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: known_territory seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.known_territory FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: lending seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.lending FOR SELECT USING ((EXISTS ( SELECT
   FROM actions.session
  WHERE (session.id = lending.session_id))));

--
-- Name: merged_film seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.merged_film FOR SELECT USING (( SELECT actions.may_look_up() AS may_look_up));

--
-- Name: project seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.project FOR SELECT USING (actions.sees(coordination_id, holder_id, parties, municipalities, departments, state));

--
-- Name: report seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.report FOR SELECT USING (actions.sees(coordination_id, holder_id, parties, municipalities, departments, project_state));

--
-- Name: school_year seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.school_year FOR SELECT USING (true);

--
-- Name: session seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.session FOR SELECT USING ((EXISTS ( SELECT
   FROM actions.action
  WHERE (action.id = session.action_id))));

--
-- Name: verdict seen; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY seen ON actions.verdict FOR SELECT USING ((EXISTS ( SELECT
   FROM actions.action
  WHERE (action.id = verdict.action_id))));

--
-- Name: session; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.session ENABLE ROW LEVEL SECURITY;

--
-- Name: school_year taken; Type: POLICY; Schema: actions; Owner: actions_owner
--

CREATE POLICY taken ON actions.school_year USING (( SELECT actions.is_system() AS is_system)) WITH CHECK (( SELECT actions.is_system() AS is_system));

--
-- Name: to_judge; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.to_judge ENABLE ROW LEVEL SECURITY;

--
-- Name: verdict; Type: ROW SECURITY; Schema: actions; Owner: actions_owner
--

ALTER TABLE actions.verdict ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA actions; Type: ACL; Schema: -; Owner: actions_owner
--

GRANT USAGE ON SCHEMA actions TO actions_app;
GRANT USAGE ON SCHEMA actions TO actions_relay;
GRANT ALL ON SCHEMA actions TO actions_housekeeper;

--
-- Name: TABLE action; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.action TO actions_app;

--
-- Name: TABLE lending; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.lending TO actions_app;

--
-- Name: TABLE session; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.session TO actions_app;

--
-- Name: TABLE known_film; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_film TO actions_app;

--
-- Name: TABLE merged_film; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.merged_film TO actions_app;

--
-- Name: TABLE to_judge; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.to_judge TO actions_app;

--
-- Name: TABLE calendar_feed; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT ON TABLE actions.calendar_feed TO actions_app;

--
-- Name: COLUMN calendar_feed.version; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT UPDATE(version) ON TABLE actions.calendar_feed TO actions_app;

--
-- Name: COLUMN calendar_feed.revoked_at; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT UPDATE(revoked_at) ON TABLE actions.calendar_feed TO actions_app;

--
-- Name: TABLE campaign; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.campaign TO actions_app;

--
-- Name: TABLE consumer_freshness; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.consumer_freshness TO actions_app;

--
-- Name: TABLE consumer_offset; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.consumer_offset TO actions_app;

--
-- Name: TABLE gap_seen; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.gap_seen TO actions_app;

--
-- Name: TABLE heartbeat_heard; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.heartbeat_heard TO actions_app;

--
-- Name: TABLE idempotency; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.idempotency TO actions_app;
GRANT SELECT,DELETE ON TABLE actions.idempotency TO actions_housekeeper;

--
-- Name: TABLE known_access_grant; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_access_grant TO actions_app;

--
-- Name: TABLE known_coordination; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_coordination TO actions_app;

--
-- Name: TABLE known_copy; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_copy TO actions_app;

--
-- Name: TABLE known_municipality; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_municipality TO actions_app;

--
-- Name: TABLE known_organisation; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_organisation TO actions_app;

--
-- Name: TABLE known_rights_offer; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_rights_offer TO actions_app;

--
-- Name: TABLE known_territory; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.known_territory TO actions_app;

--
-- Name: TABLE lent_copy; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.lent_copy TO actions_app;

--
-- Name: TABLE migration; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT ON TABLE actions.migration TO actions_app;

--
-- Name: TABLE operation; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT ON TABLE actions.operation TO actions_app;
GRANT SELECT ON TABLE actions.operation TO actions_housekeeper;

--
-- Name: COLUMN operation.outcome; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT UPDATE(outcome) ON TABLE actions.operation TO actions_app;

--
-- Name: COLUMN operation.ended_at; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT UPDATE(ended_at) ON TABLE actions.operation TO actions_app;

--
-- Name: SEQUENCE operation_id_seq; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT USAGE ON SEQUENCE actions.operation_id_seq TO actions_app;

--
-- Name: TABLE outbox; Type: ACL; Schema: actions; Owner: actions_housekeeper
--

GRANT INSERT ON TABLE actions.outbox TO actions_app;
GRANT SELECT ON TABLE actions.outbox TO actions_relay;

--
-- Name: TABLE outbox_cursor; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT ON TABLE actions.outbox_cursor TO actions_app;
GRANT SELECT,INSERT,UPDATE ON TABLE actions.outbox_cursor TO actions_relay;
GRANT SELECT ON TABLE actions.outbox_cursor TO actions_housekeeper;

--
-- Name: TABLE outbox_parked; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT ON TABLE actions.outbox_parked TO actions_relay;

--
-- Name: SEQUENCE outbox_seq_seq; Type: ACL; Schema: actions; Owner: actions_housekeeper
--

GRANT USAGE ON SEQUENCE actions.outbox_seq_seq TO actions_app;

--
-- Name: TABLE paid_year; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.paid_year TO actions_app;

--
-- Name: TABLE parked_event; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.parked_event TO actions_app;

--
-- Name: TABLE parked_key; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.parked_key TO actions_app;

--
-- Name: TABLE project; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.project TO actions_app;

--
-- Name: TABLE report; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.report TO actions_app;

--
-- Name: TABLE school_year; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.school_year TO actions_app;

--
-- Name: TABLE seen_version; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.seen_version TO actions_app;

--
-- Name: SEQUENCE to_judge_id_seq; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT USAGE ON SEQUENCE actions.to_judge_id_seq TO actions_app;

--
-- Name: TABLE verdict; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE actions.verdict TO actions_app;

--
-- Name: SEQUENCE verdict_id_seq; Type: ACL; Schema: actions; Owner: actions_owner
--

GRANT USAGE ON SEQUENCE actions.verdict_id_seq TO actions_app;

--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: actions; Owner: actions_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE actions_owner IN SCHEMA actions GRANT USAGE ON SEQUENCES TO actions_app;

--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: actions; Owner: actions_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE actions_owner IN SCHEMA actions GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO actions_app;

--
-- PostgreSQL database dump complete
--

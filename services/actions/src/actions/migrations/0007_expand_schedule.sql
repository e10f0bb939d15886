-- Who shows what where and when, and what film law has said of it.

-- The owner runs no request: it fills the table below from the rows there are, and answers `paid_days` for everybody.
CREATE POLICY counted ON action FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY counted ON known_film FOR SELECT TO CURRENT_USER USING (true);

CREATE TABLE session (
  id           uuid     PRIMARY KEY,
  action_id    uuid     NOT NULL REFERENCES action,
  holder_id    uuid     NOT NULL,
  organiser_id uuid     NOT NULL,
  regime       text,
  state        text     NOT NULL,
  held_on      date     NOT NULL,
  starts_at    time     NOT NULL,
  zone         text     NOT NULL,
  minutes      integer  NOT NULL CHECK (minutes >= 0),
  municipality text     NOT NULL,
  label        text     NOT NULL,
  film_ids     uuid[]   NOT NULL,
  offer_ids    uuid[]   NOT NULL
);
CREATE INDEX ON session (action_id);
CREATE INDEX ON session (holder_id, held_on);
CREATE INDEX ON session (organiser_id, held_on) WHERE regime = 'nc_association_paid';
CREATE INDEX ON session USING gin (film_ids);
CREATE INDEX ON session USING gin (offer_ids);

INSERT INTO session (id, action_id, holder_id, organiser_id, regime, state, held_on, starts_at, zone, minutes,
                     municipality, label, film_ids, offer_ids)
SELECT (s ->> 'id')::uuid, a.id, a.holder_id, a.organiser_id, a.regime, s ->> 'state', (s ->> 'held_on')::date,
       (s ->> 'starts_at')::time, s ->> 'zone',
       coalesce((SELECT CASE WHEN count(*) = count(item ->> 'duration_minutes')
                             THEN sum((item ->> 'duration_minutes')::integer) END
                   FROM jsonb_array_elements(s -> 'programme') AS item), 120),
       p ->> 'municipality', p ->> 'label',
       ARRAY(SELECT (item ->> 'film_id')::uuid FROM jsonb_array_elements(s -> 'programme') AS item),
       ARRAY(SELECT DISTINCT (c ->> 'offer_id')::uuid FROM jsonb_array_elements(a.clearances) AS c
              WHERE c ->> 'session_id' = s ->> 'id' AND c ->> 'offer_id' IS NOT NULL)
  FROM action AS a
 CROSS JOIN jsonb_array_elements(a.sessions) AS s
  JOIN LATERAL jsonb_array_elements(a.places) AS p ON p ->> 'id' = s ->> 'place_id';

CREATE POLICY seen ON session FOR SELECT USING (EXISTS (SELECT FROM action WHERE action.id = action_id));
CREATE POLICY entered ON session FOR INSERT
  WITH CHECK ((SELECT may_write()) AND EXISTS (SELECT FROM action WHERE action.id = action_id));
CREATE POLICY changed ON session FOR UPDATE USING (EXISTS (SELECT FROM action WHERE action.id = action_id))
  WITH CHECK ((SELECT may_write()));
CREATE POLICY counted ON session FOR SELECT TO CURRENT_USER USING (true);
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;

-- One row for an organiser and a year: who books a paid screening holds it (R07).
CREATE TABLE paid_year (
  organiser_id uuid    NOT NULL,
  year         integer NOT NULL,
  PRIMARY KEY (organiser_id, year)
);
CREATE POLICY booked ON paid_year USING ((SELECT may_write())) WITH CHECK ((SELECT may_write()));
ALTER TABLE paid_year ENABLE ROW LEVEL SECURITY;
ALTER TABLE paid_year FORCE ROW LEVEL SECURITY;

-- On which days an organiser shows paid features in a year, another action's left out: days, and nothing of whose they
-- are.  Projects that were refused or withdrawn count nowhere.
CREATE FUNCTION paid_days(organiser uuid, of_year integer, minutes_max integer, besides uuid) RETURNS date[]
  LANGUAGE sql STABLE SECURITY DEFINER
  RETURN (
    SELECT coalesce(array_agg(s.held_on ORDER BY s.held_on), '{}')
      FROM session AS s
      JOIN action AS a ON a.id = s.action_id
     WHERE s.organiser_id = organiser AND s.regime = 'nc_association_paid' AND s.state <> 'cancelled'
       AND s.held_on BETWEEN make_date(of_year, 1, 1) AND make_date(of_year, 12, 31)
       AND s.action_id <> besides
       AND a.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')
       AND EXISTS (SELECT FROM unnest(s.film_ids) AS shown (id)
                     LEFT JOIN known_film AS f ON f.id = shown.id
                    WHERE coalesce(f.duration_minutes > minutes_max, true)));

-- What rules said when something was planned, announced or flagged: written once.
CREATE TABLE verdict (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action_id       uuid        NOT NULL REFERENCES action,
  action_version  integer     NOT NULL,
  verb            text        NOT NULL,
  given_at        timestamptz NOT NULL,
  session_id      uuid,
  film_id         uuid,
  rule            text        NOT NULL,
  version         text        NOT NULL,
  outcome         text        NOT NULL,
  inputs          jsonb       NOT NULL,
  reason          text        NOT NULL,
  raison          text        NOT NULL,
  first_lawful_on date
);
CREATE INDEX ON verdict (action_id, id);
CREATE POLICY seen ON verdict FOR SELECT USING (EXISTS (SELECT FROM action WHERE action.id = action_id));
CREATE POLICY given ON verdict FOR INSERT
  WITH CHECK ((SELECT may_write()) AND EXISTS (SELECT FROM action WHERE action.id = action_id));
ALTER TABLE verdict ENABLE ROW LEVEL SECURITY;
ALTER TABLE verdict FORCE ROW LEVEL SECURITY;

-- Actions to judge again, because something that rules look at has changed: a list of work, emptied as it is done.  No
-- key but its own, and no reference: who adds to it waits for nobody, and holds nobody's row.
CREATE TABLE to_judge (
  id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action_id uuid        NOT NULL,
  since     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON to_judge (action_id);
CREATE POLICY asked ON to_judge USING ((SELECT may_write())) WITH CHECK ((SELECT may_write()));
ALTER TABLE to_judge ENABLE ROW LEVEL SECURITY;
ALTER TABLE to_judge FORCE ROW LEVEL SECURITY;

-- Copies that sessions are shown from: what was heard of them, and what they are lent for, whosever that is.

CREATE TABLE known_copy (
  id           uuid    PRIMARY KEY,
  epoch        integer NOT NULL,
  version      integer NOT NULL,
  film_id      uuid    NOT NULL,
  format       text    NOT NULL,
  film_version text,
  encrypted    boolean NOT NULL,
  transit_days integer NOT NULL,
  withdrawn    boolean NOT NULL,
  keys         jsonb   NOT NULL                             -- when they open, never a key
);
ALTER TABLE known_copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE known_copy FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON known_copy FOR SELECT USING ((SELECT may_look_up()));
CREATE POLICY heard ON known_copy USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()));

-- Which sessions are to be shown from which copies: what is looked for across actions, as `session` is.
CREATE TABLE lending (
  copy_id    uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session,
  PRIMARY KEY (copy_id, session_id)
);
CREATE INDEX ON lending (session_id);
CREATE POLICY seen ON lending FOR SELECT USING (EXISTS (SELECT FROM session WHERE session.id = session_id));
CREATE POLICY lent ON lending FOR INSERT
  WITH CHECK ((SELECT may_write()) AND EXISTS (SELECT FROM session WHERE session.id = session_id));
CREATE POLICY given_back ON lending FOR DELETE
  USING ((SELECT may_write()) AND EXISTS (SELECT FROM session WHERE session.id = session_id));
CREATE POLICY counted ON lending FOR SELECT TO CURRENT_USER USING (true);
ALTER TABLE lending ENABLE ROW LEVEL SECURITY;
ALTER TABLE lending FORCE ROW LEVEL SECURITY;

-- One row for a copy: who books it holds the row until what was decided is there for the next to see (C01).
CREATE TABLE lent_copy (
  copy_id uuid PRIMARY KEY
);
CREATE POLICY booked ON lent_copy USING ((SELECT may_write())) WITH CHECK ((SELECT may_write()));
ALTER TABLE lent_copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE lent_copy FORCE ROW LEVEL SECURITY;

-- When and in which commune copies are lent between two days, to sessions of other actions than one: nothing of whose
-- they are, nor of what else is shown there.  Projects that were refused or withdrawn have given them back.
CREATE FUNCTION copy_bookings(copies uuid[], besides uuid, first_on date, last_on date)
  RETURNS TABLE (copy_id uuid, held_on date, starts_at time, zone text, minutes integer, municipality text)
  LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
  SELECT l.copy_id, s.held_on, s.starts_at, s.zone, s.minutes, s.municipality
    FROM lending AS l
    JOIN session AS s ON s.id = l.session_id
    JOIN action AS a ON a.id = s.action_id
   WHERE l.copy_id = ANY (copies)
     AND s.state IN ('planned', 'held')
     AND s.held_on BETWEEN first_on AND last_on
     AND s.action_id <> besides
     AND a.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')
   ORDER BY s.held_on, s.starts_at, s.id;
END;

-- Has whoever counts on these copies judged again, and tells nobody who that is.
CREATE FUNCTION judge_with_copies(copies uuid[]) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER
BEGIN ATOMIC
  INSERT INTO to_judge (action_id)
  SELECT DISTINCT s.action_id
    FROM lending AS l
    JOIN session AS s ON s.id = l.session_id
   WHERE l.copy_id = ANY (copies) AND s.state = 'planned';
END;

-- As before, but a film whose length nobody knows is counted, however long its cuts are.
CREATE OR REPLACE FUNCTION paid_days(organiser uuid, of_year integer, minutes_max integer, besides uuid) RETURNS date[]
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
                     LEFT JOIN known_film AS named ON named.id = shown.id
                     LEFT JOIN known_film AS f ON f.id = coalesce(named.merged_into, shown.id)
                    WHERE coalesce(f.duration_minutes > minutes_max, true)
                       OR EXISTS (SELECT FROM jsonb_array_elements(f.screen_versions) AS cut
                                   WHERE (cut ->> 'duration_minutes')::integer > minutes_max)));

-- As before, and where each copy was last before these days, however long ago: it may lie there still.
CREATE OR REPLACE FUNCTION copy_bookings(copies uuid[], besides uuid, first_on date, last_on date)
  RETURNS TABLE (copy_id uuid, held_on date, starts_at time, zone text, minutes integer, municipality text)
  LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
  WITH booked AS (
    SELECT l.copy_id, s.held_on, s.starts_at, s.zone, s.minutes, s.municipality, s.id
      FROM lending AS l
      JOIN session AS s ON s.id = l.session_id
      JOIN action AS a ON a.id = s.action_id
     WHERE l.copy_id = ANY (copies)
       AND s.state IN ('planned', 'held')
       AND s.held_on <= last_on
       AND s.action_id <> besides
       AND a.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')),
  last AS (
    SELECT DISTINCT ON (b.copy_id) b.id
      FROM booked AS b
     WHERE b.held_on < first_on
     ORDER BY b.copy_id, b.held_on DESC, b.starts_at DESC, b.id)
  SELECT b.copy_id, b.held_on, b.starts_at, b.zone, b.minutes, b.municipality
    FROM booked AS b
   WHERE b.held_on >= first_on OR b.id IN (SELECT last.id FROM last)
   ORDER BY b.held_on, b.starts_at, b.id;
END;

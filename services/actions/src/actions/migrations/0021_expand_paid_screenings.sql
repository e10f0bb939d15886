-- An organiser's paid screenings of a year, another action's left out: when they are, and how long each film lasts in
-- which version, by which a feature is told from a short; nothing of whose they are.  Projects that were refused or
-- withdrawn count nowhere.  It takes the place of `paid_days`, which counted a film by cuts that were not shown.
CREATE FUNCTION paid_screenings(organiser uuid, of_year integer, besides uuid)
  RETURNS TABLE (session_id uuid, held_on date, starts_at time, films jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
  SELECT s.id, s.held_on, s.starts_at,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'version', item -> 'version',
                   'duration_minutes', f.duration_minutes,
                   'screen_versions', coalesce(f.screen_versions, '[]'))), '[]')
            FROM jsonb_array_elements(a.sessions) AS one
           CROSS JOIN jsonb_array_elements(one -> 'programme') AS item
            LEFT JOIN known_film AS named ON named.id = (item ->> 'film_id')::uuid
            LEFT JOIN known_film AS f ON f.id = coalesce(named.merged_into, named.id)
           WHERE one ->> 'id' = s.id::text)
    FROM session AS s
    JOIN action AS a ON a.id = s.action_id
   WHERE s.organiser_id = organiser AND s.regime = 'nc_association_paid' AND s.state <> 'cancelled'
     AND s.held_on BETWEEN make_date(of_year, 1, 1) AND make_date(of_year, 12, 31)
     AND s.action_id <> besides
     AND a.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')
   ORDER BY s.held_on, s.starts_at, s.id;
END;

-- What lets an organisation show films as others may not, from day to day (R04, R05).
ALTER TABLE known_organisation ADD COLUMN entitlements jsonb NOT NULL DEFAULT '[]';

-- The class that a film has by its own description: that of a visa that has ended is its no more (R16).
ALTER TABLE known_film ADD COLUMN own_classification text;

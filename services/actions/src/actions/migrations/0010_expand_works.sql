-- A film that was merged into another one is judged by that one; a cut that lasts longer than the film is judged by its
-- own length.
ALTER TABLE known_film ADD COLUMN merged_into uuid;
ALTER TABLE known_film ADD COLUMN screen_versions jsonb NOT NULL DEFAULT '[]';

-- Which films may have been merged into which, to be asked by the survivor; what is so now, `known_film` says.
CREATE TABLE merged_film (
  into_id uuid NOT NULL,
  film_id uuid NOT NULL,
  PRIMARY KEY (into_id, film_id)
);
ALTER TABLE merged_film ENABLE ROW LEVEL SECURITY;
ALTER TABLE merged_film FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON merged_film FOR SELECT USING ((SELECT may_look_up()));
CREATE POLICY heard ON merged_film USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()));

-- As before, a film that was merged being the one it was merged into, in its longest cut: which one is shown elsewhere
-- is not told.
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
                    WHERE coalesce(greatest(f.duration_minutes,
                                            (SELECT max((cut ->> 'duration_minutes')::integer)
                                               FROM jsonb_array_elements(f.screen_versions) AS cut)) > minutes_max,
                                   true)));

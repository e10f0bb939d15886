-- Has the actions judged again that plan to show a film made in this workshop, whoever may see them: that it is held in
-- a prison, or is no more, changes by which rule they are judged (R40).
CREATE FUNCTION judge_films_of(workshop_action uuid) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER
BEGIN ATOMIC
  WITH made AS (
    SELECT id FROM known_film WHERE project_id IS NOT NULL AND workshop ->> 'action_id' = workshop_action::text
  )
  INSERT INTO to_judge (action_id)
  SELECT DISTINCT action_id
    FROM session
   WHERE state = 'planned'
     AND film_ids && (ARRAY(SELECT id FROM made)
                      || ARRAY(SELECT film_id FROM merged_film WHERE into_id IN (SELECT id FROM made)));
END;

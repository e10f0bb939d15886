-- Which of these actions are held in a prison, whoever may see them: a film that was made there is judged by a rule of
-- its own (R40).  What kind of establishment it is, is told of every closed circuit (R41).
CREATE FUNCTION held_in_prison(actions uuid[]) RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER
  RETURN (
    SELECT coalesce(array_agg(id), '{}')
      FROM action
     WHERE id = ANY (actions) AND closed_circuit = 'prison');

-- What finds the actions that are to be judged again, and the page of a campaign.

-- Has whoever shows paid screenings for an organiser in a year judged again, and tells nobody who that is: one more, or
-- one less, and those after it are another number (R07).
CREATE FUNCTION judge_with_paid(organiser uuid, of_year integer) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER
BEGIN ATOMIC
  INSERT INTO to_judge (action_id)
  SELECT DISTINCT s.action_id
    FROM session AS s
   WHERE s.organiser_id = organiser AND s.regime = 'nc_association_paid' AND s.state = 'planned'
     AND s.held_on BETWEEN make_date(of_year, 1, 1) AND make_date(of_year, 12, 31);
END;

-- Thousands of rows each (a year has some 2 400 actions): they are read in less than a tenth of a second, for which
-- writers wait, and a lock that is not had at once is asked for again.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ON session (organiser_id) WHERE state = 'planned';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ON action (campaign_id, id);

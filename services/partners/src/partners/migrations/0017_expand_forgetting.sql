-- What waits behind a closed lane goes as everything else does after 30 days: the housekeeper must know which are closed.

CREATE POLICY housekeeping ON wh_lane FOR SELECT TO partners_housekeeper USING (true);
GRANT SELECT (endpoint_id, active) ON wh_lane TO partners_housekeeper;

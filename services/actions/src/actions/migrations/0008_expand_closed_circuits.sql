-- Who may not know where and when an action in a closed circuit takes place (R41): the same rule as
-- `domain.access.sees_inside`, the other way round.
CREATE FUNCTION withheld(a action) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (a.setting = 'closed_site' OR a.closed_circuit IS NOT NULL) AND NOT coalesce(CASE
    WHEN is_system() THEN true
    WHEN principal() ->> 'coordination_id' IS NOT NULL
    THEN a.coordination_id = (principal() ->> 'coordination_id')::uuid
    ELSE (principal() ->> 'org')::uuid IN (a.holder_id, coalesce(a.site_authority_id, a.holder_id))
      OR (a.authorisation ->> 'state' NOT IN ('not_required', 'to_request')
          AND principal() -> 'scopes' ?| ARRAY['authorisations:write', 'opinions:write'])
  END, false);

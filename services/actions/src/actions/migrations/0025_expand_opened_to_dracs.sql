-- A call for projects is for everybody to read once it is open, whatever départements a DRAC has: it pays and advises by
-- the rules of a call of another region, where a project reaches into its own.  Those of its départements it reads before.
CREATE OR REPLACE FUNCTION sees_campaign(coordination uuid, departments text[], campaign_state text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE
    WHEN is_system() THEN true
    WHEN NOT reads() THEN false
    WHEN principal() ->> 'coordination_id' IS NOT NULL
    THEN coordination = (principal() ->> 'coordination_id')::uuid
    ELSE CASE principal() ->> 'level'
      WHEN 'none'        THEN false
      WHEN 'departments' THEN campaign_state <> 'draft' OR departments && codes()
      ELSE campaign_state <> 'draft'
    END
  END;

-- Who writes is the net under `domain.access.VERBS`: whatever the code forgets, a token without any of the service's
-- writing scopes changes nothing (verbs of many scopes write projects and actions together; campaigns are written under
-- their own), nobody deletes, and what was heard of others is written by consumers alone.
CREATE FUNCTION may_write() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN is_system() OR coalesce(principal() -> 'scopes' ?| ARRAY[
    'actions:write', 'attendance:write', 'authorisations:write', 'campaigns:write', 'committee:write', 'funding:own',
    'opinions:write', 'permits:write', 'projects:review', 'projects:write', 'reports:review', 'reports:write',
    'sites:approve'], false);

CREATE FUNCTION may_look_up() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN principal() IS NOT NULL;

CREATE FUNCTION may_call() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN is_system() OR coalesce(principal() -> 'scopes' ? 'campaigns:write', false);

DROP POLICY seen ON campaign;
CREATE POLICY seen ON campaign FOR SELECT USING (sees_campaign(coordination_id, departments, state));
CREATE POLICY drafted ON campaign FOR INSERT
  WITH CHECK ((SELECT may_call()) AND sees_campaign(coordination_id, departments, state));
CREATE POLICY changed ON campaign FOR UPDATE USING (sees_campaign(coordination_id, departments, state))
  WITH CHECK ((SELECT may_call()) AND sees_campaign(coordination_id, departments, state));

DO $$
DECLARE
  name text;
  sees text;
BEGIN
  FOR name, sees IN VALUES
    ('project', 'sees(coordination_id, holder_id, parties, municipalities, departments, state)'),
    ('action',  'sees(coordination_id, holder_id, parties, municipalities, departments, project_state)'),
    ('report',  'sees(coordination_id, holder_id, parties, municipalities, departments, project_state)')
  LOOP
    EXECUTE format('DROP POLICY seen ON %I', name);
    EXECUTE format('CREATE POLICY seen ON %I FOR SELECT USING (%s)', name, sees);
    EXECUTE format('CREATE POLICY entered ON %I FOR INSERT WITH CHECK ((SELECT may_write()) AND %s)', name, sees);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (%s) WITH CHECK ((SELECT may_write()) AND %s)',
                   name, sees, sees);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['known_territory', 'known_municipality', 'known_organisation', 'known_coordination',
                              'known_film', 'known_rights_offer']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON %I FOR SELECT USING ((SELECT may_look_up()))', name);
    EXECUTE format('CREATE POLICY heard ON %I USING ((SELECT is_system())) WITH CHECK ((SELECT is_system()))', name);
  END LOOP;
END
$$;

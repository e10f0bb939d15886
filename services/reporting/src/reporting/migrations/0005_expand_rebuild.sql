-- Rebuilding: what is made of topics alone is made a second time beside the first, and takes its place (ADR 0031).
-- The schemas reporting_green (in the making) and reporting_blue (what was replaced) are the owner's alone.

CREATE FUNCTION rebuilt() RETURNS text[] LANGUAGE sql IMMUTABLE
  RETURN ARRAY['record', 'contribution', 'cell', 'known_project', 'known_campaign', 'known_territory',
               'known_organisation', 'known_coordination'];

-- What counting writes besides, kept apart while figures are in the making; dropped afterwards.
CREATE FUNCTION rebuilt_beside() RETURNS text[] LANGUAGE sql IMMUTABLE
  RETURN ARRAY['changed_cell', 'unpublished', 'consumer_offset', 'witness', 'witness_offset'];

-- Empty tables like those that serve; rows can be copied in until they are closed.
CREATE FUNCTION lay_green_out() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  PERFORM drop_coloured('reporting_green');
  FOREACH name IN ARRAY rebuilt() || ARRAY['changed_cell', 'unpublished', 'consumer_offset'] LOOP
    EXECUTE format('CREATE TABLE reporting_green.%I (LIKE reporting.%I INCLUDING ALL)', name, name);
  END LOOP;
  CREATE TABLE reporting_green.witness (cell uuid, shard text, amount bigint, n bigint, PRIMARY KEY (cell, shard));
  CREATE TABLE reporting_green.witness_offset (LIKE reporting.consumer_offset INCLUDING ALL);
END $$;

-- The rights and policies of those that serve.
CREATE FUNCTION close_green() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
  this record;
BEGIN
  FOREACH name IN ARRAY rebuilt() LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON reporting_green.%I TO reporting_app', name);
    SELECT relrowsecurity, relforcerowsecurity INTO this FROM pg_class
     WHERE oid = format('reporting.%I', name)::regclass;
    IF this.relrowsecurity THEN
      EXECUTE format('ALTER TABLE reporting_green.%I ENABLE ROW LEVEL SECURITY', name);
    END IF;
    IF this.relforcerowsecurity THEN
      EXECUTE format('ALTER TABLE reporting_green.%I FORCE ROW LEVEL SECURITY', name);
    END IF;
    EXECUTE format('ANALYZE reporting_green.%I', name);
  END LOOP;
  FOR this IN SELECT policyname, tablename, permissive, cmd, qual, with_check FROM pg_policies
             WHERE schemaname = 'reporting' AND tablename = ANY (rebuilt()) LOOP
    EXECUTE format('CREATE POLICY %I ON reporting_green.%I AS %s FOR %s',
                   this.policyname, this.tablename, this.permissive, this.cmd)
            || coalesce(' USING (' || this.qual || ')', '')
            || coalesce(' WITH CHECK (' || this.with_check || ')', '');
  END LOOP;
END $$;

-- Tables of one schema take the place of those that serve, which go to another; views, and policies of other tables
-- that look into them, read the new ones.
CREATE FUNCTION exchange(incoming text, aside text) RETURNS void LANGUAGE plpgsql
  SET search_path = reporting, public AS $$
DECLARE
  name text;
  seen record;
BEGIN
  FOREACH name IN ARRAY rebuilt() LOOP      -- whoever reads is waited for, before anything moves
    EXECUTE format('LOCK TABLE reporting.%I IN ACCESS EXCLUSIVE MODE', name);
  END LOOP;
  CREATE TEMPORARY TABLE seen_through ON COMMIT DROP AS
  SELECT relname, pg_get_viewdef(oid) AS definition, array_to_string(reloptions, ', ') AS options
    FROM pg_class WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v';
  CREATE TEMPORARY TABLE looking_in ON COMMIT DROP AS
  SELECT polname, polrelid::regclass::text AS on_table, pg_get_expr(polqual, polrelid) AS qual,
         pg_get_expr(polwithcheck, polrelid) AS with_check
    FROM pg_policy
   WHERE polrelid <> ALL (rebuilt()::regclass[])
     AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_policy'::regclass AND objid = pg_policy.oid
                    AND refclassid = 'pg_class'::regclass AND refobjid = ANY (rebuilt()::regclass[]::oid[]));
  FOREACH name IN ARRAY rebuilt() LOOP
    EXECUTE format('ALTER TABLE reporting.%I SET SCHEMA %I', name, aside);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA reporting', incoming, name);
  END LOOP;
  FOR seen IN SELECT relname, definition, options FROM seen_through LOOP
    EXECUTE format('CREATE OR REPLACE VIEW reporting.%I %s AS %s', seen.relname,
                   coalesce('WITH (' || seen.options || ')', ''), seen.definition);
  END LOOP;
  FOR seen IN SELECT polname, on_table, qual, with_check FROM looking_in LOOP
    EXECUTE format('ALTER POLICY %I ON %s', seen.polname, seen.on_table)
            || coalesce(' USING (' || seen.qual || ')', '') || coalesce(' WITH CHECK (' || seen.with_check || ')', '');
  END LOOP;
END $$;

CREATE FUNCTION drop_coloured(colour text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY rebuilt() || rebuilt_beside() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I.%I', colour, name);
  END LOOP;
END $$;

-- Nobody but the owner has a use for these.
REVOKE EXECUTE ON FUNCTION lay_green_out(), close_green(), exchange(text, text), drop_coloured(text) FROM PUBLIC;

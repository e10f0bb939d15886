-- Figures made anew: parts and cells are copied in without the indexes that only questions need; these are made when all
-- is there, which costs a part of letting them grow row by row.

CREATE FUNCTION indexed_late() RETURNS text[] LANGUAGE sql IMMUTABLE
  RETURN ARRAY['contribution', 'cell'];

CREATE OR REPLACE FUNCTION lay_green_out() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  PERFORM drop_coloured('reporting_green');
  FOREACH name IN ARRAY rebuilt() || ARRAY['changed_cell', 'unpublished', 'consumer_offset'] LOOP
    EXECUTE format('CREATE TABLE reporting_green.%I (LIKE reporting.%I INCLUDING ALL%s)', name, name,
                   CASE WHEN name = ANY (indexed_late()) THEN ' EXCLUDING INDEXES' ELSE '' END);
  END LOOP;
  ALTER TABLE reporting_green.contribution ADD PRIMARY KEY (kind, id, part);   -- by which a later record takes them out
  CREATE TABLE reporting_green.witness (cell uuid, shard text, amount bigint, n bigint, PRIMARY KEY (cell, shard));
  CREATE TABLE reporting_green.witness_offset (LIKE reporting.consumer_offset INCLUDING ALL);
END $$;

-- The keys and indexes of those that serve, as far as they are not there.
CREATE FUNCTION index_green() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  this record;
BEGIN
  FOR this IN SELECT pg_class.relname AS on_table, index.relname AS name, pg_get_indexdef(index.oid) AS definition,
                     pg_get_constraintdef(pg_constraint.oid) AS key
                FROM pg_index
                JOIN pg_class ON pg_class.oid = indrelid
                JOIN pg_class AS index ON index.oid = indexrelid
                LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid
               WHERE pg_class.relnamespace = 'reporting'::regnamespace AND pg_class.relname = ANY (indexed_late())
                 AND to_regclass(format('reporting_green.%I', index.relname)) IS NULL
               ORDER BY pg_constraint.oid, index.relname LOOP
    IF this.key IS NULL THEN
      EXECUTE replace(this.definition, ' ON reporting.', ' ON reporting_green.');
    ELSE
      EXECUTE format('ALTER TABLE reporting_green.%I ADD CONSTRAINT %I %s', this.on_table, this.name, this.key);
    END IF;
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION lay_green_out(), index_green() FROM PUBLIC;

-- What two services must compute alike to compare what they hold: which of 256 buckets an id is in, and a hash of it
-- with its version.  MD5 for its spread and because it is the same in every version of PostgreSQL; it keeps no secret.

CREATE FUNCTION id_bucket(id text) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ('x' || left(md5(id), 2))::bit(8)::integer;

CREATE FUNCTION state_hash(id text, version integer) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ('x' || left(md5(id || '@' || version::text), 16))::bit(64)::bigint;

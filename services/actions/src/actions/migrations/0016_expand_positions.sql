-- Where on the map a session's place lies (WGS 84, decimal degrees); null: only its commune is known.  The columns are
-- new: rows that are there already have neither, and need not be looked at.
ALTER TABLE session
  ADD COLUMN longitude double precision,
  ADD COLUMN latitude  double precision,
  ADD CONSTRAINT session_position CHECK ((longitude IS NULL) = (latitude IS NULL)) NOT VALID;

-- Sessions are listed by day, and a map asks for those of a rectangle: what lies outside is passed over in the index.
-- Comparisons of numbers, unlike geometric operators, may be tried before row security: they tell nobody of a row.
-- A plain index keeps back who plans a session while it is made, which a few thousand rows do not take long for.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ON session (held_on, id, longitude, latitude);

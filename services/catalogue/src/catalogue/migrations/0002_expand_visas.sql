-- The class that is published: the strictest of the film's own and its visas'.  Null until the film is written again,
-- which the film's own answers for till then.
ALTER TABLE film ADD COLUMN classified text CHECK (classified IN ('all', 'u12', 'u16', 'u18', 'u18_x'));

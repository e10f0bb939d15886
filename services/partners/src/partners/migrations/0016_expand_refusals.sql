-- Who is refused is noted once a minute, and not each time: strangers decide how often they ask.

ALTER TABLE audit ADD COLUMN said_once text;             -- what of several alike is written once only

-- No row has it yet: the table is read in less than a second, for which writers wait, and a lock that is not had at once
-- is asked for again.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX ON audit (said_once) WHERE said_once IS NOT NULL;

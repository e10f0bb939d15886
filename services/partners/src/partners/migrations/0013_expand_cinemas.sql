-- Cinemas as the CNC lists them: the establishment's number, and what is known of it now; its past is in `history`.
ALTER TABLE organisation ADD COLUMN cnc_establishment text;
ALTER TABLE organisation ADD COLUMN cinema jsonb;

-- The table has a few thousand rows: whoever writes one waits for less than a second.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX organisation_cnc_establishment ON organisation (cnc_establishment) WHERE closed_on IS NULL;

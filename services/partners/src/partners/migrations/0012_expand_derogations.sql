-- The CNC's decisions that let an association show twelve paid films a year (R07).
ALTER TABLE organisation ADD COLUMN derogations jsonb NOT NULL DEFAULT '[]';

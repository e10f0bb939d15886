-- What lets an organisation show films as others may not, from day to day: its licence (R05), its habilitation (R04).
ALTER TABLE organisation ADD COLUMN entitlements jsonb NOT NULL DEFAULT '[]';

-- What a film is about: codes of a vocabulary that grows without a migration.
ALTER TABLE film ADD COLUMN themes text[] NOT NULL DEFAULT '{}';

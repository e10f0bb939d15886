-- What film law looks at of an action and its organiser besides: a cinema's declaration, an association's derogations.
ALTER TABLE action ADD COLUMN promotes_a_sale boolean NOT NULL DEFAULT false;
ALTER TABLE action ADD COLUMN commercial_poster boolean NOT NULL DEFAULT false;
ALTER TABLE action ADD COLUMN declaration jsonb;
ALTER TABLE action ADD COLUMN risks jsonb NOT NULL DEFAULT '[]';
ALTER TABLE action ADD COLUMN evidence jsonb NOT NULL DEFAULT '[]';
ALTER TABLE known_organisation ADD COLUMN derogations jsonb NOT NULL DEFAULT '[]';

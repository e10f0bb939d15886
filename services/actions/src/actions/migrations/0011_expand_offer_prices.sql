-- What a rights-holder asks for, so that a plan is told what it costs.  An offer heard before says it when it is heard again.
ALTER TABLE known_rights_offer ADD COLUMN price_cents integer CHECK (price_cents >= 0);

-- A plain index keeps back who writes, and that is one consumer, which waits; whoever plans a screening only reads.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ON known_rights_offer (film_id);

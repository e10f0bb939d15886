-- The tax on what a rights-holder asks for, and how many may watch.  An offer heard before says them when it is heard again.
ALTER TABLE known_rights_offer ADD COLUMN tax_basis_points integer CHECK (tax_basis_points BETWEEN 0 AND 10000);
ALTER TABLE known_rights_offer ADD COLUMN audience_max integer CHECK (audience_max > 0);

-- What an offer says besides its price: the tax on it, how many may watch, how a screening is cancelled, and whether its
-- tariff was negotiated for the whole nation.  Null: not said.
ALTER TABLE rights_offer ADD COLUMN tax_basis_points integer CHECK (tax_basis_points BETWEEN 0 AND 10000);
ALTER TABLE rights_offer ADD COLUMN audience_max integer CHECK (audience_max > 0);
ALTER TABLE rights_offer ADD COLUMN cancellation jsonb;
ALTER TABLE rights_offer ADD COLUMN negotiated_nationally boolean NOT NULL DEFAULT false;

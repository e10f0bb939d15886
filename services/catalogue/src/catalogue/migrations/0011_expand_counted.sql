-- What films are counted by, apart from their documents: whoever counts them all reads this, a tenth of their rows.  A
-- condition of `store.filters` whose column is not here is met by reading the rows again.
-- Plain indexes keep back who writes a film while they are made, a second for a hundred thousand; whoever reads goes on.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX film_counted ON film (id)
  INCLUDE (kind, genre, classified, classification, year, duration_minutes, versions, countries, themes)
  WHERE merged_into IS NULL;

-- The few that were merged: for lists on which they still stand, and for who was merged into a film.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX film_merged ON film (merged_into, id) WHERE merged_into IS NOT NULL;

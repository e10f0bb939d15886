-- Words follow from films: one statement of the store writes both, and films are never deleted.  A key that is looked up
-- again for every word, when a file's films are committed, was a fifth of what an import cost the database.  Nobody relies
-- on it: readers join words to films.
-- squawk-ignore ban-drop-constraint
ALTER TABLE film_word DROP CONSTRAINT film_word_film_id_fkey;

-- What each client may do, as it is announced: the one thing of a client that is on a topic.  Who was let in before has
-- its row from the first start of the code that comes with this.
CREATE TABLE access_grant (
  id      uuid    PRIMARY KEY,                              -- the client's
  version integer NOT NULL CHECK (version > 0),
  doc     text    NOT NULL
);
ALTER TABLE access_grant ALTER COLUMN doc SET STORAGE EXTERNAL;
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY managers ON access_grant USING ((SELECT asks_with(ARRAY['clients:manage'])));

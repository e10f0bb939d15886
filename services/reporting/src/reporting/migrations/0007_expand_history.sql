-- The scheme's own past as others have published it.  Told beside the figures, and never counted into one.

CREATE TABLE history_figure (
  seq  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id   uuid   NOT NULL UNIQUE,                            -- of indicator, perimeter, period and source
  doc  text   NOT NULL                                    -- as the API shows it
);

CREATE TABLE history_territory (
  seq         bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id          uuid    NOT NULL UNIQUE,                    -- of year, coordination and the code of then
  year        integer NOT NULL,
  code_then   text    NOT NULL,
  code_now    text    NOT NULL,
  doc         text    NOT NULL
);

ALTER TABLE history_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE history_figure FORCE ROW LEVEL SECURITY;
ALTER TABLE history_territory ENABLE ROW LEVEL SECURITY;
ALTER TABLE history_territory FORCE ROW LEVEL SECURITY;

CREATE POLICY written ON history_figure USING ((SELECT house_asks()));
CREATE POLICY seen ON history_figure FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY written ON history_territory USING ((SELECT house_asks()));
CREATE POLICY seen ON history_territory FOR SELECT USING ((SELECT somebody_asks()));

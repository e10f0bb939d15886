-- The day's close: what is published of breakdowns, and what must be remembered to publish again (R37).

-- Actions that changed a campaign's breakdown since it was last published.
CREATE TABLE unpublished (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id uuid   NOT NULL,
  audience    text   NOT NULL,
  action_id   uuid   NOT NULL,
  report_id   uuid   NOT NULL                             -- the record that brought the change
);
CREATE INDEX ON unpublished (report_id);

-- What everybody may see.  A row is a campaign, a region (no campaign) or a year (neither); hidden is no amount.
CREATE TABLE published_cell (
  id            uuid        PRIMARY KEY,
  breakdown     text        NOT NULL,                     -- age_band, …, method/age_band, …
  audience      text        NOT NULL,
  campaign_year integer     NOT NULL,
  region        text        NOT NULL,                     -- of the campaign's coordination
  campaign_id   uuid,
  category      text        NOT NULL,                     -- '' is the row's total, never hidden
  amount        bigint,
  closed_at     timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (breakdown, audience, campaign_year, region, campaign_id, category)
);

-- The counts behind it, hidden ones too, and what was last shown of each.  For the day's close only.
CREATE TABLE published_count (
  id    uuid   PRIMARY KEY REFERENCES published_cell,
  count bigint NOT NULL,
  shown bigint
);

-- The days that were closed.
CREATE TABLE closed_day (
  day       date        PRIMARY KEY,
  closed_at timestamptz NOT NULL
);

ALTER TABLE unpublished ENABLE ROW LEVEL SECURITY;
ALTER TABLE unpublished FORCE ROW LEVEL SECURITY;
ALTER TABLE published_cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE published_cell FORCE ROW LEVEL SECURITY;
ALTER TABLE published_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE published_count FORCE ROW LEVEL SECURITY;

CREATE POLICY written ON unpublished USING ((SELECT house_asks()));
CREATE POLICY seen ON unpublished FOR SELECT USING ((SELECT somebody_asks()));   -- whose change waits is no secret
CREATE POLICY written ON published_cell USING ((SELECT house_asks()));
CREATE POLICY seen ON published_cell FOR SELECT USING ((SELECT somebody_asks()));
CREATE POLICY written ON published_count USING ((SELECT house_asks()));

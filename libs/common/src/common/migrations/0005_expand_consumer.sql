-- What a group remembers beside its offsets: the versions it has heard, the gaps it saw, how fresh it is.

-- Of the topics of facts that a group watches: the last version heard of each aggregate.
CREATE TABLE seen_version (
  grp     text    NOT NULL,
  topic   text    NOT NULL,
  key     text    NOT NULL,
  epoch   integer NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (grp, topic, key)
);

-- A fact came whose predecessor has never been heard: an alarm, not a code path.
CREATE TABLE gap_seen (
  grp      text        NOT NULL,
  topic    text        NOT NULL,
  part     integer     NOT NULL,
  "offset" bigint      NOT NULL,
  key      text        NOT NULL,
  id       text        NOT NULL,               -- of the fact that came: its ce_id
  have     integer     NOT NULL,               -- the version heard before it
  got      integer     NOT NULL,               -- the version that came
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (grp, topic, part, "offset")
);

-- Heartbeats whose ends the group has not reached yet.
CREATE TABLE heartbeat_heard (
  grp     text        NOT NULL,
  service text        NOT NULL,
  at      timestamptz NOT NULL,
  ends    jsonb       NOT NULL,                -- {"topic/partition": next offset}, of the topics the group listens to
  PRIMARY KEY (grp, service, at)
);

-- Everything that a service had published by then has been read by the group: "as of".
CREATE TABLE consumer_freshness (
  grp     text        NOT NULL,
  service text        NOT NULL,
  as_of   timestamptz NOT NULL,
  PRIMARY KEY (grp, service)
);

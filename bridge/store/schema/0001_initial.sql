-- The bridge itself: one row. `identity` fixes every device's UUID and MAC; `starts` grows with every start and is
-- the InstanceId of WS-Discovery.
CREATE TABLE bridge (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    identity TEXT NOT NULL,
    starts   INTEGER NOT NULL
);

-- The last known picture of every camera, for when it is offline at the next start.
CREATE TABLE camera (
    id          TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    seen_utc    TEXT NOT NULL
);

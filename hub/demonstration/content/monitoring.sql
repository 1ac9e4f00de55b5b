-- The historian of the environmental monitoring: one row a reading.
CREATE TABLE reading (
    reading_no TEXT PRIMARY KEY,
    point TEXT NOT NULL,            -- a room or a cold store
    celsius TEXT NOT NULL,
    state TEXT NOT NULL,            -- ok, out
    read_at TEXT NOT NULL
);

-- What development has released: one row a product, in its newest revision.
CREATE TABLE product (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    revision TEXT NOT NULL,
    stage TEXT NOT NULL,            -- RD, PILOT, PROD, EOL, OBS
    shelf_life_days TEXT,
    changed_at TEXT NOT NULL
);

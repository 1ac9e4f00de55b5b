-- The laboratory's own database, in its own words.
CREATE TABLE ergebnis (
    PROBE_NR TEXT NOT NULL,
    PARAMETER TEXT NOT NULL,
    ART TEXT NOT NULL,              -- K concentration, T temperature, L length, Z plain number
    CHARGE TEXT NOT NULL,
    WERT TEXT NOT NULL,             -- with a decimal comma
    EINHEIT TEXT,
    URTEIL TEXT NOT NULL,
    GEMESSEN_AM TEXT NOT NULL,      -- 21.11.2026 08:30, the clock on the wall in Visp
    METHODE TEXT,
    GERAET TEXT,
    RAUMFEUCHTE TEXT,               -- new since the last update; nobody has mapped it
    GEAENDERT_AM TEXT NOT NULL,
    PRIMARY KEY (PROBE_NR, PARAMETER)
);
CREATE TABLE los (
    CHARGE TEXT PRIMARY KEY,
    ARTIKEL TEXT NOT NULL,
    STATUS TEXT NOT NULL CHECK (STATUS IN ('pending', 'approved', 'failed')),
    MENGE TEXT,
    VERFALL TEXT,                   -- 31.12.2028
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL
);

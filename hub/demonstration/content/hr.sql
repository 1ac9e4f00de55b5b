-- What the personnel system shows to quality.
CREATE TABLE employee (
    employee_no TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT,
    status TEXT NOT NULL,           -- A, L, T
    plant TEXT,
    changed_at TEXT NOT NULL
);

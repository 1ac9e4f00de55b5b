-- The QMS: what quality decides on. Each record shows where it came from and by which mapping.
CREATE TABLE nonconformance (
    nc_number TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    site TEXT NOT NULL,
    state TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('minor', 'major', 'critical')),
    detected_at TEXT NOT NULL,
    lot TEXT,
    product TEXT,
    process_step TEXT,
    defect_code TEXT,
    defect_quantity TEXT,
    yield_percent TEXT,
    disposition TEXT,
    source_system TEXT NOT NULL,
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL,
    CONSTRAINT title CHECK (length(title) <= 80)
);
CREATE TABLE inspection_result (
    sample_number TEXT NOT NULL,
    characteristic TEXT NOT NULL,
    lot TEXT NOT NULL,
    value TEXT,
    unit TEXT,
    verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
    inspected_at TEXT NOT NULL,
    method TEXT,
    equipment TEXT,
    source_system TEXT NOT NULL,
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (sample_number, characteristic)
);
CREATE TABLE supplier (
    supplier_number TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    country TEXT,
    duns TEXT,
    vat TEXT,
    certificate_until TEXT,
    score TEXT,
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL
);
CREATE TABLE employee (
    employee_number TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    site TEXT,
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL
);

-- The ERP: suppliers, lots, and holds that block them.
CREATE TABLE supplier (
    supplier_no TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    quality_status TEXT NOT NULL,   -- N, C, A, S, D
    country TEXT,
    duns TEXT,
    vat TEXT,
    certificate_until TEXT,         -- 20281231
    score TEXT,
    payment_terms TEXT,             -- purchasing's own affair; no rule names it
    changed_at TEXT NOT NULL
);
CREATE TABLE lot (
    lot_no TEXT PRIMARY KEY,
    material TEXT NOT NULL,
    stock_status TEXT NOT NULL,     -- Q, U, B, X, C
    quantity TEXT NOT NULL,
    made_on TEXT,                   -- 20261104
    expires_on TEXT,
    supplier_no TEXT REFERENCES supplier (supplier_no),
    plant TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE TABLE lot_hold (
    hold_no TEXT PRIMARY KEY,
    lot_no TEXT NOT NULL REFERENCES lot (lot_no),
    severity TEXT NOT NULL,
    reason TEXT NOT NULL,
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL,
    CONSTRAINT reason CHECK (length(reason) <= 60)
);
CREATE TABLE material (
    material_no TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    revision TEXT NOT NULL,
    status TEXT NOT NULL,           -- D, P, A, X, O
    shelf_life_days TEXT,
    original_id TEXT NOT NULL,
    mapping_revision TEXT NOT NULL,
    message_id TEXT NOT NULL
);
-- A hold blocks the stock: the ERP does that by itself, and the laboratory hears of it with the lot.
CREATE TRIGGER hold_blocks_stock AFTER INSERT ON lot_hold BEGIN
    UPDATE lot SET stock_status = 'Q', changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE lot_no = NEW.lot_no AND stock_status <> 'Q';
END;

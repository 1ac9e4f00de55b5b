"""Fill an empty Tryton: a company, suppliers, products, lots in stock, a quarantine, controls and users.

Everything goes through Tryton's own RPC, as the administrator would enter it. Users get the rights that
they need and no more. All names are invented.
"""

from __future__ import annotations

from decimal import Decimal

from layout import arguments, password
from tryton_rpc import Tryton

SUPPLIERS = {
    "V-1001": "Halden Fine Chemicals AS",
    "V-1002": "Moravia Excipients s.r.o.",
    "V-1003": "Nordglas Packaging GmbH",
}
PRODUCTS = {  # code: (name, unit, supplier, number of lots)
    "RM-2001": ("Metformin hydrochloride", "kg", "V-1001", 8),
    "RM-2002": ("Lactose monohydrate 200 mesh", "kg", "V-1002", 8),
    "PM-3001": ("Amber glass vial 10 mL", "u", "V-1003", 6),
}
CONTROLS = {  # name: (product, [(code, label, unit, lower, upper)])
    "Assay and water": (
        "RM-2001",
        [("assay", "Assay", "%", "98.5", "101.0"), ("water", "Water content", "mg/g", "0.0", "5.0")],
    ),
    "Particle size": ("RM-2002", [("d90", "Particle size D90", "µm", "60.0", "110.0")]),
    "Vial dimensions": ("PM-3001", [("height", "Total height", "mm", "44.5", "45.5")]),
    # On purpose: a unit that no standard knows, for the record that cannot be mapped.
    "Old supplier sheet": ("RM-2002", [("moist", "Moisture", "drops/scoop", "0.0", "3.0")]),
}
NUMBERS = {
    "Quality Alert": "QA-",
    "Quality Inspection": "QI-",
    "Internal Shipment": "IS-",
    "Supplier Shipment": "SS-",
}
QUANTITY = Decimal(250)


def seed(url: str, database: str) -> None:
    """Once, into a database that ``initialise`` has just made."""
    admin = Tryton(url, database, "admin", password("tryton-admin"))
    company = _company(admin)
    administrator = admin.one("res.user", ["login", "=", "admin"])
    admin.write("res.user", [administrator], companies=[["add", [company]]], company=company)
    admin.context["company"] = company
    _numbers(admin)
    _quarantine(admin)
    suppliers = {code: _supplier(admin, code, name) for code, name in SUPPLIERS.items()}
    products = {code: _product(admin, code, *line[:2]) for code, line in PRODUCTS.items()}
    for code, (_, unit, supplier, lots) in PRODUCTS.items():
        numbers = [f"{code[3:]}-26{index:03d}" for index in range(1, lots + 1)]
        _receive(admin, suppliers[supplier], products[code], _unit(admin, unit), numbers)
    for name, (product, points) in CONTROLS.items():
        _control(admin, name, products[product], points)
    _users(admin, company)


def _company(admin: Tryton) -> int:
    currency = admin.create(
        "currency.currency", name="Euro", code="EUR", symbol="€", rates=[["create", [{"rate": Decimal(1)}]]]
    )
    party = admin.create("party.party", name="Interlock Landscape Pharma")
    return admin.create("company.company", party=party, currency=currency)


def _numbers(admin: Tryton) -> None:
    """Numbers that tell what they number, for people who read them in another system."""
    for name, prefix in NUMBERS.items():
        sequence = admin.one("ir.sequence", ["name", "=", name])
        admin.write("ir.sequence", [sequence], prefix=prefix, padding=5)


def _quarantine(admin: Tryton) -> None:
    """Beside the storage zone and in the same warehouse, so that moving a lot there needs no transit."""
    warehouse = admin.one("stock.location", ["code", "=", "WH"])
    admin.create("stock.location", name="Quarantine Zone", code="QUA", type="storage", parent=warehouse)


def _supplier(admin: Tryton, code: str, name: str) -> int:
    return admin.create("party.party", name=name, code=code, addresses=[["create", [{"city": "Haugen"}]]])


def _unit(admin: Tryton, symbol: str) -> int:
    return admin.one("product.uom", ["symbol", "=", symbol])


def _product(admin: Tryton, code: str, name: str, unit: str) -> int:
    template = admin.create(
        "product.template",
        name=name,
        type="goods",
        default_uom=_unit(admin, unit),
        lot_required=["supplier", "storage", "customer"],
        products=[["create", [{"suffix_code": code}]]],
    )
    return admin.one("product.product", ["template", "=", template])


def _receive(admin: Tryton, supplier: int, product: int, unit: int, numbers: list[str]) -> None:
    """One supplier shipment that brings one lot a number, received and put away."""
    lots = [admin.create("stock.lot", number=number, product=product) for number in numbers]
    places = {code: admin.one("stock.location", ["code", "=", code]) for code in ("SUP", "IN", "STO", "WH")}
    move = {
        "product": product,
        "unit": unit,
        "quantity": float(QUANTITY),
        "from_location": places["SUP"],
        "to_location": places["IN"],
        "unit_price": Decimal("12.50"),
        "currency": admin.one("currency.currency", ["code", "=", "EUR"]),
    }
    shipment = admin.create(
        "stock.shipment.in",
        supplier=supplier,
        warehouse=places["WH"],
        warehouse_input=places["IN"],
        warehouse_storage=places["STO"],
        incoming_moves=[["create", [{**move, "lot": lot} for lot in lots]]],
    )
    for step in ("receive", "do"):
        admin.call("stock.shipment.in", step, [shipment])


def _control(admin: Tryton, name: str, product: int, points: list[tuple[str, ...]]) -> None:
    admin.create(
        "quality.control",
        name=name,
        product=product,
        points=[["create", [_point(*point) for point in points]]],
    )


def _point(code: str, label: str, unit: str, lower: str, upper: str) -> dict:
    return {
        "name": code,
        "string": label,
        "type_": "numeric",
        "digits": 2,
        "unit": unit,
        "tolerance_lower": float(lower),
        "tolerance_upper": float(upper),
    }


def _users(admin: Tryton, company: int) -> None:
    """The hub moves stock and writes on alerts; the inspector inspects. Neither administers."""
    groups = [admin.data_id("stock", "group_stock"), admin.data_id("quality", "group_quality")]
    for login, name, key in (
        ("interlock", "Interlock hub", "tryton-hub"),
        ("inspector", "Ines Pector", "tryton-inspector"),
    ):
        admin.create(
            "res.user",
            name=name,
            login=login,
            password=password(key),
            companies=[["add", [company]]],
            company=company,
            groups=[["add", groups]],
        )


if __name__ == "__main__":
    options = arguments("Fill an empty Tryton that is running.").parse_args()
    seed(options.home.state()["tryton"]["url"], options.home.database)

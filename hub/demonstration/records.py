"""Records as their sources write them; the same number gives the same record anywhere. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hub.demonstration.content import content, filled

Row = dict[str, Any]

SITE = ZoneInfo("Europe/Zurich")
SOUND_LOTS = 30  # the others are kept for records that are wrong: a wrong one holds back its lot
LOTS = 40


def words(name: str) -> list[Any]:
    """One list of the vocabulary."""
    return content("vocabulary")[name]


def pick(name: str, number: int) -> Any:
    """One of the words, the same for the same number."""
    return words(name)[number % len(words(name))]


def mistakes(source: str) -> list[Row]:
    """What may be wrong with a record of this source."""
    return content("mistakes")[source]


def lot_number(index: int) -> str:
    return f"L26-{1000 + index}"


def sound_lot(number: int) -> str:
    """A lot of which every record is sound."""
    return lot_number(number * 7 % SOUND_LOTS)


def problem_lot(index: int) -> str:
    """A lot for the mistake of that index."""
    return lot_number(SOUND_LOTS + index % (LOTS - SOUND_LOTS))


def spoilt(row: Row, mistake: Row, number: int) -> Row:
    """The record with its mistake."""
    changed = row | filled(mistake.get("with", {}), number=number)
    return {name: value for name, value in changed.items() if name not in mistake.get("without", [])}


def ncr(number: int, at: datetime, lot: str) -> Row:
    """A line of the MES: German words, decimal commas, the clock on the wall."""
    defect = pick("defects", number)
    return {
        "NCR_NO": f"NCR-26-{number:05d}",
        "ERFASST": _wall_clock(at),
        "LINIE": pick("lines", number),
        "SCHRITT": pick("steps", number),
        "CHARGE": lot,
        "ARTIKEL": pick("products", number),
        "FEHLERCODE": defect["code"],
        "TITEL": defect["title"],
        "AUSSCHUSS": _grouped(40 + number * 137 % 2900),
        "AUSBEUTE": _comma(Decimal("99.35") - Decimal(number * 13 % 400) / 100),
        "SCHWERE": pick("severities", number),
        "STATUS": pick("states", number),
        "VERFUEGUNG": pick("dispositions", number),
    }


def result(number: int, at: datetime, lot: str) -> Row:
    """A row of the LIMS: the unit stands beside the value, and differs with the parameter."""
    parameter = pick("parameters", number)
    return {
        "PROBE_NR": f"P26-{number:06d}",
        "PARAMETER": parameter["name"],
        "ART": parameter["kind"],
        "CHARGE": lot,
        "WERT": _comma(_measured(parameter, number)),
        "EINHEIT": parameter["unit"],
        "URTEIL": pick("verdicts", number),
        "GEMESSEN_AM": _wall_clock(at),
        "METHODE": parameter["method"],
        "GERAET": parameter["equipment"],
        "RAUMFEUCHTE": f"{38 + number % 9} %",
        "GEAENDERT_AM": stamp(at),
    }


def event(number: int, at: datetime, lot: str) -> Row:
    """A CloudEvent of the contract laboratory, in French, with fields that nobody has mapped."""
    analyte = pick("analytes", number)
    return {
        "specversion": "1.0",
        "id": f"lyon-{number}",
        "source": "https://labo-lyon.example/lims",
        "type": "com.example.labo.result.v1",
        "time": at.isoformat(timespec="seconds"),
        "data": {
            "sample": f"LY-{number:05d}",
            "lot": lot,
            "analyte": analyte["name"],
            "result": {"value": str(_measured(analyte, number)), "unit": analyte["unit"]},
            "conclusion": pick("conclusions", number),
            "completed": at.astimezone(SITE).isoformat(timespec="seconds"),
            "method": analyte["method"],
            "accréditation": "COFRAC 1-9999",
        },
    }


def certificate(number: int, at: datetime) -> Row:
    """One certificate of the calibration contractor; the technician is named, and no rule takes the name."""
    found = pick("calibrations", number)
    return {
        "certificate": f"KAL-2026-{number:04d}",
        "asset": pick("assets", number),
        "state": found["state"],
        "outcome": found["outcome"],
        "finished": at.astimezone(SITE).isoformat(timespec="seconds"),
        "valid_until": (at + timedelta(days=365)).date().isoformat(),
        "deviation": {"value": found["value"], "unit": found["unit"]},
        "site": pick("plants", number),
        "technician": f"T-{17 + number % 5}",
    }


def supplier(number: int, at: datetime) -> Row:
    """A supplier as purchasing keeps it."""
    name, country, status = pick("suppliers", number)
    return {
        "supplier_no": f"S-{4000 + number}",
        "name": name,
        "quality_status": status,
        "country": country,
        "duns": f"{480_000_000 + number * 10_037:09d}",
        "vat": f"{country}{100_000 + number * 911}",
        "certificate_until": f"{at.year + 1 + number % 2}{1 + number % 12:02d}28",
        "score": str(Decimal("71.25") + Decimal(number * 173 % 280) / 10),
        "payment_terms": "30 days net",
        "changed_at": stamp(at),
    }


def lot(index: int, at: datetime) -> Row:
    """A lot as the ERP stocks it: every fifth is still in quarantine."""
    return {
        "lot_no": lot_number(index),
        "material": pick("products", index),
        "stock_status": "Q" if index % 5 == 4 else "U",
        "quantity": str(5000 + index * 250),
        "made_on": f"{at - timedelta(days=30):%Y%m%d}",
        "expires_on": f"{at + timedelta(days=700):%Y%m%d}",
        "supplier_no": f"S-{4000 + index % len(words('suppliers'))}",
        "plant": pick("plants", index),
        "changed_at": stamp(at),
    }


def reading(number: int, at: datetime) -> Row:
    """A row of the historian: the nights are a little cooler, and now and then a door stands open."""
    room = pick("rooms", number)
    is_out = number % 97 == 0
    swing = Decimal(at.astimezone(SITE).hour - 12) / 40 + Decimal(number * 31 % 7) / 10
    return {
        "reading_no": f"R26-{number:07d}",
        "point": room["point"],
        "celsius": str((Decimal(room["celsius"]) + swing + (6 if is_out else 0)).quantize(Decimal("0.1"))),
        "state": "out" if is_out else "ok",
        "read_at": stamp(at),
    }


def employee(number: int, at: datetime) -> Row:
    """A person as the personnel system shows them: somebody changes the site, somebody comes back."""
    name, role, unit = pick("employees", number)
    return {
        "employee_no": f"E-{2000 + number % len(words('employees'))}",
        "name": name,
        "role": role,
        "unit": unit,
        "status": "L" if number % 9 == 4 else "A",
        "plant": pick("plants", number),
        "changed_at": stamp(at),
    }


def product(number: int, at: datetime) -> Row:
    """A product in its newest revision."""
    return {
        "code": pick("products", number),
        "name": pick("product_names", number),
        "revision": f"{chr(ord('A') + number // 7 % 20)}.{number % 7 + 1}",
        "stage": "PROD",
        "shelf_life_days": str(730 + number % 3 * 365),
        "changed_at": stamp(at),
    }


def stamp(at: datetime) -> str:
    """A moment as the databases keep it, to the millisecond: text in the order of time."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _measured(found: Row, number: int) -> Decimal:
    return Decimal(found["low"]) + Decimal(found["step"]) * (number % 11)


def _wall_clock(at: datetime) -> str:
    """Local time. In the hour that a clock change repeats nobody works: what comes then was noted in the one before."""
    local = at.astimezone(SITE)
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        local = local.replace(hour=local.hour - 1, fold=0)
    return f"{local:%d.%m.%Y %H:%M}"


def _comma(value: Decimal) -> str:
    return str(value).replace(".", ",")


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", ".")

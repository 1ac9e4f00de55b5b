"""Where the kinds of the dictionary live on the pages, and what their fields mean."""

from __future__ import annotations

from dictionary import permissions
from governance.console.places import Place, register

KEY = "Lower-case letters, digits and _. It stands in every reference and cannot change later."


PLACES = (
    Place(
        kind="code_list",
        icon="list",
        says="The codes that a value may take, and what each system calls them.",
        visible=permissions.visible_code_lists,
        page="code-list",
        helps={
            "key": KEY,
            "codes": "Our own codes, each with its meaning.",
            "crosswalks": "For each system: its code, and ours that it means.",
            "outbound": "Only where a system has several codes for one of ours: which of them we send.",
        },
    ),
    Place(
        kind="element",
        icon="tag",
        says="One meaning of one value: type, unit, owner.",
        visible=permissions.visible_elements,
        page="element",
        helps={
            "key": KEY,
            "definition": "What the value means, so that two readers understand the same. At least ten characters.",
            "unit": "A UCUM code such as mg/dL, for quantities only.",
            "digits": "Decimal places; either these or significant digits.",
            "rounding": "half_even is ASTM E29, half_up is USP.",
            "reference": "The entity whose business key the value holds.",
        },
    ),
    Place(
        kind="entity",
        icon="box",
        says="A canonical record: named fields, each of which is a data element.",
        visible=permissions.visible_entities,
        page="entity",
        helps={"key": KEY, "business_key": "Names of the fields that tell two records apart, one a line."},
    ),
    Place(
        kind="local_term",
        icon="languages",
        says="What one system calls an element, and how close the two meanings are.",
        visible=permissions.visible_terms,
        page="term",
        helps={
            "key": KEY,
            "relation": "Read from the term: narrower says that the term means less than the element does.",
            "context": "Where it holds, such as packaging lines, per lot.",
        },
    ),
    Place(
        kind="icd",
        icon="file-check",
        says="Interface control document: what must arrive, and which keys are taken from it.",
        visible=permissions.visible_icds,
        page="icd",
        helps={
            "key": "Such as ICD-0107.",
            "interfaces": "Keys of the interfaces that it describes, one a line; the hub writes what runs there.",
            "schema": "JSON Schema 2020-12 of what arrives, as YAML or JSON.",
            "idempotency_key": "Paths such as $.id, one a line: together they tell a repeated message.",
            "ordering_key": "Path of what must keep its order, such as $.lot.",
            "order_policy": "strict holds later messages of the same key back while an earlier one waits.",
            "business_key": "Path of the number under which people look for the record.",
        },
    ),
    Place(
        kind="mapping",
        icon="shuffle",
        says="Rules that turn a record of one system into a canonical entity, or back.",
        visible=permissions.visible_mappings,
        page="mapping",
        editor="mapping-edit",
        maker="mapping-new",
        helps={
            "key": "Lower-case letters, digits, _ and -, such as mes-ncr.",
            "direction": "to_canonical reads a source; to_target writes for a target.",
            "source": "For people: the system and what it sends, such as mes/ncr.",
            "target": "For people: the system and what it takes.",
            "ignored_paths": "Fields of the source that are left behind on purpose, one path a line.",
            "lookups": "Tables that rules look a value up in: a name, and under it what goes in and what comes out.",
        },
    ),
)

for place in PLACES:
    register(place)

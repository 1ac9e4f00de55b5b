"""The dictionary's controlled kinds in the API: who may see which, how they are filtered, an example of each."""

from __future__ import annotations

from dictionary import permissions
from dictionary.validation.schemas import SCHEMAS
from governance.api.collections import Collection
from governance.api.protocol.fields import Choice, Key, Text
from governance.permissions import visible_systems

ELEMENTS = Collection(
    kind="element",
    many="elements",
    visible=permissions.visible_elements,
    schema=SCHEMAS["element"],
    example={
        "key": "glucose",
        "label": "Glucose",
        "definition": "Mass of glucose in a litre of blood plasma.",
        "type": "quantity",
        "unit": "g/L",
        "digits": 2,
    },
    filters=(
        Choice(
            name="type",
            help="Type of its values.",
            choices=tuple(SCHEMAS["element"]["properties"]["type"]["enum"]),
            example="quantity",
        ),
        Key(name="code_list", help="Key of its code list.", visible=permissions.visible_code_lists),
        Key(name="owner_system", help="Key of the system that owns it.", example="lims", visible=visible_systems),
    ),
)
ENTITIES = Collection(
    kind="entity",
    many="entities",
    visible=permissions.visible_entities,
    schema=SCHEMAS["entity"],
    example={
        "key": "result",
        "label": "Result",
        "business_key": ["reference"],
        "fields": [
            {"name": "reference", "element": "reference", "required": True},
            {"name": "glucose", "element": "glucose"},
        ],
    },
)
CODE_LISTS = Collection(
    kind="code_list",
    many="code-lists",
    visible=permissions.visible_code_lists,
    schema=SCHEMAS["code_list"],
    example={
        "key": "verdict",
        "label": "Verdict",
        "codes": {"pass": {"label": "Passed"}, "fail": {"label": "Failed"}},
        "crosswalks": {"lims": {"OK": "pass", "NOK": "fail"}},
    },
)
TERMS = Collection(
    kind="local_term",
    many="local-terms",
    visible=permissions.visible_terms,
    schema=SCHEMAS["local_term"],
    example={"key": "lims_glu", "system": "lims", "term": "GLU", "element": "glucose", "relation": "same"},
    filters=(
        Key(name="system", help="Key of the system that says it.", example="lims", visible=visible_systems),
        Key(name="element", help="Key of the element that is meant.", visible=permissions.visible_elements),
        Text(name="term", help="The word itself, exactly.", most=160, example="GLU"),
    ),
)
ICDS = Collection(
    kind="icd",
    many="icds",
    visible=permissions.visible_icds,
    schema=SCHEMAS["contract"],
    example={
        "key": "ICD-0001",
        "label": "Results of the lab system",
        "entity": "result",
        "schema": {"type": "object", "required": ["sample"], "properties": {"sample": {"type": "string"}}},
        "idempotency_key": ["$.sample"],
        "ordering_key": "$.lot",
        "order_policy": "strict",
    },
)
MAPPINGS = Collection(
    kind="mapping",
    many="mappings",
    visible=permissions.visible_mappings,
    schema=SCHEMAS["mapping"],
    example={
        "key": "lims-result",
        "label": "Result of the lab system",
        "entity": "result",
        "direction": "to_canonical",
        "source": "lims/result",
        "rules": [{"target": "reference", "path": "$.sample"}],
    },
    filters=(
        Key(name="entity", help="Key of the entity.", example="result", visible=permissions.visible_entities),
        Choice(name="direction", help="Which way it goes.", choices=("to_canonical", "to_target")),
    ),
)

"""The controlled kind "approval_policy": whose signatures a change needs, by what it touches.

Who makes a change cannot choose its policy, and nobody who had a hand in the content may sign it: that is no matter
of a policy, it always holds.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import Group, Permission

from governance.changes.kinds import Content, Effective, Kind
from governance.changes.schema import sentences
from governance.changes.transitions import FULL, SHORT, STANDARD
from governance.changes.weighing.risk import CRITICALITIES, KINDS, RISKS
from governance.models import ApprovalPolicy

WHO: dict[str, Any] = {
    "role": {"type": "string", "minLength": 1, "maxLength": 150},
    "right": {"type": "string", "pattern": "^[a-z]+\\.[a-z_]+$"},
    "needs_code": {"type": "boolean"},
}
STEP: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["meaning"],
    "properties": {
        "meaning": {"enum": ["reviewed", "approved", "acknowledged"]},
        "label": {"type": "string", "maxLength": 80},
        "quorum": {"type": "integer", "minimum": 1, "maximum": 5},
        **WHO,
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "label", "steps"],
    "properties": {
        "key": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{1,62}$"},
        "label": {"type": "string", "minLength": 1, "maxLength": 160},
        "description": {"type": "string"},
        "matches": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "kinds": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                "change_kinds": {"type": "array", "items": {"enum": list(KINDS)}, "uniqueItems": True},
                "criticality": {"enum": list(CRITICALITIES)},
                "risk": {"enum": list(RISKS)},
            },
        },
        "path": {"enum": [SHORT, STANDARD, FULL]},
        "steps": {"type": "array", "minItems": 1, "maxItems": 8, "items": STEP},
        "release": {"type": "object", "additionalProperties": False, "properties": WHO},
    },
}


class ApprovalPolicyKind(Kind):
    name: ClassVar[str] = "approval_policy"
    label: ClassVar[str] = "Approval policy"
    model = ApprovalPolicy

    def schema(self, content: Content) -> Content:
        return SCHEMA

    def validate(self, content: Content) -> list[str]:
        return sentences(SCHEMA, content) or [
            f"Step {number}: name either a role or a right, and not both."
            for number, step in enumerate(content["steps"], 1)
            if bool(step.get("role")) == bool(step.get("right"))
        ]

    def validate_within(self, content: Content, effective: Effective) -> list[str]:
        """Roles and rights exist: a step that nobody can take would lock everything that it guards."""
        asked = [*content["steps"], content.get("release", {})]
        roles = set(Group.objects.values_list("name", flat=True))
        wrong = [f"There is no role {one['role']!r}." for one in asked if one.get("role") and one["role"] not in roles]
        return wrong + [
            f"There is no right {one['right']!r}." for one in asked if one.get("right") and not _exists(one["right"])
        ]


def _exists(right: str) -> bool:
    app, _, codename = right.partition(".")
    return Permission.objects.filter(content_type__app_label=app, codename=codename).exists()

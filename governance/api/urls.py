"""Addresses of governance's doors; every floor routes its controlled kinds with ``controlled``."""

from __future__ import annotations

from django.urls import URLPattern, path

from governance.api import collections
from governance.api.changes import ChangeDetail, ChangeList, ChangeSignatures
from governance.api.collections import Collection
from governance.api.controlled import ControlledDetail, ControlledList
from governance.api.impact import DescriptionView, ImpactView
from governance.api.protocol.fields import Choice, Text
from governance.changes.choosing.policy_kind import SCHEMA as POLICY_SCHEMA
from governance.changes.system_kind import SCHEMA
from governance.permissions import visible_policies, visible_systems


def controlled(collection: Collection) -> list[URLPattern]:
    """List and detail of one controlled kind."""
    found, name = collections.add(collection), f"api-{collection.many}"
    return [
        path(found.many, ControlledList.as_view(collection=found), name=name),
        path(f"{found.many}/<str:key>", ControlledDetail.as_view(collection=found), name=f"{name}-one"),
    ]


SYSTEMS = Collection(
    kind="system",
    many="systems",
    visible=visible_systems,
    schema=SCHEMA,
    example={"key": "lims", "label": "Lab system", "category": "lims", "owner": "Laboratory", "level": 3, "gxp": True},
    filters=(
        Choice(name="category", help="What it is for.", choices=tuple(SCHEMA["properties"]["category"]["enum"])),
        Text(name="owner", help="Who answers for it, in full.", most=160, example="Laboratory"),
    ),
)

POLICIES = Collection(
    kind="approval_policy",
    many="approval-policies",
    visible=visible_policies,
    schema=POLICY_SCHEMA,
    example={
        "key": "every-change",
        "label": "Every change",
        "steps": [{"meaning": "approved", "right": "governance.approve_changerequest"}],
    },
)

urlpatterns = [
    *controlled(SYSTEMS),
    *controlled(POLICIES),
    path("changes", ChangeList.as_view(), name="api-changes"),
    path("changes/<str:number>", ChangeDetail.as_view(), name="api-change"),
    path("changes/<str:number>/signatures", ChangeSignatures.as_view(), name="api-change-signatures"),
    path("impact", ImpactView.as_view(), name="api-impact"),
    path("impact/descriptions", DescriptionView.as_view(), name="api-impact-descriptions"),
]

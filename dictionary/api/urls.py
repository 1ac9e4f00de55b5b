"""Addresses of the dictionary's doors: its controlled kinds, an entity's JSON Schema, trials of a mapping, units."""

from __future__ import annotations

from django.urls import path

from dictionary.api.back_tests import BackTest
from dictionary.api.kinds import CODE_LISTS, ELEMENTS, ENTITIES, ICDS, MAPPINGS, TERMS
from dictionary.api.mappings import Preview
from dictionary.api.schemas import EntitySchema
from dictionary.api.units import UnitList
from governance.api.urls import controlled

urlpatterns = [
    *controlled(ELEMENTS),
    *controlled(ENTITIES),
    path("entities/<str:key>/schema", EntitySchema.as_view(), name="api-entity-schema"),
    *controlled(CODE_LISTS),
    *controlled(TERMS),
    *controlled(ICDS),
    *controlled(MAPPINGS),
    path("mappings/<str:key>/preview", Preview.as_view(), name="api-mapping-preview"),
    path("mappings/<str:key>/back-test", BackTest.as_view(), name="api-mapping-back-test"),
    path("units", UnitList.as_view(), name="api-units"),
]

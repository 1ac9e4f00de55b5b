"""Addresses of the dictionary's doors: its controlled kinds, an entity's JSON Schema, trials of a mapping, units."""

from __future__ import annotations

from django.urls import path

from dictionary.api.back_tests import BackTest
from dictionary.api.documents import DocumentDetail, DocumentDifferences, DocumentGenerated, DocumentPaper
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
    path("icds/<str:key>/document", DocumentDetail.as_view(), name="api-icd-document"),
    path("icds/<str:key>/document.pdf", DocumentPaper.as_view(), name="api-icd-pdf"),
    path("icds/<str:key>/generated", DocumentGenerated.as_view(), name="api-icd-generated"),
    path("icds/<str:key>/differences", DocumentDifferences.as_view(), name="api-icd-differences"),
    *controlled(MAPPINGS),
    path("mappings/<str:key>/preview", Preview.as_view(), name="api-mapping-preview"),
    path("mappings/<str:key>/back-test", BackTest.as_view(), name="api-mapping-back-test"),
    path("units", UnitList.as_view(), name="api-units"),
]

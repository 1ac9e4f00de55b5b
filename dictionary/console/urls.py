"""Addresses of the dictionary's pages; a higher floor includes them."""

from django.urls import path

from dictionary.console import (
    code_lists,
    documents,
    editor,
    elements,
    entities,
    icds,
    index,
    mappings,
    pickers,
    places,  # noqa: F401 - says where the kinds of the dictionary live
    terms,
)

urlpatterns = [
    path("dictionary", index.show, name="dictionary"),
    path("dictionary/units", pickers.units, name="units"),
    path("dictionary/codes", pickers.codes, name="codes"),
    path("dictionary/elements/<str:key>", elements.show, name="element"),
    path("dictionary/entities/<str:key>", entities.show, name="entity"),
    path("dictionary/entities/<str:key>/schema.json", entities.schema, name="entity-schema"),
    path("dictionary/code-lists/<str:key>", code_lists.show, name="code-list"),
    path("dictionary/terms/<str:key>", terms.show, name="term"),
    path("icds", icds.index, name="icds"),
    path("icds/<str:key>", icds.show, name="icd"),
    path("icds/<str:key>/document", documents.show, name="icd-document"),
    path("icds/<str:key>/document.pdf", documents.paper, name="icd-pdf"),
    path("mappings", mappings.index, name="mappings"),
    path("mappings/new", editor.new, name="mapping-new"),
    path("mappings/<str:key>", mappings.show, name="mapping"),
    path("mappings/<str:key>/edit", editor.edit, name="mapping-edit"),
    path("mappings/<str:key>/preview", mappings.preview, name="mapping-preview"),
]

"""Addresses of the dictionary's pages; a higher floor includes them."""

from django.urls import path

from dictionary.console import elements, mappings

urlpatterns = [
    path("dictionary", elements.index, name="dictionary"),
    path("dictionary/elements/<str:key>", elements.element, name="element"),
    path("dictionary/entities/<str:key>", elements.entity, name="entity"),
    path("dictionary/entities/<str:key>/schema.json", elements.schema, name="entity-schema"),
    path("dictionary/code-lists/<str:key>", elements.code_list, name="code-list"),
    path("mappings", mappings.index, name="mappings"),
    path("mappings/<str:key>", mappings.show, name="mapping"),
    path("mappings/<str:key>/preview", mappings.preview, name="mapping-preview"),
]

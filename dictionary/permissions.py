"""Who may read which part of the dictionary. Each function narrows what exists to what the user may know of.

A role that reads the dictionary reads all of its words. Whoever has no such role (a guest, a service account) reads the
entities that were given to them or that their interfaces carry, and of the words those that these entities are made of.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dictionary.models import CodeList, DataElement, Entity, InterfaceControlDocument, LocalTerm, Mapping
from governance.changes.kinds import Content
from governance.permissions import holds_everywhere, proposed_on, reached, visible_or_reached, visible_systems

READS_ALL_WORDS = "dictionary.view_dataelement"


def visible_entities(user: Any) -> QuerySet[Entity]:
    """By a role, by a right on one, or because a visible interface carries it."""
    return visible_or_reached(user, "view_entity", Entity.objects.filter(is_retired=False), kind="entity")


def visible_elements(user: Any) -> QuerySet[DataElement]:
    """All for who reads all words; else those of visible entities."""
    rows = DataElement.objects.filter(is_retired=False)
    return rows if holds_everywhere(user, READS_ALL_WORDS) else rows.filter(key__in=_element_keys(user))


def visible_code_lists(user: Any) -> QuerySet[CodeList]:
    """All for who reads all words; else those of visible elements."""
    rows = CodeList.objects.filter(is_retired=False)
    if holds_everywhere(user, READS_ALL_WORDS):
        return rows
    named = {content.get("code_list") for content in visible_elements(user).values_list("content", flat=True)}
    return rows.filter(key__in=named - {None, ""})


def visible_terms(user: Any) -> QuerySet[LocalTerm]:
    """What visible systems call visible elements."""
    rows = LocalTerm.objects.filter(is_retired=False)
    if holds_everywhere(user, READS_ALL_WORDS):
        return rows
    systems = set(visible_systems(user).values_list("key", flat=True))
    return rows.filter(element__in=_element_keys(user), system__in=systems)


def visible_mappings(user: Any) -> QuerySet[Mapping]:
    """Those of visible entities."""
    rows = Mapping.objects.filter(is_retired=False)
    if holds_everywhere(user, "dictionary.view_entity"):
        return rows
    return rows.filter(entity__in=set(visible_entities(user).values_list("key", flat=True)))


def visible_icds(user: Any) -> QuerySet[InterfaceControlDocument]:
    """Those of ``readable_icds`` that the user may read whole: they may see each interface that is described."""
    rows = readable_icds(user)
    named = dict(rows.filter(content__has_key="interfaces").values_list("key", "content__interfaces"))
    seen = reached(user, "interface") if any(named.values()) else set()
    hidden = [key for key, interfaces in named.items() if not seen.issuperset(interfaces or ())]
    return rows.exclude(key__in=hidden) if hidden else rows


def readable_icds(user: Any) -> QuerySet[InterfaceControlDocument]:
    """Agreements about visible entities; of those about no entity, the ones that visible interfaces run with.

    What they say of single interfaces is told only through ``dictionary.documents.sight``.
    """
    rows = InterfaceControlDocument.objects.filter(is_retired=False)
    if holds_everywhere(user, "dictionary.view_entity"):
        return rows
    seen, run_with = set(visible_entities(user).values_list("key", flat=True)), reached(user, "icd")
    named = {key: content.get("entity", "") for key, content in rows.values_list("key", "content")}
    return rows.filter(key__in=[key for key, entity in named.items() if entity in seen or key in run_with])


def _element_keys(user: Any) -> set[str]:
    contents = visible_entities(user).values_list("content", flat=True)
    return {field["element"] for content in contents for field in content.get("fields", ()) if field.get("element")}


def _entity(key: str) -> Entity | None:
    return Entity.objects.filter(key=key).first()


def _entity_named(content: Content) -> Entity | None:
    return _entity(str(content.get("entity", "")))


def _entity_of_mapping(key: str) -> Entity | None:
    mapping = Mapping.objects.filter(key=key).first()
    return _entity(mapping.entity) if mapping else None


def _entity_of_icd(key: str) -> Entity | None:
    icd = InterfaceControlDocument.objects.filter(key=key).first()
    return _entity(icd.content.get("entity", "")) if icd else None


proposed_on("entity", _entity)
proposed_on("icd", _entity_of_icd, _entity_named)
proposed_on("mapping", _entity_of_mapping, _entity_named)


VISIBLE = {
    "code_list": visible_code_lists,
    "element": visible_elements,
    "entity": visible_entities,
    "local_term": visible_terms,
    "icd": visible_icds,
    "mapping": visible_mappings,
}

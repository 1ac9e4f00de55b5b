"""XML: one record an element, read without entities, document types or the network. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from .formats import Found
from .unreadable import Unreadable


def xml_records(name: str, content: bytes, records_at: str) -> Iterator[Found]:
    """Each element of that local name, wherever it stands; namespaces are taken off names."""
    root = _root(name, content)
    elements = root.iter("{*}" + records_at)
    for number, element in enumerate(elements, start=1):
        raw = etree.tostring(element, encoding="unicode", with_tail=False)
        data = _value(element)
        if isinstance(data, dict):
            yield Found(f"element {number}", raw, data)
        else:
            reason = f"Element {number} ({records_at}) of {name} has no fields."
            yield Found(f"element {number}", raw, reason=reason)


def _root(name: str, content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"The file {name} is not well-formed XML: {error.msg}.") from None
    info: Any = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise Unreadable(f"The file {name} has a DOCTYPE; files with document types or entities are refused.")
    return root


def _value(element: etree._Element) -> Any:
    """Text of a leaf; else a dictionary of attributes (``@name``) and children, repeated ones as a list."""
    fields: dict[str, Any] = {f"@{_local(key)}": value for key, value in element.attrib.items()}
    for child in element:
        _add(fields, _local(child.tag), _value(child))
    text = "".join((element.text or "", *((child.tail or "") for child in element))).strip()
    if not fields:
        return text
    return {**fields, "#text": text} if text else fields


def _add(fields: dict[str, Any], name: str, value: Any) -> None:
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _local(tag: Any) -> str:
    return etree.QName(tag).localname

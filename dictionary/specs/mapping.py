"""A mapping: rules that turn a document of one system into a canonical entity, or back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Direction = Literal["to_canonical", "to_target"]


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """Content: {key, label, entity, direction, source, target, rules: [rule], ignored_paths: [path],
    lookups: {name: {from: to}}, cases: [{name, sample, expected, refused}]}.

    The rules stay plain dicts here; `dictionary.mapping.rules` documents and reads them. `source` and
    `target` are texts for people ("mes/ncr", "tryton/quality.alert"). `ignored_paths` are source fields that
    are left behind on purpose. A case is an example that must hold before the mapping is accepted: `sample` and
    `expected` are JSON as text, so that numbers stay as they were written; `refused` names fields that must be.
    """

    key: str
    label: str
    entity: str
    direction: Direction
    rules: tuple[Mapping[str, Any], ...]
    source: str = ""
    target: str = ""
    ignored_paths: tuple[str, ...] = ()
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cases: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> MappingSpec:
        lists = {"rules": tuple(content["rules"]), "ignored_paths": tuple(content.get("ignored_paths", ()))}
        lists["cases"] = tuple(content.get("cases", ()))
        return cls(**{**content, **lists})

    def content(self) -> dict[str, Any]:
        """The content back, as `from_content` takes it."""
        return {
            "key": self.key,
            "label": self.label,
            "entity": self.entity,
            "direction": self.direction,
            "rules": [dict(rule) for rule in self.rules],
            "source": self.source,
            "target": self.target,
            "ignored_paths": list(self.ignored_paths),
            "lookups": {name: dict(table) for name, table in self.lookups.items()},
            "cases": [dict(one) for one in self.cases],
        }

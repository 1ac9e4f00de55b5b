"""Where a mapping finds and puts values of protected elements, so that a reader can be shown the rest.

On the way in the field that a rule makes says of which element the value is, and the rule's paths say where it stood.
On the way out the field that a rule reads says it, and the rule's target says where it went.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dictionary.mapping.paths import compile_path
from dictionary.mapping.rules import Rule, read_rules
from dictionary.specs.entity import EntitySpec
from dictionary.specs.mapping import MappingSpec

MASK = "•••• masked"  # stands where a value is not shown

Pattern = tuple[str, ...]  # names, "[*]" for any place of a list, "*" for any child


@dataclass(frozen=True, slots=True)
class Places:
    """``secret`` holds protected values; ``open`` is named and holds none; of anything else nobody said what it is.

    ``hides_unknown``: the whole is of a protected class, so what nobody named is hidden too.
    """

    secret: frozenset[Pattern]
    open: frozenset[Pattern]
    hides_unknown: bool = False

    def hides(self, path: Pattern) -> bool:
        """Whether the whole value at this place is hidden."""
        if any(_covers(pattern, path) for pattern in self.secret):
            return True
        return self.hides_unknown and not any(_covers(one, path) or _lies_below(one, path) for one in self.open)

    def is_clear(self, path: Pattern) -> bool:
        """Whether nothing at or below this place is hidden."""
        if self.hides(path) or any(_lies_below(pattern, path) for pattern in self.secret):
            return False
        return not self.hides_unknown or any(_covers(pattern, path) for pattern in self.open)

    def hides_text(self, path: str) -> bool:
        """The same for a path as text ("$.patient.name"); one that cannot be read, or holds more than one value, is
        hidden where anything is."""
        if not self.secret and not self.hides_unknown:
            return False
        try:
            return not self.is_clear(compile_path(path).pattern)
        except ValueError:
            return True


NOTHING_PROTECTED = Places(frozenset(), frozenset())


def secret_fields(entity: EntitySpec, elements: Iterable[str]) -> frozenset[str]:
    """The fields of an entity that are of one of these elements."""
    protected = frozenset(elements)
    return frozenset(one.name for one in entity.fields if one.element in protected)


def of_fields(entity: EntitySpec, secret: frozenset[str], *, hides_unknown: bool) -> Places:
    """The canonical entity itself."""
    known = frozenset((one.name,) for one in entity.fields)
    hidden = frozenset((name,) for name in secret)
    return Places(hidden, known - hidden, hides_unknown)


def of_source(spec: MappingSpec, secret: frozenset[str], *, hides_unknown: bool) -> Places:
    """The source document of a mapping to canonical: which of its places feed a secret field, which another one."""
    hidden: set[Pattern] = set()
    shown: set[Pattern] = set()
    for rule in read_rules(spec.rules):
        (hidden if rule.target in secret else shown).update(compile_path(path).pattern for path in rule.paths)
    return Places(frozenset(hidden), frozenset(shown - hidden), hides_unknown)


def of_target(spec: MappingSpec, source: Places, *, hides_unknown: bool) -> Places:
    """The outgoing document of a mapping to a target; a rule that reads any secret place of ``source`` makes a secret
    value, and so does one that reads everything, or any child."""
    hidden: set[Pattern] = set()
    shown: set[Pattern] = set()
    for rule in read_rules(spec.rules):
        (hidden if _reads(rule, source.secret) else shown).add(tuple(rule.target.split(".")))
    return Places(frozenset(hidden), frozenset(shown - hidden), hides_unknown)


def _reads(rule: Rule, secret: frozenset[Pattern]) -> bool:
    patterns = [compile_path(path).pattern for path in rule.paths]
    return any(_covers(hidden, one) or _lies_below(hidden, one) for one in patterns for hidden in secret)


def _covers(pattern: Pattern, path: Pattern) -> bool:
    return len(pattern) <= len(path) and _agree(pattern, path)


def _lies_below(pattern: Pattern, path: Pattern) -> bool:
    return len(pattern) > len(path) and _agree(pattern, path)


def _agree(pattern: Pattern, path: Pattern) -> bool:
    return all(one == other or "*" in (one, other) for one, other in zip(pattern, path, strict=False))

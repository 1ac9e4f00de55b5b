"""Reads UCUM: the grammar and the unit table that ucumvert carries (ucum-essence 2.2), in exact fractions.

A unit is a factor to base units, a dimension, and for the "special" units of UCUM §21 (degree Celsius, pH,
bel) a scale. Two choices of our own: a mole is amount of substance as in the SI, not the bare number of UCUM
§30, so that mmol/L never turns silently into a count per litre; and an arbitrary unit ([IU]) is a dimension
of its own, as UCUM §24 asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from dictionary.values.special import SCALES, Scale

Dimension = tuple[tuple[str, int], ...]

NAMES = {
    "m": "length",
    "s": "time",
    "g": "mass",
    "rad": "angle",
    "K": "temperature",
    "C": "charge",
    "cd": "luminous intensity",
    "mol": "amount",
}
MOST_DIGITS = 2  # of an exponent
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class NotUcum(ValueError):
    """The text is not a unit of UCUM."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One of this unit is `factor` of the base units of `dimension`; on a special unit, after `scale` was
    undone."""

    factor: Fraction
    dimension: Dimension = ()
    scale: Scale | None = None
    step: Fraction = Fraction(1)  # the prefix of a special unit: 1/10 for dB

    def __mul__(self, other: Unit) -> Unit:
        _plain(self, other)
        return Unit(self.factor * other.factor, _joined(self.dimension, other.dimension))

    def __pow__(self, exponent: int) -> Unit:
        _plain(self)
        dimension = tuple((name, power * exponent) for name, power in self.dimension)
        return Unit(self.factor**exponent, dimension)

    def prefixed(self, prefix: Fraction) -> Unit:
        if self.scale:
            return Unit(self.factor, self.dimension, self.scale, prefix)
        return Unit(self.factor * prefix, self.dimension)

    @property
    def measures(self) -> str:
        """The dimension in words: "mass·length⁻³"."""
        parts = [NAMES.get(name, name) + _power(power) for name, power in self.dimension]
        return "·".join(parts) or "a plain number"


ONE = Unit(Fraction(1))


def _plain(*units: Unit) -> None:
    if any(unit.scale for unit in units):
        raise NotUcum("a special unit such as Cel cannot be multiplied, divided or raised (UCUM §21)")


def _power(power: int) -> str:
    return "" if power == 1 else str(power).translate(_SUPERSCRIPT)


def _joined(left: Dimension, right: Dimension) -> Dimension:
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def normalised(code: str) -> str:
    """Both micro signs, U+00B5 and U+03BC, are UCUM's u."""
    return code.replace("\u00b5", "u").replace("\u03bc", "u")


@lru_cache(maxsize=4096)
def read(code: str) -> Unit:
    """The unit that a UCUM code names; raises NotUcum."""
    try:
        tree = _parser()(normalised(code))
    except ValueError as error:
        raise NotUcum(str(error)) from None
    return _Table.shared().evaluate(tree)


def is_valid(code: str) -> bool:
    """Whether the text is a UCUM expression, whatever may be computed with it."""
    try:
        tree = _parser()(normalised(code))
        for exponent in _exponents(tree):
            _exponent(exponent)
        return not _powers_a_number(tree)
    except ValueError:
        return False


@cache
def _parser() -> Callable[[str], Any]:
    from lark.exceptions import LarkError  # loaded with the first unit, not with the program
    from ucumvert.parser import get_ucum_parser

    parser = get_ucum_parser()

    def parse(code: str) -> Any:
        try:
            return parser.parse(code)
        except LarkError as error:
            raise NotUcum(f"'{code}' is not a UCUM unit") from error

    return parse


def _powers_a_number(tree: Any) -> bool:
    """UCUM's grammar gives no exponent to a bare factor (10+3); the parser that we use lets it pass."""
    return any(
        node.data == "annotatable" and len(node.children) == 2 and _is_factor(node.children[0])
        for node in tree.iter_subtrees()
    )


def _exponents(tree: Any) -> list[str]:
    powered = (node for node in tree.iter_subtrees() if node.data == "annotatable" and len(node.children) == 2)
    return [str(node.children[1]) for node in powered]


def _exponent(text: str) -> int:
    """No unit of the world needs two digits; a number raised to a million fills the memory."""
    if len(text.lstrip("+-")) > MOST_DIGITS:
        raise NotUcum(f"the exponent {text[:12]} is too large: at most two digits")
    return int(text)


def _is_factor(node: Any) -> bool:
    return getattr(node, "data", "") == "simple_unit" and node.children[0].type == "FACTOR"


class _Table:
    """The atoms and prefixes of ucum-essence.xml; an atom is worked out when it is first asked for."""

    def __init__(self) -> None:
        from ucumvert import xml_util

        self._units = {one.attrib["Code"]: one for one in xml_util.root.findall("{*}unit")}
        self._bases = {one.attrib["Code"] for one in xml_util.root.findall("{*}base-unit")} | {"mol"}
        self.prefixes = {
            one.attrib["Code"]: Fraction(one.find("{*}value").attrib["value"])
            for one in xml_util.root.findall("{*}prefix")
        }
        self._known: dict[str, Unit] = {}

    @staticmethod
    @cache
    def shared() -> _Table:
        return _Table()

    @property
    def atoms(self) -> list[str]:
        return sorted(self._bases | self._units.keys())

    def is_metric(self, atom: str) -> bool:
        return atom in self._bases or self._units[atom].attrib["isMetric"] == "yes"

    def atom(self, code: str) -> Unit:
        if code not in self._known:
            self._known[code] = self._worked_out(code)
        return self._known[code]

    def _worked_out(self, code: str) -> Unit:
        if code in self._bases:
            return Unit(Fraction(1), ((code, 1),))
        definition = self._units[code]
        value = definition.find("{*}value")
        if definition.get("isArbitrary") == "yes" and value.get("Unit") == "1":
            return Unit(Fraction(1), ((code, 1),))
        function = value.find("{*}function")
        if function is not None:
            return self._special(function)
        return read(value.attrib["Unit"]) * Unit(Fraction(value.attrib["value"]))

    def _special(self, function: Any) -> Unit:
        reference = read(function.attrib["Unit"]) * Unit(Fraction(function.attrib["value"]))
        return Unit(reference.factor, reference.dimension, SCALES[function.attrib["name"]])

    def evaluate(self, node: Any) -> Unit:
        """The unit of a syntax tree (rules main_term, term, component, annotatable, simple_unit of the
        grammar)."""
        if not hasattr(node, "data"):
            return ONE  # an annotation such as {cells}
        unit: Unit = getattr(self, f"_{node.data}")(node.children)
        return unit

    def _main_term(self, children: list[Any]) -> Unit:
        unit = self.evaluate(children[-1])
        return unit if len(children) == 1 else unit**-1

    def _term(self, children: list[Any]) -> Unit:
        if len(children) == 1:
            return self.evaluate(children[0])
        left, operator, right = children
        return self.evaluate(left) * self.evaluate(right) ** (1 if operator == "." else -1)

    def _component(self, children: list[Any]) -> Unit:
        return self.evaluate(children[0])

    def _annotatable(self, children: list[Any]) -> Unit:
        if len(children) == 2 and _is_factor(children[0]):
            raise NotUcum("a bare number takes no exponent (UCUM §9)")
        return self.evaluate(children[0]) ** _exponent(str(children[1]))

    def _simple_unit(self, children: list[Any]) -> Unit:
        *prefix, atom = (str(one) for one in children)
        unit = Unit(Fraction(int(atom))) if children[-1].type == "FACTOR" else self.atom(atom)
        return unit.prefixed(self.prefixes[prefix[0]]) if prefix else unit


table = _Table.shared

"""Plain text is taken in one sweep; whatever is not plain changes the way, never the result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary.mapping import compile_mapping
from dictionary.mapping.steps import WORTH_A_SWEEP
from dictionary.specs import ElementSpec, EntityField, EntitySpec, MappingSpec

pytestmark = pytest.mark.req("B4")

NAMES = tuple("abcdef")
ELEMENTS = {
    name: ElementSpec(
        key=name, label=name, definition="For a test.", type="text", max_length=3 if name == "c" else None
    )
    for name in NAMES
}


def compiled(names: tuple[str, ...]):
    entity = EntitySpec("e", "E", tuple(EntityField(name, name) for name in names), (names[0],))
    rules = [{"target": name, "path": f"$.{name}"} for name in names]
    content = {"key": "m", "label": "M", "entity": "e", "direction": "to_canonical", "rules": rules}
    return compile_mapping(MappingSpec.from_content(content), entity=entity, elements=ELEMENTS, code_lists={})


TOGETHER, ALONE = compiled(NAMES), [compiled((name,)) for name in NAMES]
VALUES = st.sampled_from(["", "a", "abc", "abcd", "\u00e9", "e\u0301", None, 5, [], {}, True])


def test_the_mapping_is_wide_enough_for_a_sweep():
    assert len(NAMES) >= WORTH_A_SWEEP


@given(st.dictionaries(st.sampled_from(NAMES), VALUES) | st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)))
def test_the_sweep_and_field_by_field_give_the_same(document):
    together = TOGETHER.run(document)
    alone = [
        one.run({name: document[name]} if name in document else {}) for name, one in zip(NAMES, ALONE, strict=True)
    ]
    assert together.output == {name: value for one in alone for name, value in one.output.items()}
    assert [problem.sentence for problem in together.problems] == [
        problem.sentence for one in alone for problem in one.problems
    ]
    assert [(line.target, line.raw, line.value, line.notes) for line in together.trace] == [
        (line.target, line.raw, line.value, line.notes) for one in alone for line in one.trace
    ]

"""Whether what worked before works as before: the codes of a list, and the cases that try a mapping. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary.specs import CodeListSpec
from dictionary.values.codes import outbound_table

Content = Mapping[str, Any]


def codes_stay(old: Content, new: Content) -> bool:
    """Each old code is still sent to every system as it was, and none is retired that was in use.

    A second counterpart of a code may change what is sent for it, though nothing but a line was added.
    """
    before, after = CodeListSpec.from_content(old), CodeListSpec.from_content(new)
    are_live = all(
        one in after.codes and after.codes[one].retired <= held.retired for one, held in before.codes.items()
    )
    systems = before.crosswalks.keys() | before.outbound.keys()
    return are_live and all(
        outbound_table(before, system).items() <= outbound_table(after, system).items() for system in systems
    )


def cases_stay(old: Content, new: Content) -> bool:
    """Every test case of the old mapping stands in the new one as it was: they are what notices an error."""
    after = {case["name"]: case for case in new.get("cases", ())}
    return all(after.get(case["name"]) == case for case in old.get("cases", ()))

"""Refusals of governance. Each text is the sentence that a person reads on the page or in the API's answer."""

from __future__ import annotations

MISSING = "missing"  # stands for the value of what was not given
NOT_SHOWN = "not shown"  # stands for a value that may be a secret


class Refused(Exception):
    """An act that is not allowed or cannot be done. ``field``, ``value`` and ``rule`` say why, where known."""

    status = 422
    code = "refused"

    def __init__(self, sentence: str, *, field: str = "", value: str = "", rule: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.value = value
        self.rule = rule


class NoChangeContext(Refused):
    """A governed row was written outside ``with change(by=…, reason=…)``."""

    code = "no_change_context"


class UngovernedWrite(Refused):
    """A call that would write past history; the sentence names the right one."""

    code = "ungoverned_write"


class LostUpdate(Refused):
    """Somebody else wrote the row since it was read."""

    status = 409
    code = "lost_update"


class ContentRefused(Refused):
    """Content of a controlled kind breaks its rules. ``problems`` are sentences, one each."""

    code = "content_refused"

    def __init__(self, sentence: str, problems: list[str]) -> None:
        super().__init__(sentence + (" " + " ".join(problems) if problems else ""))
        self.problems = problems


class BaseMoved(Refused):
    """The draft was made from a revision that is not the effective one any more."""

    status = 409
    code = "base_moved"


class NotAllowed(Refused):
    """The actor has no right to this act, and may know that the object exists."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """There is no such object, or the actor may not know of it."""

    status = 404
    code = "not_found"

    def __init__(self, sentence: str, *, field: str = "", value: str = "", rule: str = "exists, and is yours") -> None:
        super().__init__(sentence, field=field, value=value, rule=rule)

"""The mapping editor: rules beside a sample and what it becomes, live, and test cases that must hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dictionary.console import consumers, samples
from dictionary.console.rules import rule_rows
from dictionary.mapping import CompiledMapping, MappingRefused
from dictionary.mapping.protected import MASK
from dictionary.permissions import visible_mappings
from dictionary.selectors import drafts, mappings
from dictionary.selectors.drafts import TESTED, Trial
from governance.console.desk import Desk, work
from governance.console.differences import difference
from governance.console.doors import page
from governance.console.drafts import Draft
from governance.errors import NotAllowed, NotFound, Refused
from governance.shapes import Field, place

LISTED = 12
UNTRIED = "The value is masked in this sample: this rule could not be tried on it."
NAMES = ("sample", "message", "case_name", "last")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest) -> HttpResponse:
    """A mapping that does not exist yet."""
    return work(request, "mapping", "", DESK)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """A change of a mapping."""
    return work(request, "mapping", key, DESK)


def _shown(request: HttpRequest, draft: Draft, fields: Field | None) -> dict[str, Any]:
    """Everything beside the fields. The first look begins with a recent real message, where the user may read one."""
    recent = samples.recent(request.user, draft.key, _direction(draft), LISTED)
    if request.method != "POST" and recent and draft.key:  # a new mapping reads nobody's record unasked
        _take(request, draft, recent[0].reference)
    is_untouched = request.method != "POST" and not draft.key
    tried = Trial() if is_untouched else _trial(request, draft)
    rows = rule_rows(request.user, fields, draft.content) if fields else []
    if fields:
        place(fields, tried.sentences if not draft.problems else ())
    return {
        "rows": rows,
        "parts": _parts(fields) if fields else {},
        "trial": tried,
        "sample_is_masked": MASK in draft.extra.get("sample", ""),
        "live": _by_rule(tried, len(rows)),
        **_said_of(tried),
        "recent": recent,
        "sample": draft.extra.get("sample", ""),
        "chosen": draft.extra.get("message", ""),
        "is_inward": _direction(draft) == "to_canonical",
        "tested": TESTED,
        "crumbs": _crumbs(draft),
    }


def _parts(fields: Field) -> dict[str, Any]:
    """The fields that the editor draws in places of their own, and the rest as the mapping's head."""
    own = {name: fields.at(name) for name in ("rules", "lookups", "ignored_paths", "cases")}
    return {**own, "head": [one for one in fields.children if one not in own.values()]}


def _preview(request: HttpRequest, draft: Draft) -> HttpResponse | None:
    """The result alone where a script asks, the whole page otherwise."""
    if request.headers.get("HX-Request") != "true":
        return None
    tried = _trial(request, draft)
    rules = draft.content.get("rules")
    count = len(rules) if isinstance(rules, list) else 0
    shown = {
        "trial": tried,
        "sample_is_masked": MASK in draft.extra.get("sample", ""),
        "live": _by_rule(tried, count),
        **_said_of(tried),
        "is_inward": _direction(draft) == "to_canonical",
    }
    return render(request, "dictionary/mappings/_live.html", shown)


def _take_sample(request: HttpRequest, draft: Draft) -> None:
    """A real message in the place of the sample."""
    _take(request, draft, draft.extra.get("message", "").strip())


def _keep(request: HttpRequest, draft: Draft) -> None:
    """The sample and what the draft makes of it, as a test case."""
    tried, sample = _trial(request, draft), draft.extra.get("sample", "")
    name = draft.extra.get("case_name", "").strip()
    cases = draft.content.get("cases") or []
    if not isinstance(cases, list) or not name or name in _names(cases):
        draft.problems.append("Give the test case a name of its own, such as “unit missing”.")
    elif tried.preview is None:
        draft.problems.append(tried.problem or "There is no result to keep: paste a sample, and mend the rules first.")
    else:
        kept = [*cases, drafts.case_of(name, sample, tried.preview)]
        draft.content = {**draft.content, "cases": kept}
        draft.text, draft.extra["case_name"] = "", ""


def _names(cases: list[Any]) -> list[Any]:
    return [case.get("name") for case in cases if isinstance(case, dict)]


def _back_test(request: HttpRequest, draft: Draft) -> HttpResponse | None:
    """How many of the last messages the draft maps otherwise than what is in force."""
    held = visible_mappings(request.user).filter(key=draft.key).first()
    last = draft.extra.get("last", "")
    if held is None or last not in map(str, TESTED):
        draft.problems.append(f"A back-test compares an existing mapping over {', '.join(map(str, TESTED))} messages.")
        return None
    documents = samples.several(request.user, draft.key, _direction(draft), int(last))
    try:
        before, after = mappings.compiled(held), mappings.drafted(draft.content)
    except MappingRefused as refused:
        draft.problems += refused.sentences
        return None
    result = drafts.back_test(before, after, documents)
    differences = [(one, *_differing(request, draft, before, after, one)) for one in result.references]
    shown = {"result": result, "differences": differences, "draft": draft, "last": last, "crumbs": _crumbs(draft)}
    return render(request, "dictionary/mappings/back_test.html", shown)


def _differing(
    request: HttpRequest, draft: Draft, before: CompiledMapping, after: CompiledMapping, reference: str
) -> tuple[Any, bool]:
    """(the difference, whether it lies in what is masked) on the sample as this user may see it: a look."""
    made = drafts.differing(before, after, samples.take(request.user, reference, _direction(draft)))
    return difference("In force", made.before, "Draft", made.after), made.is_masked


def _take(request: HttpRequest, draft: Draft, reference: str) -> None:
    try:
        draft.extra["sample"] = samples.take(request.user, reference, _direction(draft))
        draft.extra["message"] = reference
    except (NotFound, NotAllowed):
        draft.problems.append("There is no such message whose content you may read.")
    except Refused as refused:
        draft.problems.append(refused.sentence)


def _trial(request: HttpRequest, draft: Draft) -> Trial:
    used = consumers.of(request.user, "mapping", draft.key) if draft.key else []
    icds = [one.icd for one in used] if _direction(draft) == "to_canonical" else []
    return drafts.trial(draft.content, draft.extra.get("sample", ""), icds)


def _by_rule(tried: Trial, count: int) -> list[tuple[int, list[str]]]:
    """Rule, counted from 0 → what its values were refused for, in this sample."""
    found: dict[int, list[str]] = {number: [] for number in range(count)}
    for problem in tried.preview.mapped.problems if tried.preview else ():
        if problem.rule_index is not None and problem.rule_index in found:
            found[problem.rule_index].append(UNTRIED if MASK in problem.sentence else problem.sentence)
    return list(found.items())


def _said_of(tried: Trial) -> dict[str, Any]:
    """What the sample was refused for. A mask is no value: what it stands for could be sound."""
    problems = tried.preview.mapped.problems if tried.preview else ()
    wrong = [one.sentence for one in problems if MASK not in one.sentence]
    return {"wrong": wrong, "is_untried": bool(problems) and not wrong}


def _direction(draft: Draft) -> str:
    """A draft may hold anything there; what is no direction yet is taken for the way in."""
    return "to_target" if draft.content.get("direction") == "to_target" else "to_canonical"


def _crumbs(draft: Draft) -> list[tuple[str, str]]:
    crumbs = [("Mappings", reverse("mappings"))]
    return [*crumbs, (draft.key, reverse("mapping", args=[draft.key]))] if draft.key else crumbs


DESK = Desk(
    template="dictionary/mappings/editor.html",
    shown=_shown,
    acts={"preview": _preview, "take": _take_sample, "keep": _keep, "back_test": _back_test},
    names=NAMES,
)

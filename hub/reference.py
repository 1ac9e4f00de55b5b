"""Reference pages as Markdown, made from the tables that the code itself runs by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from connectors.base import Capability
from connectors.registry import registry
from governance.api.openapi.generating import document
from governance.api.openapi.reading import Entry, sections
from governance.audit import TEMPLATES
from governance.changes import kinds
from governance.changes.transitions import FOLLOWING, PATHS
from governance.changes.weighing import risk as risks
from governance.clauses import capabilities, regulations
from governance.models.change_request import ChangeState
from hub.env import SETTINGS
from hub.flow.states import DELIVERY_FOLLOWING, MESSAGE_FOLLOWING

MADE = "<!-- Made by `manage.py reference`; edit the code, not this page. -->\n\n"
OF_THE_API = """Fields, answers and examples of each: `/api/docs/` of a running hub, or `/api/schema/` as OpenAPI 3.1.

One rule for all of them: what is wrong with the query string is 400 (a name that is not known or stands twice, a value
of the wrong kind, a word that is none of those offered, the key of an object that a filter names and that is not there
or not yours). The object itself that is asked for, in the address or by `impact`, is 404 then, without a hint. What is
wrong with a body is 422. Either names the field, the value and the rule. Free words that nothing holds find nothing.
"""


def pages() -> dict[str, str]:
    """File name → content."""
    import_module("hub.urls")  # the doors describe audit events of their own
    return {
        "settings.md": _settings(),
        "states.md": _states(),
        "connectors.md": _connectors(),
        "kinds.md": _kinds(),
        "audit-events.md": _events(),
        "api.md": _api(),
        "clauses.md": _clauses(),
    }


def _settings() -> str:
    rows = [
        (f"`{one.name}`", f"`{one.default}`" if one.default else "–", one.help + (" Secret." if one.secret else ""))
        for one in SETTINGS
    ]
    text = "A secret may also stand in a file that `NAME_FILE` names.\n\n"
    return MADE + "# Settings\n\n" + text + _table(("name", "default", "meaning"), rows)


def _states() -> str:
    parts = [MADE, "# States\n\nA status moves along these arrows and along no others.\n"]
    tables: dict[str, Mapping[Any, Sequence[Any]]] = {
        "Message": MESSAGE_FOLLOWING,
        "Delivery": DELIVERY_FOLLOWING,
        "Change request": _plain(FOLLOWING),
    }
    for title, following in tables.items():
        parts.append(f"\n## {title}\n\n{_diagram(following)}\n{_table(('state', 'may become'), _arrows(following))}")
    return "".join([*parts, _paths(), _risk()])


def _paths() -> str:
    """Which of its states a change request goes through."""
    rows = [(f"`{name}`", " → ".join(f"`{ChangeState(one).value}`" for one in path)) for name, path in PATHS.items()]
    return "\n## Paths of a change request\n\nAs long as the risk.\n\n" + _table(("path", "states"), rows)


def _risk() -> str:
    """The table by which the risk of a change is found, from its own module."""
    return f"\n## Risk of a change\n\n{(risks.__doc__ or '').strip()}\n"


def _plain(following: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Names as they stand in the database."""
    return {str(state): [str(one) for one in after] for state, after in following.items()}


def _diagram(following: Mapping[str, Sequence[str]]) -> str:
    lines = [f"    {state} --> {after}" for state, followers in following.items() for after in followers]
    ends = [f"    {state} --> [*]" for state, followers in following.items() if not followers]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines + ends) + "\n```\n"


def _arrows(following: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(f"`{state}`", ", ".join(f"`{one}`" for one in after) or "– (final)") for state, after in following.items()]


def _connectors() -> str:
    """Those that ship; what a configured connection offers is derived from its settings."""
    ours = [one for one in registry if one.__module__.startswith("connectors.")]
    rows = [
        (f"`{one.key}`", one.label, *("yes" if capability in one.capabilities() else "" for capability in Capability))
        for one in sorted(ours, key=lambda one: one.key)
    ]
    configured = "`rest`, `sql`, `files`, `rabbitmq`, `kafka` and `mqtt`"
    note = f"\n{configured} are configured: what they offer follows from the connection's settings.\n"
    head = ("key", "label", *(str(capability).replace("_", " ") for capability in Capability))
    return MADE + "# Connectors\n\n" + _table(head, rows) + note


def _kinds() -> str:
    rows = [(f"`{kind.name}`", kind.label, ", ".join(sorted(kind.editorial))) for kind in kinds.each()]
    text = "What may only change through a change request, in the order in which a release applies it.\n\n"
    return MADE + "# Controlled kinds\n\n" + text + _table(("kind", "called", "editorial fields"), rows)


def _events() -> str:
    rows = [(f"`{kind}`", template) for kind, template in sorted(TEMPLATES.items())]
    return MADE + "# Audit events\n\n" + _table(("kind", "sentence"), rows)


def _api() -> str:
    """From the OpenAPI document, which is made from the declarations that the views read requests by."""
    found = document()
    parts = [f"{MADE}# Operations of the API\n\n{OF_THE_API}"]
    for section in sections(found):
        rows = [(one.method, f"`{one.path}`", one.summary, _taken(one)) for one in section.entries]
        parts.append(f"## {section.title}\n\n" + _table(("method", "address", "does", "takes"), rows))
    problems = [(name.removeprefix("Problem"), one["description"]) for name, one in _responses(found)]
    return "\n".join([*parts, "## Refusals\n\n" + _table(("status", "means"), problems)])


def _taken(one: Entry) -> str:
    """Names of the query, the headers and the body; the parts of the address stand in the address."""
    return ", ".join(f"`{part.name}`" + (" (required)" if part.is_required else "") for part in one.taken) or "–"


def _responses(found: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return sorted(found["components"]["responses"].items())


def _clauses() -> str:
    """What regulations ask for, in our own words, and which capability answers."""
    text = (
        "In our own words: the text of the regulation itself decides. Tests name the capabilities that they exercise.\n"
    )
    parts = [f"{MADE}# Clause map\n\n{text}"]
    for one in regulations():
        rows = [
            (each.number, each.asks, ", ".join(each.answers) or "–", each.how or each.excluded) for each in one.clauses
        ]
        head = f"## {one.regulation}\n\n{one.edition}. Version {one.version} of the map.\n\n"
        parts.append(head + _table(("clause", "asks", "capabilities", "answered by, or why not"), rows))
    known = [(one.id, one.title, one.risk) for one in capabilities().values()]
    parts.append("## Capabilities\n\n" + _table(("id", "what", "risk of failure"), known))
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"

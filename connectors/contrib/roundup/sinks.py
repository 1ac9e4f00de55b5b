"""What we write to a tracker: a new issue, and changes to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.base import Sink
from connectors.errors import Conflict, OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Receipt, Record

if TYPE_CHECKING:
    from .connector import Roundup

PATH = "rest/data/issue"
FIELDS = {  # ours: theirs
    "title": "title",
    "description": "description",
    "priority": "priority",
    "status": "status",
    "assigned_to": "assignedto",
    "lot": "lot",
    "original_id": "interlock_original_id",
    "mapping_revision": "interlock_mapping_revision",
    "source_url": "source_url",
    "quarantine_reference": "quarantine_reference",
    "quarantine_url": "quarantine_url",
}


class Issues(Sink):
    """Opens an issue that carries our key in ``interlock_key``: asked for by that key, it is found again."""

    connector: Roundup
    name = "issues"

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        body = {**_body(record.data), "interlock_key": idempotency_key}
        if not body.get("title"):
            raise _wrong("title", "The field 'title' is empty; an issue cannot be opened without it.")
        try:
            answer = self.connector.http.write(PATH, json=body)
        except Conflict:
            # The tracker's detector knows our key: the issue stands, whoever heard of it.
            if standing := self.find(record, idempotency_key=idempotency_key):
                return standing
            raise
        return self._receipt(_id_of(answer))

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        """By the whole key (``:=``); a plain ``=`` would find every key that holds it."""
        params = {"interlock_key:": idempotency_key, "@fields": "interlock_key"}
        found = self.connector.http.read(PATH, params=params).json()["data"]["collection"]
        ours = [issue["id"] for issue in found if issue["interlock_key"] == idempotency_key]
        return self._receipt(min(ours, key=int)) if ours else None

    def _receipt(self, issue_id: str) -> Receipt:
        return Receipt(f"issue{issue_id}", self.connector.issue_url(issue_id))


class IssueUpdates(Sink):
    """Sets the fields that a record brings; setting them twice changes nothing.

    A ``version`` in the record (the issue's ``@etag``) is insisted on; without one, the current one is taken.
    """

    connector: Roundup
    name = "issue_updates"
    idempotent = True

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        issue = str(record.data.get("issue") or "").removeprefix("issue")
        if not issue.isdecimal():
            raise _wrong("issue", f"The field 'issue' is {record.data.get('issue')!r}; it must look like issue12.")
        body = _body(record.data)
        if not body:
            raise _wrong("issue", f"There is nothing to change on issue{issue}: no field was given.")
        version = record.data.get("version")
        self._put(issue, body, version or self._version(issue), insists=bool(version))
        return Receipt(f"issue{issue}", self.connector.issue_url(issue))

    def _version(self, issue: str) -> str:
        """From the body: the header's ETag may say "-gzip", which the next request must not."""
        answer = self.connector.http.read(f"{PATH}/{issue}", params={"@fields": "title", "@verbose": "0"})
        return answer.json()["data"]["@etag"]

    def _put(self, issue: str, body: Mapping[str, Any], version: str, *, insists: bool) -> None:
        try:
            self.connector.http.write(f"{PATH}/{issue}", method="PUT", json=body, headers={"If-Match": version})
        except Conflict as error:
            if insists:
                raise
            raise Unreachable(
                f"Somebody changed issue{issue} at the same moment; nothing was applied.", detail=error.detail
            ) from None


def _body(data: Mapping[str, Any]) -> dict[str, Any]:
    return {theirs: _text(data[ours]) for ours, theirs in FIELDS.items() if ours in data}


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _id_of(answer: Any) -> str:
    content = answer.json()
    try:
        return str(content["data"]["id"])
    except (KeyError, TypeError):
        raise OutcomeUnknown(f"{answer.url} answered without the id of the issue that it was sent.") from None


def _wrong(field: str, sentence: str) -> RecordRejected:
    return RecordRejected(sentence, field_errors={field: sentence})

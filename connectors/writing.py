"""Writing over REST: one object a call, a receipt for what stands, and a question for what is not certain."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from .answer import Answer
from .base import Guarantee, Sink
from .errors import Disposition, Misconfigured, OutcomeUnknown, Unreachable
from .places import MISSING, fill, pick
from .records import Receipt, Record

if TYPE_CHECKING:
    from .http import Begun
    from .rest import RestConnector


class RestSink(Sink):
    """Writes JSON. ``id_at`` is the place of the new object's id in the answer.

    With ``idempotency_header`` the sink is idempotent; with ``find_path`` it can be asked. In paths and
    templates ``{key}``, ``{identity.0}``, ``{data.number}`` and, in ``url_template``, ``{id}`` are filled in.
    """

    connector: RestConnector
    path: ClassVar[str]
    method: ClassVar[str] = "POST"
    id_at: ClassVar[str] = "id"
    version_at: ClassVar[str] = ""
    url_template: ClassVar[str] = ""
    idempotency_header: ClassVar[str] = ""
    key_field: ClassVar[str] = ""  # the field of the body that carries our key, so that it can be found again
    find_path: ClassVar[str] = ""
    find_params: ClassVar[Mapping[str, str]] = {}
    find_at: ClassVar[str] = ""  # place of the object, or the list of objects, in the answer
    find_match: ClassVar[Mapping[str, str]] = {}  # field → template: what proves that an object is ours

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.idempotent = cls.idempotent or bool(cls.idempotency_header)

    @classmethod
    def guarantee(cls) -> Guarantee:
        """As every sink, save that our own ``find`` counts only where ``find_path`` is set."""
        if cls.idempotent or cls.find_path or cls.find is not RestSink.find:
            return super().guarantee()
        return Guarantee.NONE

    def body(self, record: Record, idempotency_key: str) -> Any:
        """What is sent. Override where the system wants an envelope."""
        return {**record.data, self.key_field: idempotency_key} if self.key_field else record.data

    def write(self, record: Record, *, idempotency_key: str) -> Receipt:
        return self.receipt_of(self.connector.http.write(**self._call(record, idempotency_key)), record)

    def write_many(self, items: Sequence[tuple[Record, str]]) -> Iterator[Receipt | Exception]:
        """All are sent before the first answer is read; a system that answers slowly then costs one wait, not many."""
        if type(self).write is not RestSink.write:  # a vendor writes in its own way
            yield from super().write_many(items)
            return
        for (record, _), begun in zip(items, self._begin(items), strict=True):
            try:
                if isinstance(begun, Exception):
                    raise begun
                yield self.receipt_of(self.connector.http.finish(begun), record)
            except Exception as error:
                yield error

    def _begin(self, items: Sequence[tuple[Record, str]]) -> list[Begun | Exception]:
        """What was sent. After a failure that is not the record's own, or when sending has taken as long as an answer
        may, nothing more is: the time of all is limited."""
        sent: list[Begun | Exception] = []
        ends = time.monotonic() + self.connector.timeouts().total
        for record, key in items:
            try:
                begun = self.connector.http.begin(**self._call(record, key))
            except Exception as error:
                sent.append(error)
            else:
                sent.append(begun)
            if _stops(sent[-1]) or time.monotonic() > ends:
                label = self.connector.label
                why = Unreachable(f"Not sent, since {label} could not be sent the record before it in time.")
                return sent + [why] * (len(items) - len(sent))
        return sent

    def _call(self, record: Record, key: str) -> dict[str, Any]:
        return {
            "path": fill(self.path, record=record, key=key, url=True),
            "method": self.method,
            "json": self.body(record, key),
            "headers": {self.idempotency_header: key} if self.idempotency_header else {},
        }

    def receipt_of(self, answer: Answer, record: Record) -> Receipt:
        """The target's word. Without an id in the answer, ``Location`` names the object."""
        written = answer.json() if answer.body else {}
        location = (answer.headers.get("Location") or "").rstrip("/").rpartition("/")[2]
        if not self.id_at:
            return self._receipt(written, "/".join(record.identity))
        found = pick(written, self.id_at)
        external_id = location if found is MISSING else found
        if external_id in (None, ""):
            raise OutcomeUnknown(
                f"{answer.url} answered {answer.status} without an id at {self.id_at!r}; whether the record "
                "was applied is not certain."
            )
        return self._receipt(written, external_id)

    def find(self, record: Record, *, idempotency_key: str) -> Receipt | None:
        if not self.find_path:
            return super().find(record, idempotency_key=idempotency_key)

        def filled(template: str, url: bool = False) -> str:
            return fill(template, record=record, key=idempotency_key, url=url)

        params = {name: filled(template) for name, template in self.find_params.items()}
        answer = self.connector.http.read(filled(self.find_path, url=True), params=params, accept={404})
        if answer.status == 404:
            return None
        found = self._candidates(answer)
        proof = {place: filled(template) for place, template in self.find_match.items()}
        ours = [item for item in found if all(str(pick(item, at)) == value for at, value in proof.items())]
        return self._only(answer, found, ours, record)

    def _candidates(self, answer: Answer) -> list:
        """An answer whose shape we do not know is no firm "no": that would allow a second write."""
        found = pick(answer.json(), self.find_at)
        if found is MISSING or not isinstance(found, list | Mapping | None):
            raise Misconfigured(f"The answer of {answer.url} has nothing at {self.find_at!r} to look for.")
        if isinstance(found, list):
            return found
        return [found] if found else []

    def _only(self, answer: Answer, found: Sequence, ours: Sequence, record: Record) -> Receipt | None:
        if len(ours) == 1:
            external_id = pick(ours[0], self.id_at) if self.id_at else "/".join(record.identity)
            if external_id not in (MISSING, None, ""):
                return self._receipt(ours[0], external_id)
        if not found:
            return None
        what = "is not certain to be ours" if len(ours) < 2 else f"matches {len(ours)} objects"
        raise OutcomeUnknown(f"What {answer.url} found {what}; a person must decide about the record.")

    def _receipt(self, written: Any, external_id: Any) -> Receipt:
        version = pick(written, self.version_at) if self.version_at else ""
        url = fill(self.url_template, id=str(external_id), url=True) if self.url_template else ""
        return Receipt(str(external_id), url, "" if version in (MISSING, None) else str(version))


def _stops(sent: Begun | Exception) -> bool:
    failure = sent if isinstance(sent, Exception) else sent.failure
    return failure is not None and getattr(failure, "disposition", None) is not Disposition.DEAD_LETTER

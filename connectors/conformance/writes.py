"""Writing: one object a key, a true answer to "is it there?"."""

from __future__ import annotations

import pytest

from connectors.base import Connector, Guarantee
from connectors.errors import OutcomeUnknown
from connectors.records import Receipt

from .hooks import Hooks


class WritingContract(Hooks):
    def test_a_write_is_one_object_with_a_receipt(self, client: Connector) -> None:
        for sink in self._sinks(client):
            before = self.objects(sink.name)
            receipt = sink.write(self.record(sink.name), idempotency_key="contract-1")
            assert isinstance(receipt, Receipt)
            assert receipt.external_id
            assert self.objects(sink.name) == before + 1

    def test_two_writes_with_one_key_are_one_object(self, client: Connector) -> None:
        sinks = [sink for sink in self._sinks(client) if sink.guarantee() is Guarantee.NATIVE]
        if not sinks:
            pytest.skip("No sink declares idempotent = True.")
        for sink in sinks:
            first = sink.write(self.record(sink.name), idempotency_key="contract-2")
            count = self.objects(sink.name)
            assert sink.write(self.record(sink.name), idempotency_key="contract-2") == first
            assert self.objects(sink.name) == count

    def test_a_sink_that_can_be_asked_tells_the_truth(self, client: Connector) -> None:
        sinks = [sink for sink in self._sinks(client) if sink.guarantee() is Guarantee.PROBE]
        if not sinks:
            pytest.skip("No sink relies on being asked.")
        for sink in sinks:
            record = self.record(sink.name)
            assert sink.find(record, idempotency_key="contract-3") is None
            receipt = sink.write(record, idempotency_key="contract-3")
            found = sink.find(record, idempotency_key="contract-3")
            assert found is not None
            assert found.external_id == receipt.external_id

    def test_many_writes_have_one_outcome_each_in_order(self, client: Connector) -> None:
        for sink in self._sinks(client):
            record = self.record(sink.name)
            outcomes = list(sink.write_many([(record, "contract-4")]))
            assert [type(outcome) for outcome in outcomes] == [Receipt]
            assert list(sink.write_many([])) == []

    def test_an_answer_that_never_came_leaves_the_outcome_unknown(self, client: Connector) -> None:
        if not self.remote:
            pytest.skip("The target is declared as not remote.")
        for sink in self._sinks(client):
            self.lose_answer()
            with pytest.raises(OutcomeUnknown):
                sink.write(self.record(sink.name), idempotency_key="contract-5")

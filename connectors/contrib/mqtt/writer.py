"""A passing session that publishes, one message after the other."""

from __future__ import annotations

from collections.abc import Sequence

from paho.mqtt import client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from connectors.errors import Misconfigured, OutcomeUnknown, RecordRejected, Unreachable

from . import verdicts
from .session import Session


class Writer(Session):
    """At QoS 1: the PUBACK is the broker's word that it took the message, and nobody else's."""

    def publish(self, topic: str, content: bytes, *, retain: bool, properties: Sequence[tuple[str, str]]) -> int:
        """The reason code of the PUBACK. ``OutcomeUnknown`` where none came; failures that say no are raised."""
        more = self._about(properties)
        self._require_room(topic, content, retain, more)
        try:
            sent = self.client.publish(topic, content, qos=1, retain=retain, properties=more)
        except ValueError as error:
            raise RecordRejected(f"{self.where} cannot be sent this record.", detail=str(error)) from None
        if sent.rc == mqtt.MQTT_ERR_NO_CONN:
            raise Unreachable(f"{self.where} ended the connection before the message was sent.")
        try:
            answered = self._until(lambda: sent.mid in self._answers)
        except Unreachable as error:
            raise OutcomeUnknown(f"{self.where} got the message, but no PUBACK came.", detail=str(error)) from None
        if not answered:
            self.close()
            raise OutcomeUnknown(f"{self.where} sent no PUBACK within {self.settings.timeout} s.")
        reason = self._answers.pop(sent.mid)
        if reason.value >= verdicts.FAILURES:
            raise verdicts.of_publication(reason.value, str(reason), self.where, topic)
        return int(reason.value)

    def _about(self, properties: Sequence[tuple[str, str]]) -> Properties | None:
        if not self.settings.is_5:
            return None
        about = Properties(PacketTypes.PUBLISH)
        about.PayloadFormatIndicator, about.ContentType = 1, "application/json"
        about.UserProperty = list(properties)
        return about

    def _require_room(self, topic: str, content: bytes, retain: bool, more: Properties | None) -> None:
        """What the broker has said that it takes (MQTT 5); a larger packet would cost the connection."""
        terms = self._welcome[1] if self._welcome else None
        if getattr(terms, "MaximumQoS", 1) < 1:
            raise Misconfigured(f"{self.where} takes QoS 0 only, and would never confirm a message.")
        if retain and not getattr(terms, "RetainAvailable", 1):
            raise Misconfigured(f"{self.where} keeps no retained messages, and the sink asks for it with 'retain'.")
        size = 9 + len(topic.encode("utf-8", "replace")) + len(more.pack() if more else b"") + len(content)
        most = getattr(terms, "MaximumPacketSize", size)
        if size > most:
            raise RecordRejected(f"The record is a message of {size} bytes, and {self.where} takes {most} at most.")

"""Topics of an MQTT broker: read with a session that outlives the connection, written at QoS 1."""

from .connector import Mqtt

__all__ = ["Mqtt"]

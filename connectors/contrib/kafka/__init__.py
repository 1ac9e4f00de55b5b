"""Kafka: topics read with offsets committed after the hub's commit, and written to with acks=all."""

from .connector import Kafka

__all__ = ["Kafka"]

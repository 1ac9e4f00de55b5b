"""RabbitMQ over AMQP 0-9-1: queues that are read, queues and exchanges that are written to."""

from .connector import RabbitMq

__all__ = ["RabbitMq"]

"""The peer: the route as many would write it, Django REST, one Celery task a message and simple-history.

It has settings and a database of its own, and neither authentication, idempotency, order nor ledger.
"""

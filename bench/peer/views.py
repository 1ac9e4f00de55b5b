"""The door: checks the document against its schema, saves it, starts its task."""

from typing import Any

import jsonschema
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench._records import SCHEMA
from bench.peer.models import Message
from bench.peer.tasks import deliver


class Messages(APIView):
    def post(self, request: Request) -> Response:
        document: dict[str, Any] = request.data
        try:
            jsonschema.validate(document, SCHEMA)
        except jsonschema.ValidationError as error:
            return Response({"detail": error.message}, status=400)
        with transaction.atomic():
            message = Message.objects.create(reference=document["result"], lot=document["lot"], payload=document)
            transaction.on_commit(lambda: deliver.delay(message.pk))
        return Response({"id": message.pk}, status=202)

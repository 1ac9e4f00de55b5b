"""Documents over the API: one revision as data or as PDF/A, what is generated now, and where both disagree."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dictionary.documents.printed import file_name, printed
from dictionary.models import InterfaceControlDocument
from dictionary.permissions import readable_icds
from dictionary.selectors.documents import Document, differences, document, made_now
from governance.api.openapi.shapes import Moment, said
from governance.api.proposing import KEY, missing
from governance.api.protocol.fields import Text
from governance.api.protocol.operation import operation
from governance.api.protocol.view import ApiView

PDF = "application/pdf"
VERSION = Text(name="version", help="A version of it; without one, that in force.", most=32, example="1.0.0")


@dataclass(frozen=True, slots=True)
class DocumentSignature:
    """A signature as it is manifested."""

    name: Annotated[str, said("Full name, frozen at the moment of signing.", "Quinn Mbeki")]
    meaning: Annotated[str, said("What the signature stands for.", "Approved for quality")]
    local: Annotated[str, said("Time of the site, with its zone.", "2026-11-21 09:30:00 CET")]
    utc: Annotated[str, said("The same in UTC.", "2026-11-21 08:30:00 UTC")]
    digest: Annotated[str, said("Of what was signed.", "sha256:1f0c…")]
    state: Annotated[str, said("Whether it holds.", "valid")]


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """One revision of a document, whole."""

    key: Annotated[str, said("Its name for ever.", "ICD-0001")]
    version: Annotated[str, said("Version of this revision.", "1.0.0")]
    status: Annotated[str, said("In force, superseded, or retired.", "In force")]
    digest: Annotated[str, said("Digest of the revision.", "sha256:1f0c…")]
    change: Annotated[str, said("The change request that brought it.", "CR-2026-0012")]
    effective_at: Moment
    content: Annotated[dict[str, Any], said("What is written, and `generated`: what was agreed of the configuration.")]
    left_out: Annotated[int, said("Interfaces that it describes and you may not see: `content` is without them.", 0)]
    missing: Annotated[list[str], said("Parts that production asks for and nobody wrote.", [])]
    signatures: list[DocumentSignature]


@dataclass(frozen=True, slots=True)
class GeneratedNow:
    """What the configuration in force says of each interface that the document describes."""

    key: Annotated[str, said("Key of the document.", "ICD-0001")]
    generated: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """One row on which document and configuration disagree."""

    field: Annotated[str, said("Interface, section and row.", "IF-001 › When something fails › Tries")]
    document: Annotated[str | None, said("What the document says; null where nothing.", "12")]
    configuration: Annotated[str | None, said("What runs now; null where there is no such thing.", "20")]


@dataclass(frozen=True, slots=True)
class DocumentComparison:
    """Whether the document in force says what runs."""

    key: Annotated[str, said("Key of the document.", "ICD-0001")]
    version: Annotated[str, said("Its version in force.", "1.0.0")]
    agrees: bool
    differences: list[DocumentDifference]


class PdfRenderer(BaseRenderer):
    """So that ``Accept: application/pdf`` is offered; the view makes the file itself."""

    media_type = PDF
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted: str | None = None, context: Any = None) -> bytes:
        return data if isinstance(data, bytes) else JSONRenderer().render(data)


class DocumentView(ApiView):
    """What the doors of one document share."""

    path = (KEY,)

    def found(self, request: Request, key: str) -> Document:
        return document(request.user, readable(request.user, key), self.asked["version"])


class DocumentDetail(DocumentView):
    """``GET icds/{key}/document``"""

    @operation(
        "Read an interface control document",
        answer=DocumentRead,
        query=(VERSION,),
        refusals=(404,),
        description="One revision with what is written, what was agreed of the configuration, and its signatures.",
    )
    def get(self, request: Request, key: str) -> Response:
        return Response(asdict(_read(self.found(request, key))))


class DocumentPaper(DocumentView):
    """``GET icds/{key}/document.pdf``"""

    renderer_classes = [PdfRenderer, JSONRenderer]

    @operation(
        "Print an interface control document",
        answer={"type": "string", "contentMediaType": PDF},
        media=PDF,
        query=(VERSION,),
        refusals=(404, 503),
        description="PDF/A-3b with signatures, who printed it when and from which build; it encloses the revision as "
        "canonical JSON. 503 where this hub lacks a library of the system.",
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        found = self.found(request, key)
        headers = {"Content-Disposition": f'attachment; filename="{file_name(found)}"'}
        return HttpResponse(printed(found, request.user), content_type=PDF, headers=headers)


class DocumentGenerated(ApiView):
    """``GET icds/{key}/generated``"""

    path = (KEY,)

    @operation(
        "Read what is generated for an interface control document",
        answer=GeneratedNow,
        refusals=(404,),
        description="As it follows from what is in force now; a proposal of the document holds it as `generated`.",
    )
    def get(self, request: Request, key: str) -> Response:
        row = readable(request.user, key)
        return Response(asdict(GeneratedNow(row.key, made_now(request.user, row))))


class DocumentDifferences(ApiView):
    """``GET icds/{key}/differences``"""

    path = (KEY,)

    @operation(
        "Compare an interface control document with what runs",
        answer=DocumentComparison,
        refusals=(404,),
        description="Row by row. No change that would leave a difference is accepted; an upgrade may bring one.",
    )
    def get(self, request: Request, key: str) -> Response:
        row = readable(request.user, key)
        found = [DocumentDifference(one["field"], one["old"], one["new"]) for one in differences(request.user, row)]
        return Response(asdict(DocumentComparison(row.key, row.version, not found, found)))


def readable(user: Any, key: str) -> InterfaceControlDocument:
    """The document in force; NotFound where it is not there, or not for this user."""
    found = readable_icds(user).select_related("revision__change").filter(key=key).first()
    if found is None:
        raise missing("icd", key)
    return found


def _read(found: Document) -> DocumentRead:
    revision = found.revision
    return DocumentRead(
        key=found.key,
        version=found.version,
        status=found.status,
        digest=revision.digest,
        change=revision.change.number,
        effective_at=revision.effective_at,
        content=found.content,
        left_out=found.left_out,
        missing=found.missing,
        signatures=[DocumentSignature(**asdict(one)) for one in found.signatures],
    )

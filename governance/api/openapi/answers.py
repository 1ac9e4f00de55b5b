"""What stands in OpenAPI for every refusal: the problem document, once a status, with its example."""

from __future__ import annotations

from typing import Any

from governance.api.protocol.problems import MEDIA_TYPE, TITLES

Schema = dict[str, Any]

_TEXT = {"type": "string"}
PROBLEM: Schema = {
    "type": "object",
    "description": "A problem document, RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**_TEXT, "description": "A name for this kind of problem, or about:blank."},
        "title": {**_TEXT, "description": "The kind of problem in a few words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {**_TEXT, "description": "A sentence for a person."},
        "correlation_id": {**_TEXT, "description": "Under which it is found in logs and the audit trail."},
        "errors": {
            "type": "array",
            "description": "Each field that breaks a rule.",
            "items": {
                "type": "object",
                "required": ["field", "value", "rule", "detail"],
                "properties": {
                    "field": {**_TEXT, "description": "Which field."},
                    "value": {**_TEXT, "description": "What stood there, unless it may be a secret."},
                    "rule": {**_TEXT, "description": "The rule that it breaks."},
                    "detail": {**_TEXT, "description": "A sentence for a person."},
                },
            },
        },
    },
}

# status → (code, sentence, field, value, rule)
EXAMPLES: dict[int, tuple[str, str, str, str, str]] = {
    400: ("unknown_field", "The filter 'colour' is not known here.", "colour", "not shown", "no filter"),
    401: ("not_authenticated", "The bearer token is unknown.", "Authorization", "not shown", "a valid bearer token"),
    403: (
        "not_allowed",
        "You may look at IF-001, not operate it.",
        "interface",
        "IF-001",
        "the right to operate it",
    ),
    404: ("not_found", "There is no interface 'IF-999'.", "interface", "IF-999", "exists, and is yours"),
    405: ("method_not_allowed", "This method is not offered here.", "method", "DELETE", "one of GET"),
    406: ("not_acceptable", "This media type is not offered.", "Accept", "text/html", "one of application/json"),
    409: ("lost_update", "Somebody else changed it meanwhile.", "state", "done", "planned"),
    411: ("length_required", "Send the length of the body.", "Content-Length", "missing", "required"),
    412: ("stale", "It is not any more what you read.", "If-Match", '"sha256:1f0c"', "the ETag in force"),
    413: ("too_large", "The body is too large.", "Content-Length", "20000000", "≤ 10485760"),
    415: ("unsupported_media_type", "Send application/json.", "Content-Type", "text/csv", "application/json"),
    422: ("refused", "The field 'reason' is missing.", "reason", "missing", "required"),
    428: ("condition_required", "Say what your change was made from.", "If-Match", "missing", "If-Match"),
    429: ("too_many", "You asked too often.", "RateLimit", "601", "≤ 600 in 60 seconds"),
    503: ("not_stored", "The hub cannot store messages now.", "hub", "away", "answers"),
}

RATE_HEADERS: Schema = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
}
HEADERS: Schema = {
    "RateLimit": {
        "description": "What is left of this minute, draft-ietf-httpapi-ratelimit-headers.",
        "schema": _TEXT,
        "example": '"read";r=599;t=42',
    },
    "RateLimit-Policy": {"description": "The limit.", "schema": _TEXT, "example": '"read";q=600;w=60'},
    "ETag": {"description": "For If-Match and If-None-Match.", "schema": _TEXT, "example": '"sha256:1f0c77ab"'},
    "Link": {
        "description": "The next page, RFC 8288.",
        "schema": _TEXT,
        "example": '<https://hub.example/…>; rel="next"',
    },
    "Location": {
        "description": "Where the made object is read.",
        "schema": _TEXT,
        "example": "/api/v1/changes/CR-1",
    },
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}, "example": 42},
}


def name_of(status: int) -> str:
    return f"Problem{status}"


def refused(status: int) -> Schema:
    """The answer of one status."""
    code, sentence, field, value, rule = EXAMPLES[status]
    example = {
        "type": f"urn:interlock:problem:{code}",
        "title": TITLES[status],
        "status": status,
        "detail": sentence,
        "errors": [{"field": field, "value": value, "rule": rule, "detail": sentence}],
        "correlation_id": "trace-77",
    }
    found: Schema = {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status == 429:
        found["headers"] = {**RATE_HEADERS, "Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return found

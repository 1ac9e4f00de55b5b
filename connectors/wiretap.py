"""What the wire tap may see: the exchange without its secrets.

Three nets, because one is never enough: names of headers, parameters and fields that carry credentials;
the known values of this connection's credentials wherever they turn up; and a cut at a length.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
BODY_LIMIT = 64 * 1024  # characters of a body that the tap keeps

_SECRET_NAME = re.compile(  # of a header or a parameter
    r"authorization|cookie|api[-_]?key|token|secret|password|passwd|passphrase|session[-_]?id"
    r"|signature|credential|private[-_]?key|assertion|^(x-)?auth$|^(sig|key|code)$",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(  # of a body: narrower, for a record may well have a code, a key and a signature
    r"(access|refresh|id|auth)[-_]?token|^token$|client[-_]?secret|^secret$|password|passwd|passphrase"
    r"|api[-_]?key|private[-_]?key|assertion",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"^(idempotency-key|(next|page|continuation|sync)[-_]?token|token[-_]type)$", re.IGNORECASE)
_PARAMETER = re.compile(r"(?P<lead>[?&])(?P<name>[^=&#]+)=(?P<value>[^&#]*)")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_JSON_FIELD = re.compile(r'"(?P<name>[^"\\]{1,64})"(?P<gap>\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[\d.eE+-]+)')
_FORM_FIELD = re.compile(r"(?P<lead>^|&)(?P<name>[\w.%-]{1,64})=(?P<value>[^&\s]*)")


def is_secret_name(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _NOT_SECRET.match(name)


class Redactor:
    """Hides by name and by the values given, in any spelling that HTTP gives them."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self.names = frozenset(name.lower() for name in names)
        self._values: set[str] = set()
        self._pattern: re.Pattern | None = None
        self._longest = 0
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these values too (a token that has just been fetched)."""
        fresh = {form for secret in secrets if secret for form in _spellings(secret)} - self._values
        if fresh:
            self._values |= fresh
            longest_first = sorted(self._values, key=len, reverse=True)
            self._longest = len(longest_first[0])
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def text(self, text: str) -> str:
        return self._pattern.sub(HIDDEN, text) if self._pattern else text

    def url(self, url: str) -> str:
        url = _USERINFO.sub(f"{HIDDEN}@", url)
        return self.text(_PARAMETER.sub(self._parameter, url))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: HIDDEN if self._hides(name) else self.url(str(value)) for name, value in headers.items()}

    def body(self, body: bytes | None) -> str:
        """Decoded, hidden, then cut: a secret that straddles the cut must not survive by half."""
        if not body:
            return ""
        text = body[: 2 * BODY_LIMIT].decode("utf-8", "replace")
        if len(body) > 2 * BODY_LIMIT:
            text = text[: -self._longest or None]
        text = self.text(_JSON_FIELD.sub(self._json_field, text))
        if not text.lstrip().startswith(("{", "[", "<")):
            text = _FORM_FIELD.sub(self._form_field, text)
        return text[:BODY_LIMIT]

    def _hides(self, name: str) -> bool:
        return name.lower() in self.names or is_secret_name(name)

    def _parameter(self, match: re.Match) -> str:
        value = HIDDEN if self._hides(match["name"]) else match["value"]
        return f"{match['lead']}{match['name']}={value}"

    def _json_field(self, match: re.Match) -> str:
        if not self._hides_field(match["name"]):
            return match[0]
        return f'"{match["name"]}"{match["gap"]}"{HIDDEN}"'

    def _form_field(self, match: re.Match) -> str:
        return f"{match['lead']}{match['name']}={HIDDEN}" if self._hides_field(match["name"]) else match[0]

    def _hides_field(self, name: str) -> bool:
        return name.lower() in self.names or bool(_SECRET_FIELD.search(name))


def _spellings(secret: str) -> set[str]:
    """As it is, in a URL, in a form, in JSON, and in base64."""
    in_json = json.dumps(secret)[1:-1]
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), in_json, encoded}

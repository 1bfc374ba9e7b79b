"""Tokens: links that open one thing for one purpose, and form tokens that need no session (decisions 10 and 17)."""

import base64
import dataclasses
import datetime as dt
import hashlib
import hmac
import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from jobboard.core import clock


def secret_keys() -> list[bytes]:
    """The key that makes what is made now, and the ones before it whose work still counts, the newest first."""
    return [
        str(key).encode() for key in (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    ]


def keyed_digests(text: str) -> list[bytes]:
    """The HMAC-SHA256 of a text by each of the keys, 32 bytes, the newest first."""
    message = text.encode(errors="surrogatepass")
    return [hmac.digest(key, message, "sha256") for key in secret_keys()]


def keys_mark() -> str:
    """What tells these keys from others, in hex, and nothing about them."""
    return hashlib.sha256(b"".join(keyed_digests("mark"))).hexdigest()


def link_token(purpose: str, subject: int, epoch: int, stored: str | None = None) -> str:
    """The token of a link: HMAC-SHA256 over purpose, id and epoch, 43 URL-safe characters. Raising the epoch ends it.

    `stored` is the hash of the one that counts now: a link that an older key made stays what it was in earlier mails. Where
    no key made it, the newest one does.
    """
    digests = keyed_digests(f"link:{purpose}:{subject}:{epoch}")
    tokens = [base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests]
    return next((one for one in tokens[1:] if stored == token_hash(one)), tokens[0])


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. A look-up by it compares no secret byte by byte."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def keyed_hash(purpose: str, text: str) -> str:
    """A hash nobody without the key can recompute, for what must be compared but not kept (addresses, hosts)."""
    return keyed_hashes(purpose, text)[0]


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """The hash by each of the keys, the newest first: what was kept under an older one is known by it."""
    return [digest.hex() for digest in keyed_digests(f"{purpose}:{text}")]


@dataclasses.dataclass(frozen=True)
class FormToken:
    """What a public form carries instead of a session: for which purpose and thing, when it was handed out, and a nonce."""

    purpose: str
    subject: int
    issued_at: dt.datetime
    nonce: str


class BadFormToken(ValueError):
    """A form token that is missing, altered, or meant for another form."""


def fresh_form_token(purpose: str, subject: int) -> FormToken:
    """A form token nobody has yet. It never runs out: what is typed must not be lost to a clock (WCAG 2.2.1)."""
    return FormToken(purpose, subject, clock.now().replace(microsecond=0), secrets.token_urlsafe(16))


def issue_form_token(purpose: str, subject: int) -> str:
    """A fresh form token, signed for a form."""
    return signed_form_token(fresh_form_token(purpose, subject))


def signed_form_token(token: FormToken) -> str:
    """A form token as a form carries it."""
    payload = [token.purpose, token.subject, int(token.issued_at.timestamp()), token.nonce]
    return str(_serializer().dumps(payload))


def read_form_token(text: str | None, purpose: str, subject: int) -> FormToken:
    """The token's content; raises `BadFormToken`."""
    try:
        found_purpose, found_subject, issued, nonce = _serializer().loads(text or "")
    except (BadSignature, ValueError, TypeError) as error:
        raise BadFormToken from error
    if (found_purpose, found_subject) != (purpose, subject):
        raise BadFormToken
    return FormToken(purpose, subject, dt.datetime.fromtimestamp(issued, dt.UTC), nonce)


def sign(purpose: str, value: str) -> str:
    """A short value that comes back from a browser unaltered."""
    return str(URLSafeSerializer(_oldest_first(), salt=f"value:{purpose}").dumps(value))


def unsign(purpose: str, text: str | None) -> str | None:
    """The value given to `sign`, or None when altered or absent."""
    try:
        return str(URLSafeSerializer(_oldest_first(), salt=f"value:{purpose}").loads(text or ""))
    except BadSignature:
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_oldest_first(), salt="form", signer_kwargs={"digest_method": hashlib.sha256})


def _oldest_first() -> list[bytes]:
    """The keys as itsdangerous wants them: it signs with the last one and reads what any of them signed."""
    return secret_keys()[::-1]

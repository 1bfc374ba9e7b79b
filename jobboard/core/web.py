"""The web's ground: security headers, language in the URL, static files, conditional answers, safe redirects, errors."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import i18n
from jobboard.core.access import Public, access, declared
from jobboard.core.markdown_page import on_page, worded
from jobboard.core.pages import ASKED_WHOLE, source_of_request, with_source

#: Every page runs under this policy: nothing inline, nothing from elsewhere (decision 6).
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: How errors below a path are answered that is not for people: called with the status and what was raised.
ErrorAnswer = Callable[[int, HTTPException | None], Response]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, with the signer made once and not for every request."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of this app."""
        if "session_signer" not in app.extensions:
            app.extensions["session_signer"] = super().get_signing_serializer(app)
        signer: URLSafeTimedSerializer | None = app.extensions["session_signer"]
        return signer


def init_app(app: Flask) -> None:
    """Install what every request passes through."""
    app.session_interface = Sessions()
    app.url_map.converters["int"] = _NumberConverter
    app.url_map.converters["language"] = _language_converter(app.config["LANGUAGES"])
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.before_request(_open_request)
    app.after_request(_close_response)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _server_error)
    app.view_functions["static"] = access(Public.anyone)(_static)
    app.jinja_env.filters.update(
        date=_date, datetime=_datetime, moment=_moment, isodate=_isodate, listed=_listed, number=i18n.number
    )
    app.jinja_env.filters.update(on_page=on_page, worded=worded)
    app.jinja_env.globals.update(static_url=static_url, site_url=site_url, languages_of_page=languages_of_page)


class _NumberConverter(IntegerConverter):
    """Matches the numbers a row can have: one that no 64 bits hold is a 404 like any other nobody has, and no error."""

    regex = "[0-9]{1,18}"


def _language_converter(codes: tuple[str, ...]) -> type[BaseConverter]:
    """Matches the languages of the catalogs found and nothing else, so `/fr/` is a 404 and not a page in English."""

    class LanguageConverter(BaseConverter):
        regex = "(?:" + "|".join(codes) + ")"

    return LanguageConverter


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "language" in values:
        g.language = values.pop("language")


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = i18n.page_language()


def _open_request() -> None:
    """Give the request its id, note what its route declared, and refuse a form another site sent."""
    g.request_id = uuid.uuid4().hex[:12]
    if "language" not in g:
        g.language = _language_outside()
    if "\0" in request.path:
        flask.abort(404)  # no address of ours has one, and PostgreSQL would not even be asked
    if request.endpoint is None:
        return
    g.access = declared(current_app, request.endpoint)
    from_anywhere = g.access is not None and g.access.from_anywhere
    if request.method in UNSAFE and not from_anywhere and not _is_own_form():
        flask.abort(403)


def _language_outside() -> str:
    """For addresses without a language: the one their path begins with (a 404 in it), else what the browser asks for."""
    first = request.path.split("/", 2)[1]
    return first if first in i18n.languages() else i18n.negotiated_language()


def _is_own_form() -> bool:
    """Whether an unsafe request comes from a page of this site, as far as the browser says (Fetch Metadata, Origin).

    "null" is what browsers send as Origin under `no-referrer`; then the form's token alone decides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin", "null")
    return origin == "null" or origin == request.host_url.rstrip("/")


def _close_response(response: Response) -> Response:
    given = {name.lower() for name, _value in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in given])
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", i18n.page_language())
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def public_page(body: str | bytes, content_type: str = "text/html; charset=utf-8") -> Response:
    """An answer everybody may keep but must ask about again: 304 is nearly free and "closed" is true at once (decision 18)."""
    response = Response(body, content_type=content_type)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    if ASKED_WHOLE not in request.environ:
        response.make_conditional(request)
    return response


def private_page(body: str | bytes, status: int = 200) -> Response:
    """A page one person may see: kept by nobody, found by no search engine, its address told to no other site."""
    response = Response(body, status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def site_url(path: str) -> str:
    """An absolute address. Built from the setting only, never from the request's Host."""
    return str(current_app.config["SITE_URL"]) + path


def own_path(target: str | None, fallback: str) -> str:
    """`target` when it is a path on this site, else `fallback`. Refuses `//x`, `/\\x`, controls, schemes and user info."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return fallback
    if any(ord(char) < 0x21 or ord(char) == 0x7F for char in target):
        return fallback
    try:
        parts = urlsplit(target)
    except ValueError:
        return fallback
    if parts.scheme or parts.netloc or any(code in target.lower() for code in ("%0a", "%0d", "%00", "%5c")):
        return fallback
    return target


def see(path: str) -> BaseResponse:
    """After a form was handled: 303, so that a reload does not send it again."""
    return flask.redirect(path, 303)


@cache
def _fingerprint(filename: str, _modified: int) -> str:
    return hashlib.sha256(Path(current_app.static_folder or "", filename).read_bytes()).hexdigest()[:12]


def static_url(filename: str) -> str:
    """The address of a static file with its content's fingerprint, so that it may be kept for ever.

    Every icon asks for one, so a running site looks at each file once; while developing it looks each time.
    """
    known: dict[str, str] = current_app.extensions.setdefault("static_urls", {})
    if filename not in known or current_app.debug:
        path = Path(current_app.static_folder or "", filename)
        known[filename] = url_for("static", filename=filename, v=_fingerprint(filename, path.stat().st_mtime_ns))
    return known[filename]


def _static(filename: str) -> Response:
    """A static file; kept for ever when asked for by fingerprint."""
    response = flask.send_from_directory(current_app.static_folder or "", filename, max_age=3600)
    if "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def languages_of_page() -> list[tuple[str, str, str, bool]]:
    """(code, own name, address, is current) of this page in every language, for the switch."""
    current = i18n.page_language()
    return [(code, i18n.own_name(code), _in_language(code), code == current) for code in i18n.languages()]


def _in_language(code: str) -> str:
    args = {**(request.view_args or {}), "language": code}
    if request.endpoint and current_app.url_map.is_endpoint_expecting(request.endpoint, "language"):
        query = request.query_string.decode("ascii", "ignore")
        return with_source(url_for(request.endpoint, **args) + (f"?{query}" if query else ""), source_of_request())
    return f"/{code}/"


def _http_error(error: HTTPException) -> BaseResponse | HTTPException:
    """An error page that belongs to the site, in the person's language."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    if error.code == 404 and (elsewhere := current_app.extensions["from_old_home"]()) is not None:
        led_on: BaseResponse = elsewhere
        return led_on
    response = _error_page(error.code or 500, error)
    response.headers["X-Robots-Tag"] = "noindex"
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _server_error(error: Exception) -> BaseResponse | HTTPException:
    """What nobody expected: logged with the request's id, answered without a trace of what broke."""
    if isinstance(error, HTTPException):
        return _http_error(error)
    if current_app.config["TESTING"] and current_app.config.get("PROPAGATE_EXCEPTIONS") is not False:
        raise error
    current_app.logger.exception("request %s failed", g.get("request_id"))
    return _error_page(500, None)


def _error_page(code: int, error: HTTPException | None) -> Response:
    """The page of an error; plain words where the page cannot be made, such as for a host that is not ours.

    Below a path that answers programs (`error_answers`) it is what they read.
    """
    answers: dict[str, ErrorAnswer] = current_app.extensions.get("error_answers", {})
    if (
        answer := next((answer for path, answer in answers.items() if request.path.startswith(path)), None)
    ) is not None:
        return answer(code, error)
    if not isinstance(error, SecurityError):
        try:
            return Response(render_template("error.html", code=code, error=error), code)
        except Exception:
            current_app.logger.exception("the error page failed too")
    return Response(f"{code} {HTTP_STATUS_CODES[code]}\n", code, content_type="text/plain; charset=utf-8")


def _date(moment: dt.datetime | dt.date, length: str = "long") -> str:
    return i18n.day(moment, length)


def _datetime(moment: dt.datetime) -> str:
    return i18n.day_and_time(moment)


def _moment(moment: dt.datetime) -> str:
    return i18n.short_moment(moment)


def _isodate(moment: dt.datetime) -> str:
    return moment.astimezone(i18n.site_zone()).isoformat(timespec="seconds")


def _listed(items: Any) -> Markup:
    return Markup(i18n.listed([escape(item) for item in items]))  # noqa: S704 - every item was escaped or is Markup

"""Who may use a route and whether it may write. Every route says so, or the app does not start."""

import dataclasses
import enum
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, g, has_request_context

from jobboard.core.i18n import lazy

View = TypeVar("View", bound=Callable[..., Any])


class Role(enum.Enum):
    """What a staff member may do. Nobody has two."""

    admin = "admin"
    recruiter = "recruiter"
    reviewer = "reviewer"
    author = "author"


ROLE_LABELS = {
    Role.admin: lazy("Admin"),
    Role.recruiter: lazy("Recruiter"),
    Role.reviewer: lazy("Reviewer"),
    Role.author: lazy("Author"),
}

ALL_STAFF = frozenset(Role)
#: Those who see every application.
HIRING = frozenset({Role.admin, Role.recruiter})
#: Those who see at least some applications.
READING = HIRING | {Role.reviewer}
#: Those who write posts; openings are `HIRING`'s.
WRITING = frozenset({Role.admin, Role.recruiter, Role.author})


class Public(enum.Enum):
    """Those who come without signing in."""

    anyone = "anyone"
    link = "holder of a signed link"


@dataclasses.dataclass(frozen=True)
class Access:
    """The declaration of one route: its people, whether it may write, and the named traces a GET may leave.

    `fresh`: whether the person must have shown a password or passkey in the last minutes. `from_anywhere`: whether pages of
    other sites may send something here, because the address itself is the secret (RFC 8058).
    """

    who: frozenset[Role] | Public
    writes: bool = False
    traces: frozenset[str] = frozenset()
    fresh: bool = False
    from_anywhere: bool = False

    def allows(self, role: Role | None) -> bool:
        """Whether a person of this role (None: nobody signed in) may use the route."""
        return isinstance(self.who, Public) or role in self.who


#: What a page of the desk may always leave behind: that somebody was there, or was refused.
EVERYWHERE = frozenset({"last seen", "refused"})


def access(
    who: frozenset[Role] | Public,
    *,
    writes: bool = False,
    trace: str | tuple[str, ...] = (),
    fresh: bool = False,
    from_anywhere: bool = False,
) -> Callable[[View], View]:
    """Declares a view's people. `writes` is needed for `writing()`; `trace` names what a GET may write (decision 14).

    `fresh` asks for a password or passkey when the last one was shown more than ten minutes ago. Give it to the page
    with the form as well as to what the form sends: the question then comes before anything was typed.
    """
    traces = frozenset({trace} if isinstance(trace, str) else trace)

    def declare(view: View) -> View:
        view.access = Access(who, writes, traces, fresh, from_anywhere)  # type: ignore[attr-defined] # functions take attributes
        return view

    return declare


def declared(app: Flask, endpoint: str) -> Access | None:
    """The declaration of an endpoint, or None."""
    return getattr(app.view_functions.get(endpoint), "access", None)


def refuse_undeclared(app: Flask) -> None:
    """Raises `RuntimeError` naming every route that does not say who may use it."""
    missing = sorted(rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None)
    if missing:
        raise RuntimeError(f"routes without @access: {', '.join(missing)}")


class NotDeclared(RuntimeError):
    """A route wrote without having said so."""


def refuse_silent_write(trace: str | None) -> None:
    """Raises `NotDeclared` when the running request may not write (or not leave this trace)."""
    if not has_request_context() or "access" not in g:
        return
    declaration: Access = g.access
    if trace is None and not declaration.writes:
        raise NotDeclared("this route did not declare that it writes")
    if trace is not None and not declaration.writes and trace not in declaration.traces | EVERYWHERE:
        raise NotDeclared(f"this route did not declare the trace {trace!r}")

"""The talent pool: who agreed to hear of other openings, until when, and what they were told."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.models import Application
from jobboard.applications.queries import openings_with_titles
from jobboard.applications.queries_names import shown_name, shown_names
from jobboard.audit.views import note_look
from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import page_number, row_number, writing
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.queries import offer_to_show
from jobboard.posts.queries import categories
from jobboard.talents.actions import NotToTell, write_about
from jobboard.talents.forms import WriteForm
from jobboard.talents.queries import (
    Wanted,
    choices_in,
    contacts_of,
    found_in_pool,
    openings_for,
    pool_page,
    talent_of,
)

bp = Blueprint("talents", __name__, url_prefix="/talents")


@bp.get("/")
@access(HIRING, trace="audit")
def index() -> str:
    """Everybody whose consent holds, or those somebody looks for."""
    note_look("pool.viewed", None, g.person)
    now, wanted = clock.now(), _wanted(request.args)
    query: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "page"}
    statement = found_in_pool(g.person, wanted, now)
    number = page_number(request.args.get("page"))
    page = pool_page(statement, number, lambda n: url_for("desk.talents.index", **query, page=n))
    openings, languages = choices_in(g.person, now)
    language = i18n.page_language()
    return render_template(
        "desk/talents/index.html",
        page=page,
        wanted=wanted,
        is_searching=wanted != Wanted(),
        names=shown_names(page.items, g.person),
        contacts=contacts_of(page.items),
        openings=[(one.id, one.text(language).title) for one in openings_with_titles(openings)],
        categories=[(one.id, i18n.pick(one.name)) for one in categories()],
        languages=[(code, i18n.language_name(code)) for code in languages],
    )


@bp.route("/<int:application_id>/write/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def write(application_id: int) -> str | BaseResponse | tuple[str, int]:
    """Tell one of them about an opening."""
    row = talent_of(g.person, application_id, clock.now()) or abort(404)
    offers, form = openings_for(row, clock.now()), WriteForm()
    form.offer_openings(offers, i18n.page_language())
    if not form.validate_on_submit():
        page = _page(row, form)
        return (page, 422) if form.is_submitted() else page
    offer, words = offer_to_show(int(form.opening.data)), form.words.data or ""
    try:
        with writing():
            current = talent_of(g.person, application_id, clock.now(), lock=True)
            if current is None:
                raise NotToTell("left in the meantime")
            write_about(current, offer, words, g.person)
    except (NotToTell, IntegrityError):
        flash(
            _("Nothing was sent: the consent ended, the opening closed, or they were told about it already."), "warning"
        )
        return see(url_for("desk.talents.index"))
    flash(_("The mail is in the outbox."))
    return see(url_for("desk.talents.index"))


def _page(row: Application, form: WriteForm) -> str:
    return render_template(
        "desk/talents/write.html",
        application=row,
        name=shown_name(row, g.person),
        form=form,
        contacts=contacts_of([row])[row.id],
        language=i18n.language_name(row.locale),
    )


def _wanted(args: Any) -> Wanted:
    """What an address asks for; what it says wrongly is left out."""
    return Wanted(
        words=args.get("q", "").strip()[:200],
        category_id=row_number(args.get("category")),
        opening_id=row_number(args.get("opening")),
        language=args.get("language", "")[:35] or None,
    )

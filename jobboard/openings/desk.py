"""Writing openings: list by phase, edit facts and one language's text, preview."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, flash, g, render_template, request, url_for
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _
from jobboard.core.markdown import render
from jobboard.core.web import see
from jobboard.openings.actions import (
    begin_offer,
    place_for,
    set_facts,
    set_language_needs,
    set_places,
    set_questions,
    set_remote_countries,
)
from jobboard.openings.desk_aside import aside_of
from jobboard.openings.forms import (
    OpeningForm,
    countries_of,
    fact_values,
    fill_choices,
    needs_of,
    opening_values,
    places_of,
)
from jobboard.openings.forms_choices import CEFR_WORDS
from jobboard.openings.forms_questions import questions_of, refused_beside
from jobboard.openings.models import QUESTION_KIND_LABELS, JobOffer
from jobboard.openings.queries_habits import habits
from jobboard.openings.views import opening_page
from jobboard.posts.actions import (
    save_text,
    set_authors,
    set_categories,
)
from jobboard.posts.actions_writing import finish_save, keep_as_found, note_editing, text_in
from jobboard.posts.desk import (
    chosen_language,
    people_to_choose,
    phase_list,
    refuse_outdated,
    typed_words,
    words_to_take,
)
from jobboard.posts.forms import fill_byline, picked, text_values
from jobboard.posts.forms_pictures import PictureForm
from jobboard.posts.markup_editor import as_sent, conflict_of, editor_of
from jobboard.posts.markup_preview import preview_of
from jobboard.posts.models import PHASE_LABELS, Kind, Phase, Post
from jobboard.posts.queries import categories
from jobboard.posts.queries_writing import place_of

bp = Blueprint("openings", __name__, url_prefix="/openings")


@bp.get("/")
@access(HIRING)
def index() -> str:
    """Openings by phase, the last changed first; above them, closed ones whose applications wait for a decision."""
    listed = phase_list(Kind.opening, "desk.openings.index")
    undecided = current_app.extensions["undecided"](g.person, listed["now"])
    return render_template("desk/openings/index.html", **listed, undecided=undecided)


@bp.route("/new/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def new() -> str | BaseResponse | tuple[str, int]:
    """Begin an opening in a language."""
    return _edit(None, chosen_language())


@bp.route("/<int:post_id>/<locale>/", methods=["GET", "POST"])
@access(HIRING, writes=True, trace="editing")
def edit(post_id: int, locale: str) -> str | BaseResponse | tuple[str, int]:
    """Edit an opening's facts and its text in one language."""
    if locale not in i18n.languages():
        abort(404)
    if request.method == "GET":
        note_editing(offer_or_404(post_id).id, locale, g.person)
    return _edit(offer_or_404(post_id), locale)


@bp.get("/<int:post_id>/<locale>/preview/")
@access(HIRING)
def preview(post_id: int, locale: str) -> str:
    """The opening as applicants will see it."""
    offer = offer_or_404(post_id)
    text = next((found for found in offer.texts if found.locale == locale), None) or abort(404)
    g.language = locale if locale in i18n.languages() else g.language
    return opening_page(offer, text, preview_of(text, clock.now()))


def offer_or_404(post_id: int) -> JobOffer:
    """The opening with this id, with everything its pages need."""
    statement = sa.select(JobOffer).where(JobOffer.id == post_id)
    of_post = (Post.texts, Post.authorships, Post.categorizations)  # with whole texts: the checklist reads them
    of_job = (JobOffer.places, JobOffer.remote_countries, JobOffer.language_needs, JobOffer.questions)
    return first_or_404(statement.options(*map(selectinload, (*of_post, *of_job))))


def refused(offer: JobOffer, *, is_refused: bool = False, **forms: Any) -> str:
    """The page of an opening with which something could not be done; `is_refused`: as the checklist stands against it.

    Then what must not be asked stands beside each question too.
    """
    form = _form(offer, offer.original_locale, is_sent=False)
    if is_refused:
        refused_beside(form.questions, form.words)
    return _page(form, offer, offer.original_locale, is_refused=is_refused, **forms)


def _form(offer: JobOffer | None, locale: str, *, is_sent: bool = True) -> OpeningForm:
    """The writing form; `is_sent` is False where the request sends another form of the page."""
    text = text_in(offer, locale) if offer else None
    version = str(offer.version) if offer else ""
    usual = habits()
    start = {**opening_values(offer, locale, usual), **text_values(text), "version": version}
    typed = as_sent(words_to_take(Kind.opening, offer, locale)) if is_sent else {"formdata": None}
    form = OpeningForm(**typed, data=start)
    people = people_to_choose()
    fill_choices(form, offer, locale, people, usual)
    authors = offer.authors if offer else [g.person]
    fill_byline(form, people, categories(), authors=authors, chosen=offer.categories if offer else [])
    return form


def _edit(offer: JobOffer | None, locale: str) -> str | BaseResponse | tuple[str, int]:
    form = _form(offer, locale)
    if not form.validate_on_submit():
        page = _page(form, offer, locale)
        return (page, 422) if form.is_submitted() else page
    rendered = render(form.markdown.data or "")
    try:
        with writing():
            refuse_outdated(form, offer)
            place = place_of(Kind.opening, offer, locale)
            if offer is not None:
                keep_as_found(offer, locale)
            offer = offer or begin_offer(locale=locale)
            _save(form, offer, locale)
            words = {
                name: getattr(form, name).data or "" for name in ("title", "summary", "markdown", "notice", "slug")
            }
            save_text(offer, locale, rendered=rendered, **words)
            finish_save(offer, locale, g.person, place)
    except StaleDataError:
        return _page(form, offer, locale, is_conflict=True), 409
    flash(_("Saved."))
    target = "desk.openings.preview" if "preview" in request.form else "desk.openings.edit"
    return see(url_for(target, post_id=offer.id, locale=locale))


def _save(form: OpeningForm, offer: JobOffer, locale: str) -> None:
    """Everything of the form but the text."""
    set_facts(offer, fact_values(form, offer, locale))
    set_places(offer, [place_for(*parts) for parts in places_of(form)])
    set_remote_countries(offer, countries_of(form))
    set_language_needs(offer, needs_of(form))
    set_questions(offer, questions_of(form.questions, form.words))
    set_authors(offer, picked(form.authors, people_to_choose()))
    set_categories(offer, picked(form.categories, categories()))


def _page(form: OpeningForm, offer: JobOffer | None, locale: str, *, is_conflict: bool = False, **forms: Any) -> str:
    """The writing page. `forms` are those of `desk_aside` that were sent, with their errors."""
    now, conflict = clock.now(), None
    if is_conflict and offer is not None:
        conflict = conflict_of(offer, locale, typed_words(form), form.version.data, now)
        form.version.data = str(offer.version)  # saving again is then a decision
    return render_template(
        "desk/openings/edit.html",
        form=form,
        post=offer,
        locale=locale,
        locales=[(code, i18n.language_name(code)) for code in i18n.languages()],
        phase=offer.phase(clock.now()) if offer else Phase.draft,
        phase_labels=PHASE_LABELS,
        kind_labels=QUESTION_KIND_LABELS,
        level_words=[(level.value, words) for level, words in CEFR_WORDS.items()],
        plain_form=DeskForm(formdata=None),
        conflict=conflict,
        editor=editor_of(Kind.opening, offer, locale, g.person, now, is_taken=request.args.get("unsaved") == "take"),
        picture_form=PictureForm(formdata=None, prefix="picture-"),
        aside=aside_of(offer, **forms) if offer else None,
    )

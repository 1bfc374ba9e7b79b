"""The list of openings with its filters, their feed, and the page of one opening."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.i18n import _, ngettext
from jobboard.core.pages import counts_as, source_of_request, with_source
from jobboard.core.web import private_page, public_page, site_url
from jobboard.openings.markup import card_facts, employer_name, facts, job_posting
from jobboard.openings.markup_list import labels_of, list_url
from jobboard.openings.markup_page import list_page
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import (
    cards_on,
    find,
    offer_to_show,
    offers_by_id,
    other_words,
    page_of,
    promised_days,
    similar_offers,
)
from jobboard.openings.queries_facts import facet_index
from jobboard.openings.queries_filters import Sort, filters_from, is_canonical
from jobboard.posts.exports_picture import share_picture
from jobboard.posts.feeds import FEED_LENGTH, feed_answer
from jobboard.posts.markup import Card, byline, canonical_url, card, category_link, marked, text_url, translations
from jobboard.posts.markup_graph import open_graph
from jobboard.posts.markup_hub import hub_of
from jobboard.posts.markup_preview import Preview
from jobboard.posts.markup_schema import way_to
from jobboard.posts.markup_text import shown_text
from jobboard.posts.models import Kind, Phase, PostText
from jobboard.posts.queries import person_has_page, related_articles
from jobboard.posts.views import previewed_or_404, text_or_404
from jobboard.site.queries import current_site
from jobboard.stats.models import JOBS, subject_of

bp = Blueprint("openings", __name__)


@bp.get("/<language:language>/jobs/")
@access(Public.anyone)
def index() -> Response | BaseResponse:
    """The openings of this moment that fit the filters; every state of the form is one address."""
    filters, now = filters_from(request.args), clock.now()
    index_now = facet_index(now)
    if (present := filters.led_on(index_now.moved)) is not filters:
        return redirect(list_url(present), 301)
    filters = filters.known(index_now.knows)
    if not is_canonical(filters, request.args.items(multi=True)):
        return redirect(list_url(filters))
    found = find(index_now, filters)
    page = page_of(index_now, found, filters)
    if filters.page > page.pages:
        return redirect(list_url(filters.with_page(1)))
    cards = cards_on(index_now, page.items, i18n.page_language())
    meant = [] if found.total else other_words(index_now, found, filters, now)
    counts_as(JOBS)
    return public_page(list_page(index_now).fill(filters, found, page, cards, meant))


@bp.get("/<language:language>/jobs/feed.atom")
@access(Public.anyone)
def feed() -> Response:
    """The feed of exactly these filters."""
    index_now = facet_index(clock.now())
    filters = filters_from(request.args).led_on(index_now.moved).known(index_now.knows)
    filters = filters.with_sort(filters.default_sort)  # one feed, whatever the list's order
    ids = index_now.page(find(index_now, filters).bits, Sort.newest, (), 0, FEED_LENGTH)
    words = filters.words(labels_of(index_now))
    name = _("Jobs at %(site)s", site=current_site().name)
    query = filters.query(with_page=False)
    endpoint = request.endpoint or "openings.feed"
    return feed_answer(
        "json" if endpoint == "openings.feed_json" else "atom",
        f"{name}: {words}" if words else name,
        feed_path=url_for(endpoint, **query),  # type: ignore[arg-type] # lists are repeated parameters
        page_path=list_url(filters.with_page(1)),
        posts=offers_by_id(ids),
        marker=current_site().gender_marker,
        hub=hub_of(endpoint, query),
    )


@bp.get("/<language:language>/jobs/feed.json")
@access(Public.anyone)
def feed_json() -> Response:
    """The same as JSON Feed."""
    return feed()


@bp.get("/<language:language>/jobs/<slug>/")
@access(Public.anyone)
def show(slug: str) -> Response | BaseResponse:
    """One opening. Closed ones stay at their address with 410 and lead to similar ones."""
    text = text_or_404(Kind.opening, slug)
    best = text.post.text(i18n.page_language())
    if best is not text and request.path != canonical_url(text):
        return redirect(text_url(best))
    offer = offer_to_show(text.post_id)
    if offer.phase(clock.now()) is Phase.closed:
        response = public_page(closed_page(offer, text))
        response.status_code = 410 if response.status_code == 200 else response.status_code
        return response
    counts_as(subject_of(offer.id))
    return public_page(opening_page(offer, text))


@bp.get("/<language:language>/jobs/<slug>/picture.png")
@access(Public.anyone)
def picture(slug: str) -> Response:
    """The picture other sites show beside a link to the opening; gone with it."""
    text = text_or_404(Kind.opening, slug)
    offer, site = offer_to_show(text.post_id), current_site()
    if offer.phase(clock.now()) is Phase.closed:
        abort(410)
    title = marked(text.title, Kind.opening, site.gender_marker)
    shown = [fact.text for fact in card_facts(offer) if fact.kind in {"contract", "hours", "place", "pay"}]
    return public_page(share_picture(title, employer_name(offer), shown), "image/png")


@bp.get("/<language:language>/preview/jobs/<token>/")
@access(Public.link)
def preview(token: str) -> Response | BaseResponse:
    """An opening before it is published, for who was given the link."""
    found = previewed_or_404(Kind.opening, token)
    if isinstance(found, str):
        return redirect(found)
    text, seen = found
    return private_page(opening_page(offer_to_show(text.post_id), text, seen))


def opening_page(offer: JobOffer, text: PostText, preview: Preview | None = None) -> str:
    """The page as applicants see it; before it is published, for those who may see it then."""
    now, marker = clock.now(), current_site().gender_marker
    return render_template(
        "openings/show.html",
        **page_context(offer, text),
        html=shown_text(text),
        preview=preview,
        data_url=None if preview else site_url(url_for("api.opening", uid=offer.uid)),
        structured=[] if preview else _structured(offer, text),
        articles=[card(one, marker, now) for one in related_articles(offer, now)],
        similar=similar_cards(offer),
        share=share_by_mail(offer, text),
    )


def share_by_mail(offer: JobOffer, text: PostText) -> str:
    """A link that opens a mail with the opening's title and address; the recipient is left to the reader."""
    subject = _("%(title)s at %(company)s", title=text.title, company=employer_name(offer))
    return f"mailto:?subject={quote(subject)}&body={quote(site_url(canonical_url(text)))}"


def closed_page(offer: JobOffer, text: PostText) -> str:
    """The page of an opening that is closed: since when, and what is open instead."""
    similar = similar_cards(offer)
    return render_template("openings/closed.html", **{**page_context(offer, text), "graph": None}, similar=similar)


def similar_cards(offer: JobOffer) -> list[Card]:
    """Cards of open openings like this one."""
    now, marker = clock.now(), current_site().gender_marker
    return [card(one, marker, now, card_facts(one)) for one in similar_offers(offer, now)]


def page_context(offer: JobOffer, text: PostText) -> dict[str, Any]:
    """What the page of an opening shows."""
    title = marked(text.title, Kind.opening, current_site().gender_marker)
    is_foreign = text.locale != i18n.page_language()
    return {
        "offer": offer,
        "text": text,
        "title": title,
        "graph": open_graph(offer, text, title=title, picture="openings.picture"),
        "is_foreign": is_foreign,
        "lang_name": i18n.language_name(text.locale),
        "needed_level": needed_level(offer, text.locale) if is_foreign else None,
        "facts": facts(offer),
        "authors": [byline(person) for person in offer.authors],
        "contact": byline(offer.contact_here) if offer.contact_here else None,
        "contact_has_page": offer.contact_here is not None and person_has_page(offer.contact_here, clock.now()),
        "categories": [category_link(category) for category in offer.categories],
        "promise": promise_words(offer),
        "apply_url": offer.apply_url or with_source(url_for("applications.apply", slug=text.slug), source_of_request()),
        "canonical": site_url(canonical_url(text)),
        "alternates": translations(offer),
    }


def _structured(offer: JobOffer, text: PostText) -> list[dict[str, Any]]:
    """What search engines read of an open opening: the job, and the way to its page."""
    site, url = current_site(), site_url(canonical_url(text))
    employer = {"name": site.organisation or site.name, "sameAs": site.organisation_url or site_url("/")}
    posting = job_posting(offer, text, url=url, organisation=employer, marker=site.gender_marker)
    way = way_to(text, marked(text.title, Kind.opening, site.gender_marker), (_("Jobs"), url_for("openings.index")))
    return [posting, way] if posting else [way]


def needed_level(offer: JobOffer, locale: str) -> str | None:
    """The CEFR level the role requires of the text's language: the reason of the notice."""
    return next((row.level.value for row in offer.language_needs if row.tag == locale and row.is_required), None)


def promise_words(offer: JobOffer) -> str:
    """The response promise in words; "" when there is none."""
    days = promised_days(offer)
    return ngettext("You hear from us within one day.", "You hear from us within %(num)d days.", days) if days else ""

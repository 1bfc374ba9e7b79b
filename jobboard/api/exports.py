"""Openings and articles as the public API tells them: values for programs, names in every language of the site."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import url_for

from jobboard.core import i18n
from jobboard.core.markdown_page import absolute, in_feed
from jobboard.core.web import site_url
from jobboard.openings.markup import employer_name
from jobboard.openings.markup_list import labels_of, offered
from jobboard.openings.models import JobOffer, LanguageNeed, Place, Workplace
from jobboard.openings.queries import Found, promised_days
from jobboard.openings.queries_index import FacetIndex
from jobboard.people.models import Person
from jobboard.posts.markup import canonical_url, changed_at, marked, picture_url
from jobboard.posts.models import Category, Kind, Post, PostText
from jobboard.site.models import Site
from jobboard.timeline.queries_directory import Counted

Data = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Scope:
    """What an answer holds of posts: those of which site, and whether their whole texts."""

    site: Site
    with_content: bool


def opening_data(offer: JobOffer, scope: Scope) -> Data:
    """An opening. What is unknown is null; pay is in the currency's unit, gross; moments have their zone (RFC 3339)."""
    return {
        **_post_data(offer, scope, "api.opening"),
        "closes_at": _moment(offer.ended_at),
        "organisation": {
            "name": employer_name(offer),
            "url": offer.organisation_url if offer.organisation else scope.site.organisation_url or site_url("/"),
        },
        "contract": offer.contract and offer.contract.value,
        "hours": offer.hours and offer.hours.value,
        "weekly_hours": _number(offer.weekly_hours),
        "workplace": offer.workplace and offer.workplace.value,
        "places": [_place_data(row.place) for row in offer.places],
        "remote_countries": _remote_countries(offer),
        "level": offer.level and offer.level.value,
        "languages": [_need_data(row) for row in offer.language_needs],
        "pay": _pay_data(offer),
        "starts_on": offer.starts_on and offer.starts_on.isoformat(),
        "response_days": promised_days(offer),
        "contact": {"name": offer.contact_here.name} if offer.contact_here else None,
        "apply_url": offer.apply_url or site_url(_apply_path(offer)),
        "direct_apply": offer.apply_url is None,
    }


def article_data(post: Post, scope: Scope) -> Data:
    """An article."""
    return _post_data(post, scope, "api.article")


def _post_data(post: Post, scope: Scope, endpoint: str) -> Data:
    texts = sorted(post.texts, key=lambda text: (text.locale != post.original_locale, text.locale))
    return {
        "id": post.uid,
        "url": site_url(url_for(endpoint, uid=post.uid)),
        "language": post.original_locale,
        "texts": [_text_data(text, scope) for text in texts],
        "published_at": _moment(post.publish_at),
        "updated_at": _moment(changed_at(post)),
        "authors": [_person_data(person) for person in post.authors],
        "categories": [{"slug": one.slug, "names": _names(one.name)} for one in post.categories],
    }


def _text_data(text: PostText, scope: Scope) -> Data:
    page = site_url(canonical_url(text))
    found: Data = {
        "language": text.locale,
        "title": marked(text.title, text.kind, scope.site.gender_marker),
        **({"role": text.title} if text.kind is Kind.opening else {"reading_minutes": text.reading_minutes}),
        "summary": text.summary,
        "url": page,
    }
    return found | ({"html": absolute(in_feed(text.html, text.locale), page)} if scope.with_content else {})


def _apply_path(offer: JobOffer) -> str:
    text = offer.text(offer.original_locale)
    return url_for("applications.apply", slug=text.slug, language=i18n.interface_for(text.locale))


def _person_data(person: Person) -> Data:
    picture = picture_url(person)
    return {
        "name": person.name,
        "slug": person.slug,
        "url": site_url(url_for("timeline.author", slug=person.slug)),
        "picture": site_url(picture) if picture else None,
    }


def _place_data(place: Place) -> Data:
    return {
        "place": place.key,
        "country": place.country,
        "region": place.region,
        "city": place.city,
        "names": _names(place.names),
    }


def _remote_countries(offer: JobOffer) -> list[str]:
    """Those an opening keeps although it is not remote any more are no place of it."""
    return [row.country for row in offer.remote_countries] if offer.workplace is Workplace.remote else []


def _need_data(need: LanguageNeed) -> Data:
    return {"language": need.tag, "level": need.level.value, "required": need.is_required}


def _pay_data(offer: JobOffer) -> Data | None:
    if offer.pay_period is None or (offer.pay_min is None and offer.pay_max is None):
        return None
    return {
        "min": _number(offer.pay_min),
        "max": _number(offer.pay_max),
        "currency": offer.pay_currency,
        "period": offer.pay_period.value,
        "notes": _names(offer.pay_note),
    }


def category_data(counted: Counted) -> Data:
    """A category with something open in it."""
    category: Category = counted.thing
    return {
        "slug": category.slug,
        "names": _names(category.name),
        "descriptions": _names(category.description),
        "url": site_url(url_for("timeline.category", slug=category.slug)),
        "articles": counted.articles,
        "openings": counted.openings,
    }


def counts_data(index: FacetIndex, found: Found) -> Data:
    """For each facet its values with how many openings each would show, the facet's own choice left out."""
    facets = []
    for name, values in _offered(index).items():
        counts = index.counts(found.parts, name)
        rows = [{"value": value, "count": counts.get(value, 0), "names": names} for value, names in values.items()]
        facets.append({"name": name, "values": rows})
    return {"total": found.total, "facets": facets}


def _offered(index: FacetIndex) -> Mapping[str, Mapping[str, dict[str, str]]]:
    """By facet and value what each language of the site calls it: worked out once for an index."""
    if "names of values" not in index.prepared:
        found: dict[str, dict[str, dict[str, str]]] = {}
        for code in i18n.languages():
            with i18n.force_locale(code):
                for name, pairs in offered(index, labels_of(index)).items():
                    for value, label in pairs:
                        found.setdefault(name, {}).setdefault(value, {})[code] = label
        index.prepared["names of values"] = found
    known: Mapping[str, Mapping[str, dict[str, str]]] = index.prepared["names of values"]
    return known


def _names(texts: Mapping[str, str] | None) -> dict[str, str]:
    """What there is in each language."""
    return {code: text for code, text in (texts or {}).items() if text}


def _number(value: Decimal | None) -> int | float | None:
    """A number as JSON writes it: 72000 and 19.25, not 72000.0."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _moment(moment: dt.datetime | None) -> str | None:
    """In UTC, as RFC 3339 writes it."""
    return moment.isoformat(timespec="seconds") if moment else None

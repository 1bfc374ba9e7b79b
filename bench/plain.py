"""The list of openings as one writes it first: entities, lazy relations, facets counted by SQL."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template_string, request

from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.openings.models import (
    CEFR,
    Contract,
    Hours,
    JobOffer,
    LanguageNeed,
    Level,
    OfferPlace,
    Place,
    RemoteCountry,
    Workplace,
)
from jobboard.posts.models import Categorization, Category, Post
from jobboard.posts.queries import is_open

PER_PAGE = 20
COLUMNS = {
    "contract": (JobOffer.contract, Contract),
    "hours": (JobOffer.hours, Hours),
    "workplace": (JobOffer.workplace, Workplace),
    "level": (JobOffer.level, Level),
}
PAGE = """<!doctype html><title>{{ total }} jobs</title>
<form>{% for name, values in facets.items() %}<fieldset><legend>{{ name }}</legend>
{% for value, count in values %}<label><input type="checkbox" name="{{ name }}" value="{{ value }}"> {{ value }}
({{ count }})</label>
{% endfor %}</fieldset>{% endfor %}</form>
{% for offer in offers %}<article><h2><a href="/en/jobs/{{ offer.texts[0].slug }}/">{{ offer.texts[0].title }}</a></h2>
<p>{{ offer.texts[0].summary }}</p><p>{{ offer.contract.value }}, {{ offer.hours.value }}, {{ offer.workplace.value }},
{{ offer.pay_min }} - {{ offer.pay_max }} {{ offer.pay_currency }}</p>
<ul>{% for row in offer.places %}<li>{{ row.place.city }}</li>{% endfor %}
{% for row in offer.remote_countries %}<li>{{ row.country }}</li>{% endfor %}
{% for row in offer.language_needs %}<li>{{ row.tag }} {{ row.level.value }}</li>{% endfor %}</ul>
<p>{% for row in offer.authorships %}{{ row.person.name }} {% endfor %} on
{% for row in offer.categorizations %}<a href="/en/categories/{{ row.category.slug }}/">{{ row.category.slug }}</a>
{% endfor %}</p>
</article>{% endfor %}"""


def plain(app: Flask) -> Flask:
    """A second application on the same database."""
    found = Flask("plain")
    found.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    found.config["SQLALCHEMY_ENGINE_OPTIONS"] = app.config["SQLALCHEMY_ENGINE_OPTIONS"]
    db.init_app(found)
    found.add_url_rule("/", view_func=listing)
    return found


def listing() -> str:
    """Remote, full-time and the like, English up to B2: as the product's address says it."""
    wanted = _wanted()
    conditions = [is_open(clock.now()), *wanted.values()]
    total = session().execute(_of(sa.func.count(), conditions)).scalar_one()
    order = (Post.publish_at.desc(), Post.id.desc())
    offers = session().execute(_of(JobOffer, conditions).order_by(*order).limit(PER_PAGE)).scalars().all()
    return render_template_string(PAGE, total=total, offers=offers, facets=_facets(wanted))


def _wanted() -> dict[str, sa.ColumnElement[bool]]:
    found: dict[str, sa.ColumnElement[bool]] = {}
    for name, (column, members) in COLUMNS.items():
        if values := request.args.getlist(name):
            found[name] = column.in_([members(value) for value in values])
    if spoken := request.args.get("speaks"):
        tag, level = spoken.split(":")
        reached = [one for one in CEFR if one.rank <= CEFR(level).rank]
        is_met = sa.and_(LanguageNeed.tag == tag, LanguageNeed.level.in_(reached))
        found["speaks"] = ~JobOffer.language_needs.any(sa.and_(LanguageNeed.is_required, ~is_met))
    return found


def _of(what: Any, conditions: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    return sa.select(what).select_from(JobOffer).where(*conditions)


def _facets(wanted: dict[str, sa.ColumnElement[bool]]) -> dict[str, list[tuple[str, int]]]:
    """Exact counts, each facet's own choice left out: one grouped query each."""
    found = {}
    for name, (column, _members) in COLUMNS.items():
        rows = _grouped(column, name, wanted)
        found[name] = [(value.value, count) for value, count in rows]
    found["category"] = _grouped(Category.slug, "category", wanted, JobOffer.categorizations, Categorization.category)
    found["place"] = [
        *_grouped(Place.key, "place", wanted, JobOffer.places, OfferPlace.place),
        *_grouped(RemoteCountry.country, "place", wanted, JobOffer.remote_countries),
    ]
    return found


def _grouped(column: Any, name: str, wanted: dict[str, sa.ColumnElement[bool]], *joins: Any) -> list[tuple[Any, int]]:
    conditions = [is_open(clock.now()), *(condition for facet, condition in wanted.items() if facet != name)]
    statement = sa.select(column, sa.func.count()).select_from(JobOffer)
    for join in joins:
        statement = statement.join(join)
    return [tuple(row) for row in session().execute(statement.where(*conditions).group_by(column))]

"""What a list can be narrowed to: only values with something to show, each counted with its own choice left out."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.core.old_addresses import moved_from
from jobboard.people.models import Person
from jobboard.posts.models import Authorship, Categorization, Category, Post, PostText
from jobboard.posts.queries import has_page, is_open
from jobboard.timeline.queries import are_in
from jobboard.timeline.queries_archive import period
from jobboard.timeline.queries_filters import FIRST_YEAR, Labels, PostFilters

#: Stands for the whole list beside its parts.
ALL = "all"


@dataclasses.dataclass(frozen=True)
class Offers:
    """How many posts a list has, and how many each value of each part would show: {"year": {"2025": 12}}."""

    total: int
    values: Mapping[str, Mapping[str, int]]


def offers(filters: PostFilters, now: dt.datetime) -> Offers:
    """What the list of these filters offers, in two queries. Months are those of the chosen year."""
    columns: dict[str, sa.ColumnElement[Any]] = {
        ALL: sa.literal(""),
        "kind": sa.type_coerce(Post.kind, sa.String()),
        "category": Category.slug.expression,
        "author": Person.slug.expression,
        "year": _year(now),
        **({"month": _month(int(filters.year))} if filters.year else {}),
        "lang": PostText.locale.expression,
    }
    counts = [_counts(part, column, filters, now) for part, column in columns.items()]
    values: dict[str, dict[str, int]] = {part: {} for part in columns}
    for part, value, count in session().execute(sa.union_all(*counts)):
        if value is not None:
            values[part][value] = count
    return Offers(values.pop(ALL).get("", 0), values)


def years_of(now: dt.datetime) -> dict[str, int]:
    """How many posts there are of each year, the latest first; years without any are left out."""
    found = session().execute(_counts("year", _year(now), PostFilters(), now))
    by_year: dict[str, int] = {year: count for _part, year, count in found if year is not None}
    return dict(sorted(by_year.items(), reverse=True))


def labels_of(filters: PostFilters, now: dt.datetime, found: Offers | None = None) -> Labels:
    """What the categories and authors that are chosen or offered are called, in the page's language.

    One query for each of the two, none where there is nothing to ask for.
    """
    values = found.values if found else {}
    topics = {filters.category, *values.get("category", ())} - {""}
    people = {filters.author, *values.get("author", ())} - {""}
    labels: dict[tuple[str, str], str] = {}
    if topics:
        rows = session().execute(sa.select(Category.slug, Category.name).where(Category.slug.in_(topics)))
        labels |= {("category", slug): i18n.pick(name) or slug for slug, name in rows}
    if people:
        named = sa.select(Person.slug, Person.name).where(Person.slug.in_(people), has_page(now))
        labels |= {("author", slug): name for slug, name in session().execute(named)}
    return labels


def led_on(filters: PostFilters, labels: Labels) -> PostFilters:
    """The same with a category and an author by their addresses of now; what had none either stays as it is.

    Nothing is asked where `labels` knows what is chosen.
    """
    for name, model in (("category", Category), ("author", Person)):
        value = getattr(filters, name)
        if value and (name, value) not in labels and (moved := moved_from(model, value)) is not None:
            filters = dataclasses.replace(filters, **{name: moved.slug})
    return filters


def _counts(
    part: str, column: sa.ColumnElement[Any], filters: PostFilters, now: dt.datetime
) -> sa.Select[str, str | None, int]:
    """(part, value, number of posts) of each value that the list has without its choice of this part."""
    statement = sa.select(column.label("value")).select_from(Post)
    if part == "category":
        statement = statement.join(Categorization, Categorization.post_id == Post.id)
        statement = statement.join(Category, Category.id == Categorization.category_id)
    elif part == "author":
        statement = statement.join(Authorship, Authorship.post_id == Post.id)
        statement = statement.join(Person, Person.id == Authorship.person_id)
    elif part == "lang":
        statement = statement.join(PostText, PostText.post_id == Post.id)
    others = filters if part == ALL else filters.without(part)
    rows = statement.where(is_open(now), *are_in(others)).subquery()
    counted = sa.select(sa.literal(part).label("part"), rows.c.value, sa.func.count().label("count"))
    return counted.group_by(rows.c.value)


def _year(now: dt.datetime) -> sa.ColumnElement[Any]:
    """The year of the site's zone a post was published in; null before the archive's first. The latest are asked first.

    Asks for the oldest post first: naming every year since 1970 costs more than that.
    """
    oldest: dt.datetime | None = session().execute(sa.select(sa.func.min(Post.publish_at)).where(is_open(now))).scalar()
    first, last = ((one or now).astimezone(i18n.site_zone()).year for one in (oldest, now))
    years = range(last, max(first, FIRST_YEAR) - 1, -1)
    return sa.case(*((Post.publish_at >= period(year)[0], str(year)) for year in years), else_=None)


def _month(year: int) -> sa.ColumnElement[Any]:
    """The month of a post of this year."""
    months = range(12, 0, -1)
    return sa.case(*((Post.publish_at >= period(year, month)[0], f"{month:02}") for month in months), else_=None)

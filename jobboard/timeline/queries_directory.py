"""Who and what has a page, with how many open posts: for the lists of all categories, authors and series."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import with_facts
from jobboard.people.models import Person
from jobboard.posts.models import Authorship, Categorization, Category, Kind, Post
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.posts.queries import is_open

#: Openings on the page of the person who answers questions about them.
MOST_OPENINGS = 12


@dataclasses.dataclass(frozen=True)
class Counted:
    """A category, person or series, and how many open articles and openings there are of it."""

    thing: Any
    articles: int
    openings: int


def categories_counted(now: dt.datetime) -> list[Counted]:
    """The categories with something open in them. Two queries."""
    return _counted(Category, Categorization.category_id, Categorization.post_id, now)


def authors_counted(now: dt.datetime) -> list[Counted]:
    """The people who wrote something that is open. Two queries."""
    return _counted(Person, Authorship.person_id, Authorship.post_id, now)


def series_counted(now: dt.datetime) -> list[Counted]:
    """The series of which readers see a part. Two queries."""
    return _counted(Series, SeriesPart.series_id, SeriesPart.post_id, now)


def _counted(model: Any, owner: Any, post: Any, now: dt.datetime) -> list[Counted]:
    counts: dict[int, dict[Kind, int]] = defaultdict(dict)
    statement = sa.select(owner, Post.kind, sa.func.count()).join(Post, Post.id == post).where(is_open(now))
    for owner_id, kind, count in session().execute(statement.group_by(owner, Post.kind)):
        counts[owner_id][kind] = count
    has_something = model.id.in_(sa.select(owner).join(Post, Post.id == post).where(is_open(now)))
    rows = session().execute(sa.select(model).where(has_something).order_by(model.slug)).unique().scalars()
    return [Counted(row, counts[row.id].get(Kind.article, 0), counts[row.id].get(Kind.opening, 0)) for row in rows]


def openings_of_contact(person: Person, now: dt.datetime) -> Sequence[JobOffer]:
    """The open openings about which this person answers questions, the newest first, as cards show them."""
    if person.left_at is not None:
        return ()
    statement = sa.select(JobOffer).where(is_open(now), JobOffer.contact_id == person.id).options(*with_facts())
    newest = statement.order_by(Post.publish_at.desc(), Post.id.desc()).limit(MOST_OPENINGS)
    return session().execute(newest).scalars().all()

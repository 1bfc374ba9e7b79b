"""Criteria of openings, and reviews as far as a person may see them: others' only once one's own is complete."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import Application
from jobboard.applications.models_review import Criterion, Rating, Review, ReviewRules
from jobboard.applications.queries_names import has_rated
from jobboard.core.db import session
from jobboard.people.models import Person


def criteria_of(offer_id: int) -> list[Criterion]:
    """What the applications of an opening are rated by, in order."""
    statement = sa.select(Criterion).where(Criterion.offer_id == offer_id)
    return list(session().execute(statement.order_by(Criterion.position, Criterion.id)).scalars())


def rules_of(offer_id: int) -> ReviewRules | None:
    """How the applications of an opening are reviewed; None where nobody has said."""
    return session().get(ReviewRules, offer_id)


def reviews_for(application_ids: Iterable[int], person: Person) -> sa.Select[Review]:
    """The reviews of applications this person may see: their own, and all of one they have rated completely.

    Screen, exports and figures ask here and nowhere else, so that nobody's judgement is led by another's. The caller has
    made sure that the person may see the applications (`queries.visible_to`).
    """
    statement = (
        sa.select(Review)
        .join(Application, Application.id == Review.application_id)
        .where(Application.id.in_(list(application_ids)), sa.or_(Review.by_id == person.id, has_rated(person)))
        .options(selectinload(Review.ratings))
        .order_by(Review.at, Review.id)
    )
    return statement.execution_options(scope=f"person {person.id}")


def review_by(application_id: int, person: Person) -> Review | None:
    """What one person gave for one application."""
    statement = sa.select(Review).where(Review.application_id == application_id, Review.by_id == person.id)
    statement = statement.options(selectinload(Review.ratings)).execution_options(scope=f"person {person.id}")
    return session().execute(statement).scalar_one_or_none()


def is_complete(review: Review | None, criteria: Iterable[Criterion]) -> bool:
    """Whether a review gives something for every criterion; the same rule as `queries_names.has_rated`."""
    return review is not None and review.stars.keys() >= {one.id for one in criteria}


def rated_criteria(offer_id: int) -> frozenset[int]:
    """The criteria of an opening that somebody has rated by; they can be renamed, not removed."""
    rated = sa.exists().where(Rating.criterion_id == Criterion.id)
    statement = sa.select(Criterion.id).where(Criterion.offer_id == offer_id, rated)
    return frozenset(session().execute(statement.execution_options(scope="criteria")).scalars())

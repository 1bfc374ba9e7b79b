"""Saying how an opening's applications are reviewed, rating them, and lifting a hidden name. Nothing here commits."""

import dataclasses
from collections.abc import Mapping, Sequence

from jobboard.applications.actions import PURPOSE, add_event
from jobboard.applications.models import Application, EventKind
from jobboard.applications.models_review import LEAST_STARS, MOST_STARS, Criterion, Rating, Review, ReviewRules
from jobboard.applications.queries_review import criteria_of, is_complete, rated_criteria, review_by, rules_of
from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.people.models import Person


class NotPossible(ValueError):
    """A review that cannot be kept, or a criterion that cannot be removed."""


@dataclasses.dataclass(frozen=True)
class WantedCriterion:
    """A criterion as it should be: its names by language, and the id of the one that is there."""

    label: Mapping[str, str]
    id: int | None = None


def set_review_rules(offer_id: int, wanted: Sequence[WantedCriterion], *, hides_names: bool) -> None:
    """Exactly these criteria in this order, and whether names are hidden.

    Raises `NotPossible` when a criterion would go that somebody has rated by: what was given must not vanish.
    """
    there = {one.id: one for one in criteria_of(offer_id)}
    gone = there.keys() - {one.id for one in wanted}
    if gone & rated_criteria(offer_id):
        raise NotPossible("somebody has rated by it")
    for number in gone:
        session().delete(there[number])
    for position, one in enumerate(wanted):
        row = there.get(one.id or 0)
        if row is None:
            session().add(Criterion(offer_id=offer_id, position=position, label=dict(one.label)))
        else:
            row.position, row.label = position, dict(one.label)
    rules = rules_of(offer_id)
    if rules is None:
        session().add(ReviewRules(offer_id=offer_id, hides_names=hides_names))
    else:
        rules.hides_names = hides_names


def rate(row: Application, stars: Mapping[int, int], comment: str, by: Person) -> Review:
    """Keep what a person gives for an application by every criterion; what they gave before stays to be seen.

    Raises `NotPossible` for an application that waits apart, and for a review that leaves a criterion out.
    """
    session().flush()
    session().refresh(row, with_for_update=True)  # of two clicks the second finds the first's review
    criteria = criteria_of(row.opening_id)
    known = {one.id for one in criteria}
    if row.is_suspect or not known or set(stars) != known:
        raise NotPossible("not by every criterion")
    if not all(LEAST_STARS <= one <= MOST_STARS for one in stars.values()):
        raise NotPossible("out of range")
    review = review_by(row.id, by)
    if review is None:
        review = Review(application_id=row.id, by=by, at=clock.now(), comment=comment, earlier=[])
        session().add(review)
        add_event(row, EventKind.rated, by)
    elif (review.stars, review.comment) == (dict(stars), comment):
        return review
    else:
        was_complete = is_complete(review, criteria)
        review.earlier = [*review.earlier, _earlier(review)]
        review.at, review.comment = clock.now(), comment
        add_event(row, EventKind.rating_changed if was_complete else EventKind.rated, by)
    given = {one.criterion_id: one for one in review.ratings}
    review.ratings = [given.get(number) or Rating(criterion_id=number, stars=0) for number in sorted(stars)]
    for one in review.ratings:
        one.stars = stars[one.criterion_id]
    record("application.rated", (PURPOSE, row.id), by)
    return review


def _earlier(review: Review) -> dict[str, object]:
    stars = {str(number): given for number, given in review.stars.items()}  # JSON has no numbers as keys
    return {"at": review.at.isoformat(), "stars": stars, "comment": review.comment}


def lift_names(row: Application, reason: str, by: Person) -> None:
    """Show everybody who an application is from before they rated it; the history says who wanted that and why."""
    add_event(row, EventKind.names_shown, by, detail=reason)

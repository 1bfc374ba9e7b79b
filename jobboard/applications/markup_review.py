"""Reviews in words: what each person gave, and per criterion the average and the spread. Nobody is ranked by it."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from jobboard.applications.models_review import Criterion, Review
from jobboard.core import i18n
from jobboard.core.i18n import _


@dataclasses.dataclass(frozen=True)
class Change:
    """What somebody gave before."""

    at: dt.datetime
    text: str
    comment: str


@dataclasses.dataclass(frozen=True)
class Opinion:
    """What one person gave."""

    who: str
    at: dt.datetime
    #: In the order of the criteria; "–" where nothing was given.
    stars: list[str]
    comment: str
    is_own: bool
    earlier: list[Change]


@dataclasses.dataclass(frozen=True)
class Measure:
    """One criterion over all who rated: its name, the average, and the lowest and highest given."""

    label: str
    average: str
    spread: str


def opinions(reviews: Sequence[Review], criteria: Sequence[Criterion], own_id: int) -> list[Opinion]:
    """What was given, one's own first, then in the order of time."""
    ordered = sorted(reviews, key=lambda one: one.by_id != own_id)
    return [
        Opinion(
            who=one.by.name,
            at=one.at,
            stars=[_given(one.stars.get(criterion.id)) for criterion in criteria],
            comment=one.comment,
            is_own=one.by_id == own_id,
            earlier=_changes(one, criteria),
        )
        for one in ordered
    ]


def measures(reviews: Sequence[Review], criteria: Sequence[Criterion]) -> list[Measure]:
    """Average and spread of every criterion."""
    return [
        _measure(criterion, [one.stars[criterion.id] for one in reviews if criterion.id in one.stars])
        for criterion in criteria
    ]


def _measure(criterion: Criterion, given: list[int]) -> Measure:
    if not given:
        return Measure(i18n.pick(criterion.label), "–", "–")
    low, high = min(given), max(given)
    spread = str(low) if low == high else _("%(low)d to %(high)d", low=low, high=high)
    return Measure(i18n.pick(criterion.label), i18n.number(round(sum(given) / len(given), 1)), spread)


def _given(stars: int | None) -> str:
    return "–" if stars is None else str(stars)


def _changes(review: Review, criteria: Sequence[Criterion]) -> list[Change]:
    return [
        Change(
            at=dt.datetime.fromisoformat(one["at"]),
            text=", ".join(f"{i18n.pick(row.label)}: {_given(one['stars'].get(str(row.id)))}" for row in criteria),
            comment=one["comment"],
        )
        for one in review.earlier
    ]

"""Deciding the open applications of a closed opening, all or none."""

import dataclasses
import enum
from collections.abc import Sequence

from jobboard.applications.actions import move, tell
from jobboard.applications.models import Application, Stage
from jobboard.applications.queries_closing import chosen_applications
from jobboard.core.i18n import lazy
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person


class Decision(enum.Enum):
    """What becomes of an open application. There is none for the talent pool: only its applicant can join it."""

    keep = "keep"
    tell_now = "tell_now"
    tell_later = "tell_later"


DECISION_LABELS = {
    Decision.keep: lazy("Keep it open"),
    Decision.tell_now: lazy("Reject and tell now by mail"),
    Decision.tell_later: lazy("Reject, tell later"),
}


@dataclasses.dataclass(frozen=True)
class Choice:
    """A decision about one application, and the version of it that was seen."""

    application_id: int
    version: str
    decision: Decision


class MovedMeanwhile(Exception):
    """Somebody else, or the applicant, changed some of the applications; nothing was done. `names` of those still seen."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{len(names)} applications changed")
        self.names = names


def decide(offer: JobOffer, choices: Sequence[Choice], by: Person) -> int:
    """Reject what was chosen, and queue the answers of those who are told now; returns how many were rejected.

    Raises `MovedMeanwhile` when one of them is not what was seen any more; then none is changed, so nothing is overwritten.
    """
    wanted = {one.application_id: one for one in choices if one.decision is not Decision.keep}
    rows = {row.id: row for row in chosen_applications(by, list(wanted))}
    changed = [row.name for row in rows.values() if not _is_as_seen(row, offer, wanted[row.id])]
    if changed or len(rows) != len(wanted):
        raise MovedMeanwhile(changed)
    for number, row in rows.items():
        move(row, Stage.rejected, by)
        if wanted[number].decision is Decision.tell_now:
            tell(row, offer, by)
    return len(rows)


def _is_as_seen(row: Application, offer: JobOffer, choice: Choice) -> bool:
    is_same = row.opening_id == offer.id and str(row.version) == choice.version
    return is_same and Stage.rejected in row.moves and not row.is_suspect

"""What stands beside an opening while it is written: its checklist, publishing, closing, and its history."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from flask import current_app, g

from jobboard.core import clock
from jobboard.core.forms import DeskForm
from jobboard.openings.forms_cycle import CloseForm, ExtendForm, OverrideForm, ReopenForm
from jobboard.openings.markup_checklist import offer_checklist
from jobboard.openings.markup_history import Line, history_of
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_history import events_of
from jobboard.posts.forms import PublishForm, to_local
from jobboard.posts.markup_checklist import Checklist


@dataclasses.dataclass(frozen=True)
class Aside:
    """Everything beside the form of an opening. `is_refused` when something was hindered by the checklist just now."""

    checklist: Checklist
    history: Sequence[Line]
    forms: dict[str, Any]
    overrides: dict[str, OverrideForm]
    #: Applications that wait for a decision although the opening is closed.
    undecided: int
    is_refused: bool = False
    #: Somebody else changed the opening while the page was open.
    is_outdated: bool = False

    @property
    def with_errors(self) -> list[DeskForm]:
        """The forms that were sent and are not right, for the error summary."""
        return [form for form in (*self.forms.values(), *self.overrides.values()) if form.errors]


def aside_of(offer: JobOffer, *, is_refused: bool = False, is_outdated: bool = False, **sent: Any) -> Aside:
    """The aside of an opening; `sent` are its forms that were sent, by name, an override's by its item."""
    events, now = events_of(offer.id), clock.now()
    checklist = offer_checklist(offer, events, now)
    publish_at = to_local(offer.publish_at) if offer.publish_at and offer.publish_at > now else None
    forms: dict[str, Any] = {
        "publish": sent.get("publish") or PublishForm(formdata=None, publish_at=publish_at),
        "close": sent.get("close") or CloseForm(formdata=None),
        "extend": sent.get("extend") or ExtendForm(formdata=None),
        "reopen": sent.get("reopen") or ReopenForm(formdata=None),
        "plain": DeskForm(formdata=None),
    }
    forms["extend"].seen.data = str(offer.version)
    overrides = {
        item.name: OverrideForm(formdata=None, prefix=item.name, fingerprint=item.fingerprint)
        for item in checklist.blocking
    }
    if (form := sent.get("override")) is not None and form.item in overrides:
        form.fingerprint.data = overrides[form.item].fingerprint.data
        overrides[form.item] = form
    undecided = current_app.extensions["undecided"](g.person, now).get(offer.id, 0)
    return Aside(checklist, history_of(offer, events, now), forms, overrides, undecided, is_refused, is_outdated)

"""The form with which the open applications of a closed opening are decided."""

from collections.abc import Sequence

from wtforms import FieldList, FormField, HiddenField, SelectField

from jobboard.applications.actions_closing import DECISION_LABELS, Choice, Decision
from jobboard.applications.models import Application
from jobboard.applications.queries_closing import MOST_DECIDED
from jobboard.core.db import row_number
from jobboard.core.forms import DeskForm, Form, SelectChoice
from jobboard.core.i18n import lazy

DECISIONS = [SelectChoice(one.value, label) for one, label in DECISION_LABELS.items()]


class DecisionRow(Form):
    """What becomes of one application."""

    application_id = HiddenField()
    #: The application's version when the page was opened.
    version = HiddenField()
    decision = SelectField(lazy("Decision"), choices=DECISIONS, default=Decision.keep.value)


class DecisionsForm(DeskForm):
    """A decision for each application, and one to give to all at once."""

    for_all = SelectField(lazy("For all"), choices=DECISIONS, default=Decision.keep.value)
    rows = FieldList(FormField(DecisionRow), max_entries=MOST_DECIDED)

    def choices(self) -> list[Choice]:
        """The decisions as they were sent, also about applications that are not open any more: that must be told."""
        return [
            Choice(number, row.form.version.data or "", Decision(row.form.decision.data))
            for row in self.rows
            if (number := row_number(row.form.application_id.data)) is not None
        ]

    def show(self, known: Sequence[Application], decisions: dict[int, Decision]) -> None:
        """Let the form hold these applications as they are now, with these decisions; the others stay open."""
        while self.rows.entries:
            self.rows.pop_entry()
        for row in known:
            decision = decisions.get(row.id, Decision.keep).value
            self.rows.append_entry({"application_id": str(row.id), "version": str(row.version), "decision": decision})

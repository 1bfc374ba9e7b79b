"""One application on one screen, for who looks at it."""

from typing import Any

from flask import abort, current_app, g, render_template, request
from sqlalchemy.orm import selectinload

from jobboard.applications.actions import ANSWER, LETTER
from jobboard.applications.desk_organise import organised
from jobboard.applications.forms_desk import MoveForm, NoteForm, ToldForm
from jobboard.applications.forms_review import LiftForm, RatingForm, rating_form
from jobboard.applications.markup import history
from jobboard.applications.markup_names import Face
from jobboard.applications.markup_review import measures, opinions
from jobboard.applications.models import STAGE_LABELS, Application, Document, Stage
from jobboard.applications.models_reasons import SUSPICION_LABELS, Suspicion
from jobboard.applications.queries import application_of, awaits_proof, others_by, refused_about
from jobboard.applications.queries_bounces import came_back
from jobboard.applications.queries_erasing import kept_until, retention
from jobboard.applications.queries_names import hidden_of
from jobboard.applications.queries_review import criteria_of, is_complete, reviews_for
from jobboard.audit.views import note_refusal
from jobboard.core import clock, i18n
from jobboard.core.access import HIRING
from jobboard.core.db import session
from jobboard.core.forms import DeskForm
from jobboard.files.actions_pages import NotShown, words_of
from jobboard.files.markup import Reading, reading_of
from jobboard.files.storage import StorageError
from jobboard.mail.models import STATE_LABELS, MailState, OutboxMail
from jobboard.mail.queries import mails_about
from jobboard.stats.queries import source_name


def application_or_404(application_id: int) -> Application:
    """The application, if this person may see it; one they may not looks like none, by its time too: both are recorded."""
    row = application_of(g.person, application_id)
    if row is None:
        note_refusal(g.person, refused_about({"application_id": application_id}), request.endpoint or "")
        abort(404)
    return row


def face_of(row: Application) -> Face:
    """Who the application is from, as far as this person may know yet."""
    return Face(row, row.id in hidden_of([row.id], g.person))


def screen(row: Application, *, wanted: Stage | None = None, **forms: DeskForm) -> str:
    """The one screen. `wanted` is the stage somebody chose while somebody else moved it; `forms` are those that were sent."""
    face = face_of(row)
    move_form = forms.pop("move_form", None) or MoveForm(formdata=None, version=str(row.version))
    if isinstance(move_form, MoveForm):
        move_form.offer_moves(row.moves)
    empty = {name: kind(formdata=None) for name, kind in EMPTY_FORMS.items() if name not in forms}
    return render_template(
        "desk/applications/show.html",
        application=row,
        face=face,
        title=row.opening.text(i18n.page_language()).title,
        waits_for_proof=awaits_proof(row),
        others=others_by(row, g.person),
        may_move=g.person.role in HIRING,
        wanted=STAGE_LABELS[wanted] if wanted else None,
        stage_label=STAGE_LABELS[row.stage],
        suspicions=[SUSPICION_LABELS[Suspicion(one)] for one in row.suspicions] if row.is_suspect else [],
        deleted_on=kept_until(row, retention()),
        readings={document.id: _reading(document, face) for document in row.documents},
        source=source_name(row.source_id),
        panels=[one for panel in current_app.extensions["application_panels"] if (one := panel(row, g.person))],
        move_form=move_form,
        organise=organised(row, forms.pop("tags_form", None), forms.pop("assignees_form", None)),
        **_review_of(row, face, forms.pop("rating_form", None)),
        **_mails_of(row),
        **{**empty, **forms},
    )


EMPTY_FORMS: dict[str, type[DeskForm]] = {
    "note_form": NoteForm,
    "told_form": ToldForm,
    "lift_form": LiftForm,
    "plain_form": DeskForm,
}


def _review_of(row: Application, face: Face, sent: DeskForm | None) -> dict[str, Any]:
    """Criteria, one's own review, and others' once one's own is complete; the history with no more than that."""
    criteria = criteria_of(row.opening_id)
    reviews = list(session().execute(reviews_for([row.id], g.person)).scalars()) if criteria else []
    own = next((one for one in reviews if one.by_id == g.person.id), None)
    sees_all = not criteria or is_complete(own, criteria)
    form = sent or rating_form(criteria, own, is_sent=False)
    return {
        "criteria": criteria,
        "may_rate": bool(criteria) and not row.is_suspect,
        "is_rated": is_complete(own, criteria),
        "sees_ratings": sees_all,
        "rating_form": form,
        "rating_fields": form.criteria_fields if isinstance(form, RatingForm) else [],
        "measures": measures(reviews, criteria) if sees_all else [],
        "opinions": opinions(reviews, criteria, g.person.id),
        "history": history(row, face, None if sees_all else g.person),
    }


def _mails_of(row: Application) -> dict[str, Any]:
    mails = list(
        session().execute(mails_about("application", row.id).options(selectinload(OutboxMail.attachments))).scalars()
    )
    return {
        "mails": mails,
        "came_back": came_back(row, mails),
        "answer_kind": ANSWER,
        "leaving": [mail for mail in mails if mail.kind == LETTER and _waits(mail) and mail.due_at > clock.now()],
        "mail_states": STATE_LABELS,
        "answer_waits": row.is_untold and any(_waits(mail) and mail.kind == ANSWER for mail in mails),
    }


def _waits(mail: OutboxMail) -> bool:
    return mail.state is MailState.queued


def _reading(document: Document, face: Face) -> Reading:
    """A document as it is read here, whatever became of it."""
    name = face.document(document)
    try:
        return reading_of(document.file, words_of(document.file), name)
    except (NotShown, StorageError):
        return reading_of(document.file, None, name)

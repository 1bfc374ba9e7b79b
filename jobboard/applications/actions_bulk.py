"""Moving several applications in one transaction, and taking that back while nobody was told."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

from jobboard.applications.actions import (
    ANSWER,
    PURPOSE,
    add_event,
    changed,
    language_of,
    move,
    note_answer,
    written_answers,
)
from jobboard.applications.actions_letters import letter_sent_as, letter_words, send_letter
from jobboard.applications.models import Application, EventKind, Stage
from jobboard.applications.models_desk import BulkItem, BulkRun
from jobboard.applications.queries_bulk import chosen, items_of, run_sent_as
from jobboard.audit.actions import record, recorded_together
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.mail.actions import cancel
from jobboard.mail.models import OutboxMail
from jobboard.mail.models_templates import MailTemplate
from jobboard.mail.queries import is_waiting, waiting_about
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person


def move_chosen(
    versions: Mapping[int, int],
    to_stage: Stage,
    by: Person,
    *,
    nonce: str,
    answers: Mapping[int, OutboxMail] | None = None,
) -> BulkRun:
    """Move the applications that still have the version somebody saw; the others are left as they are and named.

    `answers` are the mails of a rejection that go with it (`answers_ahead`); none when they are not told yet. The same form
    sent again is the run there is. Nobody can slip between looking and moving: the rows are locked first, in one order.

    On SQLite nobody else writes meanwhile: mails are rendered before, and everything is put into the database at once.
    """
    rows = chosen(by, sorted(versions), lock=True)
    known = run_sent_as(nonce)
    if known is not None:
        return known
    run = BulkRun(nonce=nonce, person_id=by.id, at=clock.now(), to_stage=to_stage)
    run.send_after = next((mail.due_at for mail in (answers or {}).values()), None)
    session().add(run)
    session().flush()
    on_their_way = waiting_about(PURPOSE, sorted(versions), ANSWER) if answers else set()
    done = [row for row in rows if _may_move(row, to_stage, versions) and row.id not in on_their_way]
    with session().no_autoflush, recorded_together():
        for row in done:
            move(row, to_stage, by)
            if answers:
                session().add(answers[row.id])
                note_answer(row, answers[row.id], by)
        session().flush()  # the versions that items name are those after the move
    moved = {row.id for row in done}
    items = [
        BulkItem(run_id=run.id, application_id=row.id, is_done=row.id in moved, version=row.version) for row in rows
    ]
    session().add_all(items)
    session().flush()
    return run


def _may_move(row: Application, to_stage: Stage, versions: Mapping[int, int]) -> bool:
    return row.version == versions[row.id] and to_stage in row.moves and not row.is_suspect


def answers_ahead(
    versions: Mapping[int, int], by: Person, *, send_after: dt.datetime, offers: Mapping[int, JobOffer]
) -> dict[int, OutboxMail]:
    """The answers that reject these applications, rendered before the transaction that sends them, by id.

    Of an application that changes in between none is sent: it has another version then.
    """
    rows = [row for row in chosen(by, sorted(versions)) if _may_move(row, Stage.rejected, versions)]
    return written_answers(rows, offers, send_after=send_after)


@dataclasses.dataclass(frozen=True)
class Written:
    """What came of writing to several: how many mails are on their way, and the applications that get none, by number."""

    count: int
    #: Somebody changed them after their names were shown.
    changed: list[int]
    #: The template has no words in their language.
    unworded: list[int]


def write_to_chosen(
    versions: Mapping[int, int], template: MailTemplate, by: Person, *, nonce: str, offers: Mapping[int, JobOffer]
) -> Written:
    """Queue a template's mail to each of the applicants, in their language, whose application is as somebody saw it.

    Who waits apart gets none. The same form sent again writes to nobody twice.
    """
    done, changed, unworded = 0, [], []
    for row in chosen(by, sorted(versions), lock=True):
        own_nonce = hashlib.sha256(f"{nonce}:{row.id}".encode()).hexdigest()[:32]
        language = language_of(row)
        subject, body = template.subject.get(language), template.body.get(language)
        if letter_sent_as(own_nonce) is not None:
            done += 1
        elif row.version != versions[row.id] or row.is_suspect:
            changed.append(row.id)
        elif not subject or not body:
            unworded.append(row.id)
        else:
            offer = offers[row.opening_id]
            send_letter(row, offer, letter_words(row, offer, subject, body), by, [], own_nonce)
            done += 1
    return Written(done, changed, unworded)


@dataclasses.dataclass(frozen=True)
class TakenBack:
    """What came of taking a run back: how many it worked for, and how many were told or changed meanwhile."""

    done: int
    too_late: int


def take_back(run: BulkRun, by: Person, *, with_moves: bool) -> TakenBack:
    """Take the answers of a run out of the outbox and, where wanted, the decisions back. What was told stays told.

    What a worker is sending at this moment can be taken back later, should it not leave: until every application was told
    or taken back, the run does not count as taken back.
    """
    items = {key: item for key, item in items_of(run, by).items() if item.is_done}
    rows = [row for row in chosen(by, sorted(items), lock=True) if not is_back(row, run, with_moves=with_moves)]
    done = sum(_take_back(row, items[row.id], by, run, with_moves=with_moves) for row in rows)
    now, left = clock.now(), untold_of(rows, items)
    if run.send_after is not None and all(is_back(row, run) for row in left):
        run.mails_back_at = run.mails_back_at or now
    if with_moves and not left:
        run.moves_back_at = now
    return TakenBack(done, len(rows) - done)


def _take_back(row: Application, item: BulkItem, by: Person, run: BulkRun, *, with_moves: bool) -> bool:
    """Take one back; False when it was told, is being told, or somebody went on with it."""
    if not row.is_untold or row.version != item.version:
        return False
    if run.send_after is not None and not is_back(row, run):
        cancel((PURPOSE, row.id), ANSWER)
    if is_waiting((PURPOSE, row.id), ANSWER):
        return False  # a worker is sending it at this moment, or somebody sent it by hand
    if with_moves:
        _decide_anew(row, by)
    else:
        add_event(row, EventKind.taken_back, by)
    session().flush()
    record("application.taken_back", (PURPOSE, row.id), by)
    return True


def is_back(row: Application, run: BulkRun, *, with_moves: bool = False) -> bool:
    """Whether an application's answer of a run was taken back, or its decision too."""
    since = (event for event in row.events if event.kind is EventKind.taken_back and event.at >= run.at)
    return any(event.detail or not with_moves for event in since)


def _decide_anew(row: Application, by: Person) -> None:
    """A rejection nobody was told of never was: the application is where it was before, since when it was there."""
    decided = next(event for event in reversed(row.events) if event.to_stage is Stage.rejected)
    stage = decided.from_stage or Stage.received
    entered = [event.at for event in row.events if event.to_stage is stage]
    row.stage, row.stage_since, row.decided_at = stage, entered[-1] if entered else row.received_at, None
    # The stage stands in the detail: what the applicant's page reads as a step must not say that something happened.
    add_event(row, EventKind.taken_back, by, detail=stage.value)
    changed(row)


def untold_of(rows: Sequence[Application], items: Mapping[int, BulkItem]) -> list[Application]:
    """Those of a run that can still be taken back."""
    return [row for row in rows if items[row.id].is_done and row.is_untold and row.version == items[row.id].version]

"""What may happen to an application, in every pair of stages, and what each change leaves behind."""

import datetime as dt
import itertools

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications.actions import (
    IllegalMove,
    mark_told,
    move,
    note,
    private_address,
    tell,
    tell_otherwise,
    withdraw,
)
from jobboard.applications.models import MOVES, Event, EventKind, Stage
from jobboard.applications.models_reasons import WithdrawReason
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.actions import LinkEnded
from jobboard.mail.models import MailState
from jobboard.mail.tasks import mark_sent
from tests.factories import application_link, make_application, make_offer, make_person

PAIRS = list(itertools.product(Stage, Stage))
LEGAL = [(start, end) for start, end in PAIRS if end in MOVES.get(start, ())]
ILLEGAL = [pair for pair in PAIRS if pair not in LEGAL]
#: Neither staff's nor the applicant's, who withdraws from an open stage.
NOBODYS = [pair for pair in ILLEGAL if not (pair[1] is Stage.withdrawn and pair[0] in MOVES)]


@pytest.fixture
def offer(app):
    return make_offer("System administrator", slug="system-administrator")


@pytest.fixture
def recruiter(app):
    return make_person("Thilo Brandt", role=Role.recruiter)


def name_of(pair):
    return f"{pair[0].value}-{pair[1].value}"


@pytest.mark.parametrize("pair", LEGAL, ids=name_of)
def test_legal_move_is_done_and_written_down(offer, recruiter, pair):
    row = make_application(offer, stage=pair[0])
    with time_machine.travel("2027-03-28T00:30:00+00:00", tick=False):
        move(row, pair[1], recruiter)
    session().commit()
    [event] = row.events
    assert (event.kind, event.from_stage, event.to_stage, event.by) == (EventKind.moved, *pair, recruiter)
    assert row.stage is pair[1]
    assert row.stage_since == event.at == dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC)
    is_rejection = pair[1] is Stage.rejected
    assert row.told_stage is pair[0 if is_rejection else 1], "a rejection is told later"
    assert (row.decided_at, row.told_at) == (event.at if is_rejection else None, None)


@pytest.mark.parametrize("pair", ILLEGAL, ids=name_of)
def test_illegal_move_is_refused_and_leaves_nothing(offer, recruiter, pair):
    row = make_application(offer, stage=pair[0])
    before = (row.stage, row.told_stage, row.stage_since)
    with pytest.raises(IllegalMove):
        move(row, pair[1], recruiter)
    session().commit()
    assert (row.stage, row.told_stage, row.stage_since) == before
    assert row.events == []


@pytest.mark.parametrize("pair", NOBODYS, ids=name_of)
def test_database_itself_refuses_an_illegal_move(offer, pair):
    row = make_application(offer, stage=pair[0])
    row.events.append(Event(kind=EventKind.moved, at=clock.now(), from_stage=pair[0], to_stage=pair[1], detail=""))
    with pytest.raises(sa.exc.IntegrityError, match="legal_move"):
        session().flush()


def test_applicant_withdraws_from_every_open_stage_and_from_no_other(offer):
    for stage in Stage:
        row = make_application(offer, stage=stage, told_stage=stage)
        if stage in MOVES:
            withdraw(row, WithdrawReason.too_slow)
            session().commit()
            assert (row.stage, row.told_stage) == (Stage.withdrawn, Stage.withdrawn)
            assert [event.by for event in row.events] == [None]
        else:
            with pytest.raises(IllegalMove):
                withdraw(row, None)


@pytest.fixture
def rejected(offer, recruiter):
    row = make_application(offer, stage=Stage.interview)
    move(row, Stage.rejected, recruiter)
    session().commit()
    return row


def test_rejection_is_told_when_the_mail_server_took_the_mail_and_not_before(rejected, offer, recruiter):
    mail = tell(rejected, offer, recruiter)
    session().commit()
    assert (mail.state, rejected.is_untold, rejected.told_stage) == (MailState.queued, True, Stage.interview)
    mark_sent(mail)
    session().commit()
    assert (rejected.is_untold, rejected.told_stage, rejected.told_at) == (False, Stage.rejected, mail.sent_at)
    assert [event.kind for event in rejected.events] == [EventKind.moved, EventKind.mailed, EventKind.told]
    with pytest.raises(IllegalMove):
        tell(rejected, offer, recruiter)


def test_answer_by_letter_counts_from_its_day_and_takes_the_mail_back(rejected, offer, recruiter, outbox):
    rejected.decided_at = clock.now() - dt.timedelta(days=5)
    session().flush()
    tell(rejected, offer, recruiter)
    day = clock.now() - dt.timedelta(days=2)
    tell_otherwise(rejected, day, recruiter)
    session().commit()
    assert (rejected.told_at, rejected.told_stage) == (day, Stage.rejected)
    assert outbox() == []
    with pytest.raises(IllegalMove):
        tell_otherwise(rejected, day, recruiter)


def test_mail_that_a_worker_is_sending_is_not_taken_back_and_changes_nothing_any_more(
    rejected, offer, recruiter, outbox
):
    mail = tell(rejected, offer, recruiter)
    mail.leased_until = clock.now() + dt.timedelta(minutes=1)
    withdraw(rejected, None)
    session().commit()
    assert outbox() == [mail]
    mark_sent(mail)
    session().commit()
    assert (rejected.stage, rejected.told_stage, rejected.told_at) == (Stage.withdrawn, Stage.withdrawn, None)


def test_mail_about_an_application_that_is_gone_tells_nobody(rejected, offer, recruiter):
    mail = tell(rejected, offer, recruiter)
    mail.about_id = 987654
    mark_told(mail)
    assert rejected.is_untold
    with pytest.raises(LinkEnded):
        private_address(987654, "robin@example.org")


def test_only_a_decided_rejection_can_be_told(offer, recruiter):
    for stage in Stage:
        if stage is not Stage.rejected:
            row = make_application(offer, stage=stage)
            with pytest.raises(IllegalMove):
                tell(row, offer, recruiter)


@pytest.mark.parametrize(("locale", "language"), [("en", "en"), ("de", "de"), ("fr", "en")])
def test_link_is_in_the_applicants_language_or_in_one_there_is(offer, locale, language):
    row = make_application(offer, locale=locale)
    assert (
        private_address(row.id, row.email) == f"http://127.0.0.1:8000/{language}/applications/{application_link(row)}/"
    )


def test_note_has_its_writer_and_its_time(offer, recruiter):
    row = make_application(offer)
    with time_machine.travel("2027-01-04T08:00:00+00:00", tick=False):
        note(row, "Knows systemd inside out.", recruiter)
    session().commit()
    [written] = row.notes
    assert (written.text, written.by, written.at) == (
        "Knows systemd inside out.", recruiter, dt.datetime(2027, 1, 4, 8, tzinfo=dt.UTC)
    )  # fmt: skip
    assert [event.kind for event in row.events] == [EventKind.noted]

"""Searching applications: what finds one, for whom, alike on both engines; and that nothing erased stays findable."""

import datetime as dt
import io
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import move, note, tell_otherwise, withdraw
from jobboard.applications.actions_erasing import ask_for_deletion, erase
from jobboard.applications.actions_organise import save_filter, set_tags
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Answer, Application, Document, DocumentKind, Event, EventKind, Stage
from jobboard.applications.models_desk import ApplicationWords, SavedFilter, Tag
from jobboard.applications.models_erased import ErasureReason
from jobboard.applications.queries_inbox import Inbox
from jobboard.applications.queries_list import listed
from jobboard.applications.tasks_desk import cut_due_words, tidy_desk
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import db, scrub, session, writing
from jobboard.files.actions import claim, keep_staged, receive
from jobboard.mail.actions import queue
from jobboard.mail.markup_templates import OwnWords
from jobboard.openings.models import QuestionKind
from jobboard.transfer.exports_pdf import pdf_of
from tests.factories import make_application, make_offer, make_person
from tests.files.documents import docx, words


@pytest.fixture
def offer(app):
    return make_offer("System administrator")


def cut_all():
    """Run the sweep until nothing is left to do; how much it did."""
    session().commit()
    done = 0
    while count := cut_due_words():
        done += count
    return done


def found(query, person):
    rows = listed(Inbox(text=query), person, clock.now())
    return sorted(one.application.name for one in rows)


def add_document(row, data, name):
    file = claim(keep_staged(receive(io.BytesIO(data), name)))
    row.documents.append(Document(file=file, kind=DocumentKind.cv))
    row.events.append(Event(kind=EventKind.document_added, at=clock.now(), detail=name))
    session().flush()


@pytest.fixture
def rich(offer):
    """One application with a word of its own in each place, among others."""
    row = make_application(
        offer,
        name="Ada Müller-Öztürk",
        email="ada.m@harbour.example",
        phone="+4930901820",
        text="Kubernetes operations.",
    )
    row.answers.append(Answer(position=0, kind=QuestionKind.text, label="?", value="x", shown="Schichtdienst"))
    note(row, "Knows the tides.", make_person(role=Role.recruiter))
    add_document(row, pdf_of("Lebenslauf", ["Datenbankadministratorin bei Nordlicht"]), "zeugnis-werft.pdf")
    add_document(row, b"Worked on lighthouses for years.\n", "notes.txt")
    make_application(offer, name="Bea Two", text="Nothing of it.")
    cut_all()
    return row


@pytest.mark.parametrize(
    "query",
    [
        "ada",
        "MULLER",
        "mueller",
        "Öztürk",
        "ada.m@harbour.example",
        "harbour",
        "030 901820",
        "+49 30 901820",
        "030901820",
        "kubern",
        "operation",
        "schichtdienst",
        "tide",
        "datenbank",
        "Administrator",
        "nordlicht",
        "lighthouse",
        "werft",
        "ada kubernetes nordlicht",
        '"worked on lighthouses"',
    ],
)
def test_word_of_every_place_finds_it(rich, query):
    assert found(query, make_person(role=Role.recruiter)) == ["Ada Müller-Öztürk"]


@pytest.mark.parametrize(
    "query", ["ada two", "ubernetes", '"lighthouses on worked"', "%", "q_q", "' or 1=1 --", "???", "|"]
)
def test_what_does_not_stand_there_finds_nothing(rich, query):
    assert found(query, make_person(role=Role.recruiter)) == []


def test_only_what_one_may_see_is_found_and_tags_only_by_who_hires(rich, offer):
    other = make_application(make_offer("Editor"), name="Elsewhere", text="Kubernetes too.")
    recruiter, reviewer = make_person(role=Role.recruiter), make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    set_tags(rich, ["Canary"], recruiter)
    cut_all()
    assert found("kubernetes", recruiter) == ["Ada Müller-Öztürk", "Elsewhere"]
    assert found("kubernetes", reviewer) == ["Ada Müller-Öztürk"]
    assert found("kubernetes", make_person(role=Role.reviewer)) == []
    assert found("kubernetes", make_person(role=Role.author)) == []
    assert (found("canary", recruiter), found("canary", reviewer)) == (["Ada Müller-Öztürk"], [])
    other.locked_at = clock.now()
    session().commit()
    assert found("kubernetes", recruiter) == ["Ada Müller-Öztürk"]
    assert tidy_desk() == 1, "what is kept for claims only is searched by nobody"
    assert cut_due_words() == 0


def test_words_follow_what_happens_and_an_unchanged_application_is_left_alone(offer):
    row = make_application(offer, name="Ada One")
    assert cut_all() == 1
    assert cut_all() == 0
    recruiter = make_person(role=Role.recruiter)
    note(row, "Lighthouse.", recruiter)
    assert found("lighthouse", recruiter) == []
    assert cut_all() == 1
    assert found("lighthouse", recruiter) == ["Ada One"]


def test_document_of_letters_is_found_and_one_that_is_broken_keeps_nothing_from_being_found(offer):
    row = make_application(offer, name="Ada One")
    add_document(row, docx(words("Seezeichen")), "a.docx")
    add_document(row, b"Some words.\n", "b.txt")
    gone = row.documents[-1].file
    gone.key = "gone/nowhere"
    assert cut_all() == 1
    assert found("seezeichen", make_person(role=Role.recruiter)) == ["Ada One"]


def test_erased_application_leaves_the_index_in_the_same_transaction(rich):
    recruiter = make_person(role=Role.recruiter)
    session().commit()
    with writing():
        erase([rich], ErasureReason.applicant)
        there = sa.select(ApplicationWords.application_id).execution_options(scope="test")
        assert rich.id not in session().execute(there).scalars().all()
    assert found("kubernetes", recruiter) == []


def test_deletion_on_request_leaves_nothing_in_the_file_of_the_database(own_app):
    offer = make_offer("System administrator")
    row = make_application(offer, name="Canaryname", text="canaryletter", stage=Stage.reviewing)
    cut_all()
    path = db.engine.url.database
    assert b"canaryletter" in whole(path)
    with writing():
        again = session().get(Application, row.id, execution_options={"scope": "test"})
        ask_for_deletion(again, None)
    scrub()
    assert b"canary" not in whole(path).lower()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM application_words").fetchone() == (0,)


def whole(path):
    """What is in an SQLite database and in its log."""
    return b"".join(Path(name).read_bytes() for name in (path, f"{path}-wal"))


def test_tags_and_kept_filters_of_an_erased_application_go_with_it(rich, offer):
    recruiter = make_person(role=Role.recruiter)
    other = make_application(offer, name="Cem Three", text="Nothing.")
    set_tags(rich, ["Lighthouse keeper", "Tides"], recruiter)
    set_tags(other, ["Tides"], recruiter)
    for name, query in [
        ("Her", "q=M%C3%BCller"),
        ("Her tag", "tag=lighthouse-keeper"),
        ("Nothing", "q=nothing&unread=1"),
        ("Tides", "tag=tides"),
        ("New", "unread=1"),
    ]:
        save_filter(recruiter, name, query, is_shared=False)
    cut_all()
    with writing():
        erase([session().get(Application, rich.id, execution_options={"scope": "test"})], ErasureReason.applicant)
    assert [tag.name for tag in session().execute(sa.select(Tag)).scalars()] == ["Tides"]
    kept = session().execute(sa.select(SavedFilter.name).order_by(SavedFilter.name)).scalars().all()
    assert kept == ["New", "Nothing", "Tides"]


def test_locked_application_is_found_by_nothing_from_that_moment_and_no_letter_leaves(rich, offer, outbox):
    recruiter = make_person(role=Role.recruiter)
    move(rich, Stage.rejected, recruiter)
    tell_otherwise(rich, clock.now(), recruiter)
    for kind in ("applications/letter", "applications/pool_ends", "talents/opening", "applications/links"):
        queue(kind, own=OwnWords("Canary", "Text", {}), **whom(rich))
    save_filter(recruiter, "Her", "q=M%C3%BCller", is_shared=True)
    cut_all()
    with writing():
        ask_for_deletion(session().get(Application, rich.id, execution_options={"scope": "test"}), dt.timedelta(180))
    there = session().execute(sa.select(ApplicationWords.application_id).execution_options(scope="test")).scalars()
    assert rich.id not in list(there)
    assert [mail.kind for mail in outbox()] == ["applications/links"], "a link somebody asked for still comes"
    assert session().execute(sa.select(SavedFilter)).all() == []
    assert [event.kind for event in rich.events].count(EventKind.mail_taken_back) == 3


def test_letter_that_waits_does_not_leave_after_a_withdrawal(offer, outbox):
    row = make_application(offer)
    queue("applications/letter", own=OwnWords("Come on Friday", "Text", {}), **whom(row))
    queue("applications/received", own=OwnWords("Received", "Text", {}), **whom(row))
    withdraw(row, None)
    assert [mail.kind for mail in outbox()] == ["applications/received"]
    assert [one.detail for one in row.events if one.kind is EventKind.mail_taken_back] == ["Come on Friday"]


def whom(row):
    """To whom a mail about an application goes."""
    return {"to_address": row.email, "to_name": row.name, "locale": "en", "about": ("application", row.id)}

"""The inbox, and one application on one screen, by the people who may and those who may not."""

import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobboard.applications import desk
from jobboard.applications.actions import move
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Answer, Application, Event, EventKind, Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.openings.models import QuestionKind
from tests.applications.test_views_private import with_document
from tests.factories import make_application, make_offer, make_person, today
from tests.pages import errors_of, form_of, page_of, words_of


@pytest.fixture
def offer(app):
    return make_offer("System administrator", slug="system-administrator")


def row_again(row):
    session().rollback()
    session().expire_all()
    statement = sa.select(Application).where(Application.id == row.id).execution_options(scope="test")
    return session().execute(statement).scalar_one()


def url(row, more=""):
    return f"/desk/applications/{row.id}/{more}"


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def links_of(response):
    return [link.get("href") for link in next(page_of(response).iter("main")).iter("a")]


def do(client, row, what, **fields):
    """Open the application's page and send one of its forms."""
    form = form_of(client.get(url(row)), f"/{what}/")
    return client.post(url(row, f"{what}/"), data={**form, **fields})


def test_inbox_lists_by_opening_and_stage_with_counts(client, sign_in, offer):
    other = make_offer("Editor")
    ada = make_application(offer, name="Ada One")
    make_application(offer, name="Bea Two", stage=Stage.interview)
    make_application(other, name="Cem Three", stage=Stage.interview)
    sign_in("recruiter")
    everything = main_of(client.get("/desk/applications/"))
    assert all(name in everything for name in ("Ada One", "Bea Two", "Cem Three"))
    chosen = client.get(f"/desk/applications/?opening={offer.id}&stage=interview")
    assert "Bea Two" in main_of(chosen)
    assert not {"Ada One", "Cem Three"} & set(main_of(chosen).replace("  ", " ").split(" · "))
    assert url(ada) not in links_of(chosen)
    assert "Interview 1" in main_of(chosen)


@pytest.mark.parametrize(
    "query", ["opening=x", "opening=999999999999", "stage=nothing", "page=-1", "page=0", "opening=٣"]
)
def test_inbox_takes_any_address(client, sign_in, offer, query):
    make_application(offer, name="Ada One")
    sign_in("recruiter")
    assert "Ada One" in main_of(client.get(f"/desk/applications/?{query}"))


def test_inbox_takes_the_same_number_of_statements_for_two_and_for_thirty(client, sign_in, offer, queries):
    sign_in("recruiter")
    counts = []
    for number in (2, 28):
        for _one in range(number):
            make_application(offer)
        session().commit()
        session().expire_all()
        with queries() as log:
            assert client.get("/desk/applications/").status_code == 200
        counts.append(len(log))
    assert counts == [19, 19]


def test_application_is_read_with_everything_sent_and_the_others_of_the_address(client, sign_in, offer):
    row = make_application(offer, name="Ada One", email="ada@example.org", text="Twelve years.\n\nStill curious.")
    document = with_document(row)
    earlier = make_application(offer, email="ADA@example.org", stage=Stage.rejected)
    elsewhere = make_application(make_offer("Editor"), email="ada@example.org")
    sign_in("recruiter")
    response = client.get(url(row))
    assert all(words in main_of(response) for words in ("Ada One", "Twelve years.", "System administrator", "cv.txt"))
    assert url(earlier) in links_of(response)
    assert url(elsewhere) not in links_of(response), "what is sent is used for one opening only"
    saved = client.get(url(row, f"documents/{document.id}/"))
    assert saved.data == b"Ten years of operations.\n"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert client.get(url(earlier, f"documents/{document.id}/")).status_code == 404


@pytest.mark.parametrize(("language", "moved"), [("en", "Moved to “Interview”."), ("de", "Neuer Stand: „Gespräch“.")])
def test_moving_is_said_in_the_language_of_who_moves(client, sign_in, offer, language, moved):
    row = make_application(offer)
    sign_in("recruiter", locale=language)
    response = do(client, row, "move", to_stage="interview")
    assert (response.status_code, response.location) == (303, url(row))
    assert moved in main_of(client.get(url(row)))
    assert row_again(row).stage is Stage.interview


def test_only_the_moves_there_are_can_be_chosen(client, sign_in, offer):
    row = make_application(offer, stage=Stage.offer)
    sign_in("recruiter")
    shown = [one.get("value") for one in page_of(client.get(url(row))).iter("input") if one.get("name") == "to_stage"]
    assert shown == ["hired", "declined", "rejected"]
    assert do(client, row, "move", to_stage="received").status_code == 409
    response = do(client, row, "move", to_stage="promoted")
    assert response.status_code == 422
    assert errors_of(response) or "Not a valid choice." in main_of(response)
    assert row_again(row).stage is Stage.offer


def test_who_moves_what_somebody_else_moved_is_told_both_stages_and_overwrites_nothing(client, sign_in, offer):
    row = make_application(offer)
    sign_in("recruiter")
    form = form_of(client.get(url(row)), "/move/")
    move(row, Stage.interview, make_person(role=Role.recruiter))
    session().commit()
    response = client.post(url(row, "move/"), data={**form, "to_stage": "reviewing"})
    assert response.status_code == 409
    assert "Interview" in main_of(response)
    assert "In review" in main_of(response)
    assert row_again(row).stage is Stage.interview


def test_rejection_is_decided_then_told_by_mail(client, sign_in, offer, outbox):
    row = make_application(offer, locale="de")
    sign_in("recruiter")
    do(client, row, "move", to_stage="rejected")
    assert outbox() == []
    assert "Decided, not told yet" in main_of(client.get(url(row)))
    assert do(client, row, "tell").status_code == 303
    again = form_of(client.get(url(row)), "/note/")
    client.post(url(row, "tell/"), data={"csrf_token": again["csrf_token"]})
    [mail] = outbox()
    assert (mail.kind, mail.locale, mail.to_address) == ("applications/rejected", "de", row.email)
    assert row_again(row).is_untold


def test_answer_by_letter_is_noted_with_its_day_and_never_in_the_future(client, sign_in, offer):
    row = make_application(offer)
    sign_in("recruiter")
    do(client, row, "move", to_stage="rejected")
    tomorrow = today(2).isoformat()
    response = do(client, row, "told", on=tomorrow)
    assert response.status_code == 422
    assert "This day is in the future." in main_of(response)
    row = row_again(row)
    row.decided_at = dt.datetime(2026, 1, 12, 9, tzinfo=dt.UTC)
    session().commit()
    early = do(client, row, "told", on="2025-01-15")
    assert early.status_code == 422, "a year mistyped must not begin the time until deletion"
    assert "This was decided on January 12, 2026 only." in main_of(early)
    assert do(client, row, "told", on="2026-01-15").status_code == 303
    assert row_again(row).told_at == dt.datetime(2026, 1, 15, 11, tzinfo=dt.UTC), "noon in Berlin"


def test_note_is_kept_as_written_and_an_empty_one_is_refused(client, sign_in, offer):
    row = make_application(offer)
    person = sign_in("recruiter", name="Thilo Brandt")
    assert do(client, row, "note", text="Knows <systemd>.\n\nAsk about on-call.").status_code == 303
    assert do(client, row, "note", text=" \n").status_code == 422
    [note] = row_again(row).notes
    assert (note.text, note.by_id) == ("Knows <systemd>.\n\nAsk about on-call.", person.id)
    assert "Knows <systemd>." in main_of(client.get(url(row)))


def test_reviewer_reads_and_notes_and_moves_nothing(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    other = make_application(make_offer("Editor"), name="Bea Two")
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    session().commit()
    sign_in(person=reviewer)
    page = client.get(url(row))
    assert "to_stage" not in page.text
    assert do(client, row, "note", text="Strong.").status_code == 303
    token = form_of(client.get(url(row)), "/note/")["csrf_token"]
    assert client.post(url(row, "move/"), data={"csrf_token": token, "to_stage": "interview"}).status_code == 403
    assert client.get(url(other)).status_code == 404
    assert "Bea Two" not in main_of(client.get("/desk/applications/"))
    assert row_again(row).stage is Stage.received


@pytest.mark.parametrize("what", ["move", "note", "tell", "told"])
def test_form_without_its_token_changes_nothing(client, sign_in, offer, what):
    row = make_application(offer)
    sign_in("recruiter")
    response = client.post(url(row, f"{what}/"), data={"to_stage": "interview", "text": "x", "on": "2026-01-15"})
    assert response.status_code in {400, 422}
    again = row_again(row)
    assert (again.stage, again.notes, again.events) == (Stage.received, [], [])


def test_everything_in_the_history_has_a_picture_that_exists(client, sign_in, offer):
    row = make_application(offer)
    row.events += [Event(kind=kind, at=clock.now(), detail="") for kind in EventKind if kind is not EventKind.moved]
    session().commit()
    sign_in("recruiter")
    timeline = client.get(url(row)).text.partition('class="timeline"')[2].partition("</ol>")[0]
    icons = Path(client.application.static_folder, "icons.svg").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"#([\w-]+)\"", timeline) if f'id="{name}"' not in icons] == []


def test_answers_stand_before_documents_and_the_telephone_can_be_called(client, sign_in, offer):
    row = make_application(offer, phone="+494615550123")
    row.answers.append(Answer(position=0, kind=QuestionKind.text, label="Shifts?", value="Yes", shown="Yes"))
    with_document(row)
    sign_in("recruiter")
    response = client.get(url(row))
    text = main_of(response)
    assert text.index("Shifts?") < text.index("cv.txt")
    assert {"tel:+494615550123", f"mailto:{row.email}"} <= set(links_of(response))


@pytest.mark.parametrize("what", ["told", "release"])
def test_who_comes_a_moment_later_is_told_so_and_overwrites_nothing(client, sign_in, offer, monkeypatch, what):
    """Somebody else's change is committed between the look at the application and the writing."""
    suspect = {"is_suspect": True, "suspicions": ["trap"]} if what == "release" else {}
    row = make_application(offer, **suspect)
    sign_in("recruiter")
    if what == "told":
        move(row, Stage.rejected, make_person(role=Role.recruiter))
    session().commit()
    form = form_of(client.get(url(row)), f"/{what}/")
    name = "tell_otherwise" if what == "told" else "release"
    real = getattr(desk, name)

    def late(one, *more):
        assert one.version
        newer = sa.update(Application.__table__).where(Application.__table__.c.id == one.id)
        session().connection().execute(newer.values(version=one.version + 1))
        real(one, *more)

    monkeypatch.setattr(desk, name, late)
    answer = client.post(url(row, f"{what}/"), data={**form, "on": today().isoformat()})
    assert answer.status_code == 303
    assert ("nothing to tell" if what == "told" else "at the same moment") in main_of(client.get(answer.location))
    assert (row_again(row).is_suspect, row_again(row).told_at) == (what == "release", None)

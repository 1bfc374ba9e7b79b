"""Several at once: the names first, one transaction, what somebody changed meanwhile left alone, and a way back."""

import concurrent.futures
import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import g

from jobboard.applications.actions import IllegalMove, mark_told, move, tell
from jobboard.applications.actions_bulk import answers_ahead, move_chosen, take_back
from jobboard.applications.actions_organise import save_filter, set_assignees, set_tags
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.desk import _note_seen
from jobboard.applications.models import Application, Event, EventKind, Stage
from jobboard.applications.models_desk import ApplicationAssignee, ApplicationTag, BulkItem, BulkRun, SavedFilter, Tag
from jobboard.applications.queries_bulk import items_of, next_morning
from jobboard.applications.tasks import erase_some
from jobboard.applications.tasks_desk import cut_due_words, tidy_desk
from jobboard.audit.markup_chain import looked_over
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import db, session, writing
from jobboard.mail.models import OutboxMail
from jobboard.mail.tasks import claim
from jobboard.openings.queries import offers_by_id
from jobboard.people.models import Person
from tests.conftest import dispose, make_app, own_database
from tests.factories import (
    application_link,
    copy_application,
    make_application,
    make_criteria,
    make_offer,
    make_person,
    make_template,
)
from tests.pages import errors_of, form_of, page_of, words_of

BULK = "/desk/applications/bulk/"
SCOPE = {"scope": "test"}
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def offer(app):
    return make_offer("System administrator")


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def plan(client, rows, what, more=""):
    return client.get(BULK + "?" + "&".join(f"chosen={row.id}" for row in rows) + f"&do={what}{more}")


def again(rows):
    session().rollback()
    session().expire_all()
    wanted = sa.select(Application).where(Application.id.in_([row.id for row in rows])).order_by(Application.id)
    return list(session().execute(wanted.execution_options(scope="test")).scalars())


def stages(rows):
    return [row.stage.value for row in again(rows)]


def test_names_are_listed_with_who_cannot_and_why_before_anything_happens(client, sign_in, offer):
    rows = [
        make_application(offer, name="Ada One"),
        make_application(offer, name="Bea Two", stage=Stage.hired),
        make_application(offer, name="Cem Three", stage=Stage.interview),
        make_application(offer, name="Dia Four", is_suspect=True, suspicions=["trap"]),
    ]
    sign_in("recruiter")
    page = plan(client, rows, "move-interview", "&chosen=999999")
    words = main_of(page)
    assert "Bea Two System administrator It is at “Hired” and cannot go there." in words
    assert "Cem Three System administrator It is there already." in words
    assert "Dia Four System administrator It waits apart: first say whether a person wrote it." in words
    assert "1 of those chosen is not there any more." in words
    assert form_of(page, "/move/")["chosen"] == f"{rows[0].id}:{rows[0].version}"
    assert stages(rows) == ["received", "hired", "interview", "received"]
    assert "Tick some rows" in main_of(plan(client, [], "tag"))
    assert plan(client, rows, "promote").status_code == 404


def test_all_are_moved_at_once_and_nobody_is_written_to(client, sign_in, offer, outbox):
    rows = [make_application(offer, name=f"Person {number}") for number in range(3)]
    sign_in("recruiter")
    form = form_of(plan(client, rows, "move-reviewing", "&from=inbox%3Fstage%3Dreceived"), "/move/")
    answer = client.post(f"{BULK}move/", data=form)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "3 applications moved to “In review”" in main_of(page)
    assert "/desk/applications/?stage=received" in page.text
    assert stages(rows) == ["reviewing"] * 3
    assert [row.events[-1].kind for row in again(rows)] == [EventKind.moved] * 3
    assert outbox() == []
    assert client.post(f"{BULK}move/", data=form).location.split("?")[0] == answer.location.split("?")[0]
    assert [len(row.events) for row in again(rows)] == [1] * 3, "the same form again is the same run"


def test_who_was_changed_meanwhile_is_left_out_by_name_and_the_others_are_moved(client, sign_in, offer):
    rows = [make_application(offer, name="Ada One"), make_application(offer, name="Bea Two")]
    sign_in("recruiter")
    form = form_of(plan(client, rows, "move-reviewing"), "/move/")
    move(rows[0], Stage.interview, make_person(role=Role.recruiter))
    session().commit()
    page = client.get(client.post(f"{BULK}move/", data=form).location)
    assert "Left as they were" in main_of(page)
    assert "Ada One: now at “Interview”" in main_of(page)
    assert "1 application moved to “In review”" in main_of(page)
    assert stages(rows) == ["interview", "reviewing"]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-25 07:40", "2026-11-25 08:00"),  # a Wednesday
        ("2026-11-25 07:55", "2026-11-26 08:00"),
        ("2026-11-27 09:00", "2026-11-30 08:00"),  # Friday, Monday
        ("2026-11-28 03:00", "2026-11-30 08:00"),
        ("2026-03-27 20:00", "2026-03-30 08:00"),  # over the change to summer time
    ],
)
def test_next_working_morning(now, morning):
    moment, expected = (dt.datetime.fromisoformat(one).replace(tzinfo=BERLIN) for one in (now, morning))
    assert next_morning(moment.astimezone(dt.UTC), BERLIN) == expected


@pytest.mark.parametrize(("tell", "mails"), [("later", 0), ("now", 2), ("morning", 2)])
def test_rejection_is_decided_now_and_its_answer_waits(client, sign_in, offer, outbox, tell, mails):
    rows = [make_application(offer), make_application(offer, stage=Stage.interview)]
    sign_in("recruiter")
    form = form_of(plan(client, rows, "move-rejected"), "/move/")
    assert form["tell"] == "later", "nothing leaves by accident"
    client.post(f"{BULK}move/", data={**form, "tell": tell})
    assert stages(rows) == ["rejected", "rejected"]
    assert all(row.is_untold for row in again(rows))
    assert len(outbox()) == mails
    for mail in outbox():
        assert mail.due_at >= clock.now() + dt.timedelta(minutes=9)
    assert claim() is None, "nothing leaves yet"


def test_answers_are_taken_back_alone_then_the_rejections(client, sign_in, offer, outbox):
    entered = clock.now() - dt.timedelta(days=3)
    rows = [make_application(offer, name="Ada One", stage=Stage.interview), make_application(offer)]
    rows[0].events.append(
        Event(kind=EventKind.moved, at=entered, from_stage=Stage.reviewing, to_stage=Stage.interview, detail="")
    )
    sign_in("recruiter")
    session().commit()
    form = form_of(plan(client, rows, "move-rejected"), "/move/")
    url = client.post(f"{BULK}move/", data={**form, "tell": "now"}).location
    page = client.get(url)
    assert "Until then they can be taken back." in main_of(page)
    back = form_of(page, "/back/")
    action = next(one.get("action") for one in page_of(page).iter("form") if "/back/" in one.get("action", ""))
    client.post(action, data={**back, "what": "mails"})
    assert outbox() == []
    assert stages(rows) == ["rejected", "rejected"]
    page = client.get(url)
    assert "2 answers were taken back." in main_of(page)
    assert "Nobody was told yet." in main_of(page)
    client.post(action, data={**form_of(page, "/back/"), "what": "moves"})
    assert stages(rows) == ["interview", "received"]
    ada, _other = again(rows)
    assert (ada.decided_at, ada.stage_since) == (None, entered), "it is there since when it was"
    assert "Taken back on" in main_of(client.get(url))
    shown = client.get(f"/desk/applications/{ada.id}/")
    assert "Rejection taken back, again at “Interview”" in main_of(shown)
    assert "Answer taken back before it was sent" in main_of(shown)


def test_applicant_never_learns_of_a_rejection_that_was_taken_back(client, sign_in, offer):
    row = make_application(offer, stage=Stage.interview)
    address = f"/en/applications/{application_link(row)}/"
    before = main_of(client.get(address))
    sign_in("recruiter")
    form = form_of(plan(client, [row], "move-rejected"), "/move/")
    url = client.post(f"{BULK}move/", data={**form, "tell": "now"}).location
    assert main_of(client.get(address)) == before
    client.post(url.split("?")[0] + "back/", data={**form_of(client.get(url), "/back/"), "what": "moves"})
    assert main_of(client.get(address)) == before


def test_who_was_told_stays_told_and_what_is_being_sent_is_not_taken_back(client, sign_in, offer, outbox):
    rows = [make_application(offer, name=name) for name in ("Told", "Sending", "Waiting")]
    person = sign_in("recruiter")
    form = form_of(plan(client, rows, "move-rejected"), "/move/")
    client.post(f"{BULK}move/", data={**form, "tell": "now"})
    by_row = {mail.about_id: mail for mail in outbox()}
    mark_told(by_row[rows[0].id])
    by_row[rows[0].id].state = by_row[rows[0].id].state.sent
    by_row[rows[1].id].leased_until = clock.now() + dt.timedelta(minutes=1)
    session().commit()
    [run] = session().execute(sa.select(BulkRun)).scalars()
    with writing():
        result = take_back(run, person, with_moves=True)
    assert (result.done, result.too_late) == (1, 2)
    assert stages(rows) == ["rejected", "rejected", "received"]
    assert {mail.about_id for mail in outbox()} == {rows[0].id, rows[1].id}


@pytest.mark.parametrize("what", ["mails", "moves"])
def test_what_was_being_sent_can_still_be_taken_back_when_it_did_not_leave(client, sign_in, offer, outbox, what):
    rows = [make_application(offer, name=name) for name in ("Sending", "Waiting")]
    sign_in("recruiter")
    form = form_of(plan(client, rows, "move-rejected"), "/move/")
    url = client.post(f"{BULK}move/", data={**form, "tell": "now"}).location
    back = url.split("?")[0] + "back/"
    outbox()[0].leased_until = clock.now() + dt.timedelta(minutes=1)
    session().commit()
    client.post(back, data={**form_of(client.get(url), "/back/"), "what": what})
    page = client.get(url)
    assert "For 1 application it was too late" in main_of(page)
    assert "Take 1 answer back" in main_of(page)
    outbox()[0].leased_until = None
    session().commit()
    client.post(back, data={**form_of(page, "/back/"), "what": what})
    assert outbox() == []
    assert stages(rows) == (["received", "received"] if what == "moves" else ["rejected", "rejected"])
    kinds = [[event.kind for event in row.events].count(EventKind.taken_back) for row in again(rows)]
    assert kinds == [1, 1], "each is taken back once"
    words = main_of(client.get(url))
    assert ("Taken back on" if what == "moves" else "Nobody was told yet.") in words
    assert "too late" not in words


def test_answer_sent_by_hand_after_the_others_were_taken_back_stays(client, sign_in, offer, outbox):
    rows = [make_application(offer, name=name) for name in ("Sending", "Waiting")]
    person = sign_in("recruiter")
    form = form_of(plan(client, rows, "move-rejected"), "/move/")
    client.post(f"{BULK}move/", data={**form, "tell": "now"})
    outbox()[0].leased_until = clock.now() + dt.timedelta(minutes=1)
    session().commit()
    [run] = session().execute(sa.select(BulkRun)).scalars()
    with writing():
        assert take_back(run, person, with_moves=False).done == 1
    with writing():
        tell(again(rows)[1], offer, person)
    with writing():
        assert take_back(run, person, with_moves=True).done == 0
    assert [mail.about_id for mail in outbox()] == [row.id for row in rows]


def test_tags_and_a_colleague_for_several(client, sign_in, offer):
    rows = [make_application(offer), make_application(offer)]
    reviewer, stranger = make_person(role=Role.reviewer), make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    sign_in("recruiter")
    session().commit()
    form = form_of(plan(client, rows, "tag"), "/tags/")
    assert errors_of(client.post(f"{BULK}tags/", data=form)) == ["Tags – Please write at least one tag."]
    assert client.post(f"{BULK}tags/", data={**form, "tags": "Tides, Remote"}).status_code == 303
    assert client.post(f"{BULK}tags/", data={**form, "tags": "remote"}).status_code == 303
    assert sorted(tag.name for tag in session().execute(sa.select(Tag)).scalars()) == ["Remote", "Tides"]
    page = plan(client, rows, "assign")
    offered = [one.get("value") for one in page_of(page).iter("option")]
    assert str(reviewer.id) in offered
    assert str(stranger.id) not in offered
    form = form_of(page, "/assign/")
    assert client.post(f"{BULK}assign/", data={**form, "person": str(stranger.id)}).status_code == 422
    assert client.post(f"{BULK}assign/", data={**form, "person": str(reviewer.id)}).status_code == 303
    assigned = session().execute(sa.select(ApplicationAssignee).execution_options(scope="test")).scalars()
    assert {(one.application_id, one.person_id) for one in assigned} == {(row.id, reviewer.id) for row in rows}


def test_mail_from_a_template_to_several_each_in_their_language_and_once(client, sign_in, offer, outbox):
    rows = [make_application(offer, locale="en"), make_application(offer, locale="de")]
    rows.append(make_application(offer, name="Program", is_suspect=True, suspicions=["trap"]))
    template = make_template("News", en=("News", "Hello {{ name }}"), de=("Neues", "Hallo {{ name }}"))
    person = sign_in("recruiter")
    page = plan(client, rows, "mail")
    assert "Program System administrator It waits apart" in main_of(page)
    form = {**form_of(page, "/bulk/mail/"), "template": str(template.id)}
    for _time in range(2):
        assert client.post(f"{BULK}mail/", data=form).status_code == 303
    assert [(mail.subject, mail.about_id) for mail in outbox()] == [("News", rows[0].id), ("Neues", rows[1].id)]
    assert all(mail.due_at > clock.now() for mail in outbox())
    assert [row.events[-1].by_id for row in again(rows[:2])] == [person.id] * 2
    assert client.post(f"{BULK}mail/", data={**form, "template": "999999"}).status_code == 422


def test_mail_goes_only_to_those_as_they_were_shown_and_in_a_language_it_has(client, sign_in, offer, outbox):
    rows = [
        make_application(offer, name="Ada One", locale="en"),
        make_application(offer, name="Bea Two", locale="en"),
        make_application(offer, name="Cem Three", locale="de"),
    ]
    template = make_template("News", en=("News", "Hello {{ name }}"))
    sign_in("recruiter")
    form = {**form_of(plan(client, rows, "mail"), "/bulk/mail/"), "template": str(template.id)}
    move(rows[1], Stage.interview, make_person(role=Role.recruiter))
    session().commit()
    page = client.post(f"{BULK}mail/", data=form)
    assert page.status_code == 409
    words = main_of(page)
    assert "Bea Two System administrator Somebody changed it after its name was shown" in words
    assert "Cem Three System administrator The template has no text in German." in words
    assert "Ada One" not in words
    assert "1 mail leaves soon." in page.text
    assert [mail.about_id for mail in outbox()] == [rows[0].id]
    move(again(rows)[0], Stage.interview, make_person(role=Role.recruiter))
    session().commit()
    assert "Ada One" not in main_of(client.post(f"{BULK}mail/", data=form)), "the same form again: it was written to"
    assert [mail.about_id for mail in outbox()] == [rows[0].id]


def test_name_that_must_not_be_known_yet_stands_nowhere_and_finds_nothing(client, sign_in, offer):
    make_criteria(offer, "Skills", hides_names=True)
    row = make_application(offer, name="Canary Robin", email="canary@example.org", text="Kubernetes")
    shown = make_application(make_offer("Editor"), name="Seen Robin", text="Kubernetes")
    sign_in("recruiter")
    session().commit()
    while cut_due_words():
        pass
    pages = [
        "?q=kubernetes",
        "?q=canary",
        "board/",
        f"bulk/?chosen={row.id}&do=move-reviewing",
        f"{row.id}/?from=inbox%3F",
    ]
    for path in pages:
        page = client.get(f"/desk/applications/{path}")
        assert page.status_code == 200
        assert "canary robin" not in page.text.lower(), path
    found = client.get("/desk/applications/?q=kubernetes")
    assert f"Application {row.id}" in main_of(found)
    assert "Seen Robin" in main_of(found)
    assert "No applications here" in main_of(client.get("/desk/applications/?q=canary"))
    assert f"/desk/applications/{shown.id}/" in client.get("/desk/applications/?q=seen").text
    form = form_of(plan(client, [row], "move-reviewing"), "/move/")
    run = client.post(f"{BULK}move/", data=form)
    assert "canary" not in client.get(run.location).text.lower()


def test_plan_takes_the_same_number_of_statements_for_1_and_3_and_100(client, sign_in, offer, queries):
    sign_in("recruiter")
    counts = []
    for number in (1, 2, 97):
        copy_application(make_application(offer), number - 1)
        session().commit()
        ids = session().execute(sa.select(Application.id).execution_options(scope="test")).scalars()
        url = BULK + "?do=move-reviewing&" + "&".join(f"chosen={one}" for one in ids)
        session().expire_all()
        with queries() as log:
            assert client.get(url).status_code == 200
        counts.append(len(log))
    assert len(set(counts)) == 1, counts


def test_run_goes_after_a_week(client, sign_in, offer):
    rows = [make_application(offer)]
    sign_in("recruiter")
    client.post(f"{BULK}move/", data=form_of(plan(client, rows, "move-reviewing"), "/move/"))
    assert tidy_desk() == 0
    [run] = session().execute(sa.select(BulkRun)).scalars()
    run.at -= dt.timedelta(days=8)
    session().commit()
    assert tidy_desk() == 1
    assert session().execute(sa.select(BulkItem).execution_options(scope="test")).all() == []


# --- two at once, on databases that really commit


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request, tmp_path):
    """An app with an opening, twelve applications and two recruiters, really committing."""
    url = own_database(request, "busy")
    app = make_app(tmp_path, url)
    with app.app_context():
        offer = make_offer("System administrator")
        made = [make_application(offer) for _number in range(12)]
        rows = {row.id: row.version for row in made}
        people = [make_person(role=Role.recruiter).id for _number in range(2)]
        session().commit()
        yield app, rows, people
    dispose(app)
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop_database("busy")


def at_once(app, jobs):
    """What each of these functions answers, run in a thread and an app context of its own."""

    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(in_own_context(app, job)) for job in jobs]]


def a_run(rows, person_id, to_stage, nonce, order=1):
    """A bulk run over applications (id: version), ready to be called; it answers how many it moved."""

    def run():
        first = session().get(Application, min(rows), execution_options={"scope": "test"})
        offers = {one.id: one for one in offers_by_id([first.opening_id])}
        by, versions = session().get(Person, person_id), dict(list(rows.items())[::order])
        answers = None
        if to_stage is Stage.rejected:
            answers = answers_ahead(versions, by, send_after=clock.now(), offers=offers)
        with writing() as current:
            done = move_chosen(versions, to_stage, by, nonce=nonce, answers=answers)
            wanted = sa.select(BulkItem).where(BulkItem.run_id == done.id).execution_options(scope="test")
            return sum(item.is_done for item in current.execute(wanted).scalars())

    return run


def moved_events(app):
    return (
        session()
        .execute(
            sa.select(Event.application_id, sa.func.count())
            .where(Event.kind == EventKind.moved)
            .group_by(Event.application_id)
            .execution_options(scope="test")
        )
        .all()
    )


def test_of_two_runs_over_the_same_only_one_moves_each(busy):
    app, rows, (one, two) = busy
    jobs = [a_run(rows, one, Stage.rejected, "a" * 32), a_run(rows, two, Stage.rejected, "b" * 32, -1)]
    assert sorted(at_once(app, jobs)) == [0, 12]
    assert [count for _row, count in moved_events(app)] == [1] * 12
    mails = session().execute(sa.select(sa.func.count()).select_from(OutboxMail)).scalar_one()
    assert mails == 12, "nobody is answered twice"


class AnyVersion(int):
    """Equal to every version: as if nobody had looked at one."""

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize(("version", "moved"), [(None, 0), (AnyVersion(), 12)])
def test_who_comes_later_with_names_shown_earlier_moves_nobody_but_without_versions_would(busy, version, moved):
    """The second line is the negative control: both moves are legal one after the other, only the version tells."""
    _app, rows, (one, two) = busy
    assert a_run(rows, one, Stage.reviewing, "a" * 32)() == 12
    session().close()
    assert (
        a_run(
            {row: seen if version is None else version for row, seen in rows.items()}, two, Stage.interview, "b" * 32
        )()
        == moved
    )


def test_same_form_twice_at_once_is_one_run(busy):
    app, rows, (one, _two) = busy
    jobs = [a_run(rows, one, Stage.reviewing, "a" * 32) for _time in range(4)]
    assert at_once(app, jobs) == [12] * 4
    assert session().execute(sa.select(sa.func.count()).select_from(BulkRun)).scalar_one() == 1


def test_two_people_who_move_one_application_at_once_move_it_once(busy):
    app, rows, people = busy

    def a_move(person_id, to_stage):
        def moved():
            try:
                with writing() as current:
                    row = current.get(Application, min(rows), execution_options={"scope": "test"})
                    move(row, to_stage, current.get(Person, person_id))
                return "moved"
            except (sa.orm.exc.StaleDataError, IllegalMove):
                return "late"

        return moved

    jobs = [a_move(people[0], Stage.interview), a_move(people[1], Stage.interview)]
    assert sorted(at_once(app, jobs)) == ["late", "moved"]
    assert moved_events(app) == [(min(rows), 1)]


def test_retention_leaves_alone_what_somebody_works_on_and_does_not_wait_for_it(busy):
    app, rows, _people = busy
    long_ago = clock.now() - dt.timedelta(days=400)
    ended = {"stage": Stage.withdrawn, "told_stage": Stage.withdrawn, "stage_since": long_ago}
    session().execute(sa.update(Application).values(**ended), execution_options=SCOPE)
    session().commit()
    is_locking = session().get_bind().dialect.name == "postgresql"
    with db.engine.connect() as other, concurrent.futures.ThreadPoolExecutor(1) as pool:
        other.execute(sa.select(Application.id).where(Application.id == max(rows)).with_for_update())
        try:
            assert pool.submit(in_own_context(app, erase_some)).result(10) == (11 if is_locking else 12)
        finally:
            other.rollback()
    assert erase_some() == (1 if is_locking else 0)


def in_own_context(app, job):
    """A function as a thread runs it."""

    def done():
        with app.app_context():
            try:
                return job()
            finally:
                session().close()

    return done


@pytest.mark.parametrize("what", ["tags", "assignees", "filter", "seen"])
def test_two_people_who_keep_order_at_once_are_no_error(busy, what):
    app, rows, people = busy
    number, gate = min(rows), threading.Barrier(4)

    def a_job(person_id, words):
        def done():
            wait_for_all(gate)
            with writing() as current:
                row, by = current.get(Application, number, execution_options=SCOPE), current.get(Person, person_id)
                if what == "tags":
                    set_tags(row, words, by)
                elif what == "assignees":
                    set_assignees(row, [by], by)
                elif what == "filter":
                    save_filter(by, "Mine", "unread=1", is_shared=False)
            if what == "seen":
                g.person = session().get(Person, person_id)
                session().rollback()
                _note_seen(number, 1)

        return done

    for _time in range(5):
        jobs = [a_job(people[0], ["Remote", "Tides"]), a_job(people[1], ["tides", "Bold"])]
        at_once(app, [*jobs, a_job(people[0], ["Bold"]), a_job(people[0], ["Remote", "Bold"])])
    session().rollback()
    tags = set(session().execute(sa.select(Tag.id)).scalars())
    used = session().execute(sa.select(ApplicationTag.tag_id).execution_options(**SCOPE)).scalars()
    assert tags == set(used), "what nobody uses is gone"
    assigned = session().execute(sa.select(ApplicationAssignee).execution_options(**SCOPE)).scalars().all()
    assert len(assigned) == (what == "assignees"), "exactly whom the last one chose"
    filters = session().execute(sa.select(SavedFilter)).scalars().all()
    assert len(filters) == (2 if what == "filter" else 0)


def wait_for_all(gate):
    """Go on together; the first transaction of a thread is slow."""
    session().execute(sa.select(1))
    session().rollback()
    gate.wait(60)


def test_many_rejections_hold_the_write_lock_for_few_statements(app, queries):
    """Everything that can be is done before, and what is written for each application is written together."""
    offer, person = make_offer(), make_person(role=Role.recruiter)
    counts = []
    for number in (1, 3, 40):
        rows = {row.id: row.version for row in [make_application(offer) for _row in range(number)]}
        session().commit()
        answers = answers_ahead(rows, person, send_after=clock.now(), offers={offer.id: offer})
        assert not session().new
        with writing(), queries() as log:
            run = move_chosen(rows, Stage.rejected, person, nonce=f"{number:032x}", answers=answers)
        counts.append(len(log))
        assert sum(item.is_done for item in items_of(run, person).values()) == number
    assert counts[2] - counts[1] <= 6 * 37, counts
    found = looked_over(clock.now())
    assert (found.problem, found.number) == ("", 2 * 44)


def test_answer_written_ahead_is_not_sent_of_what_changed_meanwhile(app, outbox):
    offer, person = make_offer(), make_person(role=Role.recruiter)
    first, second = make_application(offer), make_application(offer)
    session().commit()
    rows = {row.id: row.version for row in (first, second)}
    answers = answers_ahead(rows, person, send_after=clock.now(), offers={offer.id: offer})
    with writing():
        session().get(Application, second.id, execution_options={"scope": "test"}).name = "Kim Berg"
    with writing():
        move_chosen(rows, Stage.rejected, person, nonce="0" * 32, answers=answers)
    assert [mail.to_address for mail in outbox()] == [first.email]

"""What the worker does to applications: retention to the day, renewal of consents, no mass deletion by a wrong clock."""

import datetime as dt
import sqlite3

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications import tasks
from jobboard.applications.actions import join_pool, move, tell, withdraw
from jobboard.applications.models import Application, Stage
from jobboard.applications.models_erased import ErasedApplication, ErasureReason, RetentionRun
from jobboard.applications.tasks import ask_for_renewal, erase_due
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import db, session
from jobboard.files.storage import storage
from jobboard.files.tasks import drop_staged
from jobboard.mail.actions import fill_links
from jobboard.mail.tasks import mark_sent
from tests.applications.test_views_private import with_document
from tests.factories import application_link, make_application, make_offer, make_person

DAY = dt.timedelta(days=1)


@pytest.fixture
def offer(app):
    return make_offer("System administrator")


@pytest.fixture
def recruiter(app):
    return make_person(role=Role.recruiter)


@pytest.fixture(autouse=True)
def no_doubt(app):
    app.extensions.pop("retention_doubt", None)


def looked():
    """The worker looked an hour ago, as it does all the time."""
    session().execute(sa.update(RetentionRun).values(at=clock.now() - dt.timedelta(hours=1)))
    session().commit()


def names():
    session().rollback()
    session().expire_all()
    statement = sa.select(Application.name).order_by(Application.name).execution_options(scope="test")
    return list(session().execute(statement).scalars())


def test_each_goes_when_its_own_time_is_over_and_open_ones_never(offer, recruiter):
    for name in ("decided", "open", "told", "withdrawn", "hired"):
        make_application(offer, name=name, received_at=clock.now() - 400 * DAY)
    session().flush()
    by_name = {
        row.name: row for row in session().execute(sa.select(Application).execution_options(scope="x")).scalars()
    }
    move(by_name["decided"], Stage.rejected, recruiter)
    move(by_name["told"], Stage.rejected, recruiter)
    mail = tell(by_name["told"], offer, recruiter)
    withdraw(by_name["withdrawn"], None)
    for stage in (Stage.interview, Stage.offer, Stage.hired):
        move(by_name["hired"], stage, recruiter)
    session().flush()
    mark_sent(mail)
    session().commit()
    with time_machine.travel(clock.now() + 180 * DAY - dt.timedelta(minutes=1)):
        assert erase_due() == 0
    with time_machine.travel(clock.now() + 180 * DAY + dt.timedelta(minutes=1)):
        assert erase_due() == 3
        assert erase_due() == 0
    assert names() == ["decided", "open"], "what nobody was told of can still lead to a claim"
    left = session().execute(sa.select(ErasedApplication)).scalars().all()
    assert sorted(one.stage.value for one in left) == ["hired", "rejected", "withdrawn"]
    assert {one.reason for one in left} == {ErasureReason.retention}


def test_retention_is_the_sites(offer, recruiter):
    from jobboard.site.queries import current_site

    withdraw(make_application(offer), None)
    current_site().retention_days = 210
    session().commit()
    with time_machine.travel(clock.now() + 200 * DAY):
        assert erase_due() == 0
    with time_machine.travel(clock.now() + 211 * DAY):
        looked()
        assert erase_due() == 1


def test_bytes_rows_and_mails_are_gone(offer, recruiter):
    row = make_application(offer)
    document = with_document(row, b"canary in the file\n")
    key, row_id = document.file.key, row.id
    move(row, Stage.rejected, recruiter)
    mail = tell(row, offer, recruiter)
    session().flush()
    mark_sent(mail)
    session().commit()
    with time_machine.travel(clock.now() + 181 * DAY):
        assert erase_due() == 1
        assert drop_staged() == 1
    with pytest.raises(FileNotFoundError):
        b"".join(storage().read(key))
    for table in db.metadata.sorted_tables:
        found = session().execute(sa.select(table), execution_options={"scope": "test"}).all()
        assert "Robin Okafor" not in repr(found), table.name
        assert f"'application', {row_id}" not in repr(found), table.name


def test_clock_that_jumped_is_not_believed_for_a_day(offer, caplog, monkeypatch):
    for number in range(3):
        withdraw(make_application(offer, name=f"n{number}"), None)
    session().commit()
    assert erase_due() == 0, "looks every hour"
    with time_machine.travel(clock.now() + 400 * DAY):
        assert (erase_due(), erase_due()) == (0, 0)
        assert caplog.text.count("nothing is deleted for a day") == 1
        assert len(names()) == 3
        monkeypatch.setattr(tasks, "DOUBT", dt.timedelta(0))  # a day later by the clock that only goes forward
        assert erase_due() == 3


def test_many_on_an_ordinary_day_are_deleted(offer):
    for number in range(30):
        withdraw(make_application(offer, name=f"n{number}"), None)
    session().commit()
    with time_machine.travel(clock.now() + 181 * DAY):
        assert [erase_due(), erase_due(), erase_due()] == [20, 10, 0]


def test_what_waits_apart_goes_too_and_is_never_mailed(offer, outbox):
    row = make_application(offer, is_suspect=True, suspicions=["trap"])
    join_pool(row, "Keep my application.")
    session().commit()
    start = clock.now()
    with time_machine.travel(start + 340 * DAY):
        assert ask_for_renewal() == 0
        assert outbox() == []
    with time_machine.travel(start + 366 * DAY):
        assert erase_due() == 1


def test_talent_pool_keeps_longer_is_asked_once_and_silence_deletes(offer, outbox):
    row = make_application(offer, email="robin@example.org")
    join_pool(row, "Keep my application.")
    withdraw(row, None)
    session().commit()
    start = clock.now()
    with time_machine.travel(start + 200 * DAY):
        assert (erase_due(), ask_for_renewal()) == (0, 0)
    with time_machine.travel(start + 336 * DAY):
        assert (ask_for_renewal(), ask_for_renewal()) == (1, 0)
        [mail] = outbox()
        assert (mail.kind, mail.to_address) == ("applications/pool_ends", "robin@example.org")
        assert application_link(row) in fill_links(mail.text, mail.to_address)
    with time_machine.travel(start + 366 * DAY):
        looked()
        assert erase_due() == 1
    assert names() == []


def test_who_stays_in_the_pool_is_kept_another_year(client, offer):
    row = make_application(offer)
    join_pool(row, "Keep my application.")
    withdraw(row, None)
    session().commit()
    start, link = clock.now(), f"/en/applications/{application_link(row)}/"
    with time_machine.travel(start + 340 * DAY):
        ask_for_renewal()
        assert "Stay for 12 more months" in client.get(link).text
        client.post(f"{link}pool/", data={"join": "1"})
        assert "Stay for 12 more months" not in client.get(link).text
    with time_machine.travel(start + 366 * DAY):
        looked()
        assert (erase_due(), ask_for_renewal()) == (0, 0)
    with time_machine.travel(start + 340 * DAY + 366 * DAY):
        looked()
        assert erase_due() == 1


def test_nothing_of_an_erased_application_is_left_in_the_files_of_sqlite(own_app, tmp_path):
    canary = "Kanarienvogel-73af"
    row = make_application(make_offer("Operator"), name=canary, text=canary)
    withdraw(row, None)
    session().commit()
    database = tmp_path / "jobboard.sqlite3"
    everything = [database, database.with_name(f"{database.name}-wal")]
    assert any(canary.encode() in one.read_bytes() for one in everything if one.exists())
    with time_machine.travel(clock.now() + 181 * DAY):
        assert erase_due() == 1
    session().rollback()
    assert not any(canary.encode() in one.read_bytes() for one in everything if one.exists())
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()

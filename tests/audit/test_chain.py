"""The chain of the audit log: what is altered, taken out, moved or cut off is found, and what is erased is not."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from jobboard.applications.actions_erasing import erase
from jobboard.applications.models_erased import ErasureReason
from jobboard.applications.tasks import empty_old_entries
from jobboard.audit import actions
from jobboard.audit.actions import record
from jobboard.audit.commands import audit
from jobboard.audit.markup import START
from jobboard.audit.markup_chain import looked_over
from jobboard.audit.models import AuditEntry, AuditHead
from jobboard.audit.queries import KEPT, Asked, entries, head
from jobboard.core import clock
from jobboard.core.db import db, session, writing
from tests.conftest import dispose, empty_database, make_app
from tests.factories import make_application, make_offer, make_person

ENTRY = AuditEntry.__table__


@pytest.fixture
def log(app):
    """Five entries about two applications."""
    person = make_person()
    session().commit()
    with writing():
        for number in range(5):
            record("application.moved", ("application", 7 + number % 2), person, to="interview", count=number)
    return person


def change(statement):
    """What somebody with the database in their hands does."""
    session().execute(statement)
    session().commit()


def problem(noted=None):
    return looked_over(clock.now(), noted).problem


def test_untouched_log_holds(log):
    found = looked_over(clock.now())
    assert (found.problem, found.number, found.chain, found.empty) == ("", 5, head()[1], 0)


def test_empty_log_holds(app):
    assert (problem(), head()) == ("", (0, START))


@pytest.mark.parametrize(
    "values",
    [
        {"details": {"to": "offer"}},
        {"details": None},
        {"about_id": 99},
        {"about_kind": "mail"},
        {"by_id": None},
        {"salt": "0" * 32},
        {"digest": "0" * 64},
        {"action": "application.viewed"},
        {"at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"chain": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_altered_entry_is_named(log, values):
    change(sa.update(ENTRY).where(ENTRY.c.number == 3).values(**values))
    assert problem().startswith("Entry 3 ")


def test_entry_that_was_altered_with_its_digest_is_named(log):
    row = session().get(AuditEntry, 3)
    digest = actions.content_digest(row.salt, None, "application", 7, None)
    change(sa.update(ENTRY).where(ENTRY.c.number == 3).values(by_id=None, about_id=7, details=None, digest=digest))
    assert problem() == "Entry 3 does not follow from the one before: it was altered, or stood elsewhere."


@pytest.mark.parametrize("number", [1, 3])
def test_removed_entry_is_missed(log, number):
    change(sa.delete(ENTRY).where(ENTRY.c.number == number))
    assert problem() == f"Entry {number} is missing."


def test_removed_entry_is_missed_when_the_others_close_up(log):
    change(sa.delete(ENTRY).where(ENTRY.c.number == 3))
    for number in (4, 5):
        change(sa.update(ENTRY).where(ENTRY.c.number == number).values(number=number - 1))
    change(sa.update(AuditHead.__table__).values(number=4))
    assert problem().startswith("Entry 3 does not follow")


def test_entries_that_changed_places_are_named(log):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        change(sa.update(ENTRY).where(ENTRY.c.number == old).values(number=new))
    assert problem().startswith("Entry 2 does not follow")


def test_end_that_was_cut_off_is_missed(log):
    change(sa.delete(ENTRY).where(ENTRY.c.number == 5))
    assert problem() == "Entry 5 is missing: the log says that it ends with entry 5."


def test_end_that_was_cut_off_with_the_head_is_told_by_the_head_noted_before(log):
    noted = head()[1]
    assert looked_over(clock.now(), noted).noted == 5
    last = session().get(AuditEntry, 4).chain
    change(sa.delete(ENTRY).where(ENTRY.c.number == 5))
    change(sa.update(AuditHead.__table__).values(number=4, chain=last))
    found = looked_over(clock.now(), noted)
    assert (found.problem, found.noted) == ("", None), "the chain alone cannot tell"


def test_content_that_vanished_without_an_erasure_is_missed(log):
    change(sa.update(ENTRY).where(ENTRY.c.number == 2).values(about_id=None, details=None, salt=None))
    assert problem() == "Entry 2 lost its content, and no erasure took it."


def test_erasing_an_application_takes_the_content_about_it_and_leaves_the_chain(app):
    person, offer = make_person(), make_offer()
    gone, other = make_application(offer, name="Canary One"), make_application(offer)
    session().commit()
    with writing():
        for row in (gone, other, gone):
            record("application.viewed", ("application", row.id), person, document=4711)
    number = gone.id
    with writing():
        erase([session().merge(gone)], ErasureReason.retention)
    rows = {row.number: row for row in session().execute(entries(Asked())).scalars()}
    assert [(rows[n].about_id, rows[n].details, rows[n].salt) for n in (1, 3)] == [(None, None, None)] * 2
    assert (rows[2].about_id, rows[2].details) == (other.id, {"document": 4711})
    assert (rows[4].action, rows[4].details) == ("application.erased", {"entries": [1, 3], "reason": "retention"})
    assert number not in {row.about_id for row in rows.values()}
    found = looked_over(clock.now())
    assert (found.problem, found.empty) == ("", 2)


def test_content_goes_by_age_and_the_chain_holds(log):
    later = clock.now() + KEPT + dt.timedelta(hours=1)
    assert empty_old_entries() == 0
    with clock.at(later):
        assert empty_old_entries() == 5
        assert empty_old_entries() == 0
        found = looked_over(clock.now())
        assert (found.problem, found.empty, found.number) == ("", 5, 5)
    assert problem() == "Entry 1 lost its content, and no erasure took it.", "younger ones may not be empty"


def run(app, *arguments):
    return CliRunner().invoke(audit, arguments, obj=sa_info(app))


def sa_info(app):
    from flask.cli import ScriptInfo

    return ScriptInfo(create_app=lambda: app)


def test_command_prints_the_head_and_says_what_is_wrong(own_app):
    person = make_person()
    session().commit()
    assert run(own_app, "--expect", START).exit_code == 0
    with writing():
        record("application.moved", ("application", 7), person)
        record("application.moved", ("application", 7), person)
    noted = head()[1]
    with writing():
        record("application.moved", ("application", 7), person)
    result = run(own_app, "--list", "--expect", noted.upper())
    assert result.exit_code == 0, result.output
    assert f"Head:    {head()[1]}" in result.output
    assert "The chain holds; 1 came after the noted one." in result.output
    assert result.output.count("application.moved  application 7") == 3
    assert run(own_app, "--expect", "0" * 63 + "1").exit_code == 1
    change(sa.update(ENTRY).where(ENTRY.c.number == 2).values(by_id=None))
    result = run(own_app)
    assert (result.exit_code, "Entry 2 was altered" in result.output) == (1, True)


def written_at_once(app, monkeypatch, *, writers=6, each=5):
    """Every writer's number of entries, written by threads at once."""
    with app.app_context():
        person = make_person()
        session().commit()
        number = person.id
    gate, problems = threading.Barrier(writers), []

    def write():
        with app.app_context():
            gate.wait()
            for _one in range(each):
                try:
                    with writing():
                        record("application.moved", ("application", 7), Who(number))
                except sa.exc.DBAPIError as problem:
                    problems.append(problem)
            db.session.remove()

    threads = [threading.Thread(target=write) for _one in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        return problems, looked_over(clock.now())


class Who:
    """Somebody by their number alone, for a thread without their row."""

    def __init__(self, number):
        self.id = number


@pytest.fixture
def committing(request, postgres, tmp_path):
    """An app on a PostgreSQL of its own, really committing."""
    app = make_app(tmp_path, empty_database(postgres, "audit"))
    yield app
    dispose(app)
    postgres.drop_database("audit")


def test_writers_at_once_do_not_fork_the_chain(committing, monkeypatch):
    problems, found = written_at_once(committing, monkeypatch)
    assert (problems, found.problem, found.number) == ([], "", 30)


def test_writers_at_once_do_collide_where_nobody_waits_for_the_head(committing, monkeypatch):
    monkeypatch.setattr(actions, "_HEAD", sa.select(AuditHead.number, AuditHead.chain).where(AuditHead.id == 1))
    problems, _found = written_at_once(committing, monkeypatch)
    assert problems, "the test above would not notice a fork"


def test_writers_at_once_queue_on_sqlite(own_app, monkeypatch):
    problems, found = written_at_once(own_app, monkeypatch)
    assert (problems, found.problem, found.number) == ([], "", 30)

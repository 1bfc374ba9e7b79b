"""A process that dies while somebody applies, and fifty people who send at once: nothing acknowledged is lost or doubled."""

import concurrent.futures
import datetime as dt
import io
import json
import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications.models import Application
from jobboard.applications.models_draft import Draft
from jobboard.applications.tasks import drop_old_drafts
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage
from jobboard.files.tasks import drop_orphans, drop_staged
from jobboard.mail.models import OutboxMail
from jobboard.openings.models import JobOffer
from jobboard.transfer.exports_pdf import pdf_of
from tests.applying import send
from tests.conftest import SECRET, dispose, make_app, own_database
from tests.factories import make_offer
from tests.pages import form_of

POINTS = ["before-file", "after-file", "before-row", "before-commit", "after-commit"]
PDF = pdf_of("Curriculum vitae", ["2010 until today: operations"])
ADDRESS = "/en/jobs/operator/apply/"
SENT = (303, "/en/jobs/operator/apply/sent/")
GOOD = {"name": "Nour Haddad", "email": "nour@example.org", "text": "I keep servers running."}
#: Answers each order in a process of its own, forked from one that has loaded the app and opened nothing.
CHILD = """
import io, json, os, sys
from jobboard import create_app
from jobboard.config import settings_from
from tests.applying import send
app = create_app(settings_from(os.environ), testing=True)
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        os.environ["JOBBOARD_FAILPOINT"] = order["point"]
        cv = (io.BytesIO(bytes.fromhex(order["cv"])), "cv.pdf")
        client = app.test_client()
        send(client, client.post(order["address"], data={**order["fields"], "cv": cv}))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def site(request, tmp_path_factory):
    """An app that really commits; and a way to let another process of the same site take an order, with how it ended."""
    folder = tmp_path_factory.mktemp("crash")
    url = own_database(request, "crash")
    app = make_app(folder, url)
    own = {"DATA_DIR": str(folder), "SECRET_KEY": SECRET, "DATABASE_URL": url, "FORM_SECONDS": "0"}
    own = {f"JOBBOARD_{name}": value for name, value in own.items()}
    command, pipes = [sys.executable, "-c", CHILD], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**os.environ, **own}, **pipes) as others:

        def die(**order):
            others.stdin.write(f"{json.dumps(order)}\n")
            others.stdin.flush()
            return int(others.stdout.readline())

        yield app, die
        others.stdin.close()
    dispose(app)


@pytest.fixture
def opening(site):
    """An opening of this test's own; its applications, files and mails are gone after it."""
    app, _die = site
    with app.app_context():
        offer = make_offer("Operator", slug="operator")
        session().commit()
        yield offer
        session().rollback()
        for row in [*rows(), *rows(Draft)]:
            session().delete(row)
        for model in (OutboxMail, StoredFile):
            session().execute(sa.delete(model))
        session().delete(session().get(JobOffer, offer.id))
        session().commit()
        app.extensions["limiter"].storage.reset()


def rows(model=Application):
    session().rollback()
    session().expire_all()
    return list(session().execute(sa.select(model).execution_options(scope="test")).scalars())


@pytest.mark.parametrize("point", POINTS)
def test_process_that_dies_loses_nothing_acknowledged_and_the_second_try_makes_one(site, opening, point):
    app, die = site
    client = app.test_client()
    fields = {**form_of(client.get(ADDRESS), "/apply/"), **GOOD}
    assert die(point=point, address=ADDRESS, fields=fields, cv=PDF.hex()) == -signal.SIGKILL
    assert len(rows()) == len(rows(OutboxMail)) == (1 if point == "after-commit" else 0)
    second = send(client, client.post(ADDRESS, data={**fields, "cv": (io.BytesIO(PDF), "cv.pdf")}))
    assert (second.status_code, second.location) == SENT
    [row] = rows()
    assert len(rows(OutboxMail)) == 1
    assert b"".join(storage().read(row.documents[0].file.key)) == PDF
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        drop_old_drafts()
        drop_staged()
        drop_orphans()
        assert [*storage().keys_older_than(clock.now())] == [one.key for one in rows(StoredFile)]
    assert (len(rows(StoredFile)), len(rows(Draft))) == (1, 0)


def test_fifty_tries_of_one_form_at_once_are_one_application(site, opening):
    app, _die = site
    fields = {**form_of(app.test_client().get(ADDRESS), "/apply/"), **GOOD}
    assert send_at_once(app, [fields] * 50) == [SENT] * 50
    assert len(rows(Draft)) == 0
    assert len(rows()) == len(rows(OutboxMail)) == 1


def test_fifty_people_at_once_are_fifty_applications(site, opening):
    app, _die = site
    people = [
        {**form_of(app.test_client().get(ADDRESS), "/apply/"), **GOOD, "email": f"person{number}@example.org"}
        for number in range(50)
    ]
    assert send_at_once(app, people) == [SENT] * 50
    assert sorted(row.email for row in rows()) == sorted(fields["email"] for fields in people)
    assert len(rows(OutboxMail)) == 50


def send_at_once(app, forms):
    """The last answers when as many threads as a busy site has send these forms."""

    def sent(fields):
        client = app.test_client()
        answer = send(client, client.post(ADDRESS, data=fields))
        return answer.status_code, answer.location

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return list(pool.map(sent, forms))

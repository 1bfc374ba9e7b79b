"""A table of hostile files: none crashes the site, none is served inline, each is refused in words or taken with its flags."""

import io
import re
import types

import flask
import pytest
import sqlalchemy as sa

from jobboard.applications.models import Application
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.files.answers import MEMORY, SECONDS
from jobboard.files.checker import checker
from jobboard.files.checks import FileRefused, Refusal, check_document
from jobboard.files.markup import shown_name
from jobboard.people.actions import begin_session
from tests.applying import send
from tests.conftest import dispose, make_app
from tests.factories import make_offer, make_person
from tests.files.hostile import CASES, KINDS

#: Kinds whose pages are worth looking at; those of the others are as white as paper.
LOOKED_AT = {"broken PDFs", "endless PDFs", "encrypted", "pictures", "mutants"}


@pytest.fixture
def site():
    """Just enough of a site to check files in: one that takes pictures too."""
    app = flask.Flask("files")
    app.config["SETTINGS"] = types.SimpleNamespace(accept_pictures=True)
    with app.app_context():
        yield


def test_table_is_as_long_as_promised():
    assert len(CASES) >= 120
    assert len(KINDS) >= 15


def test_whatever_is_parsed_has_its_bounds():
    memory, processor, largest, files, alarm, *environment = checker().ask("limits", io.BytesIO()).flags
    assert (int(memory), int(processor)) == (MEMORY, SECONDS) == (256 << 20, 5)
    assert 0 < float(alarm) <= 5, "it is ended after that, by the system"
    assert (largest, files) == ("0", "0"), "it can write nothing and open nothing, neither a file nor a connection"
    assert "JOBBOARD_SECRET_KEY" not in environment
    assert len(environment) <= 3, "nothing of the site's environment is there to be read"


@pytest.mark.parametrize("case", CASES)
def test_file_is_refused_with_the_reason_or_taken_with_its_flags(site, case):
    make, name, outcome = CASES[case]
    try:
        checked = check_document(io.BytesIO(make()), shown_name(name))
        found = {flag.value for flag in checked.flags}
    except FileRefused as refused:
        found = refused.refusal
    assert outcome is None or found == outcome


@pytest.fixture(scope="module")
def real_site(tmp_path_factory):
    """A whole site that takes pictures too, with an opening, and a browser of somebody who reads applications."""
    folder = tmp_path_factory.mktemp("hostile")
    app = make_app(folder, ACCEPT_PICTURES="1")
    with app.app_context():
        offer = make_offer("Operator", slug="operator")
        token = begin_session(make_person(role=Role.recruiter), "Firefox (Linux)", clock.now())
        session().commit()
        desk = app.test_client()
        with desk.session_transaction() as cookie:
            cookie["token"] = token
        yield app, offer.id, desk
    dispose(app)


@pytest.mark.parametrize("kind", KINDS)
def test_site_answers_every_file_in_words_and_serves_none_inline(real_site, kind):
    app, offer_id, desk = real_site
    client, address = app.test_client(), "/en/jobs/operator/apply/"
    for make, name, outcome in (CASES[case] for case in CASES if case.startswith(f"{kind}: ")):
        app.extensions["limiter"].storage.reset()
        token = re.search(r'name="token"[^>]* value="([^"]+)"', client.get(address).text)[1]
        fields = {"name": "Nour Haddad", "email": "nour@example.org", "text": "", "token": token}
        upload = (io.BytesIO(make()), name.replace('"', "%22"))  # as browsers write it
        response = client.post(address, data={**fields, "cv": upload})
        response.request.environ["wsgi.input"].close()
        if response.status_code == 422:
            assert not isinstance(outcome, set)
            said = {refusal for refusal in Refusal if str(FileRefused(refusal)) in response.text}
            assert len(said) == 1, name
            assert outcome is None or said == {outcome}
        else:
            assert response.status_code == 303
            assert not isinstance(outcome, Refusal)
            assert send(client, response).location == f"{address}sent/"
            read_at_the_desk(desk, newest(offer_id), looks=kind in LOOKED_AT)


def newest(offer_id):
    session().rollback()
    statement = (
        sa.select(Application).where(Application.opening_id == offer_id).order_by(Application.id.desc()).limit(1)
    )
    return session().execute(statement.execution_options(scope="test")).scalar_one()


def read_at_the_desk(desk, row, *, looks):
    [document] = row.documents
    here = f"/desk/applications/{row.id}/"
    page = desk.get(here)
    assert page.status_code == 200
    for image in re.findall(r'<img src="([^"]+)"', page.text)[:looks]:
        shown = desk.get(image)
        assert shown.mimetype == ("image/webp" if shown.status_code == 200 else "image/svg+xml")
        assert shown.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    saved = desk.get(f"{here}documents/{document.id}/")
    assert saved.status_code == 200
    assert saved.headers["Content-Disposition"].startswith("attachment; ")
    assert saved.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert len(document.file.name) <= 300
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{40}", document.file.key), "its own name is nowhere on the disk"

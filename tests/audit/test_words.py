"""What the audit log says is in words: of every detail, kind and value, in the reader's language."""

import ast
import datetime as dt
from pathlib import Path

import pytest

import jobboard
from jobboard.audit.actions import record
from jobboard.audit.desk import ABOUT
from jobboard.audit.models import ACTIONS, DETAILS, UNSHOWN, WORDS
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from tests.factories import make_person
from tests.pages import page_of, words_of

ROOT = Path(jobboard.__file__).parent
ADDING = {"record", "note_look", "record_once"}
#: Keywords of those functions that are no details.
OWN = {"about", "by", "within"}


def calls():
    """(file, call) of everything that adds an entry."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ADDING:
                yield path.relative_to(ROOT), node


def details_of(call):
    """(name, value) of the details a call gives; those of a dictionary too."""
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in OWN:
            yield keyword.arg, keyword.value
        elif isinstance(keyword.value, ast.Dict):
            yield from ((key.value, value) for key, value in zip(keyword.value.keys, keyword.value.values, strict=True))


def test_every_detail_action_and_kind_has_words():
    found = list(calls())
    assert len(found) > 30
    names = {name for _path, call in found for name, _value in details_of(call)}
    assert {"item", "from", "added"} <= names, "the search finds them"
    assert names - DETAILS.keys() - UNSHOWN == set()
    literals = {
        (name, value.value)
        for _path, call in found
        for name, value in details_of(call)
        if isinstance(value, ast.Constant)
    }
    assert {value for _name, value in literals if isinstance(value, str)} <= WORDS.keys()
    actions = {call.args[0].value for _path, call in found if isinstance(call.args[0], ast.Constant)}
    assert actions <= ACTIONS.keys()
    tuples = [one for _path, call in found for one in ast.walk(call) if isinstance(one, ast.Tuple)]
    kinds = {one.elts[0].value for one in tuples if isinstance(one.elts[0], ast.Constant)}
    assert kinds <= ABOUT.keys()


def test_every_way_to_sign_in_has_words():
    """`open_desk` and `note_refusal` of the door hand their word on as `way`."""
    ways = {
        node.args[1].value
        for path in ROOT.glob("people/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in {"open_desk", "note_refusal"}
        and isinstance(node.args[1], ast.Constant)
    }
    assert "password" in ways
    assert ways | {"app", "recovery code"} <= WORDS.keys()


@pytest.fixture
def line(client, sign_in):
    """What the page says of one entry."""
    ada = make_person("Ada Lind", Role.recruiter)
    session().commit()

    def said(action, about=None, **details):
        with clock.at(clock.now() + dt.timedelta(minutes=1)), writing():
            record(action, about, ada, **{name: ada.id if value == "ada" else value for name, value in details.items()})
        page = page_of(client.get("/desk/audit/"))
        return next(words_of(row) for table in page.iter("tbody") for row in table.iter("tr"))

    sign_in("admin")
    said.ada = ada
    return said


def test_entries_name_people_pages_roles_and_points(line):
    assert line("application.assigned", ("application", 7), added="ada").endswith("added: Ada Lind")
    assert line("reviewers.changed", ("opening", 7), people=[line.ada.id]).endswith("people: Ada Lind")
    assert line("reviewers.changed", ("opening", 7), people=[]).endswith("people: nobody")
    assert line("access.refused", page="desk.applications.show").endswith("page: /desk/applications/…/")
    assert line("access.refused", page="desk.gone.away").endswith("page: –")
    assert line("person.invited", ("invitation", 3), role="reviewer").endswith("Invitation 3 role: Reviewer")
    assert line("person.role_changed", ("person", 3), before=None, after="author").endswith("Person 3 now: Author")
    assert line("opening.overridden", ("opening", 3), item="title-de", fingerprint="ab12").endswith(": Title (de)")
    assert line("sign_in.succeeded", ("person", 3), way="recovery code").endswith("way: recovery code")
    assert line("document.downloaded", ("application", 7), document="all").endswith("document: all of them")

"""A table of hostile files: none crashes the site, none is served inline, each is refused in words or taken with its flags."""

import io
import types

import flask
import pytest

from jobboard.files.answers import MEMORY, SECONDS
from jobboard.files.checker import checker
from jobboard.files.checks import FileRefused, check_document
from jobboard.files.markup import shown_name
from tests.files.hostile import CASES, KINDS


@pytest.fixture(scope="module", autouse=True)
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
def test_file_is_refused_with_the_reason_or_taken_with_its_flags(case):
    make, name, outcome = CASES[case]
    try:
        checked = check_document(io.BytesIO(make()), shown_name(name))
        found = {flag.value for flag in checked.flags}
    except FileRefused as refused:
        found = refused.refusal
    assert outcome is None or found == outcome

"""An app that really commits on each engine, for what happens at once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import dispose, make_app


@pytest.fixture(params=["sqlite", "postgresql"])
def racing_app(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    """An app with a database of its own."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database("race")
    else:
        shutil.copy(empty_database, tmp_path / "jobboard.sqlite3")
    app = make_app(tmp_path, url)
    with app.app_context():
        yield app
    dispose(app)

"""An app that really commits on each engine, for what happens at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import dispose, make_app, own_database


@pytest.fixture(params=["sqlite", "postgresql"])
def racing_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app with a database of its own."""
    url = own_database(request, "race")
    app = make_app(tmp_path, url)
    with app.app_context():
        yield app
    dispose(app)

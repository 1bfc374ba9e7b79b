"""A second site beside the first, to import into."""

import contextlib
import shutil

import pytest

from tests.conftest import dispose, make_app


@pytest.fixture
def other(tmp_path, empty_database):
    """A second, empty site."""

    @contextlib.contextmanager
    def opened(name: str):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(empty_database, folder / "jobboard.sqlite3")
        app = make_app(folder)
        with app.app_context():
            yield app
        dispose(app)

    return opened


@pytest.fixture
def second(tmp_path, empty_database):
    """A second site that its test empties itself."""
    folder = tmp_path / "second"
    folder.mkdir()
    shutil.copy(empty_database, folder / "jobboard.sqlite3")
    app = make_app(folder)
    yield app
    dispose(app)

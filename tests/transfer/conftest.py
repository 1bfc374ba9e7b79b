"""A second site beside the first, to import into."""

import contextlib

import pytest

from tests.conftest import dispose, make_app


@pytest.fixture
def other(tmp_path):
    """A second, empty site."""

    @contextlib.contextmanager
    def opened(name: str):
        folder = tmp_path / name
        folder.mkdir()
        app = make_app(folder)
        with app.app_context():
            yield app
        dispose(app)

    return opened


@pytest.fixture
def second(tmp_path):
    """A second site that its test empties itself."""
    folder = tmp_path / "second"
    folder.mkdir()
    app = make_app(folder)
    yield app
    dispose(app)

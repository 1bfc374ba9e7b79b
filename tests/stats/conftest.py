"""An app that keeps pages and really commits, on each engine: the layer that counts views asks over connections of its own."""

import pytest

from jobboard.core.db import session
from jobboard.stats.actions import save_source
from tests.conftest import dispose, make_app, own_database

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request, tmp_path_factory):
    """Shared by the tests of a file, which make posts of their own; with the source "fair"."""
    url = own_database(request, "views")
    app = make_app(tmp_path_factory.mktemp("views"), url)
    with app.app_context():
        save_source(None, "fair", "Career fair", is_active=True)
        session().commit()
        yield app
    dispose(app)


@pytest.fixture
def reader(site):
    """A browser, as it shows a page to somebody."""
    client = site.test_client()
    client.environ_base |= {"HTTP_USER_AGENT": CHROME, "HTTP_SEC_FETCH_DEST": "document"}
    session().rollback()
    return client

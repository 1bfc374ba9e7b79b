"""The blog's lists in a real browser: unfolding the filters, applying them, taking one away; with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from jobboard.core.db import session
from tests.conftest import dispose, make_app
from tests.factories import make_article, make_category, make_offer, make_person
from tests.twins.chromium import DESKTOP, PHONE, misfits

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path, serve):
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        data, harbour = make_category("databases", "Databases"), make_category("harbour", "Harbour")
        ada, bo = make_person("Ada Berg", slug="ada"), make_person("Bo Çelik", slug="bo")
        german = {"de": {"title": "Warum es brach", "slug": "warum"}}
        make_article("Why it broke", slug="why", texts=german, authors=[ada], categories=[data])
        make_article("A quiet pier", slug="pier", authors=[bo], categories=[harbour])
        make_offer("Operator", slug="operator", authors=[ada, bo], categories=[data, harbour])
        session().commit()
        server.start(app)
        yield server
        server.stop()
    dispose(app)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_filters_unfold_and_nothing_hinders_anybody(site, visitor, size):
    page = visitor(site.url, size=size).page
    page.goto("/en/?category=databases&lang=de")
    assert misfits(page) == []
    page.get_by_text("Filter", exact=False).first.click()
    expect(page.get_by_label("Category")).to_have_value("databases")
    assert misfits(page) == []


def test_filters_work_by_keyboard_without_a_script(site, visitor):
    page = visitor(site.url, javascript=False).page
    page.goto("/en/?kind=article")
    page.locator(".list-fold > summary").press("Enter")
    page.get_by_label("Category").select_option("harbour")
    page.get_by_role("button", name="Apply filters").press("Enter")
    expect(page).to_have_url(f"{site.url}/en/?kind=article&category=harbour")
    expect(page.get_by_role("heading", level=1)).to_have_text("Articles on Harbour")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("link", name="Harbour", exact=False).first.click()
    expect(page).to_have_url(f"{site.url}/en/?kind=article")

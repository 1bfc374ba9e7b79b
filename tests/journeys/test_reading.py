"""Reading an article in a real browser: copying code, coming back from a footnote, scrolling by keyboard."""

import pytest
from playwright.sync_api import expect

from jobboard.core.db import session
from tests.conftest import dispose, make_app
from tests.factories import make_article, make_person
from tests.twins.chromium import DESKTOP, PHONE, misfits

pytestmark = pytest.mark.browser

CODE = "import os\n\nprint(os.name)  # " + "a long line " * 20 + "\n"
TEXT = f"""## Start

Words[^1].

```python {{3}}
{CODE}```

> [!WARNING]
> Mind this.

| {" | ".join(f"Column {number}" for number in range(12))} |
{"|---" * 12}|
{"| some words " * 12}|

{"## Middle" + chr(10) * 2 + "word " * 400 + chr(10) * 2}
{"## End" + chr(10) * 2 + "word " * 400}

[^1]: A note.
"""


@pytest.fixture
def site(tmp_path, serve):
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        make_article("Reading", slug="reading", markdown=TEXT, authors=[make_person("Alma Berg", slug="alma")])
        session().commit()
        server.start(app)
        yield server
        server.stop()
    dispose(app)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_article_is_read_copied_and_scrolled(site, visitor, size):
    window = visitor(site.url, size=size)
    page = window.page
    window.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.goto("/en/articles/reading/")
    assert misfits(page) == []
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == CODE
    for box in (page.locator(".highlight pre"), page.get_by_role("group", name="Column 0, Column 1")):
        box.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("one => one.scrollLeft > 0", arg=box.element_handle())
    page.get_by_role("link", name="[1]").click()
    page.get_by_role("link", name="Back to the text").click()
    expect(page.locator("#fnref1")).to_be_in_viewport()
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="End").click()
    expect(page.get_by_role("heading", name="End")).to_be_in_viewport()


def test_article_needs_no_script(site, visitor):
    page = visitor(site.url, javascript=False).page
    page.goto("/en/articles/reading/")
    expect(page.locator(".highlight")).to_contain_text("Python")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    expect(page.get_by_role("note")).to_contain_text("Warning")

"""Writing in a real browser: marks by keyboard, a true preview, pictures by paste and drop, words that outlive a tab."""

import io
import re

import pytest
import sqlalchemy as sa
from flask import current_app
from PIL import Image
from playwright.sync_api import expect

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.actions import begin_session, end_session
from jobboard.people.models import Person, StaffSession
from jobboard.posts.models_writing import Unsaved
from tests.conftest import dispose, make_app
from tests.factories import make_article, make_offer, make_person
from tests.twins.chromium import PHONE, axe, misfits

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path, serve):
    """A site with an article, its translation, and an opening, and two people who write."""
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        make_article("First", slug="first", markdown="Old words", texts={"de": {"title": "Erstens", "markdown": "Alt"}})
        make_offer("Operator", slug="operator", markdown="Servers.")
        for name in ("Alma Berg", "Thilo Brandt"):
            make_person(name, role=Role.recruiter)
        session().commit()
        server.start(app)
        yield server
        server.stop()
    dispose(app)


@pytest.fixture
def desk(site, visitor):
    """`desk("Alma Berg")` opens a window that is signed in."""

    def opened(name="Alma Berg", **options):
        window = visitor(site.url, **options)
        sign_in(window, name)
        return window

    return opened


def sign_in(window, name):
    person = session().execute(sa.select(Person).where(Person.name == name, Person.role.is_not(None))).scalar_one()
    token = begin_session(person, "Firefox", clock.now())
    session().commit()
    signer = current_app.session_interface.get_signing_serializer(current_app)
    window.context.add_cookies([{"name": "jobboard", "value": signer.dumps({"token": token}), "url": window.origin}])


def area(page):
    return page.locator("textarea[name=markdown]")


def write(page, text):
    area(page).fill("")
    area(page).focus()
    page.keyboard.type(text)


def test_marks_by_keyboard_alone(desk):
    page = desk().page
    page.goto("/desk/posts/1/en/")
    write(page, "make this strong")
    for _letter in "strong":
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+b")
    expect(area(page)).to_have_value("make this **strong**")
    page.keyboard.press("Control+b")
    expect(area(page)).to_have_value("make this strong")
    page.keyboard.press("Control+z")
    expect(area(page)).to_have_value("make this **strong**")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.mark") == "bold"
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(area(page)).to_have_value("## make this **strong**")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.mark") == "heading"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(area(page)).to_have_value("> ## make this **strong**")
    write(page, "one\ntwo")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="List").click()
    expect(area(page)).to_have_value("- one\n- two")
    page.get_by_role("button", name="Code").click()
    expect(area(page)).to_have_value("```\n- one\n- two\n```")
    write(page, "site")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    page.keyboard.type("https://example.org")
    expect(area(page)).to_have_value("[site](https://example.org)")


def test_preview_is_the_published_body(desk, site):
    page = desk().page
    page.goto("/desk/posts/1/en/")
    side = page.locator("[data-side=preview]")
    expect(side).to_contain_text("Old words")
    write(
        page,
        "## Why\n\nIt *broke*, see [x](/en/).\n\n```python\nprint(1)\n```\n\n- [ ] task\n\nNote[^1]\n\n[^1]: Here\n",
    )
    expect(side.locator("h2")).to_have_text("Why")
    expect(side).to_contain_text("Here")
    shown = side.locator(".prose").inner_html()
    font = side.locator(".prose p").first.evaluate("(one) => getComputedStyle(one).fontFamily")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".notice").first).to_contain_text("Saved.")
    page.goto("/en/articles/first/")
    body = page.locator("article .prose")
    # What the reader's script adds is no part of the text.
    body.locator(".code-copy").evaluate_all("(all) => all.forEach((one) => one.remove())")
    assert body.inner_html() == shown
    assert body.locator("p").first.evaluate("(one) => getComputedStyle(one).fontFamily") == font


def test_words_outlive_a_closed_tab_and_go_when_saved(desk):
    window = desk()
    page = window.page
    page.goto("/desk/posts/1/en/")
    write(page, "Typed and never saved")
    expect(page.locator("[data-state]")).to_contain_text("your words are kept")
    page.close()
    page = window.context.new_page()
    page.goto("/desk/posts/1/en/")
    expect(area(page)).to_have_value("Old words")
    page.get_by_role("link", name="Take them over").click()
    expect(area(page)).to_have_value("Typed and never saved")
    assert axe(page) == []
    write(page, "Typed and left at once")
    page.goto("/desk/posts/")
    wait_for_words(page, "Typed and left at once")
    page.goto("/desk/posts/1/en/?unsaved=take")
    expect(area(page)).to_have_value("Typed and left at once")
    write(page, "Typed and saved")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".notice").first).to_contain_text("Saved.")
    page.reload()
    expect(page.get_by_text("You have unsaved words")).to_have_count(0)
    expect(area(page)).to_have_value("Typed and saved")


def wait_for_words(page, words):
    """Until they have arrived: what a page sends while it closes is not waited for by the next one."""
    for _try in range(200):
        session().rollback()
        [row] = session().execute(sa.select(Unsaved)).scalars()
        if row.fields["markdown"] == [words]:
            return
        page.wait_for_timeout(50)
    raise AssertionError(row.fields)


def picture() -> list[int]:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(data, "PNG")
    return list(data.getvalue())


GIVE = """([bytes, kind]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "pier.png", {type: "image/png"}));
  const event = kind === "paste" ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector("textarea[name=markdown]").dispatchEvent(event);
}"""


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_picture_comes_by_paste_and_drop_and_needs_words(desk, kind):
    window = desk()
    page = window.page
    page.goto("/desk/posts/1/en/")
    area(page).focus()
    page.keyboard.press("Control+End")
    page.evaluate(GIVE, [picture(), kind])
    dialog = page.get_by_role("dialog", name="Add a picture")
    expect(dialog.get_by_label("What the picture shows")).to_be_focused()
    if kind == "paste":
        assert axe(page, within="dialog") == []
    window.expected = "422"
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").last).to_have_text("Please say in words what the picture shows.")
    page.keyboard.type("A pier at low tide")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(area(page)).to_be_focused()
    expect(area(page)).to_have_value(re.compile(r"^Old words\n\n!\[A pier at low tide\]\(/files/\S+/pier\.png\)\n\n$"))
    shown = page.locator("[data-side=preview]").get_by_role("img", name="A pier at low tide")
    expect(shown).to_be_visible()
    assert shown.evaluate("(one) => one.naturalWidth") == 30
    page.keyboard.press("Control+z")
    expect(area(page)).to_have_value("Old words")


def test_others_are_told_while_both_write(desk):
    alma = desk("Alma Berg").page
    alma.goto("/desk/posts/1/en/")
    thilo = desk("Thilo Brandt").page
    thilo.goto("/desk/posts/1/en/")
    expect(thilo.get_by_text("Alma Berg has just opened this text.")).to_be_visible()
    write(thilo, "Saved by the other")
    thilo.get_by_role("button", name="Save", exact=True).first.click()
    expect(thilo.locator(".notice").first).to_contain_text("Saved.")
    alma.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(alma.get_by_text("Thilo Brandt has just opened this text.")).to_be_visible()
    expect(alma.get_by_text("Somebody else has saved this text since")).to_be_visible()
    assert axe(alma) == []


def test_session_that_ends_meanwhile_loses_nothing(desk):
    window = desk()
    page = window.page
    page.goto("/desk/posts/1/en/")
    for row in session().query(StaffSession):
        end_session(row, clock.now())
    session().commit()
    window.expected = "403"
    write(page, "Typed after the session ended")
    expect(page.locator("[data-state]")).to_contain_text("sign in in another tab")
    sign_in(window, "Alma Berg")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-state]")).to_contain_text("your words are kept")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".notice").first).to_contain_text("Saved.")
    expect(area(page)).to_have_value("Typed after the session ended")


@pytest.mark.parametrize("address", ["/desk/posts/1/de/", "/desk/openings/2/en/"])
def test_editor_fits_a_phone(desk, address):
    page = desk(size=PHONE).page
    page.goto(address)
    expect(page.locator("[data-side=preview]")).to_be_hidden()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("[data-side=preview] .prose")).to_be_visible()
    expect(area(page)).to_be_hidden()
    assert misfits(page) == []

"""Inbox and board in a real browser: dragging, keys only, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from jobboard.applications.actions import move
from jobboard.applications.models import Application, Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.actions import begin_session
from jobboard.people.models import Person
from tests.conftest import dispose, make_app
from tests.factories import make_application, make_offer, make_person
from tests.twins.chromium import PHONE, misfits

pytestmark = pytest.mark.browser

INBOX, BOARD = "/desk/applications/", "/desk/applications/board/"


@pytest.fixture
def desk(tmp_path, serve, visitor):
    """`desk(**options)` opens the desk as a recruiter; there are four applications for one opening."""
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        offer = make_offer("Harbour master")
        for name in ("Ada One", "Bea Two", "Cem Three"):
            make_application(offer, name=name)
        make_application(offer, name="Dia Four", stage=Stage.reviewing)
        person = make_person("Thilo Brandt", role=Role.recruiter)
        session().commit()
        server.start(app)
        windows = []

        def opened(**options):
            token = begin_session(person, "Chromium", clock.now())
            session().commit()
            window = visitor(server.url, **options)
            cookie = app.session_interface.get_signing_serializer(app).dumps({"token": token})
            window.context.add_cookies([{"name": "jobboard", "value": cookie, "url": server.url}])
            windows.append(window)
            return window

        yield opened
        for window in windows:
            window.leave()
        server.stop()
    dispose(app)


def stage_of(name):
    session().rollback()
    session().expire_all()
    rows = session().query(Application).execution_options(scope="test").filter(Application.name == name)
    return rows.one().stage


def column(page, stage):
    return page.locator(f"[data-stage={stage}]")


def card(page, name):
    return page.locator("[data-card]", has_text=name)


def test_card_is_dragged_to_a_stage_it_may_go_to_and_nowhere_else(desk):
    page = desk().page
    page.goto(BOARD)
    page.evaluate("window.isSame = true")
    card(page, "Ada One").drag_to(column(page, "interview"))
    expect(column(page, "interview").locator("[data-card]")).to_have_text(re.compile("Ada One"))
    expect(column(page, "interview").locator(".count")).to_have_text("1")
    expect(card(page, "Ada One").locator("[data-open]")).to_be_focused()
    expect(page.locator("[data-board-messages]")).to_contain_text("Ada One: moved to “Interview”.")
    assert stage_of("Ada One") is Stage.interview
    card(page, "Bea Two").drag_to(column(page, "offer"))
    expect(card(page, "Bea Two")).to_be_visible()
    assert stage_of("Bea Two") is Stage.received
    assert page.evaluate("window.isSame") is True
    card(page, "Bea Two").locator("summary").click()
    assert misfits(page) == []


def test_card_somebody_else_moved_is_told_and_shown_where_it_is(desk):
    page = desk()
    page.expected = "409"
    page = page.page
    page.goto(BOARD)
    rows = session().query(Application).execution_options(scope="test").filter(Application.name == "Ada One")
    move(rows.one(), Stage.interview, session().query(Person).filter(Person.role == Role.recruiter).one())
    session().commit()
    card(page, "Ada One").drag_to(column(page, "reviewing"))
    expect(page.locator("[data-board-messages]")).to_contain_text("Ada One is at “Interview” now")
    expect(column(page, "interview")).to_contain_text("Ada One")
    assert stage_of("Ada One") is Stage.interview


def test_board_by_keys_alone(desk):
    page = desk().page
    page.goto(BOARD)
    page.keyboard.press("j")
    expect(card(page, "Ada One").locator("[data-open]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card(page, "Bea Two").locator("[data-open]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card(page, "Dia Four").locator("[data-open]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    expect(card(page, "Ada One").get_by_role("button", name="In review")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page, "Ada One").locator("summary")).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(column(page, "interview")).to_contain_text("Ada One")
    assert stage_of("Ada One") is Stage.interview


def test_inbox_by_keys_alone_and_the_way_on_after_a_move(desk):
    page = desk().page
    page.goto(INBOX)
    assert misfits(page) == []
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()
    page.keyboard.type("jx?")
    expect(page.locator("#filter-q")).to_have_value("jx?")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("Choose the row")
    assert misfits(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("2 chosen")
    page.keyboard.press("t")
    expect(page.locator("#bulk-do")).to_be_focused()
    expect(page.locator("#bulk-do")).to_have_value("tag")
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.locator("h1")).to_have_text("Add tags")
    expect(page.locator(".bulk-names li")).to_have_count(2)
    assert misfits(page) == []
    page.get_by_label("Tags").fill("Tides")
    page.get_by_label("Tags").press("Enter")
    expect(page.locator(".row-marks", has_text="Tides")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text("Dia Four")
    assert misfits(page) == []
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Cem Three")
    page.get_by_label("In review").check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("main")).to_contain_text("Moved to “In review”.")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Bea Two")
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.locator("h1")).to_have_text("Board")


def test_without_javascript_everything_is_a_form(desk):
    page = desk(javascript=False).page
    page.goto(BOARD)
    card(page, "Ada One").locator("summary").click()
    card(page, "Ada One").get_by_role("button", name="Interview").click()
    expect(column(page, "interview")).to_contain_text("Ada One")
    page.goto(INBOX)
    for name in ("Bea Two", "Cem Three"):
        page.get_by_label(f"Choose {name}").check(force=True)
    page.get_by_label("With those chosen").select_option("move-rejected")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label(re.compile("In 10 minutes")).check()
    page.get_by_role("button", name="Move 2 applications").click()
    expect(page.locator("h1")).to_have_text("2 applications moved to “Rejected”")
    page.get_by_role("button", name="Take 2 rejections back too").click()
    expect(page.locator("main")).to_contain_text("2 rejections were taken back.")
    assert stage_of("Bea Two") is Stage.received


def test_on_a_phone_rows_are_cards_and_the_bar_covers_nothing(desk):
    page = desk(size=PHONE).page
    page.goto(INBOX)
    page.get_by_label("Choose Ada One").check(force=True)
    bar = page.locator("[data-bulk-bar]")
    expect(bar).to_be_in_viewport()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last, box = page.locator("[data-row]").last.bounding_box(), bar.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + 1
    assert misfits(page) == []
    page.goto(BOARD)
    assert misfits(page) == []

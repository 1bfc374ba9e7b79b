"""Filtering the list of openings in a real browser: in place, with Back, in order, and without JavaScript."""

import contextlib
import datetime as dt
import re

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from jobboard.core import clock
from jobboard.core.db import session
from tests.conftest import dispose, make_app
from tests.factories import make_category, make_offer
from tests.twins.chromium import PHONE, axe, misfits

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path, serve):
    """A site with 24 openings: two pages, half of them remote, one in Kiel."""
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        design = make_category("design", "Design", "Gestaltung")
        for number in range(24):
            remote = {"workplace": "remote", "remote": ["DE"]} if number % 2 else {"workplace": "on_site"}
            make_offer(f"Role {number}", categories=[design] if number < 6 else [], **remote)
        make_offer("Harbour master", workplace="hybrid", places=["DE/Kiel"], needs=[("da", "B2", True)])
        session().commit()
        server.start(app)
        yield server
        server.stop()
    dispose(app)


def box(page, name, value):
    """The label of one choice; its fold is open afterwards."""
    label = page.locator(f"label:has([name={name}][value='{value}'])")
    fold = page.locator(f"details.facet:has([name={name}])")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return label


def test_list_follows_its_filters_in_place_and_back_undoes_them(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/")
    page.evaluate("window.isSame = true")
    heading = page.locator("#results-title")
    expect(heading).to_have_text("25 openings")
    focused = box(page, "workplace", "remote")
    before = page.evaluate("scrollY")
    focused.click()
    expect(heading).to_have_text("12 openings")
    expect(page).to_have_url(re.compile(r"/en/jobs/\?workplace=remote$"))
    expect(page).to_have_title(re.compile("^12 jobs: Remote"))
    expect(page.locator("[name=workplace][value=remote]")).to_be_focused()
    assert page.evaluate("scrollY") == before, "nothing jumps"
    expect(box(page, "category", "design").locator(".n")).to_have_text("3")
    expect(page.locator(".chips")).to_contain_text("Remote")
    expect(page.locator("link[rel=canonical]")).to_have_attribute("href", re.compile("workplace=remote$"))
    expect(page.locator(".site-languages a", has_text="Deutsch")).to_have_attribute(
        "href", re.compile("workplace=remote$")
    )

    box(page, "category", "design").click()
    expect(heading).to_have_text("3 openings")
    page.go_back()
    expect(heading).to_have_text("12 openings")
    expect(page.locator("[name=category][value=design]")).not_to_be_checked()
    page.go_back()
    expect(heading).to_have_text("25 openings")
    expect(page.locator("[name=workplace][value=remote]")).not_to_be_checked()
    page.go_forward()
    expect(heading).to_have_text("12 openings")
    expect(page.locator("[name=workplace][value=remote]")).to_be_checked()
    page.locator(".chips a").first.click()
    expect(heading).to_have_text("25 openings")
    expect(heading).to_be_focused()
    page.locator(".pager a[rel=next], .pager a", has_text="2").first.click()
    expect(page).to_have_url(re.compile(r"\?page=2$"))
    expect(page.locator(".results article")).to_have_count(5)
    assert axe(page) == []
    assert page.evaluate("window.isSame") is True, "it is one page all the time"


def test_slow_answer_never_overtakes_a_newer_one(server, visitor):
    window = visitor(server.url)
    page = window.page
    page.goto("/en/jobs/")
    held = []

    def hold(route):
        if "category=design" in route.request.url:
            route.continue_()
        else:
            held.append(route)

    page.route("**/en/jobs/?workplace=remote*", hold)
    with page.expect_request("**/en/jobs/?workplace=remote"):
        box(page, "workplace", "remote").click()
    box(page, "category", "design").click()
    heading = page.locator("#results-title")
    expect(heading).to_have_text("3 openings")
    assert len(held) == 1
    for route in held:
        route.continue_()
    page.wait_for_timeout(200)
    expect(heading).to_have_text("3 openings")
    assert page.url.endswith("?category=design&workplace=remote")


def test_typing_makes_one_step_of_the_history(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/")
    page.locator("#filter-q").press_sequentially("harb", delay=20)
    expect(page).to_have_url(re.compile(r"q=harb"))
    page.locator("#filter-q").press_sequentially("our master", delay=20)
    expect(page.locator("#results-title")).to_have_text("1 opening")
    expect(page).to_have_url(re.compile(r"q=harbour\+master|q=harbour%20master"))
    expect(page.locator("#filter-q")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/en/jobs/$"))
    expect(page.locator("#filter-q")).to_have_value("")


def test_steps_of_the_history_do_not_overtake_each_other(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/")
    box(page, "workplace", "remote").click()
    heading = page.locator("#results-title")
    expect(heading).to_have_text("12 openings")
    held = []

    def hold(route):
        held.append(route)

    page.route(re.compile(r"/en/jobs/$"), hold)
    with page.expect_request(re.compile(r"/en/jobs/$")):
        page.evaluate("history.back()")
    with page.expect_response(re.compile(r"workplace=remote$")):
        page.evaluate("history.forward()")
    for route in held:
        route.continue_()
    page.wait_for_timeout(200)
    expect(heading).to_have_text("12 openings")
    expect(page).to_have_url(re.compile(r"\?workplace=remote$"))
    expect(page.locator("[name=workplace][value=remote]")).to_be_checked()


def test_words_after_going_back_are_a_step_of_their_own(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/?workplace=hybrid")
    page.goto("/en/jobs/")
    words = page.locator("#filter-q")
    words.fill("role")
    expect(page).to_have_url(re.compile(r"\?q=role$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/en/jobs/$"))
    words.fill("harbour")
    expect(page).to_have_url(re.compile(r"\?q=harbour$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/en/jobs/$"))


def test_words_that_are_being_typed_survive_a_chip(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/?workplace=hybrid")
    # typed and clicked at one moment, before the list asks for the words
    page.evaluate("""() => {
        const words = document.querySelector("#filter-q");
        words.value = "harbour";
        words.dispatchEvent(new Event("input", { bubbles: true }));
        document.querySelector(".chips .chip").click();
    }""")
    expect(page).to_have_url(re.compile(r"/en/jobs/\?q=harbour$"))
    expect(page.locator("#filter-q")).to_have_value("harbour")
    expect(page.locator("#results-title")).to_have_text("1 opening")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_language_means_the_same_with_and_without_javascript_and_its_level_is_visible(server, visitor, javascript):
    page = visitor(server.url, javascript=javascript).page
    page.goto("/en/jobs/?workplace=hybrid")
    page.locator("[name=workplace][value=hybrid]").uncheck()
    if not javascript:
        page.locator("[data-apply]").click()
    expect(page).to_have_url(re.compile(r"/en/jobs/$"))  # no bare question mark
    page.locator("details.facet:has(select) summary").click()
    expect(page.locator("select[name=speaks_level]").first).to_have_value("C2")
    page.locator("select[name=speaks_language]").first.select_option("da")
    if not javascript:
        page.locator("[data-apply]").click()
    expect(page).to_have_url(re.compile(r"\?speaks=da:C2$"))
    expect(page.locator(".chips")).to_contain_text("Danish up to C2")
    expect(page.locator("select[name=speaks_level]").first).to_have_value("C2")


def test_long_facet_is_narrowed_by_typing(server, visitor):
    for number in range(14):
        make_offer(f"Far {number}", places=[f"FR/Ville-{number:02}" if number else "FR/Évry"], workplace="on_site")
    session().commit()
    page = visitor(server.url).page
    page.goto("/en/jobs/?place=DE/Kiel")
    box(page, "place", "FR").click()
    expect(page.locator("#results-title")).to_have_text("15 openings")
    labels = page.locator("details.facet:has([name=place]) label:visible")
    page.get_by_role("searchbox", name="Find: Place").fill("evr")
    expect(labels).to_have_text(["France 14", "Kiel 1", "Évry 1"])
    assert page.url.endswith("?place=DE/Kiel&place=FR"), "narrowing asks for nothing"
    assert axe(page) == []


def test_opening_leads_back_to_the_list_as_it_was_filtered(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/?workplace=hybrid")
    page.locator(".results article a", has_text="Harbour master").first.click()
    page.locator(".opening-head .eyebrow a", has_text="Jobs").click()
    expect(page).to_have_url(re.compile(r"/en/jobs/\?workplace=hybrid$"))
    page.goto("/en/jobs/")
    page.locator(".results article a").first.click()
    page.locator(".opening-head .eyebrow a", has_text="Jobs").click()
    expect(page).to_have_url(re.compile(r"/en/jobs/$"))


@pytest.mark.parametrize("width", [320, 360])
def test_a_title_of_one_long_word_fits_on_every_page(server, visitor, width):
    title = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsleitung"
    make_offer(title, slug="long", places=["DE/Kiel"])
    make_offer(title, slug="gone", closed_at=clock.now() - dt.timedelta(minutes=9))
    session().commit()
    window = visitor(server.url, size=(width, 700))
    window.expected = "410"
    for path in ("/en/jobs/", "/en/jobs/long/", "/en/jobs/gone/", "/en/"):
        window.page.goto(path)
        assert window.page.evaluate("document.documentElement.scrollWidth") == width, path


def test_lost_connection_is_told_and_the_button_still_works(server, visitor):
    window = visitor(server.url)
    window.expected = "ERR_INTERNET_DISCONNECTED"
    page = window.page
    page.goto("/de/jobs/")
    window.context.set_offline(True)
    box(page, "workplace", "remote").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Liste konnte nicht geladen werden")
    expect(alert).to_be_in_viewport()
    assert misfits(page) == []
    box(page, "category", "design").click()
    expect(alert).to_have_count(1)
    window.context.set_offline(False)
    box(page, "category", "design").click()
    expect(page.locator("#results-title")).to_have_text("12 Stellen")
    expect(alert).to_have_count(0)
    window.context.set_offline(True)
    box(page, "category", "design").click()
    expect(alert).to_contain_text("Liste konnte nicht geladen werden")
    window.context.set_offline(False)
    page.locator("[data-apply]").click()
    expect(page.locator("#results-title")).to_have_text("3 Stellen")


def test_on_a_phone_filters_are_a_panel_that_says_what_it_will_show(server, visitor):
    page = visitor(server.url, "de-DE", size=PHONE).page
    page.goto("/de/jobs/")
    expect(page.locator("form[data-filters]")).not_to_be_visible()
    page.locator(".filter-fold > summary").click()
    box(page, "workplace", "remote").click()
    button = page.locator("[data-apply]")
    expect(button).to_have_text("12 Stellen zeigen")
    expect(button).to_be_in_viewport()
    assert axe(page) == []
    button.click()
    expect(page.locator("form[data-filters]")).not_to_be_visible()
    expect(page.locator("#results-title")).to_be_in_viewport()
    expect(page.locator(".filter-fold > summary")).to_contain_text("1")


def test_without_javascript_the_button_asks_for_the_same_addresses(server, visitor):
    page = visitor(server.url, javascript=False).page
    page.goto("/en/jobs/")
    box(page, "workplace", "remote").click()
    box(page, "category", "design").click()
    page.locator("[data-apply]").click()
    expect(page).to_have_url(re.compile(r"\?category=design&workplace=remote$"))
    expect(page.locator("#results-title")).to_have_text("3 openings")
    page.locator(".chips a").first.click()
    expect(page.locator("#results-title")).to_have_text("12 openings")


def test_filters_can_be_skipped_by_keyboard(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/?workplace=remote")
    skip = page.get_by_role("link", name="Skip to the openings")
    skip.focus()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    expect(page.locator("#results-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Closing soonest")).to_be_focused()


def test_words_of_a_level_are_not_cut_off_beside_the_list(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/")
    page.locator("details.facet:has(select) summary").click()
    language, level = (
        page.locator(f"select[name=speaks_{name}]").first.bounding_box() for name in ("language", "level")
    )
    assert level["width"] == language["width"]
    assert level["y"] >= language["y"] + language["height"]


def test_on_a_phone_an_opening_tells_facts_then_its_text_then_whom_to_ask(server, visitor):
    page = visitor(server.url, size=PHONE).page
    page.goto("/en/jobs/")
    page.locator(".results article a", has_text="Harbour master").first.click()
    parts = (".opening-head", ".facts-list", ".opening .prose", ".apply-box", ".share")
    tops = [page.locator(part).bounding_box()["y"] for part in parts]
    assert tops == sorted(tops)


def test_opening_can_be_passed_on(server, visitor):
    window = visitor(server.url)
    window.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page = window.page
    page.goto("/en/jobs/")
    page.locator(".results article a", has_text="Harbour master").first.click()
    share = page.locator(".share")
    href = share.get_by_role("link", name="Send by e-mail").get_attribute("href")
    assert href.startswith("mailto:?subject=Harbour%20master")
    share.get_by_role("button", name="Copy the link").click()
    expect(share.get_by_role("button", name="Copied")).to_be_visible()
    canonical = page.locator("link[rel=canonical]").get_attribute("href")
    assert page.evaluate("navigator.clipboard.readText()") == canonical
    expect(share.get_by_role("button", name="Print")).to_be_visible()
    assert axe(page) == []


def slowly(page):
    """Hold back every answer that comes into the page; the questions, which a test answers when it wants."""
    held = []

    def hold(route):
        if route.request.resource_type == "document":
            route.continue_()
        else:
            held.append(route)

    page.route("**/en/jobs/?**", hold)
    return held


def answer_all(page, held):
    """Answer what is asked, the newest last, until nobody asks any more."""
    page.wait_for_timeout(150)
    while held:
        route = held.pop(0)
        with contextlib.suppress(PlaywrightError):  # a question that was given up
            route.continue_()
        page.wait_for_timeout(100)


def test_whatever_is_done_next_builds_on_what_was_chosen_before_its_answer(server, visitor):
    page = visitor(server.url).page
    heading = page.locator("#results-title")

    page.goto("/en/jobs/")
    held = slowly(page)
    page.locator("#filter-q").press_sequentially("role", delay=10)
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Closing soonest").click()
    answer_all(page, held)
    expect(page).to_have_url(re.compile(r"q=role&sort=closing$"))
    expect(page.locator("#filter-q")).to_have_value("role")

    page.goto("/en/jobs/?category=design")
    box(page, "workplace", "remote").click()
    page.wait_for_timeout(150)
    page.locator(".chip", has_text="Design").click()
    answer_all(page, held)
    expect(heading).to_have_text("12 openings")
    expect(page).to_have_url(re.compile(r"\?workplace=remote$"))

    page.goto("/en/jobs/")
    box(page, "workplace", "remote").click()
    page.wait_for_timeout(150)
    page.locator(".pager a", has_text="2").first.click()
    answer_all(page, held)
    expect(heading).to_have_text("12 openings")
    expect(page).to_have_url(re.compile(r"\?workplace=remote$"))

    page.goto("/en/jobs/?category=design")
    page.locator(".chip", has_text="Design").click()
    page.wait_for_timeout(50)
    box(page, "workplace", "remote").click()
    answer_all(page, held)
    expect(heading).to_have_text("12 openings")
    expect(page).to_have_url(re.compile(r"\?workplace=remote$"))


def test_what_was_taken_away_stays_away_although_nothing_offers_it(server, visitor):
    page = visitor(server.url).page
    page.goto("/en/jobs/?place=remote:GB")
    page.locator(".chip").click()
    expect(page.locator("#results-title")).to_have_text("25 openings")
    expect(page.locator("[value='remote:GB']")).to_have_count(0)
    box(page, "workplace", "remote").click()
    expect(page).to_have_url(re.compile(r"\?workplace=remote$"))
    page.goto("/en/jobs/?place=remote:GB&speaks=da:C1")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator("#results-title")).to_have_text("25 openings")
    box(page, "workplace", "remote").click()
    expect(page).to_have_url(re.compile(r"\?workplace=remote$"))


def test_on_a_phone_the_button_leads_to_the_results(server, visitor):
    page = visitor(server.url, size=PHONE, reduced_motion="no-preference").page
    page.goto("/en/jobs/")
    page.locator(".filter-fold > summary").click()
    box(page, "workplace", "remote").click()
    expect(page.locator("#results-title")).to_have_text("12 openings")
    page.locator("[data-apply]").click()
    expect(page.locator("#results-title")).to_be_focused()
    expect(page.locator("#results-title")).to_be_in_viewport()


@pytest.mark.parametrize("query", [f"q={'Donaudampfschifffahrts' * 3}", f"q={'Haftpflicht' * 6}&workplace=remote"])
def test_long_words_stay_on_a_narrow_screen(server, visitor, query):
    page = visitor(server.url, size=(320, 740)).page
    for path in ("/en/jobs/", "/de/jobs/", "/en/search/"):
        page.goto(f"{path}?{query}")
        assert misfits(page) == [], path

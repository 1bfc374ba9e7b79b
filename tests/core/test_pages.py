"""Pages kept in memory: answered without the application, and never after their content or their time has passed."""

import datetime as dt
import gzip
from zoneinfo import ZoneInfo

import pytest
import time_machine

from jobboard.core import clock, pages
from jobboard.core.db import session
from jobboard.core.pages import PageCache
from jobboard.posts.actions import close
from tests.conftest import dispose, make_app
from tests.factories import make_article, make_offer, make_person
from tests.pages import form_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def site(own_app):
    """An app that keeps pages, with an opening and an article."""
    make_offer("Operator", slug="operator")
    make_article("An outage", slug="outage")
    session().commit()
    return own_app


@pytest.fixture
def browser(site):
    client = site.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def asked(site):
    """How often the application itself was asked."""
    count = []
    site.before_request(lambda: count.append(1))
    return count


@pytest.mark.parametrize(
    "path", ["/en/", "/en/?kind=article", "/de/jobs/", "/en/jobs/?q=operator", "/en/jobs/operator/", "/en/feed.atom"]
)
def test_page_is_made_once_and_is_the_same_afterwards(browser, asked, path):
    first, second = browser.get(path), browser.get(path)
    assert len(asked) == 1
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert first.headers["Content-Security-Policy"] == second.headers["Content-Security-Policy"]
    assert second.headers["Content-Length"] == str(len(second.data))


def test_other_filters_are_another_page_and_odd_addresses_take_no_room(browser, site):
    articles, offers = (browser.get(f"/en/?kind={kind}").text for kind in ("article", "opening"))
    assert "An outage" in articles
    assert "An outage" not in offers
    assert browser.get("/en/?kind=article").text == articles
    kept = len(site.extensions["pages"]._pages)
    for number in range(20):
        assert browser.get(f"/en/?kind=article&x={number}").location == "/en/?kind=article"
    assert len(site.extensions["pages"]._pages) == kept


def test_kept_page_is_answered_without_a_question_to_the_database(browser, site, monkeypatch):
    monkeypatch.setattr(pages, "TRUSTED_FOR", 60)
    browser.get("/en/jobs/")
    site.extensions["site_state"]._asked = None  # would raise
    assert browser.get("/en/jobs/").status_code == 200


def test_reader_who_has_the_page_gets_a_304_from_the_first_time_on(browser, asked):
    etag = browser.get("/en/jobs/").headers["ETag"]
    answer = browser.get("/en/jobs/", headers={"If-None-Match": f'"other", {etag}'})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in answer.headers
    assert len(asked) == 1
    assert browser.get("/en/jobs/", headers={"If-None-Match": '"other"'}).status_code == 200
    make_person("Somebody")  # readers could see
    session().commit()
    again = browser.get("/en/jobs/", headers={"If-None-Match": etag})
    assert (again.status_code, len(asked)) == (304, 2), "asked again, and the page is the same"


def test_page_is_packed_for_those_who_understand(browser):
    plain = browser.get("/en/jobs/")
    packed = browser.get("/en/jobs/", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers


def test_head_is_the_page_without_its_body(browser):
    page = browser.get("/en/jobs/")
    head = browser.head("/en/jobs/")
    assert (head.data, head.headers["ETag"]) == (b"", page.headers["ETag"])
    assert head.headers["Content-Length"] == page.headers["Content-Length"]


def test_write_is_seen_by_the_next_reader(browser):
    assert "Second" not in browser.get("/en/jobs/").text
    make_offer("Second", slug="second")
    session().commit()
    assert "Second" in browser.get("/en/jobs/").text
    offer = make_offer("Third", slug="third")
    session().commit()
    assert browser.get("/en/jobs/third/").status_code == 200
    close(offer, clock.now())
    session().commit()
    assert browser.get("/en/jobs/third/").status_code == 410
    assert browser.get("/en/jobs/third/").status_code == 410
    assert "Third" not in browser.get("/en/jobs/").text + browser.get("/en/feed.atom").text


def test_write_of_another_process_is_seen_when_the_version_is_asked_for_again(browser, site, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "TRUSTED_FOR", 0)
    assert "Elsewhere" not in browser.get("/en/jobs/").text
    other = make_app(tmp_path)
    with other.app_context():
        make_offer("Elsewhere", slug="elsewhere")
        session().commit()
    dispose(other)
    session().rollback()  # the test's own reading; a request has a session of its own
    assert "Elsewhere" in browser.get("/en/jobs/").text


@pytest.mark.parametrize(
    "closes",
    [
        dt.datetime(2027, 3, 28, 3, 0, tzinfo=BERLIN),  # the clock goes from 2 to 3
        dt.datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN),  # 2:30 comes twice; this is the first
        dt.datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=BERLIN),
        dt.datetime(2027, 12, 31, 23, 59, 59, tzinfo=BERLIN),
    ],
)
def test_page_kept_before_a_deadline_is_not_served_after_it(site, browser, closes):
    closes = closes.astimezone(dt.UTC)  # seconds are counted there
    with time_machine.travel(closes - dt.timedelta(days=2), tick=False):
        make_offer("Soon closed", slug="soon-closed", closes_at=closes)
        make_offer("Soon there", slug="soon-there", publish_at=closes)
        session().commit()
    seen = []
    for seconds in (-3600, -1, 0, 1):
        with time_machine.travel(closes + dt.timedelta(seconds=seconds), tick=False):
            titles = [browser.get("/en/jobs/").text.count(title) > 0 for title in ("Soon closed", "Soon there")]
            seen.append((*titles, browser.get("/en/jobs/soon-closed/").status_code))
    assert seen == [(True, False, 200), (True, False, 200), (False, True, 410), (False, True, 410)]


@pytest.mark.parametrize(
    "path", ["/", "/en/jobs/operator/apply/", "/en/nothing/", "/en/jobs/?page=99", "/desk/", "/health/ready"]
)
def test_what_is_not_for_everybody_is_never_kept(browser, asked, path):
    for _twice in (1, 2):
        browser.get(path)
    assert len(asked) == 2


def test_forms_handed_out_stay_different(browser):
    tokens = {form_of(browser.get("/en/jobs/operator/apply/"), "/apply/")["token"] for _twice in (1, 2)}
    assert len(tokens) == 2


def test_other_host_is_never_answered_from_memory(browser):
    assert browser.get("/en/jobs/").status_code == 200
    assert browser.get("/en/jobs/", headers={"Host": "evil.example"}).status_code == 400


def test_memory_is_bounded_and_what_was_used_last_stays(site):
    known = (site.extensions[name] for name in ("site_state", "tally"))
    layer = PageCache(site.extensions["pages"].inner, *known, most_bytes=120_000)
    site.wsgi_app = layer
    browser = site.test_client()
    for number in range(40):
        browser.get(f"/en/jobs/?q=word{number}")
        browser.get("/en/jobs/")
    assert layer._size == sum(page.size for page in layer._pages.values()) <= 120_000
    assert any(path == "/en/jobs/" and not query for _host, path, query in layer._pages)
    layer.clear()
    assert (layer._pages, layer._size) == ({}, 0)


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("gzip;q=0", False),
        ("br, gzip; q=0.0", False),
        ("gzip;q=0.5, br;q=0", True),
        ("identity", False),
    ],
)
def test_who_takes_no_gzip_gets_none(site, accepted, is_packed):
    client = site.test_client()
    for _time in range(2):
        response = client.get("/en/", headers={"Accept-Encoding": accepted})
        assert ("Content-Encoding" in response.headers) is is_packed

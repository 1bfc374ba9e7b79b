"""`make check-site`: every fault planted into a little site is found, a site without one has none, and a sample of our own."""

import re

import pytest
from flask import g

from jobboard.core.i18n import force_locale
from jobboard.files.tasks_pictures import copy_pictures
from jobboard.transfer.actions_demo import load_demo
from jobboard.transfer.actions_posts import import_posts
from tests.checksite import crawl as crawl_module
from tests.checksite.__main__ import main
from tests.checksite.account import Account, Fault
from tests.checksite.addresses import Place, language_of
from tests.checksite.blog import write_blog
from tests.checksite.browser import LOOKS, look_with, sample
from tests.checksite.ground import expectations, expected_faults, route_of, routes_without_a_page
from tests.checksite.nursery import PLANTS, SEEN, clean, seen_by_a_browser, serving
from tests.checksite.reading import Visit
from tests.checksite.run import beyond, combined, crawled, place_at
from tests.conftest import dispose, make_app
from tests.twins.server import Server


@pytest.fixture(scope="module")
def pages():
    return {}


@pytest.fixture(scope="module")
def origin(pages):
    with Server(serving(pages)) as server:
        yield server.url


def faults_of(pages, origin, plant=None, named=""):
    """What the check finds on the little site, after something was planted."""
    pages.clear()
    pages.update(clean(named or origin))
    if plant:
        plant(pages, named or origin)
    account = Account()
    crawled(place_at(origin), account)
    return account


def test_site_without_a_fault_has_none(pages, origin):
    account = faults_of(pages, origin)
    assert list(account.lines()) == []
    assert account.looked_at["pages"] > 10
    assert {part for part, count in account.looked_at.items() if count} >= {
        "links",
        "images",
        "files",
        "heads",
        "feeds",
        "data",
    }


@pytest.mark.parametrize("name", PLANTS)
def test_planted_fault_is_found(pages, origin, name, monkeypatch):
    monkeypatch.setattr(crawl_module, "MOST", 60)
    plant, part, page, words = PLANTS[name]
    found = faults_of(pages, origin, plant).faults
    hits = [one for one in found if one.part == part and re.fullmatch(page, one.page)]
    hits = [one for one in hits if re.search(words, f"{one.problem} {one.place}")]
    assert hits, found
    assert all(one.todo for one in found)


def test_site_may_be_called_otherwise_than_where_it_is_served(pages, origin):
    account = faults_of(pages, origin, named="https://jobs.example.org")
    assert list(account.lines()) == []
    assert account.looked_at["feeds"] == 3


@pytest.mark.parametrize(("plant", "status", "words"), [(None, 0, "No fault;"), ("dead link", 1, "1 fault;")])
def test_command_prints_a_table_and_ends_with_1_when_there_is_a_fault(
    pages, origin, plant, status, words, monkeypatch, capsys
):
    pages.clear()
    pages.update(clean(origin))
    if plant:
        PLANTS[plant][0](pages, origin)
    monkeypatch.setattr("sys.argv", ["check-site", "--url", origin])
    monkeypatch.setattr("tests.twins.found.chromium", lambda: None)
    monkeypatch.setenv("WORKERS", "0")
    assert main() == status
    printed = capsys.readouterr().out
    assert words in printed
    assert re.search(r"^links +\d+ +\d+ +\d", printed, re.MULTILINE)
    assert ("    on /en/ at <a href=" in printed) is bool(plant)


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://192.0.2.1:8000", "ftp://127.0.0.1/", "http://127.0.0.1/en/"]
)
def test_only_a_site_on_this_machine_is_looked_at(url, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["check-site", "--url", url])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "such as http://127.0.0.1:8000" in capsys.readouterr().err


def test_server_that_does_not_answer_is_a_fault():
    with Server(serving({})) as server:
        place = Place(server.url, server.url)
    account = Account()
    crawled(place, account)
    assert any("no answer" in one.problem for one in account.faults)


def test_fault_at_many_places_is_told_once():
    account = Account()
    account.add(Fault("HTML", f"/en/{number}/", "", "is bad", "mend it") for number in range(9))
    lines = list(account.lines())
    assert lines == [
        "HTML: is bad",
        *(f"    on /en/{number}/" for number in range(4)),
        "    and at 5 more places",
        "    -> mend it",
    ]
    assert any(re.match(r"HTML +0 +9 ", line) for line in account.table())


def test_sample_has_every_kind_of_element_of_every_route():
    def page(path, *features, status=200, language="en"):
        return Visit(path, status, "text/html", language=language, features=frozenset(features))

    alike = [page(f"/a/{number}/", "p") for number in range(20)]
    others = [page("/a/table/", "p", "table"), page("/a/gone/", "p", status=410), page("/a/de/", "p", language="de")]
    chosen = sample([*alike, *others], lambda path: path.split("/")[1])
    assert {"/a/table/", "/a/gone/", "/a/de/"} <= set(chosen)
    assert len(chosen) == 4
    assert len(sample([*alike, *others], lambda _path: "", everything=True)) == 23


def test_choices_that_multiply_are_a_sample_and_choices_alone_are_not():
    leaves_out = combined(most=2)
    alone = [f"/en/blog/?year={year}" for year in range(2000, 2009)] + [f"/en/categories/{n}/" for n in range(9)]
    pictures = [f"/en/articles/{n}/picture.png?v={n}" for n in range(9)]
    assert not any(leaves_out(path) for path in alone + pictures)
    for alike in ("/en/blog/?year={}&lang=de", "/en/categories/{}/?lang=de", "/en/archive/2026/{}/?page=2"):
        assert [leaves_out(alike.format(n)) for n in range(4)] == [False, False, True, True]
    assert not leaves_out("/de/blog/?year=2026&lang=de"), "another language has its own sample"


@pytest.mark.browser
def test_browser_finds_what_is_planted_for_it(chromium, pages, origin):
    pages.clear()
    pages.update(clean(origin))
    pages.update(seen_by_a_browser(origin))
    scripted = look_with(chromium, origin, ["/en/fine/", *SEEN])
    plain = look_with(chromium, origin, ["/en/fine/", "/en/buttonless/"], with_script=False)
    found = [*scripted.faults, *plain.faults]
    assert [one for one in found if one.page == "/en/fine/"] == []
    for path, (_markup, part, words) in SEEN.items():
        assert [one for one in found if (one.page, one.part) == (path, part) and re.search(words, one.problem)], path
    assert scripted.axe_runs == len(LOOKS) * (len(SEEN) + 1)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A real site, small: the demo and a blog of a few posts, served by HTTP."""
    folder, server = tmp_path_factory.mktemp("checksite"), Server()
    app = make_app(folder, SITE_URL=server.url)
    write_blog(folder / "blog", 8)
    with app.app_context():
        for fill in (load_demo, lambda: import_posts(folder / "blog", "en")):
            with app.test_request_context(), force_locale("en"):
                fill()
            for name in list(g):
                g.pop(name)
        while copy_pictures():
            pass
    with server.start(app):
        yield app, server.url
    dispose(app)


def sampled(app, most=2):
    """Leaves out what is alike: of every route in every language so many addresses, with and without a query."""

    def kind_of(path):
        return None if path.startswith("/static/") else (route_of(app, path), language_of(path), "?" in path)

    return beyond(most, kind_of)


def test_our_own_site_has_no_fault(served):
    app, url = served
    account = Account()
    crawl = crawled(Place(url, url), account, leaves_out=sampled(app))
    account.add(expected_faults(url, expectations(app)))
    assert list(account.lines()) == []
    assert list(routes_without_a_page(app, set(crawl.visits))) == []
    assert account.looked_at["feeds"] > 20
    assert len(crawl.visits) < 400


def test_what_the_database_says_otherwise_is_found(served, pages, origin):
    app, _url = served
    pages.clear()
    pages.update(clean(origin))
    wanted = expectations(app)
    assert {one.status for one in wanted} == {200, 301, 302, 404, 410}
    assert {one.page for one in expected_faults(origin, wanted)} >= {one.path for one in wanted if one.status == 200}
    assert "posts.show" in set(routes_without_a_page(app, {"/en/"}))
    assert route_of(app, "/en/articles/one/?x=1") == "posts.show"
    assert route_of(app, "/nowhere") == ""

"""Views are counted where kept pages are answered: what counts, what leads there, and that nothing tells who looked."""

import datetime as dt
import multiprocessing
import re
import threading
import urllib.request

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.tally import MOST_COUNTS, OTHERS, Tally, referring_host
from jobboard.posts.actions import close
from jobboard.stats.actions import MOST_HOSTS, save_source
from jobboard.stats.models import ViewCount
from tests.conftest import dispose, make_app
from tests.factories import make_article, make_offer
from tests.pages import page_of
from tests.stats.conftest import CHROME

#: As found in logs: calls itself a browser and is none.
PROGRAMS = [
    "",
    "curl/8.5.0",
    "python-requests/2.32",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36 "
    "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) SkypeUriPreview Preview/0.5",
]
BROWSERS = [
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36",
]


@pytest.fixture
def offer(site):
    made = make_offer("Operator")
    session().commit()
    return made


@pytest.fixture
def counted(site):
    """(subject, host, source, count) of everything that was counted for a subject, the day left out."""

    def counts(subject):
        site.extensions["tally"].flush()
        session().rollback()
        rows = session().execute(sa.select(ViewCount).where(ViewCount.subject == str(subject))).scalars()
        return sorted((row.host, row.source, row.count) for row in rows)

    return counts


def path(post, more=""):
    kind = "jobs" if post.kind.value == "opening" else "articles"
    return f"/en/{kind}/{post.texts[0].slug}/{more}"


def test_view_counts_whether_the_page_is_made_kept_or_known_to_the_reader(reader, offer, counted):
    first = reader.get(path(offer))
    reader.get(path(offer))
    assert reader.get(path(offer), headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert counted(offer.id) == [("", "", 3)]
    reader.get(path(offer))
    assert counted(offer.id) == [("", "", 4)], "handed over a second time, it is added"


def test_posts_the_list_and_the_front_page_count_and_nothing_else(reader, offer, counted, site):
    article = make_article("An outage")
    session().commit()
    others = (
        "/en/feed.atom",
        "/en/jobs/feed.json",
        path(offer, "picture.png"),
        path(offer, "apply/"),
        "/en/none/",
        "/",
    )
    for address in (path(article), path(offer), "/de/jobs/?q=operator", "/en/", *others):
        reader.get(address)
    site.extensions["tally"].flush()
    session().rollback()
    subjects = set(session().execute(sa.select(ViewCount.subject)).scalars())
    assert {str(article.id), str(offer.id), "jobs", "front"} <= subjects
    assert subjects - {"jobs", "front"} <= {str(number) for number in range(1, article.id + 1)}
    row = session().execute(sa.select(ViewCount).where(ViewCount.subject == str(article.id))).scalar_one()
    assert (row.post_id, row.count) == (article.id, 1)


@pytest.mark.parametrize("agent", PROGRAMS)
def test_program_does_not_count(reader, offer, counted, agent):
    reader.environ_base["HTTP_USER_AGENT"] = agent
    assert reader.get(path(offer)).status_code == reader.get(path(offer)).status_code == 200
    assert counted(offer.id) == []


@pytest.mark.parametrize("agent", BROWSERS)
def test_browser_counts(reader, offer, counted, agent):
    reader.environ_base["HTTP_USER_AGENT"] = agent
    del reader.environ_base["HTTP_SEC_FETCH_DEST"]  # is not sent without https
    reader.get(path(offer))
    assert counted(offer.id) == [("", "", 1)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Dest": "empty"},
    ],
)
def test_what_nobody_sees_does_not_count(reader, offer, counted, headers):
    for _twice in (1, 2):
        reader.get(path(offer), headers=headers)
        reader.head(path(offer))
    assert counted(offer.id) == []


def test_closed_opening_and_preview_do_not_count(reader, offer, counted):
    reader.get(path(offer))
    close(offer, clock.now())
    session().commit()
    assert reader.get(path(offer)).status_code == reader.get(path(offer)).status_code == 410
    assert counted(offer.id) == [("", "", 1)]


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.Example.com/a/page?who=nour", "example.com"),
        ("http://news.example.com:8080/", "news.example.com"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://example.com.", "example.com"),
        ("https://example.com?x", "example.com"),
        ("https://jobs.site.example/en/", ""),  # our own
        ("https://www.jobs.site.example/en/", ""),
        ("http://localhost/en/", ""),
        ("https://intranet/wiki", ""),
        ("https://192.0.2.7/", ""),
        ("https://[2001:db8::1]/", ""),
        ("https://nour:secret@example.com/", ""),
        ("android-app://com.example/", ""),
        ("https://exa mple.com/", ""),
        ("https://exämple.com/", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://" + "a." * 4000 + "com", ""),
        ("https://" + "a-" * 4000, ""),
    ],
)
def test_only_the_name_of_a_public_host_is_taken_of_a_referrer(referrer, host):
    assert referring_host(referrer, frozenset({"jobs.site.example", "localhost"})) == host


def test_hosts_are_kept_apart_up_to_a_bound_and_the_most_frequent_stay(reader, offer, counted):
    for number in range(MOST_HOSTS + 20):
        for _times in range(2 if number >= 20 else 1):
            reader.get(path(offer), headers={"Referer": f"https://site{number:03}.example.com/"})
    rows = counted(offer.id)
    assert len(rows) == MOST_HOSTS + 1
    assert (OTHERS, "", 20) in rows
    reader.get(path(offer), headers={"Referer": "https://another.example.com/"})
    reader.get(path(offer), headers={"Referer": "https://site030.example.com/"})
    again = {host: count for host, _source, count in counted(offer.id)}
    assert (len(again), again[OTHERS], again["site030.example.com"]) == (MOST_HOSTS + 1, 21, 3)


def test_memory_is_bounded_whatever_hosts_somebody_makes_up():
    handed = []
    tally = Tally(frozenset(), handed.append, is_automatic=False)
    for number in range(MOST_COUNTS + 500):
        tally.count("jobs", "", {"HTTP_USER_AGENT": CHROME, "HTTP_REFERER": f"https://a{number}.example.com/"})
    tally.flush()
    assert len(handed[0]) <= MOST_COUNTS + 1
    assert sum(handed[0].values()) == MOST_COUNTS + 500


def test_views_that_cannot_be_stored_are_kept_for_the_next_time():
    handed = []

    def refuse_first(counts):
        handed.append(counts)
        if len(handed) == 1:
            raise OSError("the database is away")

    tally = Tally(frozenset(), refuse_first, is_automatic=False)
    tally.count("jobs", "", {"HTTP_USER_AGENT": CHROME})
    tally.flush()
    tally.count("jobs", "", {"HTTP_USER_AGENT": CHROME})
    tally.flush()
    tally.flush()
    assert [sum(counts.values()) for counts in handed] == [1, 2]


def test_no_view_is_lost_between_threads():
    handed = []
    tally = Tally(frozenset(), handed.append, is_automatic=False)
    count = lambda: [tally.count("jobs", "", {"HTTP_USER_AGENT": CHROME}) for _each in range(3000)]  # noqa: E731
    threads = [threading.Thread(target=count) for _each in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tally.flush()
    tally.flush()
    assert sum(sum(counts.values()) for counts in handed) == 12_000


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2027, 3, 27, 22, 59, 59, tzinfo=dt.UTC), "2027-03-27"),  # 23:59:59 in Berlin, winter
        (dt.datetime(2027, 3, 27, 23, 0, 0, tzinfo=dt.UTC), "2027-03-28"),
        (dt.datetime(2027, 3, 28, 21, 59, 59, tzinfo=dt.UTC), "2027-03-28"),  # summer since that night
        (dt.datetime(2027, 3, 28, 22, 0, 0, tzinfo=dt.UTC), "2027-03-29"),
        (dt.datetime(2027, 10, 31, 22, 59, 59, tzinfo=dt.UTC), "2027-10-31"),  # a day of 25 hours
        (dt.datetime(2027, 10, 31, 23, 0, 0, tzinfo=dt.UTC), "2027-11-01"),
    ],
)
def test_view_counts_for_the_day_of_the_sites_zone_however_late_it_is_stored(reader, offer, site, moment, day):
    with time_machine.travel(moment, tick=False):
        reader.get(path(offer))
    with time_machine.travel(moment + dt.timedelta(hours=30), tick=False):
        site.extensions["tally"].flush()
    session().rollback()
    row = session().execute(sa.select(ViewCount).where(ViewCount.post_id == offer.id)).scalar_one()
    assert row.on.isoformat() == day


def test_view_of_a_post_that_is_gone_is_left_out_and_keeps_nothing_up(reader, offer, counted):
    other = make_offer("Another")
    session().commit()
    reader.get(path(offer))
    reader.get(path(other))
    number = other.id
    session().delete(other)
    session().commit()
    assert counted(offer.id) == [("", "", 1)]
    assert counted(number) == []


def test_nothing_about_a_reader_is_stored_anywhere(reader, offer, site):
    canaries = ["CANARYAGENT", "192.0.2.99", "CANARYCOOKIE", "canary-page", "CANARYLANG", "canary-user"]
    headers = {
        "User-Agent": f"{CHROME} CANARYAGENT",
        "X-Forwarded-For": "192.0.2.99",
        "Cookie": "a=CANARYCOOKIE",
        "Referer": "https://linking.example.com/canary-page?u=canary-user",
        "Accept-Language": "en, CANARYLANG",
    }
    for _twice in (1, 2):
        answer = reader.get(path(offer), headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.99"})
        assert "Set-Cookie" not in answer.headers
    in_memory = repr(vars(site.extensions["tally"]))
    site.extensions["tally"].flush()
    session().rollback()
    stored = ""
    for table in sa.inspect(session().connection()).get_table_names():
        if not table.startswith("search_fts"):
            stored += repr(session().connection().exec_driver_sql(f'SELECT * FROM "{table}"').all())
    assert "linking.example.com" in stored
    assert not [one for one in canaries if one in stored or one in in_memory]


# --- sources


def test_source_of_an_address_is_counted_and_handed_on_to_the_form(reader, offer, counted):
    page = reader.get(path(offer, "?src=fair"))
    again = reader.get(path(offer, "?src=fair"))
    assert page.data == again.data
    links = {link.get("href") for link in page_of(page).iter("a") if "/apply/" in link.get("href", "")}
    assert links == {path(offer, "apply/?src=fair")}
    assert "src=" not in next(link.get("href") for link in page_of(page).iter("link") if link.get("rel") == "canonical")
    assert f"/de{path(offer)[3:]}?src=fair" in page.text, "in the other language too"
    assert "src=fair" not in reader.get(path(offer)).text
    assert counted(offer.id) == [("", "", 1), ("", "fair", 2)]


def test_unknown_source_changes_nothing_and_makes_no_page_of_its_own(reader, offer, counted, site):
    plain = reader.get(path(offer))
    before = len(site.extensions["pages"]._pages)
    for query in ("?src=nothing", "?src=", "?src=fair%27", "?src=Fair", "?src=x&src=y"):
        assert reader.get(path(offer, query)).data == plain.data
    assert len(site.extensions["pages"]._pages) == before
    assert reader.get("/en/jobs/?src=nothing&q=operator").data == reader.get("/en/jobs/?q=operator").data
    assert reader.get("/en/jobs/?q=src%3Dfair").status_code == 200
    assert [row[1] for row in counted(offer.id)] == [""]


def test_source_is_taken_along_where_an_address_leads_on(reader, offer, site):
    article = make_article("Two", texts={"de": {"title": "Zwei", "slug": f"zwei-{offer.id}"}})
    session().commit()
    slug = next(text.slug for text in article.texts if text.locale == "en")
    answer = reader.get(f"/de/articles/{slug}/?src=fair")
    assert (answer.status_code, answer.location) == (302, f"/de/articles/zwei-{offer.id}/?src=fair")
    assert reader.get("/?src=fair").location == "/en/?src=fair"
    assert reader.get("/?src=nothing").location == "/en/"


def test_code_that_was_made_or_switched_off_counts_from_the_next_reader_on(reader, offer, counted):
    reader.get(path(offer, "?src=late"))
    row = save_source(None, "late", "Later", is_active=True)
    session().commit()
    reader.get(path(offer, "?src=late"))
    save_source(row, row.code, row.name, is_active=False)
    session().commit()
    reader.get(path(offer, "?src=late"))
    assert counted(offer.id) == [("", "", 2), ("", "late", 1)]


def test_external_form_is_not_told_our_codes(reader):
    offer = make_offer("Elsewhere", apply_url="https://forms.example.com/apply")
    session().commit()
    assert "https://forms.example.com/apply?src" not in reader.get(path(offer, "?src=fair")).text
    assert reader.get(path(offer, "apply/?src=fair")).location == "https://forms.example.com/apply"


# --- several processes


def read_in_a_process(folder, url, address, times):
    """One web process of several: serves real HTTP, is asked, and ends as servers of `multiprocessing` do."""
    from tests.twins.server import Server

    app = make_app(folder, url)
    app.extensions["tally"]._is_automatic = True  # as in production: a thread, and a hand-over at the end
    with Server(app) as server:
        for number in range(times):
            headers = {"User-Agent": CHROME, "Referer": f"https://site{number % 3}.example.com/"}
            urllib.request.urlopen(urllib.request.Request(f"{server.url}{address}", headers=headers)).read()


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_several_processes_add_up_and_hand_over_at_their_end(site, offer, tmp_path_factory):
    url = site.config["SQLALCHEMY_DATABASE_URI"]
    folder = tmp_path_factory.mktemp("process")
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=read_in_a_process, args=(folder, url, path(offer), 30)) for _each in range(2)]
    session().rollback()
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    rows = session().execute(sa.select(ViewCount).where(ViewCount.post_id == offer.id)).scalars().all()
    assert sorted((row.host, row.count) for row in rows) == [(f"site{number}.example.com", 20) for number in range(3)]


def test_hand_over_at_the_end_of_a_server_that_is_asked_to_stop(tmp_path):
    """`jobboard run` counts, gets SIGTERM, and has stored what it counted."""
    import os
    import signal
    import subprocess
    import sys

    environment = {name: value for name, value in os.environ.items() if not name.startswith("JOBBOARD_")}
    environment |= {"JOBBOARD_SECRET_KEY": "k" * 40, "JOBBOARD_DATA_DIR": str(tmp_path)}
    app = make_app(tmp_path)
    with app.app_context():
        offer = make_offer("Operator")
        session().commit()
        address, number = path(offer), offer.id
    dispose(app)
    command = [sys.executable, "-c", "from jobboard.cli import main; main()", "run", "--port", "0"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        url = next(found[1] for line in server.stdout if (found := re.search(r"Listening at (\S+)", line)))
        request = urllib.request.Request(f"{url}{address}", headers={"User-Agent": CHROME})
        assert urllib.request.urlopen(request).status == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    with app.app_context():
        row = session().execute(sa.select(ViewCount).where(ViewCount.post_id == number)).scalar_one()
        assert row.count == 1
    dispose(app)

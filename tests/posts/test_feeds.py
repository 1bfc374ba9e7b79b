"""What feeds hold: addresses that lead there from anywhere, facts of openings, names and dates that can be relied on."""

import datetime as dt
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.markdown_page import absolute
from jobboard.posts.actions import drop_text, save_text
from jobboard.site.queries import current_site
from tests.factories import make_article, make_offer, make_person

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "http://127.0.0.1:8000/en/articles/why/"
TEXT = (
    "See [this](/en/jobs/), ![a](/files/ab/c.png), [that](https://example.org/?a=1&b=2) and a note[^1].\n\n"
    '[^1]: Here.\n\n    <a href="/x">'
)


def contents(client, path):
    """The content of the first entry in either form of a feed."""
    atom = ET.fromstring(client.get(f"{path}feed.atom").text)
    item = client.get(f"{path}feed.json").json["items"][0]
    return atom.find(f"{ATOM}entry").findtext(f"{ATOM}content"), item["content_html"]


def test_addresses_in_feeds_lead_there_from_anywhere(client):
    make_article("Why", slug="why", markdown=TEXT)
    session().commit()
    atom, found = contents(client, "/en/")
    assert atom == found
    assert 'href="http://127.0.0.1:8000/en/jobs/"' in found
    assert 'src="http://127.0.0.1:8000/files/ab/c.png"' in found
    assert f'href="{AT}#fn1"' in found
    assert f'href="{AT}#fnref1"' in found
    assert 'href="https://example.org/?a=1&amp;b=2"' in found
    assert 'href="/' not in found.replace('&lt;a href="/x"&gt;', "")


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<a title="1 > 0" href="#a">x</a>', f'<a title="1 > 0" href="{AT}#a">x</a>'),
        ('<img alt="href=" src="../b/c.png">', '<img alt="href=" src="http://127.0.0.1:8000/en/articles/b/c.png">'),
        ('<p>href="/a"</p>', '<p>href="/a"</p>'),
        ('<a href="mailto:a@example.org">x</a>', '<a href="mailto:a@example.org">x</a>'),
        ("<a>x</a>", "<a>x</a>"),
    ],
)
def test_only_addresses_are_made_absolute(html, wanted):
    assert absolute(html, AT) == wanted


def test_openings_begin_with_their_facts_in_the_language_of_the_text(client):
    make_offer(
        "Betrieb", slug="betrieb", locale="de", contract="permanent", hours="full_time", workplace="hybrid",
        places=["DE/Kiel"], pay_min=Decimal(50_000), pay_max=Decimal(60_000), pay_currency="EUR", pay_period="year",
        closes_at=dt.datetime(2031, 10, 26, 9, tzinfo=dt.UTC), markdown="Arbeit.", organisation="A & B <GmbH>",
    )  # fmt: skip
    session().commit()
    for path in ("/en/", "/en/jobs/", "/de/jobs/"):
        for html in contents(client, path):
            facts, _end, text = html.partition("</ul>")
            for words in ("Unbefristet", "Vollzeit", "Kiel", "50.000", "A &amp; B &lt;GmbH&gt;", "26. Oktober 2031"):
                assert words in facts, path
            assert text.strip() == "<p>Arbeit.</p>"


@pytest.mark.parametrize("path", ["/en/feed.atom", "/en/jobs/feed.json"])
def test_facts_cost_the_same_for_any_number(client, queries, path):
    taken = set()
    for number in (1, 2, 20):
        for one in range(number):
            make_offer(f"Opening {one}", places=["DE/Kiel"], needs=[("de", "C1", True)], remote=["DE"])
        session().commit()
        session().expunge_all()
        client.get(path)
        with queries() as log:
            client.get(path)
        taken.add(len(log))
    assert len(taken) == 1, taken


def test_translation_that_comes_or_goes_is_a_change(client):
    post = make_article("Why", slug="why")
    session().commit()
    later = clock.now() + dt.timedelta(days=1)
    with time_machine.travel(later, tick=False):
        save_text(post, "de", title="Warum")
        session().commit()
        found = client.get("/de/feed.json").json["items"][0]
        assert (found["title"], found["date_modified"]) == ("Warum", later.isoformat(timespec="seconds"))
    with time_machine.travel(later + dt.timedelta(days=1), tick=False):
        drop_text(post, "de")
        session().commit()
        changed = dt.datetime.fromisoformat(client.get("/de/feed.json").json["items"][0]["date_modified"])
        assert changed > later


def test_name_of_a_feed_stays_when_the_site_moves(client, app, monkeypatch):
    make_article("Why", authors=[make_person(slug="alma")])
    session().commit()

    def names():
        paths = ("/en/feed.atom", "/de/feed.atom", "/en/authors/alma/feed.atom", "/en/feed.atom?kind=article")
        return [ET.fromstring(client.get(path).text).findtext(f"{ATOM}id") for path in paths]

    before = names()
    assert len(set(before)) == 4
    assert all(name.startswith("urn:uuid:") for name in before)
    monkeypatch.setitem(app.config, "SITE_URL", "https://elsewhere.example")
    assert "https://elsewhere.example/en/feed.atom" in client.get("/en/feed.atom").text
    assert names() == before
    assert len(current_site().uid) == 36

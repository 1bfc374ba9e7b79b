"""The list of openings and the page of one, as readers without JavaScript see them."""

import datetime as dt
import json
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import head_of, page_of, words_of

HOUR = dt.timedelta(hours=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def openings(app):
    """Four openings that differ in every facet, and an article that must never be among them."""
    operations, design = make_category("operations", "Operations", "Betrieb"), make_category("design", "Design")
    make_article("Not an opening", categories=[operations])
    make_offer(
        "Linux administrator", slug="linux", workplace="remote", remote=["DE", "AT"], contract="permanent",
        hours="full_time", level="senior", needs=[("de", "B2", True)], categories=[operations],
        pay_min=Decimal(60_000), pay_max=Decimal(72_000), pay_currency="EUR", pay_period="year",
        closes_at=clock.now() + 48 * HOUR, markdown="## Your work\n\nServers.",
    )  # fmt: skip
    make_offer(
        "Database operator", slug="database", workplace="hybrid", places=["DE/Kiel"], hours="full_or_part_time",
        contract="fixed_term", needs=[("en", "B2", True)], categories=[operations], publish_at=clock.now() - 3 * HOUR,
    )  # fmt: skip
    make_offer(
        "Illustrator", slug="illustrator", workplace="on_site", places=["DE/Ulm", "AT/Wien"], hours="part_time",
        categories=[design], needs=[("fr", "C1", False)], publish_at=clock.now() - 2 * HOUR,
    )  # fmt: skip
    make_offer("Anything", slug="anything", publish_at=clock.now() - 4 * HOUR)
    session().commit()


def titles(response):
    results = next(one for one in page_of(response).iter("section") if one.get("id") == "results")
    found = [words_of(one) for one in results.iter("h3")]
    return [title.removesuffix(" (m/w/d)") for title in found]


def jobs(client, query="", language="en"):
    response = client.get(f"/{language}/jobs/{'?' if query else ''}{query}")
    assert response.status_code == 200, response.location
    return response


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Linux administrator", "Illustrator", "Database operator", "Anything"]),
        ("workplace=remote", ["Linux administrator"]),
        ("workplace=on_site&workplace=remote", ["Linux administrator", "Illustrator"]),
        ("category=operations", ["Linux administrator", "Database operator"]),
        ("category=operations&contract=fixed_term", ["Database operator"]),
        ("hours=part_time", ["Illustrator", "Database operator"]),
        ("level=senior", ["Linux administrator"]),
        ("place=AT%2FWien", ["Illustrator"]),
        ("place=remote%3AAT", ["Linux administrator"]),
        ("speaks=de%3AB1", ["Illustrator", "Anything"]),
        ("speaks=de%3AC1&speaks=en%3AC1", ["Linux administrator", "Illustrator", "Database operator", "Anything"]),
        ("q=database", ["Database operator"]),
        ("sort=pay", ["Linux administrator", "Illustrator", "Database operator", "Anything"]),
        ("sort=closing", ["Linux administrator", "Illustrator", "Database operator", "Anything"]),
    ],
)
def test_list_shows_what_is_asked_for(client, openings, query, found):
    assert titles(jobs(client, query)) == found


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        (
            "q=&workplace=remote&speaks_language=de&speaks_level=B2&speaks_language=&speaks_level=",
            "workplace=remote&speaks=de:B2",
        ),
        ("utm_source=newsletter", ""),
        ("page=7", ""),
        ("level=senior&contract=permanent&contract=moonlight", "contract=permanent&level=senior"),
    ],
)
def test_every_state_of_the_form_has_one_address(client, openings, given, canonical):
    response = client.get(f"/en/jobs/?{given}")
    assert response.status_code == 302
    assert response.location == f"/en/jobs/{'?' if canonical else ''}{canonical}"


def counts(response, name):
    """What stands behind each value of a facet: (count, whether it can be chosen)."""
    found = {}
    for label in page_of(response).iter("label"):
        for control in label.iter("input"):
            if control.get("name") == name:
                number = re.search(r" (\d+)$", words_of(label))
                found[control.get("value")] = (int(number[1]) if number else None, "disabled" not in control.attrib)
    return found


def test_counts_say_what_a_choice_would_show_its_own_facet_left_out(client, openings):
    response = jobs(client, "category=operations&workplace=remote")
    assert counts(response, "workplace") == {"on_site": (0, False), "hybrid": (1, True), "remote": (1, True)}
    assert counts(response, "category") == {"operations": (1, True), "design": (0, False)}
    assert counts(response, "hours") == {"full_time": (1, True), "part_time": (0, False)}


@pytest.mark.parametrize(
    ("language", "heading", "title", "chips"),
    [
        ("en", "1 opening", "1 job: Remote, German up to B2", ["Remote", "German up to B2"]),
        ("de", "1 Stelle", "1 Stelle: Remote, Deutsch bis B2", ["Remote", "Deutsch bis B2"]),
    ],
)
def test_choice_stands_in_title_count_and_chips(client, openings, language, heading, title, chips):
    response = jobs(client, "workplace=remote&speaks=de%3AB2", language)
    page = page_of(response)
    assert words_of(next(one for one in page.iter() if one.get("role") == "status")) == heading
    assert head_of(response, "title").startswith(title)
    links = {words_of(link): link.get("href") for link in page.iter("a") if "chip" in link.get("class", "").split()}
    assert [next(words for words in links if chip in words) for chip in chips]
    assert f"/{language}/jobs/?speaks=de:B2" in {href.replace("%3A", ":") for href in links.values()}


def test_nothing_found_names_what_to_leave_out_and_what_that_brings_back(client, openings):
    page = page_of(jobs(client, "contract=fixed_term&workplace=remote&level=senior"))
    results = next(one for one in page.iter("section") if one.get("id") == "results")
    assert [words_of(line) for line in results.iter("li") if "without" in words_of(line)] == [
        "without Fixed-term (1 opening)"
    ]
    assert "Show all 4 openings" in words_of(results)


def test_site_without_openings_says_so(client):
    make_article("Only an article")
    session().commit()
    assert "There is no open position at the moment" in jobs(client).text
    assert "Zurzeit ist keine Stelle offen" in jobs(client, language="de").text


def test_hostile_text_in_the_address_stays_text(client, openings):
    page = jobs(client, "q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
    assert "<script>alert" not in page


def test_list_takes_the_same_number_of_statements_for_three_and_for_twenty(client, queries):
    taken = []
    for number in (3, 20):
        for one in range(number):
            make_offer(f"Operator {one}", places=["DE/Kiel"], categories=[make_category("job")])
        session().commit()
        jobs(client)
        with queries() as log:
            jobs(client)
        taken.append(len(log))
    assert taken[0] == taken[1] <= 12


def test_list_follows_the_clock(client):
    now = clock.now()
    make_offer("Soon", publish_at=now + HOUR, closes_at=now + 2 * HOUR)
    session().commit()
    seen = []
    for hours in (0, 1, 2):
        with time_machine.travel(now + hours * HOUR, tick=False):
            seen.append(titles(jobs(client)))
    assert seen == [[], ["Soon"], []]


def test_feed_of_a_choice_holds_the_same_openings(client, openings):
    tree = ET.fromstring(client.get("/de/jobs/feed.atom?category=operations").text)
    assert [entry.find(f"{ATOM}title").text.split(" (")[0] for entry in tree.iter(f"{ATOM}entry")] == [
        "Linux administrator",
        "Database operator",
    ]
    assert "Betrieb" in tree.find(f"{ATOM}title").text
    link = jobs(client, "category=operations").text.split('rel="alternate" type="application/atom+xml"')
    assert any("/en/jobs/feed.atom?category=operations" in part.split(">")[0] for part in link)


def test_opening_shows_its_facts_and_how_it_goes_on(client, app):
    contact = make_person("Thilo Brandt", job={"en": "Recruiting", "de": "Personal"})
    make_offer(
        "Operator", slug="operator", workplace="hybrid", places=["DE/Kiel"], contract="permanent", contact=contact,
        needs=[("de", "C1", True), ("da", "A2", False)], response_days=10, markdown="## Your work\n\nServers.",
    )  # fmt: skip
    session().commit()
    page = page_of(client.get("/en/jobs/operator/"))
    text = words_of(next(page.iter("main")))
    expected = [
        "Operator (m/w/d)",
        "Permanent",
        "Hybrid",
        "Kiel",
        "German C1",
        "nice to have: Danish A2",
        "Thilo Brandt",
    ]
    assert [words for words in expected if words not in text] == []
    assert "/en/jobs/operator/apply/" in [link.get("href") for link in page.iter("a")]


def posting_of(response):
    script = next((one for one in page_of(response).iter("script") if one.get("type") == "application/ld+json"), None)
    return json.loads(script.text) if script is not None else None


@pytest.mark.parametrize("language", ["en", "de"])
def test_closed_opening_is_gone_and_leads_to_others_that_are_not(client, openings, language):
    with time_machine.travel(clock.now() + 49 * HOUR):
        response = client.get(f"/{language}/jobs/linux/")
        apply = client.get(f"/{language}/jobs/linux/apply/")
    assert (response.status_code, apply.status_code) == (410, 410)
    assert posting_of(response) is None
    links = [link.get("href") for link in page_of(response).iter("a")]
    assert f"/{language}/jobs/database/" in links
    assert not [link for link in links if link.endswith("/apply/")]
    assert '<meta name="robots" content="noindex">' in response.text


@pytest.mark.parametrize("columns", [{"draft": True}, {"publish_at": clock.now() + 1000 * HOUR}])
def test_opening_that_is_not_public_looks_like_an_unknown_address(client, columns):
    make_offer("Secret", slug="secret", **columns)
    session().commit()
    for more in ("", "apply/", "apply/sent/"):
        answer, unknown = client.get(f"/en/jobs/secret/{more}"), client.get(f"/en/jobs/unknown/{more}")
        assert (answer.status_code, answer.text.replace("secret", "unknown")) == (404, unknown.text)


def test_opening_in_another_language_says_so_and_what_it_needs(client):
    make_offer("Systemadministration", slug="systemadministration", locale="de", needs=[("de", "C1", True)])
    session().commit()
    page = client.get("/en/jobs/systemadministration/").text
    assert "This text is in German" in page
    assert "German C1" in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/de/jobs/systemadministration/"' in page


def test_posting_for_machines_says_what_the_page_says(client, openings):
    data = posting_of(client.get("/en/jobs/linux/"))
    assert (data["@type"], data["title"], data["jobLocationType"]) == (
        "JobPosting", "Linux administrator (m/w/d)", "TELECOMMUTE"
    )  # fmt: skip
    assert sorted(one["name"] for one in data["applicantLocationRequirements"]) == ["AT", "DE"]
    assert data["baseSalary"]["value"] == {
        "@type": "QuantitativeValue", "unitText": "YEAR", "minValue": 60000.0, "maxValue": 72000.0
    }  # fmt: skip
    assert data["employmentType"] == "FULL_TIME"
    assert dt.datetime.fromisoformat(data["validThrough"]) > clock.now()
    assert posting_of(client.get("/en/jobs/anything/")) is None, "no place is known"

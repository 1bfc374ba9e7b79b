"""The list of openings and the page of one, as readers without JavaScript see them."""

import datetime as dt
import re
from decimal import Decimal
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import Place
from jobboard.posts.markup_preview import preview_of
from jobboard.timeline.tasks import make_due
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import head_of, page_of, structured, words_of

HOUR = dt.timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
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
    make_offer("Done", categories=[make_category("closed", "Closed things", "Geschlossenes")], draft=True)
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
        ("q=Vienna", []),
        ("q=wien", ["Illustrator"]),
        ("q=remote", ["Linux administrator"]),
        ("q=%F0%9F%92%A9", []),
        ("place=DE", ["Illustrator", "Database operator"]),
        ("category=closed", []),
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
        ("category=nope&place=remote%3AXX&place=DE%2FAtlantis&workplace=remote", "workplace=remote"),
        ("category=nope", ""),
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


def test_where_leaving_out_one_thing_is_not_enough_each_alone_is_offered(client, openings):
    page = page_of(jobs(client, "q=anything&category=design&contract=fixed_term&workplace=remote"))
    results = next(one for one in page.iter("section") if one.get("id") == "results")
    lines = {
        words_of(line): next(line.iter("a")).get("href") for line in results.iter("li") if "only" in words_of(line)
    }
    assert lines == {
        "only “anything” (1 opening)": "/en/jobs/?q=anything",
        "only Design (1 opening)": "/en/jobs/?category=design",
        "only Fixed-term (1 opening)": "/en/jobs/?contract=fixed_term",
        "only Remote (1 opening)": "/en/jobs/?workplace=remote",
    }
    for address in lines.values():
        assert len(titles(client.get(address))) == 1


def test_site_without_openings_says_so(client):
    make_article("Only an article")
    session().commit()
    assert "There is no open position at the moment" in jobs(client).text
    assert "Zurzeit ist keine Stelle offen" in jobs(client, language="de").text


def test_filters_can_be_skipped(client, openings):
    link = next(one for one in page_of(jobs(client)).iter("a") if one.get("href") == "#results-title")
    assert words_of(link) == "Skip to the openings"


def test_hostile_text_in_the_address_stays_text(client, openings):
    page = jobs(client, "q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
    assert "<script>alert" not in page


HOSTILE = [
    "q=%00%ff%fe", "%ff=%ff", "q=%F0%9F%9A%A2", "page=99999999999999999999999", "page=-1&page=0x10",
    "sort[]=pay&sort=",
    "place=../../etc/passwd&place=DE/%2e%2e", "place=remote:%0d%0aSet-Cookie:x", "category='%20OR%201=1--&category=%25",
    "speaks=de:B2:C1&speaks=:&speaks=de", "speaks_language=de&speaks_language=en&speaks_level=Z9", "pay=1e9-EUR-year",
    "pay=999999999-XXX-year&pay=-5-EUR-year", "closing=999999&closing=0", "q=" + "a%20" * 300, "q=%22%22%22",
    "q=*:*%20AND%20(", "&".join(f"level=senior&speaks=de:A{number % 3}" for number in range(400)),
    "workplace=remote;level=senior", "a&&=&=b&q",
    "q=%3Cscript%3E&category=%3Csvg%2Fonload%3Dalert(1)%3E", "closing=7&closing=30&pay=50000-EUR-year&pay=1-EUR-year",
]  # fmt: skip


@pytest.mark.parametrize("path", ["", "feed.atom", "feed.json"])
def test_no_address_of_the_list_fails(client, openings, path):
    for query in HOSTILE:
        response = client.get(f"/en/jobs/{path}?{query}", follow_redirects=True)
        assert response.status_code == 200, query
        assert len(response.history) <= 1, f"one redirect to the one address of what is asked for: {query}"
        assert "Set-Cookie" not in response.headers, query
        if "json" not in response.mimetype:  # there it is a value, in a type no browser shows as a page
            assert "<script>" not in response.text, query
            assert "<svg/onload" not in response.text, query


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


def test_category_without_openings_reads_as_its_name_and_can_be_left_out(client, openings):
    text = jobs(client, "category=closed&workplace=remote", "de").text
    assert "Geschlossenes" in text
    assert "ohne Geschlossenes" in text
    assert re.search(r'value="closed" checked><span>Geschlossenes <span class="n">0<', text)


def test_words_without_a_word_find_nothing_and_say_how_to_go_on(client, openings):
    text = jobs(client, "q=%F0%9F%92%A9").text
    assert "No openings" in text
    assert "without “💩”" in text


def test_pay_of_several_currencies_is_not_compared_and_the_page_says_so(client, openings):
    assert "without exchange rates" not in jobs(client, "sort=pay").text
    for number, amount in enumerate((90_000, 95_000)):
        make_offer(f"Swiss {number}", pay_max=Decimal(amount), pay_currency="CHF", pay_period="year")
    make_offer("Modest", pay_max=Decimal(30_000), pay_currency="EUR", pay_period="year")
    make_offer("Middling", pay_max=Decimal(40_000), pay_currency="EUR", pay_period="year")
    session().commit()
    response = jobs(client, "sort=pay")
    assert titles(response)[:5] == ["Linux administrator", "Middling", "Modest", "Swiss 1", "Swiss 0"]
    assert "Pay in EUR comes first, then CHF: without exchange rates, currencies are not compared." in response.text
    assert "without exchange rates" not in jobs(client).text


def test_cards_show_the_deadline_with_its_time_where_the_day_does_not_last_to_its_end(client):
    for title, closes in (("Noon", (12, 0)), ("Last minute", (23, 59)), ("Midnight", (0, 0))):
        local = dt.datetime(2036, 11, 30, *closes, tzinfo=BERLIN) + dt.timedelta(days=closes == (0, 0))
        make_offer(title, closes_at=local)
    session().commit()
    found = re.findall(r"Apply by ([^<]*)<", jobs(client, "sort=closing").text)
    assert found[0].startswith("November 30, 2036, 12:00")
    assert found[1:] == ["November 30, 2036", "November 30, 2036"]
    assert "Bewerbung bis 30. November 2036<" in jobs(client, language="de").text


def test_places_with_commas_are_told_apart_by_semicolons(client):
    make_offer("Role", slug="role", places=["US/CA/Palo Alto", "US/TX/Austin"], workplace="hybrid")
    session().commit()
    assert "Hybrid in Palo Alto, CA; Austin, TX" in jobs(client).text
    assert "Palo Alto, CA, United States; Austin, TX, United States" in client.get("/en/jobs/role/").text


def test_feed_is_the_same_in_every_order(client, openings):
    one, other = (client.get(f"/en/jobs/feed.atom?hours=part_time{sort}") for sort in ("", "&sort=pay"))
    assert one.data == other.data


def test_filled_opening_says_when_it_closed(client, app):
    closed_at = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
    make_offer("Gone", slug="gone", closed_at=closed_at, is_filled=True, publish_at=closed_at - 9 * HOUR)
    session().commit()
    text = client.get("/en/jobs/gone/").text
    assert "This position has been filled" in text
    assert "It closed on March 4, 2026." in text


def test_description_is_the_beginning_of_the_text_where_there_is_no_summary(client, openings):
    text = client.get("/en/jobs/linux/").text
    assert '<meta name="description" content="Your work Servers.">' in text
    assert '<meta property="og:description" content="Your work Servers.">' in text


def test_long_facet_shows_the_most_used_and_folds_the_rest(client):
    for number in range(13):
        make_offer(f"Role {number}", categories=[make_category(f"topic-{number:02}"), make_category("topic-12")])
    session().commit()
    page = page_of(jobs(client))
    fold = next(one for one in page.iter("details") if one.get("class") == "facet-rest")
    folded = [one.get("value") for one in fold.iter("input")]
    assert folded == [f"topic-{number:02}" for number in range(7, 12)]
    assert fold.get("open") is None
    assert words_of(next(fold.iter("summary"))) == "5 more"
    chosen = page_of(jobs(client, "category=topic-09"))
    assert next(one for one in chosen.iter("details") if one.get("class") == "facet-rest").get("open") is not None


def test_facet_without_any_value_is_not_there_to_be_opened(client):
    make_offer("Role")
    session().commit()
    facets = {words_of(next(one.iter("summary"))): one for one in page_of(jobs(client)).iter("details")}
    assert facets["Category"].get("hidden") is not None
    assert facets["Workplace"].get("hidden") is None


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
    """The job as search engines read it, valid by their rules."""
    return structured(response).get("JobPosting")


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


def test_way_to_an_opening_leads_through_its_category(client):
    make_offer("Operator", slug="operator", categories=[make_category("linux", "Linux")])
    session().commit()
    steps = structured(client.get("/de/jobs/operator/"))["BreadcrumbList"]["itemListElement"]
    assert [(one["name"], one["item"].removeprefix("http://127.0.0.1:8000")) for one in steps] == [
        ("Stellen", "/de/jobs/"), ("Linux", "/de/categories/linux/"), ("Operator (m/w/d)", "/en/jobs/operator/"),
    ]  # fmt: skip


POSTINGS = {
    "on site, open-ended": ({"workplace": "on_site", "places": ["DE/Kiel"]}, ["jobLocation"]),
    "several places": ({"workplace": "on_site", "places": ["DE/Kiel", "AT/Wien", "US/CA/Palo Alto"]}, ["jobLocation"]),
    "hybrid and dated": (
        {"workplace": "hybrid", "places": ["AT/Wien"], "closes_at": clock.now() + 24 * HOUR, "starts_on": dt.date(2031, 1, 1)},
        ["jobLocation", "validThrough", "jobStartDate"],
    ),
    "remote in one country": (
        {"workplace": "remote", "remote": ["DE"]}, ["jobLocationType", "applicantLocationRequirements"]
    ),
    "remote in several": (
        {"workplace": "remote", "remote": ["DE", "AT", "CH"]}, ["jobLocationType", "applicantLocationRequirements"]
    ),
    "one amount of pay": (
        {
            "workplace": "on_site", "places": ["DE"], "pay_min": Decimal("17.5"), "pay_max": Decimal("17.5"),
            "pay_currency": "EUR", "pay_period": "hour",
        },
        ["jobLocation", "baseSalary"],
    ),
    "pay from an amount on": (
        {"workplace": "on_site", "places": ["DE"], "pay_min": Decimal(17), "pay_currency": "EUR", "pay_period": "hour"},
        ["jobLocation"],
    ),
    "a range of pay": (
        {
            "workplace": "on_site", "places": ["DE"], "pay_min": Decimal(3000), "pay_max": Decimal(4000),
            "pay_currency": "CHF", "pay_period": "month", "hours": "full_or_part_time", "contract": "temporary",
        },
        ["jobLocation", "baseSalary", "employmentType"],
    ),
    "another employer": (
        {
            "workplace": "on_site", "places": ["DE/Kiel"], "organisation": "Fördetext eG", "contract": "apprenticeship",
            "organisation_url": "https://foerdetext.example/", "apply_url": "https://foerdetext.example/jobs/1",
        },
        ["jobLocation", "employmentType"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POSTINGS)
def test_posting_is_valid_by_the_rules_of_job_search(client, name):
    columns, wanted = POSTINGS[name]
    make_offer("Operator", slug="operator", markdown="## Work\n\n* servers", **columns)
    session().commit()
    data = posting_of(client.get("/en/jobs/operator/"))
    assert set(wanted) <= data.keys()
    assert ("jobLocationType" in data) is (columns["workplace"] == "remote")
    assert data["directApply"] is ("apply_url" not in columns)


@pytest.mark.parametrize("columns", [{"workplace": "remote"}, {"workplace": "hybrid"}, {}])
def test_no_posting_where_the_rules_cannot_be_met(client, columns):
    make_offer("Operator", slug="operator", markdown="Servers.", **columns)
    session().commit()
    assert posting_of(client.get("/en/jobs/operator/")) is None


def sections(page):
    """The titles of cards by the heading above them."""
    found = {}
    for section in page.iter("section"):
        if titles := [words_of(one) for one in section.iter("h3")]:
            found[words_of(next(section.iter("h2")))] = titles
    return found


def test_opening_leads_to_articles_about_its_categories_and_to_similar_openings(client):
    one, two, other = make_category("linux"), make_category("operations"), make_category("design")
    make_offer("Here", slug="here", categories=[one, two])
    make_offer("Shares one", categories=[one], publish_at=clock.now() - 2 * HOUR)
    make_offer("Shares both", categories=[one, two], publish_at=clock.now() - 9 * HOUR)
    make_offer("Shares none", categories=[other], publish_at=clock.now() - 3 * HOUR)
    make_offer("Older", categories=[other], publish_at=clock.now() - 99 * HOUR)
    make_offer("Closed", categories=[one, two], closed_at=clock.now() - HOUR)
    make_article("About one", categories=[one])
    make_article("About both", categories=[one, two], publish_at=clock.now() - 9 * HOUR)
    make_article("About design", categories=[other])
    make_article("Draft about both", categories=[one, two], draft=True)
    session().commit()
    assert sections(page_of(client.get("/en/jobs/here/"))) == {
        "What we wrote about this": ["About both", "About one"],
        "Similar openings": ["Shares both (m/w/d)", "Shares one (m/w/d)", "Shares none (m/w/d)"],
    }
    assert "Was wir dazu geschrieben haben" in client.get("/de/jobs/here/").text


def test_preview_link_shows_what_is_not_published_to_who_has_it(client, app):
    draft = make_offer("Secret role", slug="secret", draft=True, markdown="Nobody knows.")
    article = make_article("Secret words", slug="words", publish_at=clock.now() + 48 * HOUR)
    session().commit()
    for post, path in ((draft, "/jobs/secret/"), (article, "/articles/words/")):
        link = preview_link(app, post)
        assert "/preview/" in link
        response = client.get(link)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, no-store")
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "This is not published yet" in response.text
        assert [
            one.get("href") for one in page_of(response).iter("a") if (one.get("href") or "").endswith("/apply/")
        ] == []
        assert client.get(f"/en{path}").status_code == 404
        assert client.get(link[:-5] + "xyzz/").status_code == 404
        with time_machine.travel(clock.now() + 16 * 24 * HOUR):
            assert client.get(link).status_code == 404, "a link holds fourteen days"
    with time_machine.travel(clock.now() + 49 * HOUR):
        assert client.get(preview_link(app, article)).location == "/en/articles/words/"
    assert client.get(preview_link(app, draft).replace("/jobs/", "/articles/")).status_code == 404


def preview_link(app, post):
    with app.test_request_context():
        return preview_of(post.texts[0], clock.now()).url.removeprefix("http://127.0.0.1:8000")


def test_desk_shows_the_link_of_a_preview(client, sign_in):
    sign_in("recruiter")
    draft = make_offer("Secret role", slug="secret", draft=True)
    session().commit()
    response = client.get(f"/desk/openings/{draft.id}/en/preview/")
    link = next(one.get("href") for one in page_of(response).iter("a") if "/preview/" in (one.get("href") or ""))
    assert client.application.test_client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize("count", [1, 3, 300])
def test_page_nobody_has_asked_for_yet_takes_two_queries_at_most(client, queries, count):
    linux = make_category("linux")
    for number in range(count):
        make_offer(
            f"Role {number}", workplace="remote", remote=["DE"], categories=[linux], needs=[("de", "B2", True)],
            publish_at=clock.now() - (number + 1) * HOUR, closes_at=clock.now() + (999 - number) * HOUR,
        )  # fmt: skip
    session().commit()
    while make_due():  # the worker's part after a write of many posts
        pass
    client.get("/en/jobs/")
    asked = []
    for query in (*MISSES, "?q=role&sort=closing&page=2" if count > 20 else "?q=role&sort=closing"):
        with queries() as log:
            assert client.get(f"/en/jobs/{query}").status_code == 200
        # The version is not asked for each page but at most five times a second (tests/core/test_pages.py).
        asked.append(len([one for one in log if "content_version" not in one]))
    assert asked == EXPECTED[count]


MISSES = ("?speaks=de%3AC1", "?category=linux&workplace=remote", "?workplace=hybrid", "?sort=closing")
#: Cards nobody has seen yet are asked for; those in memory are not. Words are asked of the search.
EXPECTED = {1: [0, 0, 0, 0, 1], 3: [0, 0, 0, 0, 1], 300: [0, 0, 0, 1, 2]}


def results_of(response):
    return next(one for one in page_of(response).iter("section") if one.get("id") == "results")


def ways_on(response):
    return [(words_of(line), next(line.iter("a")).get("href")) for line in results_of(response).iter("li")]


def test_mistyped_words_are_answered_by_what_was_perhaps_meant(client, openings):
    """The results hold it, so that the script shows it in place too."""
    make_article("Kubernetes in articles only")
    make_offer("Kubernetes operator", workplace="remote", remote=["DE"])
    make_offer("Kubernetes secret", draft=True)
    make_offer("Kubernetes tester", workplace="on_site")
    session().commit()
    english, german = jobs(client, "q=kuberentes"), jobs(client, "q=kuberentes", language="de")
    assert "Did you mean:" in words_of(results_of(english))
    assert ("Kubernetes (2 openings)", "/en/jobs/?q=Kubernetes") in ways_on(english)
    assert "Gemeint war vielleicht:" in words_of(results_of(german))
    assert ("Kubernetes (2 Stellen)", "/de/jobs/?q=Kubernetes") in ways_on(german)
    # With the other choices where they leave something, else without them.
    narrowed = ways_on(jobs(client, "q=kuberentes&workplace=remote"))
    assert ("Kubernetes (1 opening)", "/en/jobs/?q=Kubernetes&workplace=remote") in narrowed
    assert ("Kubernetes (2 openings)", "/en/jobs/?q=Kubernetes") in ways_on(
        jobs(client, "q=kuberentes&contract=internship")
    )
    for words, address in narrowed:
        if "(" in words:
            assert titles(client.get(address)), address


def test_word_to_leave_out_is_named_where_nothing_like_it_is_known(client, openings):
    make_offer("Kubernetes operator")
    session().commit()
    assert ("without “zeppelin” (1 opening)", "/en/jobs/?q=kubernetes") in ways_on(
        jobs(client, "q=kubernetes+zeppelin")
    )


@pytest.mark.parametrize("count", [1, 3, 300])
def test_what_was_meant_takes_the_same_number_of_statements_for_any_list(client, queries, count):
    for number in range(count):
        make_offer(f"Kubernetes {number}", workplace="remote", remote=["DE"])
    session().commit()
    client.get("/en/jobs/")
    asked = []
    for query in ("q=kuberentes", "q=kuberentes&workplace=remote", "q=zeppelin", "q=kubernetes&workplace=hybrid"):
        with queries() as log:
            assert client.get(f"/en/jobs/?{query}").status_code == 200
        asked.append(len([one for one in log if "content_version" not in one]))
    assert asked == [1 + 5, 1 + 5 + 1, 1 + 2, 1]


def test_what_is_scheduled_now_is_an_opening_like_any_other_then(client, app):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        make_offer("To come", slug="to-come", publish_at=clock.now() + HOUR)
        session().commit()
        traveller.shift(2 * HOUR)
        assert titles(jobs(client)) == ["To come"]
        assert "Scheduled" not in jobs(client).text


def test_a_city_with_slashes_and_a_region_are_found_by_name(client, app):
    make_offer("Conductor", slug="conductor", places=["DE/Köln-Bonn"])
    place = session().query(Place).one()
    place.city, place.key = "Köln/Bonn/Düsseldorf", "DE/Köln/Bonn/Düsseldorf"
    make_offer("Pilot", slug="pilot", places=["US/CA/Palo Alto"])
    session().commit()
    assert titles(jobs(client, "place=DE/K%C3%B6ln/Bonn/D%C3%BCsseldorf")) == ["Conductor"]
    assert "California, United States" in jobs(client).text
    assert "Kalifornien, Vereinigte Staaten" in jobs(client, language="de").text


@pytest.mark.parametrize("words", ["Werkstudent", "Werkstudentin", "Werkstudium"])
def test_people_find_a_contract_by_the_words_they_use(client, app, words):
    make_offer("Accessibility tests", slug="tests", contract="working_student")
    session().commit()
    assert titles(jobs(client, f"q={words}", "de")) == ["Accessibility tests"]


def test_feed_tells_a_deadline_once(client, app):
    make_offer("Pilot", slug="pilot", closes_at=clock.now() + 48 * HOUR)
    session().commit()
    [item] = client.get("/en/jobs/feed.json").get_json()["items"]
    assert (item["content_html"].count("Apply by"), item["content_html"].count("Deadline")) == (1, 0)


def test_notice_and_the_authors_own_sentence_are_two(client, app):
    make_offer("Pilote", slug="pilote", locale="fr", notice="Written by our team in Lyon.")
    session().commit()
    assert "in French. Written by our team" in words_of(page_of(client.get("/en/jobs/pilote/")))

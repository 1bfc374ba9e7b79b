"""The public API as programs meet it: what it answers, what it refuses, and that its description is true."""

import base64
import datetime as dt
import json
import re
from decimal import Decimal

import jsonschema
import pytest

from jobboard.api import schemas
from jobboard.api.queries import FIRST, LAST, behind_cursor, cursor_of
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import JobOffer, Workplace
from jobboard.openings.queries_filters import FACETS, FacetKind, Sort
from jobboard.openings.queries_keyset import Behind
from jobboard.posts.models import Kind, OldCategorySlug, Post, PostText
from tests.factories import make_article, make_category, make_offer, make_person
from tests.openings.test_views import jobs
from tests.openings.test_views import titles as titles_on_page
from tests.schemas import FORMATS, closed

HOUR = dt.timedelta(hours=1)
API = "/api/v1"


@pytest.fixture
def site(app):
    """Four openings that differ, one that is closed, one to come, and two articles."""
    now = clock.now()
    operations, design = make_category("operations", "Operations", "Betrieb"), make_category("design", "Design")
    ada = make_person("Ada Lovelace", slug="ada")
    make_offer(
        "Linux administrator", slug="linux", workplace="remote", remote=["AT", "DE"], contract="permanent",
        hours="full_time", weekly_hours=Decimal("38.5"), level="senior", needs=[("de", "B2", True), ("en", "A2", False)],
        categories=[operations], authors=[ada], contact_id=ada.id, pay_min=Decimal(60_000), pay_max=Decimal(72_000),
        pay_currency="EUR", pay_period="year", closes_at=now + 48 * HOUR, markdown="## Your work\n\n[Servers](/en/).",
        starts_on=dt.date(2027, 1, 1), response_days=5,
    )  # fmt: skip
    make_offer(
        "Database operator", slug="database", workplace="hybrid", places=["DE/Kiel"], hours="full_or_part_time",
        contract="fixed_term", needs=[("en", "B2", True)], categories=[operations], publish_at=now - 3 * HOUR,
    )  # fmt: skip
    make_offer(
        "Illustrator", slug="illustrator", workplace="on_site", places=["AT/Wien"], hours="part_time",
        categories=[design], publish_at=now - 2 * HOUR, apply_url="https://elsewhere.example/apply",
        organisation="Elsewhere", organisation_url="https://elsewhere.example/",
    )  # fmt: skip
    make_offer("Anything", slug="anything", publish_at=now - 4 * HOUR, pay_min=Decimal("19.25"), pay_currency="EUR",
               pay_period="hour")  # fmt: skip
    make_offer("Closed", slug="closed", categories=[design], publish_at=now - 9 * HOUR, closed_at=now - HOUR)
    make_offer("To come", slug="to-come", publish_at=now + HOUR)
    make_offer("A draft", slug="draft", draft=True)
    make_article("About outages", slug="outages", categories=[operations], authors=[ada], markdown="Words.")
    make_article("About fonts", slug="fonts", categories=[design], publish_at=now - 5 * HOUR)
    session().commit()


def get(client, path, status=200):
    response = client.get(f"{API}{path}")
    assert response.status_code == status, response.text
    return response.get_json()


def titles(data):
    return [item["texts"][0]["title"].removesuffix(" (m/w/d)") for item in data["items"]]


def problems_of(client, name, data):
    """What data does not have of a schema of the description the site serves, or has beyond it."""
    described = closed(get(client, "/openapi.json"))
    schema = {**described, "$ref": f"#/components/schemas/{name}"}
    checker = jsonschema.Draft202012Validator(schema, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(data)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Linux administrator", "Illustrator", "Database operator", "Anything"]),
        ("workplace=on_site&workplace=remote", ["Linux administrator", "Illustrator"]),
        ("category=operations&hours=part_time", ["Database operator"]),
        ("category=nobody-has-it", []),
        ("place=remote:AT", ["Linux administrator"]),
        ("speaks=de:B1", ["Illustrator", "Anything"]),
        ("q=wien", ["Illustrator"]),
        ("pay=50000-EUR-year", ["Linux administrator"]),
        ("closing=14", ["Linux administrator"]),
        ("sort=pay", ["Linux administrator", "Anything", "Illustrator", "Database operator"]),
    ],
)
def test_openings_are_those_of_the_list(client, site, query, found):
    data = get(client, f"/openings?{query}")
    assert titles(data) == found
    if "nobody" not in query:  # the page shows everything to whoever follows an old bookmark
        assert titles_on_page(jobs(client, query)) == found
    assert (data["total"], data["next"]) == (len(found), None)
    assert problems_of(client, "Openings", data) == []


def test_an_opening_tells_all_its_facts(client, site):
    [item] = get(client, "/openings?workplace=remote")["items"]
    assert item["contract"] == "permanent"
    assert item["weekly_hours"] == 38.5
    assert item["pay"] == {"min": 60000, "max": 72000, "currency": "EUR", "period": "year", "notes": {}}
    assert item["languages"] == [
        {"language": "de", "level": "B2", "required": True},
        {"language": "en", "level": "A2", "required": False},
    ]
    assert item["remote_countries"] == ["AT", "DE"]
    assert item["categories"] == [{"slug": "operations", "names": {"en": "Operations", "de": "Betrieb"}}]
    assert (item["starts_on"], item["response_days"], item["contact"]) == ("2027-01-01", 5, {"name": "Ada Lovelace"})
    assert (item["texts"][0]["role"], item["texts"][0]["title"]) == (
        "Linux administrator",
        "Linux administrator (m/w/d)",
    )
    assert item["authors"][0]["url"].endswith("/en/authors/ada/")
    assert item["apply_url"].endswith("/en/jobs/linux/apply/")
    assert "html" not in item["texts"][0]

    alone = get(client, item["url"].partition(API)[2])
    assert '<a href="http' in alone["texts"][0].pop("html"), "addresses are whole"
    assert alone == item
    assert problems_of(client, "Opening", alone) == []

    [with_content] = get(client, "/openings?workplace=remote&content=true")["items"]
    assert with_content["texts"][0]["html"]


def test_who_applies_elsewhere_is_told_where(client, site):
    [item] = get(client, "/openings?workplace=on_site")["items"]
    assert (item["apply_url"], item["direct_apply"]) == ("https://elsewhere.example/apply", False)
    assert item["organisation"] == {"name": "Elsewhere", "url": "https://elsewhere.example/"}


def uid_of(slug):
    return session().query(Post).join(PostText).filter(PostText.slug == slug).one().uid


@pytest.mark.parametrize(("slug", "status"), [("linux", 200), ("closed", 410), ("to-come", 404), ("draft", 404)])
def test_only_what_is_or_was_open_has_an_address(client, site, slug, status):
    response = client.get(f"{API}/openings/{uid_of(slug)}")
    assert response.status_code == status
    assert client.get(f"{API}/articles/{uid_of(slug)}").status_code == 404


@pytest.mark.parametrize("sort", [None, *Sort])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_following_next_reads_everything_once(client, site, sort, limit):
    for number in range(3):
        make_offer(f"Harbour master {number}", slug=f"harbour-{number}", publish_at=clock.now() - number * HOUR)
        make_offer(f"Pilot {number}", slug=f"pilot-{number}", markdown="In the harbour.")
    session().commit()
    query = ("q=harbour&" if sort is Sort.relevance else "") + (f"sort={sort.value}&" if sort else "")
    whole = titles(get(client, f"/openings?{query}limit=100"))
    assert len(whole) == (6 if sort is Sort.relevance else 10)
    seen, url = [], f"{API}/openings?{query}limit={limit}"
    while url:
        response = client.get(url)
        data = response.get_json()
        assert len(data["items"]) <= limit
        seen += titles(data)
        links = re.findall('<([^>]*)>; rel="next"', response.headers["Link"])
        assert links == ([data["next"]] if data["next"] else [])
        url = data["next"]
    assert seen == whole


def test_an_opening_that_comes_or_goes_meanwhile_shifts_nothing(client, site):
    first = get(client, "/openings?limit=2")
    make_offer("Newest", slug="newest")
    gone = session().query(JobOffer).filter_by(uid=first["items"][1]["id"]).one()
    gone.closed_at = clock.now()
    session().commit()
    rest = client.get(first["next"]).get_json()
    assert titles(rest) == ["Database operator", "Anything"]


def test_articles_are_those_of_the_blog(client, site):
    data = get(client, "/articles")
    assert titles(data) == ["About outages", "About fonts"]
    assert problems_of(client, "Articles", data) == []
    assert titles(get(client, "/articles?category=design")) == ["About fonts"]
    assert titles(get(client, "/articles?author=ada&content=true")) == ["About outages"]
    first = get(client, "/articles?limit=1")
    assert (titles(first), first["total"]) == (["About outages"], 2)
    assert titles(client.get(first["next"]).get_json()) == ["About fonts"]
    alone = get(client, f"/articles/{first['items'][0]['id']}")
    assert alone["texts"][0]["html"] == "<p>Words.</p>\n"
    assert titles(get(client, "/articles?category=nobody-has-it")) == []
    assert (
        f"<{client.application.config['SITE_URL']}/en/?kind=article>"
        in client.get(f"{API}/articles?category=nobody-has-it").headers["Link"]
    ), "the page that shows it leads somewhere"
    assert problems_of(client, "Article", alone) == []


def test_counts_and_categories(client, site):
    data = get(client, "/openings/counts?category=operations")
    assert data["total"] == 2
    workplaces = next(facet for facet in data["facets"] if facet["name"] == "workplace")
    assert {one["value"]: one["count"] for one in workplaces["values"]} == {"on_site": 0, "hybrid": 1, "remote": 1}
    assert workplaces["values"][0]["names"] == {"en": "On site", "de": "Vor Ort"}
    assert problems_of(client, "Counts", data) == []

    data = get(client, "/categories")
    assert [(one["slug"], one["articles"], one["openings"]) for one in data["items"]] == [
        ("design", 1, 1),
        ("operations", 1, 2),
    ]
    assert problems_of(client, "Categories", data) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/openings?contact=permanent", ["contact"]),
        ("/openings?contract=moonlight&level=lead&place=Berlin", ["contract", "place"]),
        ("/openings?speaks=klingon", ["speaks"]),
        ("/openings?pay=1-EUR-year&pay=2-EUR-year", ["pay"]),
        ("/openings?sort=relevance", ["sort"]),
        ("/openings?sort=newest&sort=pay", ["sort"]),
        ("/openings?limit=101", ["limit"]),
        ("/openings?limit=0", ["limit"]),
        ("/openings?content=yes", ["content"]),
        ("/openings?page=2", ["page"]),
        ("/openings?cursor=abc", ["cursor"]),
        ("/openings?cursor=%00", ["cursor"]),
        ("/openings?cursor=W10", ["cursor"]),
        ("/openings?q=a%00b", ["q"]),
        ("/openings?category=Operations%20", ["category"]),
        ("/openings?contract=a&contract=b&level=x", ["contract", "contract", "level"]),
        ("/articles?category=design%00", ["category"]),
        ("/articles?category=%20design", ["category"]),
        ("/openings/counts?limit=3&foo=1&contract=x", ["limit", "foo", "contract"]),
        (f"/openings?q={'x' * 201}", ["q"]),
        ("/articles?kind=opening", ["kind"]),
        ("/articles?month=7", ["month"]),
        ("/articles?year=20", ["year"]),
        ("/categories?x=1", ["x"]),
        ("/openapi.json?x=1", ["x"]),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(client, site, path, wrong):
    data = get(client, path, 400)
    assert [one["parameter"] for one in data["errors"]] == wrong
    assert all(one["detail"] for one in data["errors"])
    assert problems_of(client, "Problem", data) == []


def test_not_more_mistakes_are_told_than_anybody_reads(client, site):
    data = get(client, "/openings?" + "&".join(f"contract=wrong-{number}" for number in range(500)), 400)
    assert len(data["errors"]) == 20
    assert data["detail"].count("contract") == 1


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "path",
    [
        f"/articles?cursor={cursor('article', 'newest', 0, LAST + 1, 1, [])}",
        f"/articles?cursor={cursor('article', 'newest', 0, FIRST - 1, 1, [])}",
        f"/articles?cursor={cursor('opening', 'newest', 0, 5, 1, [])}",
        f"/articles?cursor={cursor('article', 'newest', 0, 5, 1 << 63, [])}",
        f"/openings?q=linux&cursor={cursor('opening', 'relevance', -100, 0, 0, [])}",
        f"/openings?q=linux&cursor={cursor('opening', 'relevance', 3, 0, 0, [])}",
        f"/openings?q=linux&cursor={cursor('opening', 'relevance', 0.5, 0, 0, [])}",
        f"/openings?sort=pay&cursor={cursor('opening', 'pay', float('nan'), 5, 5, ['EUR'])}",
        f"/openings?sort=pay&cursor={cursor('opening', 'pay', 1, 5, 5, ['EUR'])}",
        f"/openings?sort=pay&cursor={cursor('opening', 'pay', 1.0, 5, 5, [])}",
        f"/openings?sort=pay&cursor={cursor('opening', 'pay', 1.0, 5, 5, ['euro'])}",
        f"/openings?sort=closing&cursor={cursor('opening', 'closing', True, 5, 5, [])}",
        f"/openings?cursor={cursor('opening', 'newest', 0, 5, 5, ['EUR'])}",
        f"/openings?cursor={cursor(*[['opening']] * 900)}",
        f"/openings?cursor={cursor()}",
    ],
)
def test_a_place_nobody_told_is_refused(client, site, path):
    assert [one["parameter"] for one in get(client, path, 400)["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    "path",
    [
        f"/articles?cursor={cursor('article', 'newest', 0, FIRST, 0, [])}",
        f"/articles?cursor={cursor('article', 'newest', 0, LAST, 0, [])}",
        f"/openings?q=---&cursor={cursor('opening', 'relevance', 2, 5, 5, [])}",
        f"/openings?q=linux&cursor={cursor('opening', 'relevance', 2, FIRST, 0, [])}",
        f"/openings?sort=pay&cursor={cursor('opening', 'pay', -5.5, 5, 5, ['XTS', 'EUR', 'XAU'])}",
        f"/openings?sort=closing&cursor={cursor('opening', 'closing', FIRST, 5, 5, [])}",
    ],
)
def test_any_place_that_can_be_is_gone_on_from(client, site, path):
    assert get(client, path)["items"] is not None


def test_a_post_of_long_ago_can_be_gone_on_from():
    before = Behind(0, -1_000_000, 7)
    assert behind_cursor(cursor_of(Kind.article, Sort.newest, before), Kind.article, Sort.newest) == before


def test_a_cursor_belongs_to_its_order(client, site):
    following = get(client, "/openings?limit=1&sort=pay")["next"]
    assert client.get(following.replace("sort=pay", "sort=closing")).status_code == 400
    assert client.get(following.replace("sort=pay&", "")).status_code == 400


def test_who_reads_by_pay_gets_each_once_although_a_currency_comes_and_one_goes(client, app):
    for name, currency, amount in (("A", "EUR", 3), ("B", "EUR", 2), ("C", "USD", 9), ("D", "", 0), ("E", "", 0)):
        pay = {"pay_min": Decimal(amount), "pay_currency": currency, "pay_period": "year"} if currency else {}
        make_offer(name, slug=name.lower(), publish_at=clock.now() - ord(name) * HOUR, **pay)
    session().commit()
    first = get(client, "/openings?sort=pay&limit=3")
    assert titles(first) == ["A", "B", "C"]
    gone = session().query(JobOffer).filter_by(uid=first["items"][2]["id"]).one()
    gone.closed_at = clock.now()
    make_offer("F", slug="f", pay_min=Decimal(5), pay_currency="CHF", pay_period="year")
    session().commit()
    assert titles(client.get(first["next"]).get_json()) == ["F", "D", "E"]


def test_former_addresses_find_what_they_became(client, site):
    category = make_category("design")
    session().add(OldCategorySlug(slug="drawing", owner_id=category.id, until=clock.now()))
    session().commit()
    assert titles(get(client, "/openings?category=drawing")) == ["Illustrator"]
    assert titles(get(client, "/articles?category=drawing")) == ["About fonts"]


def test_what_is_no_more_is_not_told(client, site):
    offer = session().query(JobOffer).join(PostText).filter(PostText.slug == "linux").one()
    offer.workplace = Workplace.on_site
    offer.contact.left_at = clock.now()
    session().commit()
    data = get(client, f"/openings/{offer.uid}")
    assert (data["remote_countries"], data["contact"]) == ([], None)


def test_texts_have_the_words_that_pages_add(client, app):
    post = make_article("With a tip", slug="tip", markdown="> [!TIP]\n> Rest.\n\nOne.[^1]\n\n[^1]: Two.")
    session().commit()
    [text] = get(client, f"/articles/{post.uid}")["texts"]
    assert '<p class="callout-title is-tip">Tip</p>' in text["html"]
    assert 'aria-label="Footnotes"' in text["html"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(client, site, method):
    response = client.open(f"{API}/openings", method=method)
    assert response.status_code == 405
    assert response.content_type == "application/problem+json"
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/openings/1", f"/openings/{'0' * 8}-{'0' * 4}-{'0' * 4}-{'0' * 4}-{'0' * 12}"]
)
def test_what_is_not_there_is_a_problem_too(client, site, path):
    response = client.get(API + path, headers={"Origin": "https://other.example"})
    assert response.content_type == "application/problem+json"
    assert response.get_json()["status"] == response.status_code == 404
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_of_any_site_may_read_it_and_nothing_is_stored(client, site):
    response = client.get(f"{API}/openings", headers={"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response.headers
    again = client.get(f"{API}/openings", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    asked = client.options(f"{API}/openings", headers={"Access-Control-Request-Headers": "if-none-match"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Headers"] == "If-None-Match"


def test_with_the_layer_of_pages_answers_are_kept_and_304_can_be_read_elsewhere(own_app):
    make_offer("Pilot")
    session().commit()
    client = own_app.test_client()
    for _time in range(2):
        response = client.get(f"{API}/openings")
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"{API}/openings", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")
    assert "ETag" in again.headers["Access-Control-Expose-Headers"]
    page = client.get("/en/jobs/")
    unchanged = client.get("/en/jobs/", headers={"If-None-Match": page.headers["ETag"]})
    assert {"Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"}.isdisjoint(unchanged.headers.keys())
    head = client.head(f"{API}/openings?limit=3")
    assert (head.status_code, head.data, head.content_type) == (200, b"", "application/json")


def test_what_breaks_is_a_problem_that_tells_nothing(app, client, site, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("jobboard.api.views.find", lambda *_args: 1 / 0)
    response = client.get(f"{API}/openings")
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert response.get_json() == {"type": "about:blank", "title": "Internal Server Error", "status": 500}


def test_a_new_facet_is_described_without_a_line(monkeypatch):
    new = FacetKind("seniority", lambda: "Seniority", lambda value: value, str)
    monkeypatch.setattr(schemas, "FACETS", (*FACETS, new))
    [found] = [one for one in schemas._opening_filters() if one["name"] == "seniority"]
    assert found["schema"]["items"] == {"type": "string"}


@pytest.mark.parametrize("number", [1, 3, 60])
def test_as_many_queries_for_any_number(client, app, queries, number):
    category, person = make_category("operations"), make_person()
    for count in range(number):
        make_offer(places=[f"DE/City {count}"], needs=[("de", "B2", True)], categories=[category], authors=[person],
                   contact_id=person.id)  # fmt: skip
        make_article(categories=[category], authors=[person])
    session().commit()
    get(client, "/openings")  # the index is there
    session().expire_all()
    with queries() as log:
        assert len(get(client, "/openings?limit=100")["items"]) == number
    assert len(log) == 10, "\n".join(log)
    session().expire_all()
    with queries() as log:
        assert len(get(client, "/articles?limit=100")["items"]) == number
    assert len(log) == 11, "\n".join(log)


def test_description_names_what_the_routes_are(app, client):
    described = get(client, "/openapi.json")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    paths = {re.sub("<[^>]*>", "{id}", rule.rule.removeprefix(API)) for rule in rules}
    assert paths == set(described["paths"])
    assert described["openapi"].startswith("3.1")
    jsonschema.Draft202012Validator.check_schema({"$defs": described["components"]["schemas"]})
    text = json.dumps(described)
    for reference in re.findall(r'"#/components/(\w+)/(\w+)"', text):
        assert reference[1] in described["components"][reference[0]]

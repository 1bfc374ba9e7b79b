"""The query object of the blog's lists: canonical, told in words, and one answer for page, feeds, alerts and counts."""

import datetime as dt
import itertools
import random
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from jobboard.alerts.models import What
from jobboard.alerts.queries_topics import Topic, new_ids, topic_from
from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.posts.actions import set_authors
from jobboard.posts.models import Kind, Post
from jobboard.site.queries import current_site
from jobboard.timeline.queries_filters import PostFilters, filters_from
from jobboard.timeline.queries_offers import labels_of, offers
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import page_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 3, 4, 12, tzinfo=BERLIN)


@pytest.fixture
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("lang=de&kind=article&author=ada&year=2025&category=it", "kind=article&category=it&author=ada&year=2025&lang=de"),
        ("year=2025&month=7", "year=2025&month=07"),
        ("month=7", ""),
        ("kind=nonsense&year=25&lang=&page=x&q=words", ""),
        ("year=1969", ""),
        ("year=9001&month=13", ""),
        ("year=2025&month=13", "year=2025"),
        ("lang=DE", "lang=de"),
        ("lang=pt-br", "lang=pt-BR"),
        ("lang=zh-hant-tw", "lang=zh-Hant-TW"),
        ("lang=d", ""),
        ("lang=de_AT", ""),
        ("category=%00", ""),
        ("category=a%00b", "category=ab"),
        ("author=ada&author=bo", "author=ada"),
        ("year=%D9%A2%D9%A0%D9%A2%D9%A5", ""),
    ],
)  # fmt: skip
def test_address_is_read_without_error_and_has_one_form(app, query, canonical):
    with app.test_request_context(f"/?{query}") as context:
        filters = filters_from(context.request.args)
    assert urlencode(filters.pairs()) == canonical
    assert filters_from(MultiDict(filters.pairs())) == filters, "what it writes it reads"


def test_what_the_path_says_the_query_cannot_change(app):
    asked = MultiDict({"category": "other", "author": "ada", "month": "07"})
    assert filters_from(asked, {"category": "design"}) == PostFilters(category="design", author="ada")
    assert filters_from(asked, {"year": "2025", "month": ""}).month == ""


def test_month_goes_with_its_year(app):
    july = PostFilters(kind="article", year="2025", month="07")
    assert july.without("month") == PostFilters(kind="article", year="2025")
    assert july.without("year") == PostFilters(kind="article")
    assert july.with_value("year", "2024") == PostFilters(kind="article", year="2024")


ALL = PostFilters("article", "privacy", "alma", "2025", "07", "de")


@pytest.mark.parametrize(
    ("filters", "english", "german"),
    [
        (PostFilters(), "Articles and openings", "Artikel und Stellen"),
        (ALL, "Articles on Privacy by Alma Berg in German from July 2025",
         "Artikel zu Datenschutz von Alma Berg auf Deutsch vom Juli 2025"),
        (PostFilters(year="2025"), "Articles and openings from 2025", "Artikel und Stellen aus dem Jahr 2025"),
        (PostFilters(kind="opening", lang="pt-BR"), "Openings in Portuguese (Brazil)",
         "Stellen auf Portugiesisch (Brasilien)"),
        (PostFilters(category="gone"), "Articles and openings on gone", "Artikel und Stellen zu gone"),
    ],
)  # fmt: skip
def test_it_reads_in_the_persons_language(app, filters, english, german):
    make_category("privacy", "Privacy", "Datenschutz")
    make_article(authors=[make_person("Alma Berg", slug="alma")])
    session().commit()
    for language, words in (("en", english), ("de", german)):
        with i18n.force_locale(language):
            assert filters.words(labels_of(filters, clock.now())) == words


def test_nobody_is_asked_for_names_that_nobody_chose(app, queries):
    with queries() as log:
        labels_of(PostFilters(kind="article", year="2025"), clock.now())
    assert log == []


CATEGORIES, AUTHORS, LANGUAGES = ("operations", "design"), ("alma", "bo"), ("de", "en", "fr")
#: Around the edges of years and months in the site's zone.
MOMENTS = [
    dt.datetime(2024, 12, 31, 23, 59, 59, tzinfo=BERLIN),
    dt.datetime(2025, 1, 1, tzinfo=BERLIN),
    dt.datetime(2025, 6, 30, 23, 59, tzinfo=BERLIN),
    dt.datetime(2025, 7, 1, tzinfo=BERLIN),
    dt.datetime(2026, 3, 1, tzinfo=BERLIN),
    dt.datetime(1969, 5, 5, tzinfo=BERLIN),
]


def make_random_site(chance):
    """Posts that differ in everything a list can be narrowed to; some are not there for readers."""
    current_site().time_zone = "Europe/Berlin"
    topics = [make_category(slug) for slug in CATEGORIES]
    people = [make_person(slug.title(), slug=slug) for slug in AUTHORS]
    for number in range(10):
        first, *others = chance.sample(LANGUAGES, chance.randint(1, 3))
        texts = {code: {"title": f"Post {number} {code}", "slug": f"post-{number}-{code}"} for code in others}
        ends = {"closes_at": chance.choice([None, NOW - dt.timedelta(seconds=1), NOW + dt.timedelta(days=1)])}
        make = chance.choice([make_article, make_offer])
        make(
            f"Post {number}", slug=f"post-{number}", locale=first, texts=texts,
            publish_at=chance.choice(MOMENTS) + dt.timedelta(microseconds=number),
            categories=chance.sample(topics, chance.randint(0, 2)), authors=chance.sample(people, chance.randint(1, 2)),
            draft=chance.random() < 0.1, **(ends if make is make_offer else {}),
        )  # fmt: skip
    session().commit()


def facts_of(post):
    """What a post has of each parameter, read from its rows and nothing else."""
    day = post.publish_at.astimezone(BERLIN)
    return {
        "kind": {post.kind.value},
        "category": {category.slug for category in post.categories},
        "author": {person.slug for person in post.authors},
        "year": {str(day.year)},
        "month": {f"{day.month:02}"},
        "lang": {text.locale for text in post.texts},
    }


def open_posts():
    """(id in feeds, facts) of each post readers see, newest first."""
    posts = [post for post in session().query(Post) if post.phase(clock.now()).value == "open"]
    posts.sort(key=lambda post: (post.publish_at, post.id), reverse=True)
    return {post.id: (f"urn:uuid:{post.uid}", facts_of(post)) for post in posts}


def brute_force(posts, filters):
    return [uid for uid, facts in posts.values() if all(value in facts[name] for name, value in filters.pairs())]


def some_filters(chance):
    values = {
        "kind": [one.value for one in Kind], "category": [*CATEGORIES], "author": [*AUTHORS],
        "year": ["2024", "2025", "2026", "1999"], "lang": [*LANGUAGES, "it"],
    }  # fmt: skip
    sizes = itertools.chain.from_iterable(itertools.combinations(values, size) for size in range(len(values) + 1))
    for names in sizes:
        chosen = {name: chance.choice(values[name]) for name in names}
        if "year" in chosen and chance.random() < 0.5:
            chosen["month"] = chance.choice(["01", "03", "06", "07", "12"])
        yield PostFilters(**chosen)


@pytest.mark.parametrize("seed", range(2))
def test_page_feeds_alert_and_counts_never_disagree(client, at_noon, seed):
    chance = random.Random(seed)
    make_random_site(chance)
    posts = open_posts()
    for filters in [PostFilters(), *chance.sample([*some_filters(chance)], 12)]:
        query = dict(filters.pairs())
        ids = new_ids(Topic(What.posts, urlencode(query)), NOW - dt.timedelta(days=40_000), NOW, clock.now())
        expected, found = brute_force(posts, filters), offers(filters, clock.now())
        assert [posts[one][0] for one in ids] == expected, filters
        assert found.total == len(expected), filters
        for name, counts in found.values.items():
            others = filters.without(name)
            for value, count in counts.items():
                assert count == len(brute_force(posts, others.with_value(name, value))), (filters, name, value)
            missing = {value for _uid, facts in posts.values() for value in facts[name]} - counts.keys() - {"1969"}
            assert not any(brute_force(posts, others.with_value(name, value)) for value in missing), (filters, name)
        session().rollback()
        if len(query) > 1 and chance.random() < 0.5:
            continue  # through the front door only some: a page takes longer than all of the above
        feed = client.get("/en/feed.json", query_string=query).json
        assert [item["id"] for item in feed["items"]] == expected, filters
        page = page_of(client.get("/en/", query_string=query))
        shown = [one for one in page.iter("article") if "card" in one.get("class", "").split()]
        assert len(shown) == len(expected), filters


def test_alert_stored_before_this_object_means_what_it_meant(client, at_noon):
    """Queries as they stand in the database of earlier versions; a gone author or category still finds nothing."""
    topics, people = [make_category("operations")], [make_person(slug="alma")]
    both = make_article("Both", categories=topics, authors=people, publish_at=NOW - dt.timedelta(hours=1))
    make_offer("Operator", categories=topics, publish_at=NOW - dt.timedelta(hours=2))
    session().commit()

    def found(query):
        return len(new_ids(Topic(What.posts, query), NOW - dt.timedelta(days=1), NOW, clock.now()))

    assert found("") == found("category=operations") == 2
    assert found("kind=article&category=operations&author=alma") == found("author=alma") == 1
    assert found("kind=opening&author=alma") == found("category=gone") == found("author=gone") == 0
    assert found(urlencode({"category": "No slug at all, and very long " * 20})) == 0
    stored = "kind=article&category=operations&author=alma"
    assert (
        topic_from(What.posts, MultiDict({"author": "alma", "category": "operations", "kind": "article"})).query
        == stored
    )
    set_authors(both, [])
    session().commit()
    assert found("author=alma") == 0


def test_alert_leaves_out_what_nobody_knows_and_a_year_that_is_over(app, at_noon):
    current_site().time_zone = "Europe/Berlin"
    session().commit()

    def asked(**query):
        return topic_from(What.posts, MultiDict(query)).query

    assert asked(category="gone", author="gone", lang="de") == "lang=de"
    assert asked(year="2025", month="07", kind="article") == "kind=article"
    assert asked(year="2026", month="02") == ""
    assert asked(year="2026", month="03") == "year=2026&month=03"
    assert asked(year="2026") == "year=2026"

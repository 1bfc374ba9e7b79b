"""Other words for a search that finds nothing: the same on both engines, each finds something, nothing hidden is told."""

import datetime as dt
import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.posts.actions import close, publish, save_text, withdraw_to_draft
from jobboard.posts.models import Kind
from jobboard.posts.queries_suggestions import Scope, Ways, ways_on
from jobboard.posts.tasks import forget_words
from jobboard.search.index import drop
from jobboard.search.models import SearchWord
from jobboard.timeline.queries_search import search_posts
from tests.factories import make_article, make_offer

HOUR = dt.timedelta(hours=1)
pytestmark = pytest.mark.twice


@pytest.fixture
def texts(app):
    """What readers can find, in both languages."""
    make_offer("Systemadministratorin für Linux", locale="de", markdown="Server in Köln, Kubernetes und PostgreSQL.")
    make_offer("Sachbearbeitung Lohn", locale="de", markdown="Qualitätssicherung und Gabelstaplerfahrer gesucht.")
    make_article("Replacing our database", markdown="PostgreSQL replaces a legacy database. Kubernetes came later.")
    make_article("Frontend architecture", markdown="We measure site reliability. The frontend is accessible.")
    make_article("Größe ist nicht alles", locale="de", markdown="Über Straßen, Häuser und Übersetzungen.")
    make_article("Linux administrator wanted", markdown="Not an opening, a story. Linux.")
    session().commit()


def scope(**narrower):
    return Scope(clock.now(), **narrower)


def ways(query, **narrower):
    """What the search page asks for: help where few were found."""
    there = scope(**narrower)
    return ways_on(query, there, search_posts(query, there, 1).count())


def queries(found):
    return [way.query for way in found]


MEANT = [
    # letters missing, too many, wrong, swapped
    ("kubernets", []),
    ("kuberentes", ["Kubernetes"]),
    ("kubbernettes", ["Kubernetes"]),
    ("ukbernetes", ["Kubernetes"]),
    ("xubernetes", ["Kubernetes"]),
    ("kernetes", []),
    ("KUBERNETIS", ["Kubernetes"]),
    ("databse", ["database"]),
    ("postgrsql", ["PostgreSQL"]),
    ("linxu", ["Linux"]),
    ("linx", ["Linux"]),
    # umlauts in either spelling, and none where they belong
    ("Strasssen", ["Straßen"]),
    ("uebersetzugnen", ["Übersetzungen"]),
    ("Übersezungen", ["Übersetzungen"]),
    ("ubersetzunken", ["Übersetzungen"]),
    # what a word for women or a plural was typed for, and parts of compounds the word list knows
    ("Administartor", ["administrator"]),
    ("Administartorinnen", ["administrator"]),
    ("Qualitet", ["Qualität"]),
    # written apart or together
    ("gabel stapler fahrer", ["gabelstapler fahrer"]),
    ("gabelstapler fahrer", []),  # the parts are found
    ("front end", ["frontend"]),
    ("front-end", ["frontend"]),
    ("linuxadministrator", ["linux administrator"]),
    ("sitereliability", ["site reliability"]),
    ("gabelstap ler", ["gabelstapler"]),
    # several words, one or two of them mistyped
    ("kuberentes database", ["Kubernetes database"]),
    ("kuberentes databse", ["Kubernetes database"]),
    ("kuberentes zeppelinfahrt", ["Kubernetes"]),
    # words in quotes stay in them, or lose them when they stand nowhere side by side
    ('"site relaibility"', ['"site reliability"']),
    ('"reliability site"', ["reliability site"]),
    ('"kuberntis', ['"Kubernetes']),
    # nothing is like these
    ("zeppelin", []),
    ("q", []),
    ("xq", []),
    ("12345", []),
    ("!!!", []),
    ("", []),
    ("   ", []),
]  # fmt: skip


def test_what_was_meant_is_the_same_on_both_engines(texts):
    """One test for all: the texts are written once per engine."""
    assert [(query, queries(ways(query).meant)) for query, _meant in MEANT] == MEANT


def test_next_to_nothing_is_helped_where_much_more_is_found(app):
    for number in range(12):
        make_article(f"Database {number}")
    make_article("Databese")
    session().commit()
    assert [(way.query, way.count) for way in ways("databese").meant] == [("Database", 12)]
    assert ways("database") == Ways()
    make_article("Databese again")
    make_article("And databese again")
    session().commit()
    assert ways("databese") == Ways()


def test_word_to_leave_out_is_named_with_what_that_brings_back(texts):
    found = ways("linux zeppelin")
    assert [(way.words, way.query, way.everywhere) for way in found.without] == [("zeppelin", "linux", 2)]
    found = ways('frontend "site reliability" zeppelin')
    assert [(way.words, way.query) for way in found.without] == [("zeppelin", 'frontend "site reliability"')]
    found = ways('frontend database "linux administrator"')
    assert not found.without
    assert [(way.words, way.everywhere) for way in found.only] == [
        ("frontend", 1),
        ("database", 1),
        ('"linux administrator"', 1),
    ]


def test_counts_are_those_of_what_was_chosen_and_of_all(texts):
    (way,) = ways("kuberentes", kind=Kind.opening).meant
    assert (way.count, way.everywhere) == (1, 2)
    (way,) = ways("kuberentes", lang="en").meant
    assert (way.count, way.everywhere) == (1, 2)
    (way,) = ways("kuberentes", only=Kind.opening).meant
    assert (way.count, way.everywhere) == (1, 1)
    assert ways("databse", only=Kind.opening) == Ways()


SECRETS = "Kryptonit Übernahme Projektadler Geheimgehalt Meeresbodenkabel"


@pytest.mark.parametrize("hidden", ["draft", "scheduled", "closed", "withdrawn"])
def test_what_is_not_public_changes_no_suggestion(app, hidden):
    """Not only is no secret word told: with and without a hidden text the answers are the same."""
    # Begins like a secret, has one as a part or as a stem: nothing of that makes the secret itself public.
    make_article("Projektadlerhorst und Kryptonits", locale="de", markdown="Übernahmen. Das Meeresbodenkabelschiff.")
    session().commit()
    asked = [
        *("kryptonti", "krypto nit", "übernahem", "projektadlre", "geheimgehatl", "geheim gehalt", "meeresbodenkabl"),
        *("meeresboden kabell", "projektadler linux", '"kryptonti"', "projektadlerkabel", "geheimgehaltkryptonit"),
    ]
    before = [ways(query) for query in asked]
    post = make_offer(SECRETS, locale="de", markdown=SECRETS * 3, draft=hidden == "draft")
    if hidden == "scheduled":
        publish(post, clock.now() + HOUR)
    elif hidden == "closed":
        close(post, clock.now() - HOUR / 2)
    elif hidden == "withdrawn":
        withdraw_to_draft(post)
    session().commit()
    assert [ways(query) for query in asked] == before
    assert [one for one in before if one], "the test asks for something"


def test_spelling_is_that_of_a_public_text(app):
    make_article("MüLLeR", draft=True)
    make_article("Die Muller-Methode")
    session().commit()
    assert queries(ways("mulelr").meant) == ["Muller"]


def test_word_is_told_from_the_second_on_in_which_its_post_is_public(app):
    post = make_article("Heliotrop", publish_at=clock.now() + HOUR)
    session().commit()
    assert ways("heliotorp") == Ways()
    later = Scope(clock.now() + 2 * HOUR)
    assert queries(ways_on("heliotorp", later).meant) == ["Heliotrop"]
    close(post, clock.now() + HOUR + HOUR / 2)
    session().commit()
    assert ways_on("heliotorp", later) == Ways()


TYPED = ["kubernets", "databse", "linxu", "gabel", "stapler", '"site', 'relaibility"', "qx", "Strasse", "in"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40) | st.lists(st.sampled_from(TYPED), max_size=8).map(" ".join), st.sampled_from([None, *Kind])
)
@example("a" * 200, None)
@example("kuberentes " * 18, None)
@example("a b c d e f g h i j k l", None)
@example('"' * 200, None)
def test_whatever_is_suggested_finds_as_many_open_posts_as_it_says(texts, query, kind):
    there = scope(kind=kind)
    found = ways_on(query, there)
    for way in (*found.meant, *found.without, *found.only):
        again = search_posts(way.query, there, 1)
        assert again.count() == way.everywhere > 0, way
        assert again.count(kind) == way.count, way
    for some in (found.meant, found.without, found.only):
        assert len(some) <= 3


def test_mistyped_words_of_texts_lead_back_to_them(app):
    """For any word of a text with one mistake in it, that word (or another that is as near) is offered."""
    chance = random.Random(6)
    words = ["architecture", "dependency", "kubernetes", "migration", "replication", "scheduler", "verification"]
    make_article("Words", markdown=" ".join(words))
    session().commit()
    for word in words:
        for _try in range(6):
            at = chance.randrange(len(word) - 1)
            typed = chance.choice(
                [
                    word[:at] + word[at + 1 :],
                    word[:at] + chance.choice("xqyz") + word[at + 1 :],
                    word[:at] + chance.choice("xqyz") + word[at:],
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                ]
            )
            assert search_posts(typed, scope(), 1).count() or queries(ways(typed).meant) == [word], typed


@pytest.mark.parametrize("count", [1, 3, 300])
def test_help_asks_the_same_number_of_questions_for_any_site(app, queries, count):
    for number in range(count):
        make_article(f"Kubernetes database {number}")
    session().commit()
    there = scope()
    asked = {}
    for query in ("kuberentes", "kuberentes databse", "kubernetes zeppelin", "zeppelin", "daten bank bnak xy zz", "!!"):
        with queries() as log:
            ways_on(query, there)
        asked[query] = len(log)
    assert asked == {
        "kuberentes": 5,  # which words are lost, words like them, which are public, how they are spelled, counts
        "kuberentes databse": 5,
        "kubernetes zeppelin": 3,
        "zeppelin": 2,
        "daten bank bnak xy zz": 4,
        "!!": 0,
    }


def test_words_of_no_text_are_forgotten(app):
    post = make_article("Heliotrop", slug="flower", markdown="Linux")
    make_article("Linux", markdown="Linux 4711 x7 ")
    session().commit()
    assert words_kept() >= {"heliotrop", "linux"}
    assert not words_kept() & {"4711", "x7"}
    save_text(post, "en", title="Lilac", markdown="Linux")
    session().commit()
    while forget_words():
        pass
    assert words_kept() >= {"lilac", "linux"}
    assert "heliotrop" not in words_kept()


def words_kept():
    return set(session().execute(sa.select(SearchWord.word)).scalars())


def test_post_that_is_deleted_takes_its_words_along(app):
    post = make_article("Heliotrop")
    session().commit()
    for text in post.texts:
        drop(text.id)
    session().delete(post)
    session().commit()
    assert forget_words() >= 1
    assert "heliotrop" not in words_kept()

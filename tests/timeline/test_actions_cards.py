"""Cards are made when something on them is written, never by who reads; and what changed is logged."""

import pytest
import sqlalchemy as sa

from jobboard.core.db import content_version, session
from jobboard.core.models import ContentVersion
from jobboard.openings.models import Workplace
from jobboard.posts.models import CardDue, PostCard, PostChange, PostText
from jobboard.posts.queries_cards import KEPT_VERSIONS, changed_since
from jobboard.search.index import matches
from jobboard.site.queries import current_site
from jobboard.timeline.tasks import cards_maker, drop_outdated, make_due, trim_changes
from tests.factories import make_article, make_category, make_offer, make_person, make_place


def cards(language="en"):
    statement = sa.select(PostCard.post_id, PostCard.html).where(PostCard.language == language)
    return dict(tuple(row) for row in session().execute(statement))


def due():
    return set(session().execute(sa.select(CardDue.post_id)).scalars())


def test_card_is_there_in_every_language_when_a_post_is_saved(app):
    texts = {"de": {"title": "Systemadministration", "slug": "systemadministration"}}
    offer = make_offer(
        "System administrator", slug="system-administrator", texts=texts, workplace="remote", remote=["DE"]
    )
    session().commit()
    assert "System administrator (m/w/d)" in cards("en")[offer.id]
    assert "Remote in Germany" in cards("en")[offer.id]
    assert 'href="/en/jobs/system-administrator/"' in cards("en")[offer.id]
    assert "Systemadministration (m/w/d)" in cards("de")[offer.id]
    assert 'href="/de/jobs/systemadministration/"' in cards("de")[offer.id]


def test_card_follows_what_stands_on_it(app):
    person, category = make_person("Alma Berg"), make_category("operations", "Operations", "Betrieb")
    article = make_article("Why it broke", authors=[person], categories=[category])
    offer = make_offer("Operator", authors=[person], categories=[category])
    session().commit()
    person.name = "Alma Berg-Yıldız"
    session().commit()
    assert all("Alma Berg-Yıldız" in html for html in cards().values())
    category.name = {"en": "Running things", "de": "Betrieb"}
    session().commit()
    assert all("Running things" in html for html in cards().values())
    current_site().gender_marker = "(all genders)"
    session().commit()
    assert ["(all genders)" in cards()[post.id] for post in (article, offer)] == [False, True]
    offer.texts[0].title = "Site reliability engineer"
    session().commit()
    assert "Site reliability engineer (all genders)" in cards()[offer.id]
    session().delete(article)
    session().commit()
    assert set(cards()) == {offer.id}


def found(query):
    rows = matches(query)
    statement = sa.select(PostText.post_id).join(rows, rows.c.id == PostText.id)
    return set(session().execute(statement).scalars())


def test_what_stands_on_a_card_is_findable_in_every_language(app):
    category = make_category("operations", "Operations", "Betrieb")
    vienna = make_place("AT/Wien")
    vienna.names = {"en": "Vienna", "de": "Wien"}
    offer = make_offer(
        "Role", categories=[category], places=["AT/Wien", "US/CA/San Francisco"], workplace="hybrid",
        contract="fixed_term", organisation="Harbour Works GmbH", needs=[("da", "B2", True)], level="senior",
    )  # fmt: skip
    away = make_offer("Role", workplace="remote", remote=["PT"])
    office = make_offer("Role", workplace="on_site", remote=["PT"])  # countries left over are no fact
    article = make_article("Notes", categories=[category])
    session().commit()
    for words in ("Vienna", "wien", "San Francisco", "Österreich", "austria", "harbour works", "befristet", "fixed-term",
                  "hybrid", "Danish", "dänisch"):  # fmt: skip
        assert found(words) == {offer.id}, words
    assert found("Betrieb") == found("operations") == {offer.id, article.id}
    assert found("Portugal") == found("remote") == {away.id}
    assert office.id not in found("Portugal")


def test_words_follow_every_change_of_facts_and_names(app):
    category = make_category("operations", "Operations", "Betrieb")
    offer = make_offer("Role", places=["DE/Kiel"], workplace="remote", remote=["PT"], categories=[category])
    session().commit()
    assert found("kiel") == found("portugal") == found("operations") == {offer.id}
    offer.workplace, offer.organisation = Workplace.hybrid, "Harbour Works"
    session().commit()
    assert (found("portugal"), found("harbour")) == (set(), {offer.id})
    offer.places.clear()
    session().commit()
    assert found("kiel") == set()
    category.name = {"en": "Running things", "de": "Betrieb"}
    session().commit()
    assert (found("operations"), found("running things")) == (set(), {offer.id})
    offer.texts[0].title = "Pilot"
    session().commit()
    assert (found("role"), found("pilot"), found("running pilot")) == (set(), {offer.id}, {offer.id})


def test_renamed_on_many_posts_words_follow_with_the_worker(app):
    category = make_category("operations", "Operations", "Betrieb")
    person = make_person()
    ids = {make_article(f"Article {number}", authors=[person], categories=[category]).id for number in range(53)}
    session().commit()
    assert found("operations") == ids
    category.name = {"en": "Running things", "de": "Betrieb"}
    session().commit()
    assert [make_due(), make_due(), make_due()] == [3, 0, 0], "the newest are made at once"
    assert (found("operations"), found("running things")) == (set(), ids)


@pytest.fixture
def many(app):
    """More posts of one author than one write makes cards for."""
    person = make_person("Alma Berg")
    posts = [make_article(f"Article {number}", authors=[person]) for number in range(53)]
    session().commit()
    return person, posts


def test_cards_of_many_posts_are_left_to_the_worker_but_those_first_in_lists(client, many):
    _person, posts = many
    ids, newest = {post.id for post in posts}, {post.id for post in posts[3:]}
    assert (set(cards()), due()) == (newest, ids - newest)
    assert "Article 52" in client.get("/en/").text
    assert "Article 1<" in client.get("/en/?page=5").text
    assert [make_due(), make_due()] == [3, 0]
    assert (set(cards()), due()) == (ids, set())
    person = session().get(type(many[0]), many[0].id)
    person.name = "Renamed"
    session().commit()
    assert (set(cards()), due()) == (newest, ids - newest)
    assert "Renamed" in client.get("/en/").text
    assert "Renamed" in client.get("/en/?page=5").text


def test_list_asks_for_prepared_cards_once_whatever_their_number(client, queries):
    taken = []
    for number in (1, 11):
        for _one in range(number):
            make_article("Article")
        session().commit()
        with queries() as log:
            client.get("/en/")
        taken.append(len(log))
    assert taken[0] == taken[1] == 6, "site, oldest, offers, authors, ids, cards"


def test_cards_of_an_older_version_of_the_software_are_thrown_away(app):
    article = make_article("Article")
    session().commit()
    drop_outdated()
    make_due()
    session().execute(sa.update(ContentVersion).values(cards_made_by="an older one"))
    session().commit()
    assert drop_outdated() == 1
    assert (cards(), due()) == ({}, {article.id})
    assert drop_outdated() == 0
    assert make_due() == 1
    assert set(cards()) == {article.id}
    assert len(cards_maker(("de", "en"))) == 64


def test_what_changed_is_logged_with_the_version_that_shows_it(app):
    before = content_version()
    first, second = make_article("First"), make_article("Second")
    session().commit()
    between = content_version()
    assert sorted(changed_since(before)) == [first.id, second.id]
    second.texts[0].summary = "Now with a summary"
    session().commit()
    assert changed_since(between) == [second.id]
    assert changed_since(content_version()) == []


def test_rolled_back_write_leaves_no_card_and_no_change(app):
    article = make_article("First")
    session().commit()
    version = content_version()
    article.texts[0].title = "Other"
    session().flush()
    session().rollback()
    make_person("Somebody")
    session().commit()
    assert changed_since(version) == []
    assert "First" in cards()[article.id]


def test_old_changes_are_forgotten(app):
    make_article("First")
    session().commit()
    assert trim_changes() == 0
    session().execute(sa.update(PostChange).values(version=content_version() - KEPT_VERSIONS - 1))
    session().commit()
    assert trim_changes() > 0
    assert changed_since(0) == []

import datetime as dt

import pytest
import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import content_version, session, writing
from jobboard.posts.actions import (
    begin_article,
    close,
    drop_text,
    free_slug,
    publish,
    reopen,
    save_text,
    set_authors,
    set_categories,
    slug_of,
)
from jobboard.posts.models import Authorship, Kind, Phase
from jobboard.posts.queries import in_phase, is_open, next_change
from jobboard.search import index
from tests.factories import make_article, make_category, make_offer, make_person

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Linux system administrator", "linux-system-administrator"),
        ("Größe & Maß: Über Öl", "groesse-and-mass-ueber-oel"),
        ("C++ / C#", "c-plus-plus-c-sharp"),
        ("Développeur génie logiciel", "developpeur-genie-logiciel"),
        ("履歴書", "post"),
        ("!!!", "post"),
        ("a" * 300, "a" * 100),
        ("word " * 60, "-".join(["word"] * 20)),
    ],
)
def test_slug_is_readable_and_short(title, slug):
    assert slug_of(title) == slug
    assert len(slug_of(title)) <= 100


def test_slugs_are_one_namespace_per_kind_over_all_languages(app):
    make_article("Privacy", locale="en")
    second = make_article("Privacy", locale="de")
    offer = make_offer("Privacy")
    assert second.texts[0].slug == "privacy-2"
    assert offer.texts[0].slug == "privacy"
    assert free_slug(Kind.article, "privacy") == "privacy-3"
    assert free_slug(Kind.article, "new") == "new-2"


def test_phase_in_python_and_in_sql_agree(app):
    now = clock.now()
    posts = {
        "draft": make_article("a", draft=True),
        "scheduled": make_article("b", publish_at=now + HOUR),
        "open": make_article("c", closes_at=now + HOUR),
        "closed": make_article("d", publish_at=now - HOUR, closed_at=now),
        "closed by its deadline": make_article("e", publish_at=now - HOUR, closes_at=now),
    }
    for name, post in posts.items():
        phase = post.phase(now)
        assert name.startswith(phase.value)
        for other in Phase:
            statement = sa.select(type(post).id).where(type(post).id == post.id, in_phase(other.value, now))
            assert bool(session().execute(statement).first()) is (other is phase)
    assert next_change(now) == now + HOUR
    ids = session().execute(sa.select(Authorship.post_id).join(type(posts["open"])).where(is_open(now)))
    assert {row[0] for row in ids} == {posts["open"].id}


def test_closing_by_hand_ends_before_the_deadline_and_reopening_undoes_it(app):
    now = clock.now()
    post = make_article(closes_at=now + HOUR)
    close(post, now)
    assert post.phase(now) is Phase.closed
    close(post, now + HOUR)
    assert post.closed_at == now
    reopen(post)
    assert post.phase(now + 100 * HOUR) is Phase.open


def test_publishing_again_keeps_the_first_date(app):
    post = make_article()
    first = post.publish_at
    publish(post)
    assert post.publish_at == first


def test_post_without_text_is_not_published(app):
    with pytest.raises(ValueError, match="text"):
        publish(begin_article(locale="en"))


def test_every_visible_change_raises_the_content_version(app):
    post = make_article()
    session().commit()
    before = content_version()
    with writing():
        save_text(post, "en", title="Another title")
    after = content_version()
    assert after > before
    with writing():
        set_categories(post, [make_category("privacy")])
    assert content_version() > after


def test_byline_keeps_its_order(app):
    anna, ben, cleo = (make_person(name) for name in ("Anna", "Ben", "Cleo"))
    post = make_article(authors=[cleo, anna])
    set_authors(post, [ben, cleo, ben])
    session().commit()
    session().expire_all()
    assert [person.name for person in post.authors] == ["Ben", "Cleo"]


def test_updated_moves_only_when_the_text_changes(app):
    post = make_article("Title", summary="S")
    post.updated_at = clock.now() - HOUR
    session().flush()
    old = post.updated_at
    save_text(post, "en", title="Title", summary="S")
    assert post.updated_at == old
    save_text(
        post, "en", title="Title", summary="S", markdown="\n\n", notice="For readers of other languages, not of feeds."
    )
    assert post.updated_at == old
    save_text(post, "en", title="Title", summary="T")
    assert post.updated_at > old


def test_text_is_found_after_saving_and_gone_after_dropping(app):
    post = make_article("Ein Ausfall", locale="de", texts={"en": {"title": "An outage"}})
    session().commit()

    def found(words):
        return {row.id for row in session().execute(sa.select(index.matches(words)))}

    by_locale = {text.locale: text.id for text in post.texts}
    assert found("ausfälle") == {by_locale["de"]}
    assert found("outages") == {by_locale["en"]}
    drop_text(post, "en")
    assert found("outage") == set()
    with pytest.raises(ValueError, match="original"):
        drop_text(post, "de")

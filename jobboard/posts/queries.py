"""Which posts are visible and open at a moment, and finding them. The clock decides, nothing flips a state."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import Page, row_number, session
from jobboard.people.models import Person
from jobboard.posts.models import Authorship, Categorization, Category, Kind, Post, PostState, PostText
from jobboard.stats.models import ViewCount
from jobboard.stats.queries_period import Period

#: Posts among which related ones are looked for: older ones are history.
NEWEST_RELATED = 30
VIEWED_PER_PAGE = 30


def is_published(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Published and its moment has come: `Phase.open` or `Phase.closed`."""
    return sa.and_(Post.state == PostState.published, Post.publish_at <= now)


def is_ended(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Its deadline has passed or it was closed by hand."""
    return sa.or_(
        sa.and_(Post.closes_at.is_not(None), Post.closes_at <= now),
        sa.and_(Post.closed_at.is_not(None), Post.closed_at <= now),
    )


def is_open(now: dt.datetime) -> sa.ColumnElement[bool]:
    """`Phase.open`: in lists, feeds, sitemap, search. A closed opening leaves all of them in the same second."""
    return sa.and_(is_published(now), sa.not_(is_ended(now)))


def has_page(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Whether a `Person` stands on the byline of something readers can open: only they have a page of their own."""
    wrote = sa.select(Authorship.post_id).join(Post, Post.id == Authorship.post_id)
    return wrote.where(Authorship.person_id == Person.id, is_published(now)).correlate(Person).exists()


def person_has_page(person: Person, now: dt.datetime) -> bool:
    """The same of one person."""
    return session().execute(sa.select(Person.id).where(Person.id == person.id, has_page(now))).first() is not None


def with_card_parts() -> list[Any]:
    """Loader options for what a card shows: a constant number of queries for any number of posts."""
    return [
        selectinload(Post.texts).defer(PostText.markdown).defer(PostText.html),
        selectinload(Post.authorships),
        selectinload(Post.categorizations),
    ]


def open_posts(now: dt.datetime) -> sa.Select[Post]:
    """The timeline: open posts of both kinds, newest first."""
    return sa.select(Post).where(is_open(now)).order_by(Post.publish_at.desc(), Post.id.desc())


def related_articles(post: Post, now: dt.datetime, limit: int = 3) -> list[Post]:
    """Open articles that share categories with a post, the most shared first, then the newest; of the newest ones only."""
    return _related(post, Kind.article, now, limit)


def related_openings(post: Post, now: dt.datetime, limit: int = 3) -> list[Post]:
    """Open openings that share categories with a post, in the same order."""
    return _related(post, Kind.opening, now, limit)


def neighbours(post: Post, now: dt.datetime) -> tuple[Post | None, Post | None]:
    """The article before and the one after an article, by date; None at either end."""
    mine = sa.tuple_(Post.publish_at, Post.id)
    here = sa.tuple_(sa.literal(post.publish_at, Post.publish_at.type), sa.literal(post.id))
    articles = open_posts(now).where(Post.kind == Kind.article).order_by(None).options(*with_card_parts()).limit(1)
    if post.publish_at is None:
        return None, None
    before = articles.where(mine < here).order_by(Post.publish_at.desc(), Post.id.desc())
    after = articles.where(mine > here).order_by(Post.publish_at, Post.id)
    return session().execute(before).scalars().first(), session().execute(after).scalars().first()


def _related(post: Post, kind: Kind, now: dt.datetime, limit: int) -> list[Post]:
    topics = {row.category_id for row in post.categorizations}
    shares = sa.exists().where(Categorization.post_id == Post.id, Categorization.category_id.in_(topics))
    statement = open_posts(now).where(Post.kind == kind, Post.id != post.id, shares).limit(NEWEST_RELATED)
    found = session().execute(statement.options(*with_card_parts())).scalars().all() if topics else ()
    return sorted(found, key=lambda one: -len(topics & {row.category_id for row in one.categorizations}))[:limit]


def count_of(statement: sa.Select[Any]) -> int:
    """How many rows a statement finds."""
    return session().execute(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())).scalar_one()


def published_text(kind: Kind, slug: str, now: dt.datetime) -> PostText | None:
    """The text at an address, when its post is published (open or closed); drafts and scheduled posts look unknown."""
    statement = (
        sa.select(PostText).join(PostText.post).where(PostText.kind == kind, PostText.slug == slug, is_published(now))
    )
    return session().execute(statement).scalar_one_or_none()


def categories() -> Sequence[Category]:
    """All categories, by slug."""
    return session().execute(sa.select(Category).order_by(Category.slug)).scalars().all()


def posts_by_category() -> dict[int, int]:
    """How many posts, drafts included, are about each category, by its id; those without any are left out."""
    statement = sa.select(Categorization.category_id, sa.func.count()).group_by(Categorization.category_id)
    return {category_id: count for category_id, count in session().execute(statement)}  # noqa: C416 - typed


def changed_by_clock(since: dt.datetime, now: dt.datetime) -> list[int]:
    """Ids of the posts that appeared or closed after the one moment and until the other."""
    came = [sa.and_(column > since, column <= now) for column in (Post.publish_at, Post.closes_at, Post.closed_at)]
    published = Post.state == PostState.published
    return list(session().execute(sa.select(Post.id).where(published, sa.or_(*came))).scalars())


def next_change(now: dt.datetime) -> dt.datetime | None:
    """The next moment at which some post appears or closes by the clock; None when nothing is planned."""
    moments = sa.union_all(
        *(
            sa.select(sa.func.min(column).label("at")).where(Post.state == PostState.published, column > now)
            for column in (Post.publish_at, Post.closes_at, Post.closed_at)
        )
    ).subquery()
    found: dt.datetime | None = session().execute(sa.select(sa.func.min(moments.c.at))).scalar_one()
    return found


def viewed_page(
    period: Period, language: str, number: int, url: Callable[[int], str]
) -> Page[tuple[int, Kind, str, int]]:
    """(id, kind, title, views) of posts that were viewed in a period, the most viewed first; one page of them."""
    views = sa.func.sum(ViewCount.count)
    within = (ViewCount.on >= period.first, ViewCount.on <= period.last)
    sums = sa.select(ViewCount.post_id, views.label("views")).where(*within, ViewCount.post_id.is_not(None))
    ranked = sums.group_by(ViewCount.post_id).order_by(views.desc(), ViewCount.post_id)
    page = ranked.offset((number - 1) * VIEWED_PER_PAGE).limit(VIEWED_PER_PAGE).subquery()
    posts = sa.select(Post, page.c.views).join(page, page.c.post_id == Post.id).options(*with_card_parts()[:1])
    rows = session().execute(posts.order_by(page.c.views.desc(), Post.id)).all()
    items = [(post.id, post.kind, post.text(language).title, int(count)) for post, count in rows]
    return Page(items, number, VIEWED_PER_PAGE, _count_of_viewed(*within), url)


def _count_of_viewed(*within: sa.ColumnElement[bool]) -> int:
    number: int = session().execute(sa.select(sa.func.count(ViewCount.post_id.distinct())).where(*within)).scalar_one()
    return number


def viewed_post(text: str | None, language: str, now: dt.datetime) -> tuple[int, str] | None:
    """(id, title) of the post with this number that is or was public; None for any other text.

    A scheduled one is not public yet: whoever writes may not read its title here before.
    """
    if (post_id := row_number(text)) is None:
        return None
    statement = sa.select(Post).where(Post.id == post_id, Post.publish_at <= now).options(*with_card_parts()[:1])
    post = session().execute(statement).scalar_one_or_none()
    return None if post is None else (post.id, post.text(language).title)


def phase_counts(kind: Kind, now: dt.datetime) -> dict[str, int]:
    """How many posts of a kind are in each phase, by the phase's name."""
    draft = sa.or_(Post.state == PostState.draft, Post.publish_at.is_(None))
    scheduled = sa.and_(Post.state == PostState.published, Post.publish_at > now)
    phase = sa.case((draft, "draft"), (scheduled, "scheduled"), (is_ended(now), "closed"), else_="open")
    rows = session().execute(sa.select(phase, sa.func.count()).where(Post.kind == kind).group_by(phase))
    return dict(tuple(row) for row in rows)


def in_phase(phase: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    """The condition for one phase by its name; raises `KeyError` for one that is none."""
    return {
        "draft": sa.or_(Post.state == PostState.draft, Post.publish_at.is_(None)),
        "scheduled": sa.and_(Post.state == PostState.published, Post.publish_at > now),
        "open": is_open(now),
        "closed": sa.and_(is_published(now), is_ended(now)),
    }[phase]

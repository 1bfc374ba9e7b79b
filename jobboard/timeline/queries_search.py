"""What a search finds: open posts and openings, those with the words in their title first, then the newest."""

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.posts.models import Categorization, Category, Kind, Post, PostText
from jobboard.posts.queries import is_open
from jobboard.posts.queries_suggestions import Scope
from jobboard.search.index import matches

PER_PAGE = 10
#: The language of a count over all languages.
ANY = ""


@dataclasses.dataclass(frozen=True)
class SearchFound:
    """One page of what a search found, and how many posts there are of each kind in each language (`ANY`: in any)."""

    posts: Sequence[Post] = ()
    counts: dict[tuple[Kind, str], int] = dataclasses.field(default_factory=dict)

    def count(self, kind: Kind | None = None, lang: str | None = None) -> int:
        """How many posts of a kind, or of all, have a text in a language, or in any."""
        return sum(count for (one, code), count in self.counts.items() if kind in {None, one} and code == (lang or ANY))

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that were found."""
        return [kind for kind in Kind if (kind, ANY) in self.counts]

    @property
    def langs(self) -> list[str]:
        """The languages of the texts that were found, the most frequent first."""
        codes = {code for _kind, code in self.counts} - {ANY}
        return sorted(codes, key=lambda code: (-self.count(lang=code), code))


def search_posts(query: str, scope: Scope, page: int) -> SearchFound:
    """One page of what is found; nothing for a query without a word. Three queries for any number, one for nothing."""
    found = matches(query)
    if found is None:
        return SearchFound()
    hits = (
        sa.select(PostText.post_id, PostText.locale, found.c.tier, Post.kind)
        .join(found, found.c.id == PostText.id)
        .join(PostText.post)
        .where(is_open(scope.now))
        .cte("hits")
    )
    result = SearchFound(counts=_counts(hits))
    if not result.count(scope.kind, scope.lang):
        return result
    best = sa.select(hits.c.post_id, sa.func.min(hits.c.tier).label("tier")).group_by(hits.c.post_id)
    if scope.kind is not None:
        best = best.where(hits.c.kind == scope.kind)
    if scope.lang is not None:
        best = best.where(hits.c.locale == scope.lang)
    ranked = best.subquery()
    statement = sa.select(Post).join(ranked, ranked.c.post_id == Post.id)
    statement = statement.order_by(ranked.c.tier, Post.publish_at.desc(), Post.id.desc())
    rows = statement.offset((page - 1) * PER_PAGE).limit(PER_PAGE).options(selectinload(Post.texts))
    return dataclasses.replace(result, posts=session().execute(rows).scalars().all())


def _counts(hits: sa.CTE) -> dict[tuple[Kind, str], int]:
    by_language = sa.select(hits.c.kind, hits.c.locale, sa.func.count()).group_by(hits.c.kind, hits.c.locale)
    posts = sa.func.count(hits.c.post_id.distinct())
    in_any = sa.select(hits.c.kind, sa.literal(ANY), posts).group_by(hits.c.kind)
    return {(kind, code): count for kind, code, count in session().execute(by_language.union_all(in_any))}


def categories_in_use(scope: Scope, limit: int) -> Sequence[Category]:
    """Categories with an open post."""
    is_used = (
        sa.select(Post.id)
        .join(Categorization, Categorization.post_id == Post.id)
        .where(Categorization.category_id == Category.id, is_open(scope.now))
        .exists()
    )
    return session().execute(sa.select(Category).where(is_used).order_by(Category.slug).limit(limit)).scalars().all()


def newest_posts(scope: Scope, limit: int) -> Sequence[Post]:
    """The newest open posts, with their texts' titles."""
    newest = sa.select(Post).where(is_open(scope.now)).order_by(Post.publish_at.desc(), Post.id.desc()).limit(limit)
    bare = selectinload(Post.texts).options(sa.orm.defer(PostText.markdown), sa.orm.defer(PostText.html))
    return session().execute(newest.options(bare)).scalars().all()

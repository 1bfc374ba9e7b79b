"""Who is writing what, what is not saved yet, and how texts were before."""

import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from jobboard.core.db import Page, row_number, session
from jobboard.people.models import Person
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.models_writing import Editing, OldPath, OldSlug, Revision, Unsaved
from jobboard.posts.queries import count_of, is_published

#: Who gave no sign of life for this long has stopped writing.
SILENCE = dt.timedelta(minutes=2)
#: How long unsaved words wait for who typed them.
UNSAVED_FOR = dt.timedelta(days=30)
PER_PAGE = 50


def place_of(kind: Kind, post: Post | None, locale: str) -> str:
    """The name of a form: "article/12/en", "opening/new/de"."""
    return f"{kind.value}/{post.id if post is not None else 'new'}/{locale}"


def others_editing(post_id: int, person: Person, now: dt.datetime) -> Sequence[Editing]:
    """Who else has a text of the post open, in any language, the first who came first."""
    statement = sa.select(Editing).where(Editing.post_id == post_id, Editing.person_id != person.id)
    return session().execute(statement.where(Editing.at > now - SILENCE).order_by(Editing.began_at)).scalars().all()


def unsaved_words(place: str, person: Person, now: dt.datetime) -> Unsaved | None:
    """What the person typed into a form and did not save."""
    statement = sa.select(Unsaved).where(Unsaved.person_id == person.id, Unsaved.place == place)
    return session().execute(statement.where(Unsaved.saved_at > now - UNSAVED_FOR)).scalar_one_or_none()


def revisions_of(post_id: int, locale: str) -> sa.Select[Revision]:
    """A text's revisions, the newest first."""
    statement = sa.select(Revision).where(Revision.post_id == post_id, Revision.locale == locale)
    return statement.order_by(Revision.id.desc())


def revision_page(post_id: int, locale: str, number: int, url: Callable[[int], str]) -> Page[Revision]:
    """One page of a text's revisions with who saved them, without their words."""
    statement = revisions_of(post_id, locale)
    columns = (Revision.summary, Revision.notice, Revision.markdown, Revision.facts)
    rows = session().execute(
        statement.options(joinedload(Revision.person), *(defer(one) for one in columns))
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return Page(rows.scalars().all(), number, PER_PAGE, count_of(statement), url)


def newest_revision(post_id: int, locale: str) -> Revision | None:
    """How a text was saved last on the desk."""
    return session().execute(revisions_of(post_id, locale).limit(1)).scalar_one_or_none()


def revision_before(revision: Revision) -> Revision | None:
    """The revision of the same text before this one."""
    statement = revisions_of(revision.post_id, revision.locale).where(Revision.id < revision.id)
    return session().execute(statement.limit(1)).scalar_one_or_none()


def facts_before(revision: Revision) -> Revision | None:
    """The revision with the post's facts before this one, in whatever language they were saved."""
    statement = sa.select(Revision).where(Revision.post_id == revision.post_id, Revision.id < revision.id)
    statement = statement.where(Revision.facts.is_not(None)).order_by(Revision.id.desc())
    return session().execute(statement.limit(1)).scalar_one_or_none()


def facts_at(post_id: int, version: str | None) -> Revision | None:
    """The revision that holds the facts of this version of the post; None where nobody had kept them by then."""
    if (latest := row_number(version)) is None:
        return None
    statement = sa.select(Revision).where(Revision.post_id == post_id, Revision.version <= latest)
    statement = statement.where(Revision.facts.is_not(None))
    return session().execute(statement.order_by(Revision.id.desc()).limit(1)).scalar_one_or_none()


def old_slugs(text: PostText) -> Sequence[OldSlug]:
    """The addresses a text had before, the latest first."""
    statement = sa.select(OldSlug).where(OldSlug.text_id == text.id).order_by(OldSlug.until.desc(), OldSlug.id.desc())
    return session().execute(statement).scalars().all()


def moved_text(kind: Kind, slug: str, now: dt.datetime) -> PostText | None:
    """The published text that had this address before."""
    statement = sa.select(PostText).join(OldSlug, OldSlug.text_id == PostText.id).join(PostText.post)
    statement = statement.where(OldSlug.kind == kind, OldSlug.slug == slug, is_published(now))
    return session().execute(statement).scalar_one_or_none()


def text_at_old_home(path: str, now: dt.datetime) -> PostText | None:
    """The published text that stood at this path before it came here."""
    statement = sa.select(PostText).join(OldPath, OldPath.text_id == PostText.id).join(PostText.post)
    statement = statement.where(OldPath.path == path, is_published(now))
    return session().execute(statement).scalar_one_or_none()


def post_to_write(post_id: int) -> sa.Select[Post]:
    """The post with its texts, byline and categories."""
    parts = (Post.texts, Post.authorships, Post.categorizations, Post.images)
    return sa.select(Post).where(Post.id == post_id).options(*map(selectinload, parts))

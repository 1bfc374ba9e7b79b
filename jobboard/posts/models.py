"""Posts: what stands in the timeline, with one text per language, ordered authors and ordered categories."""

import datetime as dt
import enum
import uuid
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, Texts, about
from jobboard.core.i18n import lazy
from jobboard.core.old_addresses import OldAddress
from jobboard.files.models import StoredFile
from jobboard.people.models import Person


class Kind(enum.Enum):
    """What a post is."""

    article = "article"
    opening = "opening"


class PostState(enum.Enum):
    """What is stored. Scheduled, open and closed are computed from the dates (decision 4)."""

    draft = "draft"
    published = "published"


class Phase(enum.Enum):
    """What a post is at a moment: computed by `Post.phase`, never stored."""

    draft = "draft"
    scheduled = "scheduled"
    open = "open"
    closed = "closed"


PHASE_LABELS = {
    Phase.draft: lazy("Draft"),
    Phase.scheduled: lazy("Scheduled"),
    Phase.open: lazy("Published"),
    Phase.closed: lazy("Closed"),
}


class OldCategorySlug(OldAddress, Base):
    """An address that a category had before."""

    __tablename__ = "old_category_slug"

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("category.id", ondelete="CASCADE"), index=True, info=about(Data.INTERNAL, "whose", Keep.SITE)
    )


class Category(Base):
    """A topic. Both kinds of posts carry the same ones."""

    __tablename__ = "category"
    readers_see = True
    old_addresses: ClassVar[type[OldAddress]] = OldCategorySlug

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    slug: Mapped[str] = mapped_column(String(120), unique=True, info=about(Data.PUBLIC, "address", Keep.SITE))
    name: Mapped[Texts] = mapped_column(info=about(Data.PUBLIC, "shown", Keep.SITE))
    description: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "its page", Keep.SITE))


class Authorship(Base):
    """That a person wrote a post, and at which place of the byline."""

    __tablename__ = "authorship"
    readers_see = True
    touches_post = "post_id"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.PUBLIC, "which post", Keep.POST)
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=about(Data.PUBLIC, "who", Keep.POST)
    )
    position: Mapped[int] = mapped_column(info=about(Data.PUBLIC, "order of the byline, from 0", Keep.POST))

    person: Mapped[Person] = relationship(lazy="joined")

    def __init__(self, person: Person | None = None, **columns: Any) -> None:
        super().__init__(**columns)
        if person is not None:
            self.person = person


class Categorization(Base):
    """That a post is about a category, and at which place it is named."""

    __tablename__ = "categorization"
    readers_see = True
    touches_post = "post_id"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.PUBLIC, "which post", Keep.POST)
    )
    category_id: Mapped[int] = mapped_column(
        ForeignKey("category.id"), primary_key=True, index=True, info=about(Data.PUBLIC, "which topic", Keep.POST)
    )
    position: Mapped[int] = mapped_column(info=about(Data.PUBLIC, "order, from 0", Keep.POST))

    category: Mapped[Category] = relationship(lazy="joined")

    def __init__(self, category: Category | None = None, **columns: Any) -> None:
        super().__init__(**columns)
        if category is not None:
            self.category = category


class Post(Base):
    """Anything published. What depends on a language is in its texts; everything else is here."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("state = 'draft' OR publish_at IS NOT NULL", name="published_has_date"),
        CheckConstraint(
            "closes_at IS NULL OR publish_at IS NULL OR closes_at > publish_at", name="closes_after_publish"
        ),
        Index("ix_post_timeline", "state", "publish_at", "id"),
        Index("ix_post_closes_at", "closes_at"),
        Index("ix_post_closed_at", "closed_at"),
    )
    readers_see = True
    touches_post = "id"

    id: Mapped[Key] = mapped_column(info=about(Data.PUBLIC, "identity, in feeds", Keep.POST))
    #: Permanent name in feeds and exports (urn:uuid), whatever becomes of slugs and host names (RFC 4287 §4.2.6).
    uid: Mapped[str] = mapped_column(
        String(36),
        unique=True,
        default=lambda: str(uuid.uuid4()),
        info=about(Data.PUBLIC, "identity in feeds", Keep.POST),
    )
    kind: Mapped[Kind] = mapped_column(info=about(Data.PUBLIC, "article or opening", Keep.POST))
    #: Where an imported post comes from; importing again changes this one instead of making another.
    reference: Mapped[str | None] = mapped_column(
        String(300), unique=True, info=about(Data.INTERNAL, "identity at its source", Keep.POST)
    )
    state: Mapped[PostState] = mapped_column(
        default=PostState.draft, info=about(Data.PUBLIC, "draft or published", Keep.POST)
    )
    publish_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.PUBLIC, "public from then on", Keep.POST))
    #: When it came to readers, where that was later than `publish_at` says: published with a date in the past, opened again.
    news_at: Mapped[dt.datetime | None] = mapped_column(
        index=True, info=about(Data.PUBLIC, "alerts tell it from then on", Keep.POST)
    )
    closes_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PUBLIC, "deadline: closed from then on", Keep.POST)
    )
    closed_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PUBLIC, "closed by hand before its deadline", Keep.POST)
    )
    #: The language it was written in; other texts are translations of this one.
    original_locale: Mapped[str] = mapped_column(String(35), info=about(Data.PUBLIC, "language (BCP 47)", Keep.POST))
    created_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it was begun", Keep.POST))
    #: Moves only with significant changes; feeds and sitemaps tell it.
    updated_at: Mapped[dt.datetime] = mapped_column(info=about(Data.PUBLIC, "last significant change", Keep.POST))
    version: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "notices two people saving at once", Keep.POST))

    texts: Mapped[list["PostText"]] = relationship(
        back_populates="post", cascade="all, delete-orphan", order_by="PostText.locale"
    )
    authorships: Mapped[list[Authorship]] = relationship(
        cascade="all, delete-orphan", order_by=Authorship.position, collection_class=ordering_list("position")
    )
    authors: AssociationProxy[list[Person]] = association_proxy("authorships", "person")
    categorizations: Mapped[list[Categorization]] = relationship(
        cascade="all, delete-orphan", order_by=Categorization.position, collection_class=ordering_list("position")
    )
    categories: AssociationProxy[list[Category]] = association_proxy("categorizations", "category")
    images: Mapped[list["PostImage"]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's way to configure a mapper
        "polymorphic_on": "kind",
        "polymorphic_identity": Kind.article,
        "version_id_col": version,
    }

    def phase(self, now: dt.datetime) -> Phase:
        """What the post is at this moment: the same rule as `posts.queries.is_visible` and `is_open` in SQL."""
        if self.state is PostState.draft or self.publish_at is None:
            return Phase.draft
        if self.publish_at > now:
            return Phase.scheduled
        return Phase.closed if self.ended_at is not None and self.ended_at <= now else Phase.open

    @property
    def ended_at(self) -> dt.datetime | None:
        """The moment it closes or closed: by hand or by its deadline, whichever is first; None: open-ended."""
        return min(filter(None, (self.closes_at, self.closed_at)), default=None)

    def facts_to_find(self) -> set[str]:
        """What is shown beside its texts and may be searched for, in every language of the site."""
        return {name for category in self.categories for name in category.name.values() if name}

    def text(self, locale: str) -> "PostText":
        """The text in this language, else the original. Raises `LookupError` for a post without any text."""
        by_locale = {text.locale: text for text in self.texts}
        found = by_locale.get(locale) or by_locale.get(self.original_locale) or next(iter(self.texts), None)
        if found is None:
            raise LookupError(f"post {self.id} has no text")
        return found


class PostText(Base):
    """A post in one language."""

    __tablename__ = "post_text"
    __table_args__ = (UniqueConstraint("post_id", "locale"), UniqueConstraint("kind", "slug"))
    readers_see = True
    touches_post = "post_id"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity, also in the search index", Keep.POST))
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), info=about(Data.PUBLIC, "which post", Keep.POST)
    )
    #: The post's kind again: slugs are one namespace per kind over all languages (decision 19).
    kind: Mapped[Kind] = mapped_column(info=about(Data.PUBLIC, "namespace of the slug", Keep.POST))
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.PUBLIC, "language (BCP 47)", Keep.POST))
    slug: Mapped[str] = mapped_column(String(120), info=about(Data.PUBLIC, "address", Keep.POST))
    #: For an opening the bare role; prefix and gender marker are rendered (decision 20).
    title: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "title", Keep.POST))
    summary: Mapped[str] = mapped_column(Text, default="", info=about(Data.PUBLIC, "lists, feeds, previews", Keep.POST))
    #: The author's own sentence to readers of other languages, beside the notice that the site writes.
    notice: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PUBLIC, "why it is in this language", Keep.POST)
    )
    markdown: Mapped[str] = mapped_column(Text, default="", info=about(Data.PUBLIC, "source", Keep.POST))
    html: Mapped[str] = mapped_column(Text, default="", info=about(Data.PUBLIC, "rendered at save", Keep.POST))
    reading_minutes: Mapped[int] = mapped_column(default=1, info=about(Data.PUBLIC, "shown", Keep.POST))
    #: Fingerprint of the renderer that made `html`; what another one made is rendered anew.
    rendered_by: Mapped[str] = mapped_column(
        String(16), default="", index=True, info=about(Data.INTERNAL, "tells when a text is outdated", Keep.POST)
    )

    post: Mapped[Post] = relationship(back_populates="texts")


class PostImage(Base):
    """A picture that a post's text shows, under the name its Markdown uses."""

    __tablename__ = "post_image"
    readers_see = True

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.PUBLIC, "which post", Keep.POST)
    )
    file_id: Mapped[int] = mapped_column(
        ForeignKey("stored_file.id"), primary_key=True, info=about(Data.PUBLIC, "the picture", Keep.POST)
    )
    reference: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "path in the source text", Keep.POST))

    file: Mapped[StoredFile] = relationship(lazy="joined")


class PostCard(Base):
    """A post as it stands in lists, rendered when it was saved: a list only puts cards together."""

    __tablename__ = "post_card"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.PUBLIC, "which post", Keep.POST)
    )
    #: Language of the page it stands on; the post's own may be another.
    language: Mapped[str] = mapped_column(
        String(35), primary_key=True, info=about(Data.PUBLIC, "language of the page (BCP 47)", Keep.POST)
    )
    html: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "the card", Keep.POST))


class CardDue(Base):
    """A post whose cards were thrown away because something on them changed; the worker makes new ones."""

    __tablename__ = "card_due"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.INTERNAL, "which post", Keep.POST)
    )


class PostChange(Base):
    """That a post changed, and the content version from which on: what indexes in memory catch up by."""

    __tablename__ = "post_change"
    __table_args__ = (Index("ix_post_change_version", "version"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.POST))
    version: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "content version", Keep.POST))
    #: Without a foreign key: the post may be gone.
    post_id: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "which post", Keep.POST))

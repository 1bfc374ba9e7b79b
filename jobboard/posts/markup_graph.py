"""How other sites show a link to a post: the Open Graph protocol (ogp.me), which messengers and networks read."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from flask import url_for

from jobboard.core import i18n
from jobboard.core.markdown import excerpt, plain
from jobboard.core.web import site_url
from jobboard.posts.markup import canonical_url, changed_at
from jobboard.posts.models import Post, PostText

#: Characters of a description that is taken from the text: more is cut off by search engines.
DESCRIPTION = 160


@dataclasses.dataclass(frozen=True)
class OpenGraph:
    """What stands in a page's `og:` tags; addresses are absolute."""

    kind: str
    title: str
    description: str
    url: str
    locale: str
    locales: Sequence[str]
    picture: str
    picture_text: str
    published_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    authors: Sequence[str] = ()
    topics: Sequence[str] = ()


def open_graph(post: Post, text: PostText, *, title: str, picture: str, kind: str = "website") -> OpenGraph:
    """The tags of a text. `picture` is the endpoint of its picture; "article" says when and by whom besides."""
    own = i18n.interface_for(text.locale)
    # Services keep a picture for as long as its address stays the same.
    path = url_for(picture, slug=text.slug, language=own, v=int(post.updated_at.timestamp()))
    is_article = kind == "article"
    return OpenGraph(
        kind=kind,
        title=title,
        description=text.summary or excerpt(plain(text.html), DESCRIPTION),
        url=site_url(canonical_url(text)),
        locale=i18n.with_territory(text.locale),
        locales=[i18n.with_territory(one.locale) for one in post.texts if one is not text],
        picture=site_url(path),
        picture_text=title,
        published_at=post.publish_at if is_article else None,
        changed_at=changed_at(post) if is_article else None,
        authors=[site_url(url_for("timeline.author", slug=one.slug)) for one in post.authors] if is_article else (),
        topics=[i18n.pick(category.name) for category in post.categories] if is_article else (),
    )

"""Where imported posts stood and where they stand now: links between them, and old addresses that lead to them."""

from collections.abc import Collection, Iterable
from urllib.parse import unquote

import sqlalchemy as sa
from flask import current_app, url_for
from werkzeug.exceptions import HTTPException

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.core.markdown import anchor
from jobboard.core.slugs import slug_of
from jobboard.posts.actions import RESERVED
from jobboard.posts.markup_moved import LONGEST_PATH, bare_path
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.models_writing import OldPath, OldSlug
from jobboard.transfer.actions import free_name
from jobboard.transfer.markup_frontmatter import ReadPost
from jobboard.transfer.markup_links import file_meant, file_name, link_meant
from jobboard.transfer.markup_post_problems import PostKind

#: Pages of posts: one of ours stands there only when there is such a post.
POST_PAGES = frozenset({"posts.show", "openings.show"})


def reference_of(key: str) -> str:
    """The reference of an imported post; keys of exports name their system themselves."""
    return key if key.startswith(("ghost:", "wordpress:")) else f"file:{key}"


class Homes:
    """The posts of one import by everything that may have led to them on the old site, with their addresses here.

    `texts` are all texts that go in, each with the reference of its post and its language. Addresses are those the texts
    have, or will get when they are written in this order.
    """

    def __init__(self, texts: Iterable[tuple[str, ReadPost]], hosts: Collection[str]) -> None:
        self._hosts = hosts
        self._paths: dict[str, str] = {}
        #: By file without ending: addresses by language.
        self._files: dict[str, dict[str, str]] = {}
        #: By the last part of a file's name: the posts that are called so.
        self._ends: dict[str, set[str]] = {}
        self._old = set(session().execute(sa.select(OldPath.path)).scalars())
        slugs = _Slugs()
        for reference, post in texts:
            address = _address(slugs.slug(reference, post), post.language or "")
            for path in post.old_paths:
                self._paths.setdefault(bare_path(unquote(path)), address)
            own, key = file_name(post.path), reference.removeprefix("file:")
            for name in {own, own.removesuffix(f".{post.language}"), key}:
                self._files.setdefault(name, {}).setdefault(post.language or "", address)
                self._ends.setdefault(name.rpartition("/")[2], set()).add(key)

    def links(self, post: ReadPost) -> tuple[dict[str, str], list[tuple[str, int | None]]]:
        """New addresses for the targets of a post's links, and those that lead nowhere, with their line."""
        page, found, lost = next(iter(post.old_paths), ""), {}, []
        for target, line in post.links.items():
            meant = link_meant(target, page, self._hosts)
            if meant is None:
                continue
            address = self._file(meant.path, post) if meant.is_file else self._paths.get(meant.path)
            if address is not None:
                found[target] = address + _part(meant.rest)
            elif meant.is_file or not (meant.path in self._old or is_ours(meant.path)):
                lost.append((target, line))
        return found, lost

    def _file(self, reference: str, post: ReadPost) -> str | None:
        """The address of the post whose file a reference names, in the language of the post that names it when there is one."""
        for name in file_meant(reference, post.path):
            if texts := self._files.get(name):
                return texts.get(post.language or "") or next(iter(texts.values()))
        keys = self._ends.get(file_name(reference).rpartition("/")[2], set())
        texts = self._files[next(iter(keys))] if len(keys) == 1 else {}
        return texts.get(post.language or "") or next(iter(texts.values()), None)


def _part(rest: str) -> str:
    """The part of a page that a link names, as headings are called here; "" for none."""
    return f"#{anchor(unquote(rest[1:]))}" if rest else ""


def _address(slug: str, locale: str) -> str:
    own = i18n.interface_for(locale)
    return url_for("posts.show", slug=slug, language=own)


class _Slugs:
    """The address parts of articles that are here, and those that new ones get in the order they are asked for."""

    def __init__(self) -> None:
        rows = session().execute(
            sa.select(Post.reference, PostText.locale, PostText.slug)
            .join(PostText, PostText.post_id == Post.id)
            .where(PostText.kind == Kind.article)
        )
        kept = [((reference, locale), slug) for reference, locale, slug in rows]
        self._there = {key: slug for key, slug in kept if key[0] is not None}
        old = session().execute(sa.select(OldSlug.slug).where(OldSlug.kind == Kind.article)).scalars()
        self._taken = {slug for _key, slug in kept} | set(old) | RESERVED

    def slug(self, reference: str, post: ReadPost) -> str:
        """The address part of a text, as `save_text` will give it."""
        if known := self._there.get((reference, post.language or "")):
            return known
        slug = free_name(slug_of(post.slug or post.title, Kind.article.value), self._taken)
        self._taken.add(slug)
        return slug


class OldPaths:
    """The addresses of old sites that lead to texts of this one; lives inside the transaction."""

    def __init__(self) -> None:
        self._texts = {row.path: row.text_id for row in session().execute(sa.select(OldPath.path, OldPath.text_id))}

    def lead(self, path: str, text: PostText) -> bool | PostKind:
        """Lead from a path of the old site to a text that is stored; whether that is new, or what is in the way."""
        bare = bare_path(unquote(path))
        if len(bare) > LONGEST_PATH or "\0" in bare:
            return PostKind.old_address_long
        if (there := self._texts.get(bare)) is not None:
            return False if there == text.id else PostKind.old_address_taken
        if is_ours(bare):
            return PostKind.old_address_ours
        session().add(OldPath(path=bare, text_id=text.id))
        self._texts[bare] = text.id
        return True


def is_ours(path: str) -> bool:
    """Whether a page of this site stands at a decoded path, as far as its kind says: where posts stand, there may be none."""
    adapter = current_app.url_map.bind("localhost")
    for candidate in (path, f"{path.rstrip('/')}/"):
        try:
            endpoint, _values = adapter.match(candidate, method="GET")
        except HTTPException:
            continue
        if endpoint not in POST_PAGES:
            return True
    return False

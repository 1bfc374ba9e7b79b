"""What stands around the text of a post while it is written: unsaved words, others who write, the original, old addresses."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import format_time
from flask import url_for
from werkzeug.datastructures import MultiDict

from jobboard.core import i18n
from jobboard.core.i18n import _, lazy, ngettext
from jobboard.core.markdown import quoted
from jobboard.people.models import Person
from jobboard.posts.markup import text_url
from jobboard.posts.markup_diff import Change, changes, row_changes
from jobboard.posts.markup_kinds import facts_of
from jobboard.posts.markup_preview import Preview, preview_of
from jobboard.posts.models import Kind, Phase, Post, PostText
from jobboard.posts.models_writing import Editing, Unsaved
from jobboard.posts.queries_writing import facts_at, newest_revision, old_slugs, others_editing, place_of, unsaved_words

#: The words of a text in the order of the form.
WORD_LABELS = {
    "title": lazy("Title"),
    "summary": lazy("Summary"),
    "markdown": lazy("Text"),
    "notice": lazy("Note for readers of other languages"),
}


@dataclasses.dataclass(frozen=True)
class Original:
    """The text a translation is made of, to read beside it."""

    language: str
    locale: str
    title: str
    summary: str
    html: str
    markdown: str


@dataclasses.dataclass(frozen=True)
class OldAddress:
    """An address that leads to the text, and where it is given up."""

    path: str
    give_up_url: str


@dataclasses.dataclass(frozen=True)
class Editor:
    """What `desk/posts/_editor.html` and its neighbours show. Addresses are "" where there is no post yet."""

    #: "article" or "opening": their texts look different on the site.
    kind: str
    preview_url: str
    keep_url: str
    discard_url: str
    upload_url: str
    here_url: str = ""
    pictures_url: str = ""
    revisions_url: str = ""
    duplicate_url: str = ""
    #: Whether this page shows the unsaved words; else when they were typed, and where they are taken over.
    is_taken: bool = False
    unsaved_at: str = ""
    take_url: str = ""
    others: Sequence[str] = ()
    original: Original | None = None
    #: How people without an account see it before it is published.
    link: Preview | None = None
    old: Sequence[OldAddress] = ()


def editor_of(
    kind: Kind, post: Post | None, locale: str, person: Person, now: dt.datetime, *, is_taken: bool
) -> Editor:
    """What stands around the form of a post's text in one language, or of a new post."""
    unsaved = unsaved_words(place_of(kind, post, locale), person, now)
    where = {"kind": kind.value} if post is None else {"post_id": post.id}
    text = next((one for one in post.texts if one.locale == locale), None) if post is not None else None
    shown = Editor(
        kind=kind.value,
        preview_url=url_for("desk.editor.preview"),
        keep_url=url_for("desk.editor.keep", locale=locale, **where),
        discard_url=url_for("desk.editor.discard", locale=locale, **where),
        upload_url=url_for("desk.pictures.upload"),
        is_taken=is_taken and unsaved is not None,
        unsaved_at=when(unsaved.saved_at, now) if unsaved is not None else "",
        take_url="?" + ("" if post is not None else f"language={locale}&") + "unsaved=take",
    )
    if post is None:
        return shown
    is_hidden = post.phase(now) in {Phase.draft, Phase.scheduled}
    return dataclasses.replace(
        shown,
        here_url=url_for("desk.editor.here", post_id=post.id, locale=locale),
        pictures_url=url_for("desk.pictures.index", post_id=post.id, locale=locale),
        revisions_url=url_for("desk.revisions.index", post_id=post.id, locale=locale) if text is not None else "",
        duplicate_url=url_for("desk.editor.duplicate", post_id=post.id),
        others=[other_in_words(one, locale, now) for one in others_editing(post.id, person, now)],
        original=_original(post, locale),
        link=preview_of(text, now) if text is not None and is_hidden else None,
        old=_old(text) if text is not None else (),
    )


def _original(post: Post, locale: str) -> Original | None:
    text = next((one for one in post.texts if one.locale == post.original_locale), None)
    if text is None or locale == text.locale:
        return None
    name = i18n.language_name(text.locale)
    return Original(name, text.locale, text.title, text.summary, quoted(text.html), text.markdown)


def _old(text: PostText) -> list[OldAddress]:
    path = text_url(text)
    return [
        OldAddress(
            path.replace(f"/{text.slug}/", f"/{row.slug}/"),
            url_for("desk.editor.give_up", post_id=text.post_id, slug_id=row.id),
        )
        for row in old_slugs(text)
    ]


def when(moment: dt.datetime, now: dt.datetime) -> str:
    """A moment in the site's zone: its time alone on the same day."""
    local, zone = moment.astimezone(i18n.site_zone()), i18n.site_zone()
    if local.date() != now.astimezone(zone).date():
        return i18n.short_moment(moment)
    return format_time(local, format="short", tzinfo=zone, locale=i18n.current_locale())


def other_in_words(row: Editing, locale: str, now: dt.datetime) -> str:
    """Who else is at it, and for how long."""
    if row.locale != locale:
        return _(
            "%(name)s is writing the text in %(language)s.",
            name=row.person.name,
            language=i18n.language_name(row.locale),
        )
    minutes = int((now - row.began_at).total_seconds() // 60)
    if not minutes:
        return _("%(name)s has just opened this text.", name=row.person.name)
    return ngettext(
        "%(name)s has had this text open for one minute.",
        "%(name)s has had this text open for %(num)d minutes.",
        minutes,
        name=row.person.name,
    )


@dataclasses.dataclass(frozen=True)
class Conflict:
    """What somebody saved while this was typed: who and when, what saving would change in it, and which facts they changed."""

    who: str
    when: str
    theirs: Mapping[str, str]
    texts: Sequence[Change]
    facts: Sequence[Change]


def conflict_of(post: Post, locale: str, mine: Mapping[str, str], version: str | None, now: dt.datetime) -> Conflict:
    """The merge view of a post that was saved since the form of this version was opened."""
    text = next((one for one in post.texts if one.locale == locale), None)
    theirs = {name: getattr(text, name) if text is not None else "" for name in WORD_LABELS}
    newest = newest_revision(post.id, locale)
    kind, before = facts_of(post.kind), facts_at(post.id, version)
    facts: list[Change] = []
    if kind is not None and before is not None and before.facts is not None:
        facts = row_changes(kind.rows(before.facts), kind.rows(kind.take(post)))
    return Conflict(
        who=newest.person.name if newest is not None and newest.person is not None else "",
        when=when(newest.at, now) if newest is not None else "",
        theirs=theirs,
        texts=changes(WORD_LABELS, theirs, mine),
        facts=facts,
    )


def as_sent(unsaved: Unsaved | None) -> dict[str, Any]:
    """The argument with which a form shows unsaved words; none for a form that shows what is saved."""
    from_browser = [(name, value) for name, values in unsaved.fields.items() for value in values] if unsaved else []
    return {"formdata": MultiDict(from_browser)} if from_browser else {}

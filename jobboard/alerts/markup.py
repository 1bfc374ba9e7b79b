"""Alerts in words, and what their mails show."""

import dataclasses
from collections.abc import Sequence

from flask import url_for

from jobboard.alerts.models import What
from jobboard.alerts.queries_topics import Topic, filters_of, topic_names
from jobboard.core import clock, i18n
from jobboard.core.i18n import _
from jobboard.core.web import site_url
from jobboard.openings.markup import card_facts
from jobboard.openings.markup_list import labels_of, list_url
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_facts import facet_index
from jobboard.posts.markup import marked, text_url
from jobboard.posts.models import Kind, Post


@dataclasses.dataclass(frozen=True)
class NewsItem:
    """One post in a mail of news."""

    title: str
    url: str
    lang: str
    is_foreign: bool
    facts: Sequence[str]
    summary: str
    closes: str


@dataclasses.dataclass(frozen=True)
class NewsSection:
    """What is new for one alert."""

    words: str
    url: str
    items: Sequence[NewsItem]
    #: How many more there are than the mail shows.
    more: int


def topic_words(topic: Topic) -> str:
    """What an alert is about, in the page's language: "Openings: Remote, German up to B2", "Everything on Privacy"."""
    if topic.what is What.openings:
        words = filters_of(topic, clock.now()).words(labels_of(facet_index(clock.now())))
        return _("Openings: %(filters)s", filters=words) if words else _("All openings")
    category, author = topic_names(topic, clock.now())
    kind, args = topic.args.get("kind"), topic.args
    begin = {"article": _("Articles"), "opening": _("Openings")}.get(kind or "", _("Articles and openings"))
    about = i18n.pick(category.name) if category is not None else args.get("category", "")
    by = author.name if author is not None else args.get("author", "")
    if about and by:
        return _("%(posts)s on %(category)s by %(author)s", posts=begin, category=about, author=by)
    if about:
        return _("%(posts)s on %(category)s", posts=begin, category=about)
    return _("%(posts)s by %(author)s", posts=begin, author=by) if by else begin


def topic_url(topic: Topic, language: str) -> str:
    """The path of the list an alert follows."""
    if topic.what is What.openings:
        return list_url(filters_of(topic, clock.now()), language=language)
    args = topic.args
    if slug := args.get("category"):
        return url_for("timeline.category", slug=slug, language=language)
    if slug := args.get("author"):
        return url_for("timeline.author", slug=slug, language=language)
    return url_for("timeline.index", language=language)


def news_item(post: Post, marker: str, language: str) -> NewsItem:
    """A post as a mail in this language names it; its own language is told where it is another."""
    text = post.text(language)
    facts = [fact.text for fact in card_facts(post)] if isinstance(post, JobOffer) else []
    closes = _("Apply by %(moment)s", moment=i18n.day_and_time(post.closes_at)) if post.closes_at else ""
    return NewsItem(
        title=marked(text.title, post.kind, marker),
        url=site_url(text_url(text, language)),
        lang=text.locale,
        is_foreign=text.locale != language,
        facts=facts,
        summary=text.summary,
        closes=closes if post.kind is Kind.opening else "",
    )

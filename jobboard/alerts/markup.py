"""Alerts in words, and what their mails show."""

import dataclasses
from collections.abc import Sequence

from jobboard.alerts.models import What
from jobboard.alerts.queries_topics import Topic, filters_of, post_filters_of
from jobboard.core import clock, i18n
from jobboard.core.i18n import _
from jobboard.core.web import site_url
from jobboard.openings.markup import card_facts
from jobboard.openings.markup_list import labels_of, list_url
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_facts import facet_index
from jobboard.posts.markup import marked, text_in_list
from jobboard.posts.models import Kind, Post
from jobboard.timeline.markup_filters import INDEX
from jobboard.timeline.markup_filters import list_url as post_list_url
from jobboard.timeline.queries_offers import labels_of as post_labels


@dataclasses.dataclass(frozen=True)
class NewsItem:
    """One post in a mail of news."""

    title: str
    url: str
    lang: str
    lang_name: str
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


def topic_words(topic: Topic, *, is_sure: bool = True) -> str:
    """What an alert is about, in the page's language: "Openings: Remote, German up to B2", "Articles on Privacy in German".

    Where it is not sure that the reader is who asked, the words that were searched for are not repeated.
    """
    if topic.what is What.openings:
        filters = filters_of(topic, clock.now())
        searched = [] if is_sure or not filters.q else [_("with certain words")]
        filters = filters if is_sure else dataclasses.replace(filters, q="")
        words = ", ".join(filter(None, [*searched, filters.words(labels_of(facet_index(clock.now())))]))
        return _("Openings: %(filters)s", filters=words) if words else _("All openings")
    filters_now = post_filters_of(topic, clock.now())
    return filters_now.words(post_labels(filters_now, clock.now()))


def topic_url(topic: Topic, language: str) -> str:
    """The path of the list an alert follows."""
    if topic.what is What.openings:
        return list_url(filters_of(topic, clock.now()), language=language)
    filters = post_filters_of(topic, clock.now())
    # The archive has no page for a time in which nothing was published yet; the front page has an answer to it.
    return post_list_url(filters, INDEX if filters.year else "", language=language)


def news_item(post: Post, marker: str, language: str, wanted: str = "") -> NewsItem:
    """A post as a mail in this language names it; its own language is told where it is another.

    `wanted` is the language of the texts that the alert is about, where it is about one.
    """
    text, url = text_in_list(post, wanted, language)
    facts = [fact.text for fact in card_facts(post)] if isinstance(post, JobOffer) else []
    closes = _("Apply by %(moment)s", moment=i18n.day_and_time(post.closes_at)) if post.closes_at else ""
    return NewsItem(
        title=marked(text.title, post.kind, marker),
        url=site_url(url),
        lang=text.locale,
        lang_name=i18n.language_name(text.locale),
        is_foreign=text.locale != language,
        facts=facts,
        summary=text.summary,
        closes=closes if post.kind is Kind.opening else "",
    )

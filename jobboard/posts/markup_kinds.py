"""What a kind of post has beside its texts, byline and categories. Higher rooms say it of theirs in `connect_rooms`."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app

from jobboard.posts.markup import Fact
from jobboard.posts.models import Kind, Post


class NotToBePut(Exception):
    """Facts that a post must not have any more; `str()` is the sentence for the person."""


@dataclasses.dataclass(frozen=True)
class FactsOfKind:
    """How a kind's facts are taken, put and told. What is taken can be kept as JSON."""

    #: Everything but dates of publishing and closing, and what others refer to.
    take: Callable[[Any], dict[str, Any]]
    #: Write what was taken to another (or the same) post; what is not there any more, such as a person, is left out.
    #: Raises `NotToBePut`.
    put: Callable[[Any, Mapping[str, Any]], None]
    #: (label, words) of each fact in the page's language, in the order of the form.
    rows: Callable[[Mapping[str, Any]], list[tuple[str, str]]]
    #: A new draft of the kind in a language.
    begin: Callable[..., Post]
    #: Load what `on_card` and `in_feed` ask of these posts: the same number of queries however many they are.
    load: Callable[[Sequence[Post]], object]
    #: What stands on the card of one, and on top of it in feeds; in the language in force.
    on_card: Callable[[Any], Sequence[Fact]]
    in_feed: Callable[[Any], Sequence[Fact]]


def load_facts(posts: Sequence[Post]) -> None:
    """Load what `facts_on_card` and `facts_in_feed` ask of these posts of any kind."""
    for kind, facts in _kinds().items():
        if wanted := [post for post in posts if post.kind is kind]:
            facts.load(wanted)


def facts_on_card(post: Post) -> Sequence[Fact]:
    """What stands on the card of a post beside its texts."""
    found = facts_of(post.kind)
    return found.on_card(post) if found else ()


def facts_in_feed(post: Post) -> Sequence[Fact]:
    """What stands on top of a post in feeds."""
    found = facts_of(post.kind)
    return found.in_feed(post) if found else ()


def _kinds() -> dict[Kind, FactsOfKind]:
    kinds: dict[Kind, FactsOfKind] = current_app.extensions["post_facts"]
    return kinds


def facts_of(kind: Kind) -> FactsOfKind | None:
    """What the kind has beside its texts; None for articles."""
    return _kinds().get(kind)

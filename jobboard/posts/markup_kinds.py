"""What a kind of post has beside its texts, byline and categories. Higher rooms say it of theirs in `connect_rooms`."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app

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


def facts_of(kind: Kind) -> FactsOfKind | None:
    """What the kind has beside its texts; None for articles."""
    kinds: dict[Kind, FactsOfKind] = current_app.extensions["post_facts"]
    return kinds.get(kind)

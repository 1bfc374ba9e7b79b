"""Cards of both kinds, and the mixed feeds' titles."""

import datetime as dt
from collections.abc import Iterable

from jobboard.openings.markup import card_facts
from jobboard.openings.models import JobOffer
from jobboard.posts.markup import Card, card
from jobboard.posts.models import Post


def cards(posts: Iterable[Post], marker: str, now: dt.datetime, lang: str = "") -> list[Card]:
    """The cards of a list, openings with their facts; with the texts in `lang` where the list is of those."""
    return [card(post, marker, now, card_facts(post) if isinstance(post, JobOffer) else (), lang) for post in posts]

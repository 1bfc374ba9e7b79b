"""Which feeds a WebSub hub is told of (docs/decisions/0030)."""

from collections.abc import Collection

from jobboard.hooks.queries import hub_url

#: By endpoint of the Atom form, what an address of it may say to be one the hub is told of. The JSON form follows it.
#: A new feed gets a line here and its place in `timeline.feeds_announced`. Filtered feeds of openings have no end: they name
#: no hub, so that their readers go on asking.
ANNOUNCED: dict[str, frozenset[str]] = {
    "timeline.feed": frozenset({"kind"}),
    "timeline.author_feed": frozenset({"slug", "kind"}),
    "timeline.category_feed": frozenset({"slug", "kind"}),
    "openings.feed": frozenset(),
}


def hub_of(endpoint: str, names: Collection[str]) -> str:
    """The hub that is told when the feed of this endpoint, with parameters of these names, changes; "" when none is."""
    known = ANNOUNCED.get(endpoint.removesuffix("_json"))
    return hub_url() if known is not None and known.issuperset(names) else ""

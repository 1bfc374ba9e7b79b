"""A link as it stands on a page, in a feed or in a file."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Link:
    """What kind of link, the address as written, and the element it stands in.

    Kinds: link (a reader may follow it), form and post (where a form goes), feed, image, share (picture for other sites),
    file (loaded by the page), canonical, alternate, sitemap, entry (of a feed) and exact (must be the address itself).
    """

    kind: str
    written: str
    place: str
    #: "prose" inside of what people wrote: they may link to what has closed or moved since.
    where: str = ""
    #: What an image is told to be: the attributes width and height, or a candidate's width.
    size: tuple[str, str] = ("", "")
    width: int = 0
    #: Of a form: one value of each of its controls.
    choices: tuple[tuple[str, str], ...] = ()
    #: What a relative address starts from, where that is not the page.
    base: str = ""

"""Where a post of Jekyll, Hugo or Zola stood on its old site: as its front matter says, else as the system names pages."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping

from jobboard.transfer.markup_frontmatter_facts import Facts
from jobboard.transfer.markup_frontmatter_paths import PathFacts
from jobboard.transfer.markup_frontmatter_sites import OldSite, SiteKind
from jobboard.transfer.markup_post_problems import PostKind

#: Jekyll's named patterns.
PATTERNS = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
#: What a pattern asks the day for, as Python writes it; the names are English on every machine (no locale is set).
JEKYLL_DAY = {
    "year": "%Y", "short_year": "%y", "month": "%m", "day": "%d", "y_day": "%j", "hour": "%H", "minute": "%M",
    "second": "%S", "w_year": "%G", "week": "%V", "w_day": "%u", "long_month": "%B", "long_day": "%A",
}  # fmt: skip
HUGO_DAY = {
    "year": "%Y", "month": "%m", "day": "%d", "monthname": "%B", "weekday": "%w", "weekdayname": "%A",
    "2006": "%Y", "06": "%y", "01": "%m", "02": "%d", "Jan": "%b", "January": "%B", "Mon": "%a", "Monday": "%A",
}  # fmt: skip
#: Letters that are no accented ones, as Zola spells them.
SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"})
TOKEN = re.compile(r":(\w+(?:\[[^\]]{1,20}\])?)", re.ASCII)

Value = Callable[[], str]


def home_paths(
    site: OldSite,
    place: PathFacts,
    facts: Facts,
    title: str,
    categories: tuple[str, ...],
    published: dt.datetime | None,
) -> tuple[str, ...]:
    """The post's paths on the old site, its own first, with what stands in front of all of the site's paths."""
    told, slug = facts.old_paths(place.section), facts.text("slug")
    pattern = facts.permalink_pattern
    own = None if facts.has_permalink and not pattern else _own(site, place, facts, title, slug, categories, published)
    if own is None and (pattern or not facts.has_permalink) and _has_pattern(site, place, facts):
        facts.tell(PostKind.permalink_pattern, {"value": _pattern(site, place, facts)[:200]})
    paths = (*([own] if own else []), *told)
    return tuple(dict.fromkeys(_below(site.base_path, path) for path in paths))


def _below(base: str, path: str) -> str:
    return path if base and path.startswith(f"{base}/") else f"{base}{path}"


def _own(
    site: OldSite,
    place: PathFacts,
    facts: Facts,
    title: str,
    slug: str,
    categories: tuple[str, ...],
    published: dt.datetime | None,
) -> str | None:
    """The path the system gave to the post by itself; None where that is not known."""
    if site.kind is SiteKind.plain:
        return None
    written = facts.written_moment("date") or published
    if site.kind is SiteKind.jekyll:
        # Without a date Jekyll shows nothing but drafts, at the day they are looked at.
        day = published and published.astimezone(site.zone)
        return _jekyll(_pattern(site, place, facts), categories, slug or place.slug, day)
    language = place.language if place.language and place.language != site.language else ""
    if not language and site.has_language_path:
        language = place.language or site.language or ""
    if site.kind is SiteKind.zola:
        name = _zola_name(slug or (place.name if site.keeps_dates else place.slug), site.slugify)
        return _joined(language, place.section, name)
    if pattern := _pattern(site, place, facts):
        path = _expanded(pattern, _hugo_values(site, place, title, slug, written))
        return None if path is None else re.sub("/+", "/", f"/{language}/{path}/")
    name = _hugo_name(slug or (place.name if site.keeps_dates else place.slug), site)
    path = _joined(language, *(_hugo_name(part, site) for part in place.section.split("/")), name)
    return f"{path.rstrip('/')}.html" if site.is_ugly else path


def _joined(*parts: str) -> str:
    return "/" + "/".join(part for part in parts if part) + "/"


def _has_pattern(site: OldSite, place: PathFacts, facts: Facts) -> bool:
    """Whether a path could not be worked out because of its pattern, and not for want of a date."""
    pattern = _pattern(site, place, facts)
    known = (
        {*JEKYLL_DAY, "i_month", "i_day", "short_month", "short_day", "categories", "slugified_categories", "title", "slug",
         "output_ext", "name", "collection"}
        if site.kind is SiteKind.jekyll
        else {*HUGO_DAY, *HUGO_NAMES}
    )  # fmt: skip
    return not {name.split("[")[0] for name in TOKEN.findall(pattern)} <= known


def _pattern(site: OldSite, place: PathFacts, facts: Facts) -> str:
    """The pattern for this post: its own, else that of its section (Hugo) or site (Jekyll); "" for none."""
    if site.kind is SiteKind.jekyll:
        pattern = facts.permalink_pattern or site.permalink
        return PATTERNS.get(pattern, pattern)
    if facts.permalink_pattern:
        return facts.permalink_pattern
    by_section = site.patterns.get(place.language or "") or site.patterns.get("") or {}
    sections = place.section.lower().split("/")
    names = ["/".join(sections[:count]) for count in range(len(sections), 0, -1)]
    return next((by_section[name] for name in names if name in by_section), "")


def _expanded(pattern: str, values: Mapping[str, Value]) -> str | None:
    """A pattern filled; None where it asks for something that is not known."""
    names = TOKEN.findall(pattern)
    try:
        found = {name: values[name]() for name in names}
    except (KeyError, ValueError):
        return None
    return TOKEN.sub(lambda match: found[match[1]], pattern)


def _days(day: dt.datetime | None, formats: Mapping[str, str]) -> dict[str, Value]:
    return {} if day is None else {name: lambda form=form: day.strftime(form) for name, form in formats.items()}  # type: ignore[misc] # bound early


def _jekyll(pattern: str, categories: tuple[str, ...], slug: str, day: dt.datetime | None) -> str | None:
    """Jekyll's path; posts and drafts without a date have none."""
    if day is None:
        return None
    values: dict[str, Value] = {
        **_days(day, JEKYLL_DAY),
        "i_month": lambda: str(day.month),
        "i_day": lambda: str(day.day),
        "short_month": f"{day:%b}".upper,
        "short_day": f"{day:%a}".upper,
        "categories": lambda: "/".join(dict.fromkeys(name.lower() for name in categories)),
        "slugified_categories": lambda: "/".join(dict.fromkeys(_slugified(name).lower() for name in categories)),
        "title": lambda: _slugified(slug, "._~!$&'()+,;=@"),
        "slug": lambda: _slugified(slug).lower(),
        "name": lambda: _slugified(slug).lower(),
        "output_ext": lambda: ".html",
        "collection": lambda: "posts",
    }
    path = _expanded(pattern, values)
    return None if path is None else re.sub("/+", "/", f"/{path}")


def _slugified(text: str, also: str = "") -> str:
    """A name with one hyphen for every run of anything but letters, marks, digits and `also`."""
    kept = (char if char in also or _is_word(char) else " " for char in text)
    return "-".join("".join(kept).split())


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" or char.isdecimal()


HUGO_NAMES = (
    "section", "sections", "title", "slug", "filename", "slugorfilename", "contentbasename", "slugorcontentbasename",
    "yearday",
)  # fmt: skip


def _hugo_values(
    site: OldSite, place: PathFacts, title: str, slug: str, written: dt.datetime | None
) -> Mapping[str, Value]:
    """What Hugo's patterns may ask for. Dates are read in the zone they are written in."""
    name = _hugo_name(place.name if site.keeps_dates else place.slug, site)
    named, titled = _hugo_name(slug, site), _hugo_name(title, site)
    sections = place.deepest_section.split("/")
    values: dict[str, Value] = {
        **_days(written, HUGO_DAY),
        "section": lambda: sections[0],
        "sections": lambda: "/".join(sections),
        "title": lambda: titled,
        "slug": lambda: named or titled,
        "filename": lambda: name,
        "contentbasename": lambda: name,
        "slugorfilename": lambda: named or name,
        "slugorcontentbasename": lambda: named or name,
    }
    if written is not None:
        values["yearday"] = lambda: str(written.timetuple().tm_yday)
    return _WithSlices(values, sections)


class _WithSlices(dict[str, Value]):
    """Also knows parts of the sections: "sections[1:]", "sections[last]"."""

    def __init__(self, values: Mapping[str, Value], sections: list[str]) -> None:
        super().__init__(values)
        self._sections = sections

    def __missing__(self, name: str) -> Value:
        match = re.fullmatch(r"sections\[(\d+|last)?(:)?(\d+|last)?\]", name)
        if not match:
            raise KeyError(name)
        last = len(self._sections) - 1
        low, high = (None if part is None else last if part == "last" else int(part) for part in (match[1], match[3]))
        if match[2]:
            return lambda: "/".join(self._sections[low:high])
        return lambda: "/".join(self._sections[low or 0 : (low or 0) + 1])


def _hugo_name(text: str, site: OldSite) -> str:
    """A name as Hugo puts it into an address: marks of punctuation gone, runs of spaces one hyphen."""
    kept, was_hyphen, waits = "", False, False
    for char in text:
        if _is_word(char) or char in "._~#+@-/\\":
            was_hyphen = char == "-"
            kept += ("-" if waits and not was_hyphen else "") + char
            waits = False
        else:
            waits = waits or bool(kept and not was_hyphen and char.isspace())
    return kept if site.keeps_case else kept.lower()


def _zola_name(text: str, slugify: str) -> str:
    """A name as Zola puts it into an address."""
    if slugify == "off":
        return text
    if slugify == "safe":
        return "-".join(re.sub(r"[<>:\"'`|?*#()\[\]{}/\\^%\n\r\t]", "", text).split())
    plain = unicodedata.normalize("NFKD", text.lower().translate(SPELLED))
    return re.sub(r"[^a-z0-9]+", "-", "".join(char for char in plain if not unicodedata.combining(char))).strip("-")

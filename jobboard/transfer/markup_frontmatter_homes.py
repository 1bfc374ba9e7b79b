"""Where a post of Jekyll, Hugo or Zola stood on its old site: as its front matter says, else as the system names pages."""

import datetime as dt
import re

from jobboard.transfer.markup_frontmatter_facts import Facts
from jobboard.transfer.markup_frontmatter_paths import OldSite, PathFacts, SiteKind

#: Jekyll's named patterns.
PATTERNS = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
}


def home_paths(
    site: OldSite, place: PathFacts, facts: Facts, categories: tuple[str, ...], published: dt.datetime | None
) -> tuple[str, ...]:
    """The post's paths on the old site, its own first, with what stands in front of all of the site's paths."""
    told, slug = facts.old_paths(place.section), facts.text("slug")
    own = () if facts.has_permalink else _own(site, place, slug, categories, published)
    return tuple(dict.fromkeys(f"{site.base_path}{path}" for path in (*own, *told)))


def _own(
    site: OldSite, place: PathFacts, slug: str, categories: tuple[str, ...], published: dt.datetime | None
) -> tuple[str, ...]:
    """The path the system gave to the post by itself; nothing where that is not known."""
    if site.kind is SiteKind.jekyll:
        return _by_pattern(site, categories, slug or place.slug, published)
    if site.kind is SiteKind.plain:
        return ()
    if site.kind is SiteKind.hugo and place.date and not slug:
        slug = f"{place.date}-{place.slug}"  # Hugo keeps the date of a file's name
    slug = (slug or place.slug).lower().replace(" ", "-")
    language = place.language if place.language and place.language != site.language else ""
    return ("/" + "/".join(part for part in (language, place.section, slug) if part) + "/",)


def _by_pattern(
    site: OldSite, categories: tuple[str, ...], slug: str, published: dt.datetime | None
) -> tuple[str, ...]:
    """Jekyll's path by the pattern of the site; nothing for a draft, or where the pattern asks for something else."""
    if published is None:
        return ()
    day = published.astimezone(site.zone)
    parts = {
        "categories": "/".join(dict.fromkeys(re.sub(r"\s+", "-", name.lower()) for name in categories)),
        "title": slug, "slug": slug, "output_ext": ".html",
        "year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}", "y_day": f"{day:%j}",
        "short_year": f"{day:%y}", "i_month": str(day.month), "i_day": str(day.day),
    }  # fmt: skip
    pattern = PATTERNS.get(site.permalink, site.permalink)
    if not set(re.findall(r":([a-z_]+)", pattern)) <= parts.keys():
        return ()
    path = re.sub(r":([a-z_]+)", lambda match: parts[match[1]], pattern)
    return (re.sub("/+", "/", f"/{path}"),)

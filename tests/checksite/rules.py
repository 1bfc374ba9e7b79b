"""What must be true between addresses: links, parts of pages, pictures, canonical, hreflang, sitemap, feeds."""

import collections
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.checksite.account import Fault
from tests.checksite.addresses import Target, language_of
from tests.checksite.crawl import Crawl, Step
from tests.checksite.reading import Visit

#: What must be at its address itself, not behind a redirect.
EXACT = frozenset(
    ["canonical", "alternate", "sitemap", "sitemap file", "entry", "exact", "share", "image", "file", "feed"]
)
#: What a page makes the browser load from another host.
LOADING = frozenset(["image", "file", "share", "form", "post", "feed"])
SCHEMES = frozenset(["mailto", "tel", "sms", "xmpp", "matrix", "geo"])
PART = {"image": "images", "share": "images", "file": "files", "feed": "feeds", "entry": "feeds", "canonical": "heads",
        "alternate": "heads", "sitemap": "heads", "sitemap file": "heads"}  # fmt: skip
#: How far the proportions of a picture may be off: attributes are whole numbers.
TOLERANCE = 0.03


def link_faults(crawl: Crawl) -> Iterator[Fault]:
    """Links that lead nowhere, to another host that would be asked, to what is closed, or the long way round."""
    for step in crawl.steps():
        part = PART.get(step.link.kind, "links")
        for problem, todo in _problems(crawl, step):
            yield Fault(part, step.page, step.link.place, problem, todo)


def _problems(crawl: Crawl, step: Step) -> Iterator[tuple[str, str]]:
    target, kind = step.target, step.link.kind
    if target is None:
        yield f"{step.link.written!r} is no address", "write a whole address or a path"
    elif not target.path:
        yield from _elsewhere(step, target)
    elif kind != "post":
        yield from _here(crawl, step, target)


def _elsewhere(step: Step, target: Target) -> Iterator[tuple[str, str]]:
    if target.scheme in SCHEMES and step.link.kind == "link":
        return
    if target.scheme not in {"http", "https"}:
        yield f"leads to {target.scheme}:", "link to a page, a file or an address of mail"
    elif step.link.kind in LOADING:
        yield f"asks another host: {target.host}", "serve it from this site: no page asks a third party for anything"
    elif step.link.kind in EXACT:
        yield f"names another host: {target.host}", "build it with site_url(): JOBBOARD_SITE_URL says the host"


def _here(crawl: Crawl, step: Step, target: Target) -> Iterator[tuple[str, str]]:
    first, (last, hops) = crawl.visits.get(target.path), crawl.end_of(target.path)
    if hops < 0:
        return  # left out of a sample
    if first is None:
        yield f"{target.path} was not reached", "see the fault about addresses without an end"
    elif last is None:
        yield from _away(step, target, hops)
    else:
        if hops:
            yield from _way(step, first, last, hops)
        if (
            last.path != step.page
        ):  # what a page that is not there says of itself, such as by its skip link, is no fault
            yield from _status(crawl.visits.get(step.page), step, last)
        if target.fragment and last.status == 200 and target.fragment not in last.ids | {"top"}:
            name = "the page itself" if last.path == step.page else last.path
            yield f"{name} has no part #{target.fragment}", "give the part its id, or name one that is there"


def _away(step: Step, target: Target, hops: int) -> Iterator[tuple[str, str]]:
    """Of a redirect that ends nowhere here: readers may be led to another site on purpose, such as to apply there."""
    if hops > 9:
        yield f"{target.path} leads in a circle", "let the redirect end at a page"
    elif step.link.kind in EXACT:
        yield f"{target.path} leads to another host", "name the address itself"


def _way(step: Step, first: Visit, last: Visit, hops: int) -> Iterator[tuple[str, str]]:
    """Of redirects that end at a page: whether the link should name that itself."""
    if hops > 1:
        yield f"{first.path} is redirected {hops} times", "redirect to the last address at once"
    if step.link.kind in EXACT:
        yield f"{first.path} is redirected to {last.path}", "name the address itself"
    elif first.status in {301, 308} and step.link.where != "prose":
        yield f"{first.path} has moved to {last.path}", "link to the new address"


def _status(page: Visit | None, step: Step, last: Visit) -> Iterator[tuple[str, str]]:
    if last.status == 410:
        # A page that has gone leads to itself in other languages, and what people wrote stays as it is.
        is_meant = step.link.where == "prose" or (page is not None and page.status == 410)
        if not is_meant or step.link.kind in EXACT - {"canonical", "alternate"}:
            yield f"{last.path} has gone (410)", "leave it out when what it is about has closed"
    elif last.status == 404:
        yield f"{last.path} is not there (404)", "link to what is there, or leave the link out"
    elif last.status != 200:
        yield f"{last.path} answers {last.status or 'nothing'}", "let it answer 200, or do not link to it"


def image_faults(crawl: Crawl) -> Iterator[Fault]:
    """Pictures that are none, or of another size than told: the page would jump, or a phone would load too much."""
    for step in crawl.steps():
        if step.link.kind not in {"image", "share"} or step.target is None or not step.target.path:
            continue
        found, _hops = crawl.end_of(step.target.path)
        if found is None or found.status != 200:
            continue  # told as a link
        if found.picture is None:
            if found.kind != "image/svg+xml":
                yield Fault("images", step.page, step.link.place, f"{found.path} is no picture but {found.kind}",
                            "name a picture")  # fmt: skip
            continue
        told, real = step.link, found.picture
        if told.width and told.width != real.width:
            yield Fault("images", step.page, told.place, f"{found.path} is told to be {told.width} wide, and is {real.width}",
                        "write the width the file has into srcset")  # fmt: skip
        if all(one.isdigit() and int(one) for one in told.size):
            width, height = map(int, told.size)
            if abs(width / height - real.width / real.height) > TOLERANCE * width / height:
                yield Fault("images", step.page, told.place, f"{found.path} has {real.width} x {real.height} pixels",
                            "write width and height in its own proportions")  # fmt: skip


# --- what pages say about themselves


def head_faults(crawl: Crawl) -> Iterator[Fault]:
    """Canonical addresses and translations that contradict each other."""
    for page in crawl.visits.values():
        if not page.is_page or page.status != 200:
            continue
        yield from _canonical(crawl, page)
        yield from _translations(crawl, page)


def is_canonical(crawl: Crawl, page: Visit) -> bool:
    """Whether a page is one that search engines should show, at this address."""
    is_shown = page.is_page and page.status == 200 and not page.is_noindex
    return is_shown and page.canonicals == [crawl.place.url(page.path)]


def _canonical(crawl: Crawl, page: Visit) -> Iterator[Fault]:
    place = "<link rel=canonical>"
    if len(page.canonicals) != 1:
        if page.canonicals or not page.is_noindex:
            yield Fault("heads", page.path, place, f"has {len(page.canonicals)} canonical addresses",
                        "hand `canonical` to the template, or say noindex")  # fmt: skip
        return
    written = page.canonicals[0]
    if not written.startswith(("http://", "https://")):
        yield Fault("heads", page.path, place, f"{written} is not absolute", "build it with site_url()")
    target = crawl.place.target(page.path, written)
    other = crawl.visits.get(target.path) if target else None
    if other and other.status == 200 and other.canonicals != [written]:
        yield Fault(
            "heads", page.path, place, f"{written} names another page as canonical", "name the last one at once"
        )


def _translations(crawl: Crawl, page: Visit) -> Iterator[Fault]:
    if not page.alternates:
        return
    place = "<link rel=alternate hreflang>"
    codes = [code for code, _url in page.alternates]
    for code in {one for one in codes if codes.count(one) > 1}:
        yield Fault("heads", page.path, place, f"names {code} twice", "one address per language")
    if is_canonical(crawl, page) and crawl.place.url(page.path) not in dict(page.alternates).values():
        yield Fault(
            "heads", page.path, place, "does not name the page itself", "hreflang names every language, its own too"
        )
    for code, url in page.alternates:
        target = crawl.place.target(page.path, url)
        other = crawl.visits.get(target.path) if target else None
        if other is None or other.status != 200:
            continue  # told as a link
        if code not in {"x-default", other.language}:
            yield Fault(
                "heads", page.path, place, f"{other.path} is in {other.language!r}, not in {code!r}", "mend the pair"
            )
        if sorted(other.alternates) != sorted(page.alternates):
            yield Fault("heads", page.path, place, f"{other.path} does not name the same translations",
                        "build both lists from the same data")  # fmt: skip


def sitemap_faults(crawl: Crawl, reached: frozenset[str]) -> Iterator[Fault]:
    """The sitemap names the canonical pages, all of them and nothing else, and readers can reach each.

    `reached` are the pages that links lead to. Pages of a list behind its first, and its choices, have a query and are
    found from there, so they are left out.
    """
    named = collections.Counter(
        step.target.path for step in crawl.steps() if step.link.kind == "sitemap" and step.target and step.target.path
    )
    went_everywhere = all("?" in path for path in crawl.left_out)
    for path, count in named.items():
        page = crawl.visits.get(path)
        if count > 1:
            yield Fault("heads", path, "sitemap", "stands in the sitemap twice", "mend timeline/queries_sitemap.py")
        if page is not None and page.status == 200 and not is_canonical(crawl, page):
            why = "is not to be found (noindex)" if page.is_noindex else f"names {page.canonicals} as canonical"
            yield Fault("heads", path, "sitemap", why, "leave it out of the sitemap, or make it canonical")
        if page is not None and page.status == 200 and path not in reached and went_everywhere:
            yield Fault("heads", path, "sitemap", "no page leads there", "link to it, or leave it out of the sitemap")
    for path in sorted(reached):
        if "?" not in path and is_canonical(crawl, crawl.visits[path]) and path not in named:
            yield Fault("heads", path, "sitemap", "does not stand in the sitemap", "add it to timeline/feeds.py")


def feed_faults(crawl: Crawl) -> Iterator[Fault]:
    """Both forms of a feed hold the same, in the same order."""
    for path, feed in crawl.visits.items():
        if feed.kind != "application/atom+xml" or "feed.atom" not in path:
            continue
        other = crawl.visits.get(path.replace("feed.atom", "feed.json"))
        if other is None and path.replace("feed.atom", "feed.json") in crawl.left_out:
            continue
        if other is None or other.status != 200:
            yield Fault("feeds", path, "", "is not there as JSON Feed", "name both in the page's head")
        elif other.entries != feed.entries:
            yield Fault("feeds", path, "", f"{other.path} has other entries", "make both of the same posts")


def redirect_faults(crawl: Crawl) -> Iterator[Fault]:
    """Redirects with a status that browsers and search engines do not agree on, or without an address."""
    for page in crawl.visits.values():
        if page.status // 100 == 3 and (page.status not in {301, 302, 303, 307, 308} or not page.location):
            yield Fault("pages", page.path, f"{page.status} {page.location}", "is no redirect anybody can follow",
                        "answer 301, 302, 303, 307 or 308 with a Location")  # fmt: skip
        if page.status >= 500 or page.status == 429:
            yield Fault("pages", page.path, f"from {crawl.came_from.get(page.path)}", f"answers {page.status}",
                        "look at the server's log")  # fmt: skip


def pattern_of(path: str) -> str:
    """What kind of page is at an address, from the address alone: its words without language, number and name."""
    parts = [part for part in urlsplit(path).path.split("/") if part]
    parts = parts[1:] if language_of(path) else parts
    words = [re.sub(r"\d+", "0", part) if index % 2 == 0 else "*" for index, part in enumerate(parts)]
    return f"{'/'.join(words) or 'home'}{'?' if '?' in path else ''}"

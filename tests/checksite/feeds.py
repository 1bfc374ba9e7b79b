"""Feeds, the sitemap and the file for aggregators: valid by their schemas, and what they lead to."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import html5lib

from tests.checksite.addresses import Place
from tests.checksite.fetching import Answer
from tests.checksite.links import Link
from tests.html_rules import start_tag
from tests.schemas import json_problems, xml_problems

if TYPE_CHECKING:
    from tests.checksite.reading import Visit

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "{http://www.w3.org/XML/1998/namespace}base"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MEND = "mend posts/feeds.py or templates/posts/feed.xml"


def read_atom(answer: Answer, visit: "Visit", place: Place) -> None:
    """An Atom feed (RFC 4287)."""
    visit.counts["feeds"] = 1
    _note(visit, xml_problems("atom", answer.text), MEND)
    feed = ET.fromstring(answer.text)
    own = [one.get("href", "") for one in feed.findall(f"{ATOM}link") if one.get("rel") == "self"]
    if own != [place.url(visit.path)]:
        visit.fault("feeds", "<link rel=self>", f"calls itself {' '.join(own) or 'nothing'}", MEND)
    visit.links += [
        Link("link", one.get("href", ""), "<link rel=alternate>")
        for one in feed.findall(f"{ATOM}link")
        if one.get("rel") == "alternate"
    ]
    for entry in feed.findall(f"{ATOM}entry"):
        visit.entries.append(entry.findtext(f"{ATOM}id", ""))
        shown = f"entry {entry.findtext(f'{ATOM}title', '')!r}"
        visit.links += [Link("entry", one.get("href", ""), shown) for one in entry.findall(f"{ATOM}link")]
        base = entry.get(BASE) or feed.get(BASE) or ""
        visit.links += text_elsewhere(visit, entry.findtext(f"{ATOM}content", ""), shown, base)


def read_json_feed(answer: Answer, visit: "Visit", place: Place) -> None:
    """A JSON Feed (version 1.1)."""
    visit.counts["feeds"] = 1
    feed: Any = json.loads(answer.text)
    problems = json_problems("feed", feed)
    _note(visit, problems, MEND)
    if problems:
        return
    if feed.get("feed_url") != place.url(visit.path):
        visit.fault("feeds", "feed_url", f"calls itself {feed.get('feed_url')}", MEND)
    visit.links.append(Link("link", feed["home_page_url"], "home_page_url"))
    for item in feed["items"]:
        visit.entries.append(item["id"])
        shown = f"entry {item.get('title', '')!r}"
        visit.links.append(Link("entry", item["url"], shown))
        for author in item.get("authors", ()):
            visit.links += [Link("link", author["url"], shown)] if "url" in author else []
            visit.links += [Link("image", author["avatar"], shown)] if "avatar" in author else []
        visit.links += text_elsewhere(visit, item["content_html"], shown)
    for twice in {one for one in visit.entries if visit.entries.count(one) > 1}:
        visit.fault("feeds", twice, "has an entry twice", MEND)


def read_jobs(answer: Answer, visit: "Visit") -> None:
    """All openings for aggregators."""
    visit.counts["feeds"] = 1
    _note(visit, xml_problems("jobs", answer.text), "mend openings/feeds.py")
    for job in ET.fromstring(answer.text).iter("job"):
        shown = f"job {job.findtext('title', '')!r}"
        visit.links.append(Link("entry", job.findtext("url", ""), shown))
        visit.links += text_elsewhere(visit, job.findtext("description", ""), shown)


def read_sitemap(answer: Answer, visit: "Visit") -> None:
    """A sitemap or an index of them (sitemaps.org)."""
    visit.counts["feeds"] = 1
    _note(visit, xml_problems("sitemap", answer.text), "mend timeline/feeds.py")
    for one in ET.fromstring(answer.text):
        kind = "sitemap" if one.tag == f"{SITEMAP}url" else "sitemap file"
        visit.links.append(Link(kind, one.findtext(f"{SITEMAP}loc", ""), "<loc>"))


def _note(visit: "Visit", problems: list[str], todo: str) -> None:
    for problem in problems:
        visit.fault("feeds", "", problem, todo)


def text_elsewhere(visit: "Visit", markup: str, shown: str, base: str = "") -> Iterator[Link]:
    """What a text leads to that is read elsewhere: its addresses need their host, or the feed a base."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    for element in parser.parseFragment(markup).iter():
        yield from _of(visit, element, shown, base)
    for _place, code, _data in parser.errors:
        visit.fault("HTML", shown, f"the text in the feed: {code}", "mend core/markdown.py")


def _of(visit: "Visit", element: Element, shown: str, base: str) -> Iterator[Link]:
    if not isinstance(element.tag, str):
        return
    for name, kind in (("href", "link"), ("src", "image")):
        written = element.get(name)
        if written is None or written.startswith("#"):
            continue
        if not urlsplit(written).scheme and not base:
            visit.fault("feeds", f"{shown}: {start_tag(element)}", "an address without a host in a text that is read elsewhere",
                        "write it absolute: core/markdown_page.absolute")  # fmt: skip
        yield Link(kind, written, f"{shown}: {start_tag(element)}", "prose", base=base)
    for one in filter(None, (part.strip() for part in element.get("srcset", "").split(", "))):
        yield Link("image", one.partition(" ")[0], f"{shown}: {start_tag(element)}", "prose", base=base)

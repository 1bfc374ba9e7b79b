"""One answer, read: what it leads to, what it says about itself, and what is wrong with it alone. Runs in many processes."""

import dataclasses
import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from PIL import Image

from tests.checksite.account import Fault
from tests.checksite.addresses import Place, language_of
from tests.checksite.api import read_api
from tests.checksite.feeds import read_atom, read_jobs, read_json_feed, read_sitemap, text_elsewhere
from tests.checksite.fetching import Answer
from tests.checksite.links import Link
from tests.html_rules import SVG, name_of, start_tag
from tests.pages import checked_page
from tests.schemas import json_problems, schema_of

XLINK = "{http://www.w3.org/1999/xlink}href"
#: Attributes by which a page makes the browser load something, per element.
LOADED = {
    "script": "src",
    "iframe": "src",
    "embed": "src",
    "object": "data",
    "audio": "src",
    "video": "src",
    "track": "src",
}
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
#: What every answer of ours carries (the values are the application's business, and its tests').
WANTED_HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Content-Type",
    "Cache-Control",
)


@dataclasses.dataclass
class Picture:
    """The size of a picture as its bytes say."""

    width: int
    height: int


@dataclasses.dataclass
class Visit:
    """What is known of one address after it was asked for."""

    path: str
    status: int
    kind: str
    location: str = ""
    language: str = ""
    title: str = ""
    is_noindex: bool = False
    canonicals: list[str] = dataclasses.field(default_factory=list)
    alternates: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    ids: frozenset[str] = frozenset()
    links: list[Link] = dataclasses.field(default_factory=list)
    entries: list[str] = dataclasses.field(default_factory=list)
    picture: Picture | None = None
    #: Kinds of elements, by which pages are chosen for the browser.
    features: frozenset[str] = frozenset()
    counts: dict[str, int] = dataclasses.field(default_factory=dict)
    faults: list[Fault] = dataclasses.field(default_factory=list)
    fetch_seconds: float = 0.0
    read_seconds: float = 0.0

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.kind == "text/html"

    def fault(self, part: str, place: str, problem: str, todo: str) -> None:
        """Note what is wrong."""
        self.faults.append(Fault(part, self.path, place, problem, todo))


def read(answer: Answer, place: Place) -> Visit:
    """Read an answer."""
    began = time.perf_counter()
    visit = Visit(answer.path, answer.status, answer.kind, answer.header("Location"))
    visit.is_noindex = "noindex" in answer.header("X-Robots-Tag")
    visit.counts["headers"] = 1
    _look_at_headers(answer, visit)
    if answer.status < 300 or (answer.status >= 400 and answer.kind == "text/html"):
        try:
            _read_body(answer, visit, place)
        except (ET.ParseError, json.JSONDecodeError, ValueError, OSError) as error:
            visit.fault("feeds" if "xml" in answer.kind or "json" in answer.kind else "files", "",
                        f"cannot be read as {answer.kind}: {error}", "serve what the Content-Type says")  # fmt: skip
    visit.read_seconds = time.perf_counter() - began
    return visit


def _read_body(answer: Answer, visit: Visit, place: Place) -> None:
    kind, is_jobs = answer.kind, b"<source" in answer.body[:200]
    if kind == "text/html":
        _read_page(answer, visit)
    elif kind == "application/atom+xml":
        read_atom(answer, visit, place)
    elif kind == "application/feed+json":
        read_json_feed(answer, visit, place)
    elif kind == "application/json":
        read_api(answer, visit)
    elif kind == "application/xml":
        (read_jobs if is_jobs else read_sitemap)(answer, visit)
    elif kind.startswith("image/") and kind != "image/svg+xml":
        _read_picture(answer, visit)
    else:
        _read_file(answer, visit)


def _read_picture(answer: Answer, visit: Visit) -> None:
    with Image.open(io.BytesIO(answer.body)) as image:
        visit.picture = Picture(*image.size)
        if Image.MIME.get(image.format or "") != answer.kind:
            visit.fault("images", "", f"is {image.format} and is called {answer.kind}", "serve it with its own type")


def _read_file(answer: Answer, visit: Visit) -> None:
    visit.counts["files"] = 1
    if answer.kind == "image/svg+xml":
        visit.ids = frozenset(one.get("id", "") for one in ET.fromstring(answer.text).iter() if one.get("id"))
    elif answer.kind == "text/css":
        for found in CSS_URL.finditer(answer.text):
            visit.links.append(Link("file", found[1] or found[2], found[0]))


# --- headers


def _look_at_headers(answer: Answer, visit: Visit) -> None:
    for value in (value for name, value in answer.headers if name.lower() == "set-cookie"):
        visit.fault("headers", f"Set-Cookie: {value.partition('=')[0]}=...", "sets a cookie",
                    "public pages work without: find what opens the session (flash, CSRF)")  # fmt: skip
    for name in WANTED_HEADERS:
        if not answer.header(name):
            visit.fault("headers", name, f"has no header {name}", "let every answer pass through core/web.py")
    if answer.header("X-Content-Type-Options") not in {"", "nosniff"}:
        visit.fault("headers", "X-Content-Type-Options", "may be taken for another type", "send nosniff")
    for problem in policy_problems(answer.header("Content-Security-Policy")):
        visit.fault("headers", "Content-Security-Policy", problem, "keep to the policy of core/web.py (decision 6)")
    told, begun = answer.header("Content-Language"), language_of(answer.path)
    if answer.kind == "text/html" and answer.status == 200 and begun and told != begun:
        visit.fault("headers", f"Content-Language: {told}", f"is said to be in {told or 'no language'}",
                    f"send Content-Language: {begun}")  # fmt: skip


def policy_problems(policy: str) -> Iterator[str]:
    """What a Content-Security-Policy allows that pages of ours never need."""
    if not policy:
        return
    parts = [part.split() for part in policy.split(";") if part.strip()]
    if ["default-src", "'none'"] not in parts:
        yield "the policy does not begin with default-src 'none'"
    for name, *values in parts:
        for value in values:
            if name.endswith(("-src", "-action", "-uri", "-ancestors")) and value not in {"'none'", "'self'"}:
                yield f"the policy allows {value} in {name}"


# --- pages


def _read_page(answer: Answer, visit: Visit) -> None:
    page, problems = checked_page(answer.text)
    visit.counts["HTML"] = 1
    for problem in problems:
        visit.fault("HTML", "", problem, "mend the template, or core/markdown.py where it is in a text")
    visit.language = page.get("lang", "")
    visit.title = "".join(next(page.iter("title"), Element("title")).itertext()).strip()
    if not visit.title.partition(" · ")[0].strip():
        visit.fault("HTML", "<title>", "has no title", "fill the template's block title")
    if (begun := language_of(answer.path)) and answer.status == 200 and visit.language != begun:
        visit.fault("HTML", f"<html lang={visit.language!r}>", "is in another language than its address",
                    f"say lang={begun!r}")  # fmt: skip
    visit.ids = frozenset(value for one in page.iter() if (value := one.get("id") or _anchor(one)))
    visit.features = frozenset(_features(page))
    _Links(visit).walk(page, "")
    for script in page.iter("script"):
        if script.get("type") == "application/ld+json":
            _read_data(visit, "".join(script.itertext()))


def _anchor(element: Element) -> str:
    return element.get("name", "") if element.tag == "a" else ""


def _features(page: Element) -> Iterator[str]:
    for element in page.iter():
        name = name_of(element)
        kinds = [
            element.get("class", ""),
            element.get("role", ""),
            element.get("type", ""),
            element.get("data-kind", ""),
        ]
        yield name
        for word in " ".join(kinds).split():
            yield f"{name}.{word}"
        if element.get("lang"):
            yield f"{name}[lang]"


class _Links:
    """Collects what a page leads to and loads."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def walk(self, element: Element, where: str) -> None:
        """This element and everything in it; `where` is "prose" inside of what people wrote."""
        if not isinstance(element.tag, str):
            return
        if "prose" in element.get("class", "").split():
            where = "prose"
        self._look(element, name_of(element), where)
        for child in element:
            self.walk(child, where)

    def add(self, kind: str, written: str | None, element: Element, where: str = "", **more: Any) -> None:
        if written is not None:
            self.visit.links.append(Link(kind, written, start_tag(element), where, **more))

    def _look(self, element: Element, tag: str, where: str) -> None:
        if tag == "a":
            self.add("link", element.get("href"), element, where)
        elif tag == "link":
            self._look_at_link(element)
        elif tag == "meta":
            self._look_at_meta(element)
        elif tag == "form":
            self._look_at_form(element)
        elif tag == "img":
            size = (element.get("width", ""), element.get("height", ""))
            self.add("image", element.get("src"), element, where, size=size)
        elif tag in LOADED:
            self.add("file", element.get(LOADED[tag]), element)
        elif tag == "use" or element.tag.startswith(SVG):
            self.add("file", element.get("href") or element.get(XLINK), element)
        for one in filter(None, (part.strip() for part in element.get("srcset", "").split(", "))):
            written, _space, width = one.partition(" ")
            self.add(
                "image", written, element, where, width=int(width.removesuffix("w")) if width[:-1].isdigit() else 0
            )

    def _look_at_link(self, element: Element) -> None:
        rel, href = element.get("rel", "").split(), element.get("href", "")
        if "canonical" in rel:
            self.visit.canonicals.append(href)
            self.add("canonical", href, element)
        elif "alternate" in rel and element.get("hreflang"):
            self.visit.alternates.append((element.get("hreflang", ""), href))
            self.add("alternate", href, element)
        elif "alternate" in rel:
            self.add("feed", href, element)
        elif set(rel) & {"me", "license", "author", "prev", "next", "search", "help", "service-desc"}:
            self.add("link", href, element)
        else:
            self.add("file", href, element)

    def _look_at_meta(self, element: Element) -> None:
        name, content = element.get("property") or element.get("name") or "", element.get("content", "")
        if name == "robots" and "noindex" in content:
            self.visit.is_noindex = True
        elif name == "og:image":
            self.add("share", content, element)
        elif name == "og:url" or (name == "article:author" and ":" in content):
            self.add("exact", content, element)
        if element.get("http-equiv", "").lower() in {"refresh", "set-cookie"}:
            self.visit.fault("HTML", start_tag(element), "acts through a meta element", "answer with a header instead")

    def _look_at_form(self, form: Element) -> None:
        action = form.get("action") or self.visit.path
        if form.get("method", "get") == "post":
            self.add("post", action, form)
            return
        self.add("form", action, form, choices=tuple(_first_choices(form)))


def _first_choices(form: Element) -> Iterator[tuple[str, str]]:
    """For each control of a form that offers values: its name and the first one that somebody could choose."""
    seen: set[str] = set()
    for control in form.iter():
        name, value = control.get("name", ""), control.get("value", "")
        if control.tag == "select":
            values = [one.get("value", "") for one in control.iter("option")]
            value = next(filter(None, values), "")
        elif control.tag != "input" or control.get("type") not in {"checkbox", "radio"}:
            continue
        if name and value and name not in seen and "disabled" not in control.attrib:
            seen.add(name)
            yield name, value


# --- structured data


def _read_data(visit: Visit, text: str) -> None:
    place = "<script type=application/ld+json>"
    visit.counts["data"] = visit.counts.get("data", 0) + 1
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        visit.fault("data", place, f"is no JSON: {error}", "write it with |tojson")
        return
    for one in data if isinstance(data, list) else [data]:
        kind = one.get("@type", "") if isinstance(one, dict) else ""
        name = schema_of(str(kind))
        if not name:
            visit.fault("data", place, f"is of a type nobody checks: {kind!r}", "write its schema in tests/schemas/")
            continue
        for problem in json_problems(name, one):
            visit.fault("data", place, problem, "say it as schema.org and Google ask")
        # The employer's own site may be elsewhere.
        if isinstance(url := one.get("url"), str) and kind != "Organization":
            visit.links.append(Link("exact", url, place))
        visit.links += text_elsewhere(visit, str(one.get("description", "")), place)

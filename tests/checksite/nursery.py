"""A little site without a fault, as plain answers by path, and faults to plant into it: each must be found."""

import io
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "public, no-cache",
}
Page = dict[str, Any]
Pages = dict[str, Page]


def serving(pages: Pages) -> Callable[..., list[bytes]]:
    """A WSGI application that answers with these pages, whatever they are at that moment."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else "")
        found = pages.get(path) or pages["404"](path)
        body = found["body"] if isinstance(found["body"], bytes) else found["body"].encode()
        headers = [(name, value) for name, value in found["headers"] if value]
        start_response(f"{found['status']} X", headers)
        return [body]

    return app


def answer(body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> Page:
    """One answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"body": body, "status": status, "headers": list({**HEADERS, "Content-Type": kind, **named}.items())}


def html(origin: str, path: str, body: str, *, head: str = "", alternates: dict[str, str] | None = None,
         canonical: str | None = None, status: int = 200) -> Page:  # fmt: skip
    """A page of the site's own frame."""
    language = path[1:3]
    links = "".join(
        f'<link rel="alternate" hreflang="{one}" href="{origin}{to}">' for one, to in (alternates or {}).items()
    )
    own = f'<link rel="canonical" href="{origin}{path if canonical is None else canonical}">' if canonical != "" else ""
    other = "/de/" if language == "en" else "/en/"
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{path}</title>{own}{links}{head}'
        f'<link rel="stylesheet" href="/main.css"></head><body><nav><a href="/{language}/">Home</a> <a href="{other}">Other</a>'
        f"</nav><main><h1>Page {path}</h1>{body}</main></body></html>"
    )
    return answer(text, status=status, Content_Language=language)


def picture(width: int = 40, height: int = 20) -> bytes:
    """A PNG."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "PNG")
    return target.getvalue()


def clean(origin: str) -> Pages:
    """The site without a fault."""
    home, article = {"en": "/en/", "de": "/de/"}, {"en": "/en/articles/one/", "de": "/de/articles/eins/"}
    feeds = (
        '<link rel="alternate" type="application/atom+xml" title="Feed" href="/en/feed.atom">'
        '<link rel="alternate" type="application/feed+json" title="Feed" href="/en/feed.json">'
        '<link rel="alternate" type="application/json" href="/api/v1/categories">'
    )
    front = (
        '<p><a href="/en/articles/one/#part">One</a> <a href="/en/jobs/operator/">Operator</a> '
        '<a href="https://example.org/">Elsewhere</a> <a href="mailto:a@example.org">Mail</a></p>'
        '<img src="/picture.png" srcset="/small.png 20w" sizes="50vw" alt="A picture" width="40" height="20">'
        '<svg aria-hidden="true"><use href="/icons.svg#dot"></use></svg>'
        '<div class="prose"><p><a href="/en/jobs/gone/">Was</a></p></div>'
        '<form action="/en/jobs/"><label>Kind <select name="kind"><option value="">All</option><option value="a">A</option>'
        '</select></label><button type="submit">Show</button></form>'
    )  # fmt: skip
    pages: Pages = {
        "/": answer("", status=302, Location="/en/"),
        "/en/": html(origin, "/en/", front, head=feeds, alternates=home),
        "/de/": html(origin, "/de/", '<p><a href="/de/articles/eins/">Eins</a></p>', alternates=home),
        article["en"]: html(origin, article["en"], '<h2 id="part">Part</h2><p>Words</p>', alternates=article),
        article["de"]: html(origin, article["de"], "<p>Worte</p>", alternates=article),
        "/en/jobs/": html(origin, "/en/jobs/", '<p><a href="/en/jobs/operator/">Operator</a></p>'),
        "/en/jobs/?kind=a": html(origin, "/en/jobs/?kind=a", "<p>None</p>", canonical="/en/jobs/"),
        "/en/jobs/operator/": html(origin, "/en/jobs/operator/", "<p>Job</p>", head=_posting(origin)),
        "/en/jobs/gone/": html(origin, "/en/jobs/gone/", "<p>Closed</p>", canonical="", status=410),
        "/main.css": answer("body { background: url(/picture.png) }", "text/css; charset=utf-8"),
        "/picture.png": answer(picture(), "image/png"),
        "/small.png": answer(picture(20, 10), "image/png"),
        "/icons.svg": answer('<svg xmlns="http://www.w3.org/2000/svg"><symbol id="dot"/></svg>', "image/svg+xml"),
        "/en/feed.atom": answer(_atom(origin), "application/atom+xml; charset=utf-8"),
        "/en/feed.json": answer(_json(origin), "application/feed+json; charset=utf-8"),
        "/api/v1/categories": answer(_categories(origin), "application/json"),
        "/sitemap.xml": answer(_sitemap(origin, [*home.values(), *article.values(), "/en/jobs/", "/en/jobs/operator/"]),
                               "application/xml; charset=utf-8"),
    }  # fmt: skip
    pages["404"] = lambda path: html(
        origin, path if path[3:4] == "/" else "/en/", "<p>Not here</p>", canonical="", status=404
    )  # type: ignore[assignment]
    return pages


def _posting(origin: str) -> str:
    data = {
        "@context": "https://schema.org/", "@type": "JobPosting", "title": "Operator", "description": "<p>Job</p>",
        "datePosted": "2026-01-01T00:00:00+00:00", "url": f"{origin}/en/jobs/operator/",
        "hiringOrganization": {"@type": "Organization", "name": "Tiden"},
        "identifier": {"@type": "PropertyValue", "name": "Tiden", "value": "1"},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressCountry": "DE"}},
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def _atom(origin: str) -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{origin}/"><id>{origin}/en/feed.atom</id><title>All</title>'
        f'<updated>2026-01-01T00:00:00+00:00</updated><link rel="self" href="{origin}/en/feed.atom"/><entry><id>urn:uuid:1</id>'
        f"<title>One</title><updated>2026-01-01T00:00:00+00:00</updated>"
        f'<link rel="alternate" href="{origin}/en/articles/one/"/>'
        '<content type="html">&lt;p&gt;&lt;img src="/picture.png" alt=""&gt;&lt;/p&gt;</content></entry></feed>'
    )


def _json(origin: str) -> str:
    item = {
        "id": "urn:uuid:1", "url": f"{origin}/en/articles/one/", "title": "One", "date_published": "2026-01-01T00:00:00+00:00",
        "content_html": f'<p><img src="{origin}/picture.png" alt=""></p>',
    }  # fmt: skip
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "All", "feed_url": f"{origin}/en/feed.json",
        "home_page_url": f"{origin}/en/", "items": [item],
    }  # fmt: skip
    return json.dumps(feed)


def _categories(origin: str) -> str:
    item = {"slug": "one", "names": {}, "descriptions": {}, "url": f"{origin}/en/jobs/", "articles": 1, "openings": 0}
    return json.dumps({"total": 1, "items": [item]})


def _sitemap(origin: str, paths: list[str]) -> str:
    rows = "".join(f"<url><loc>{origin}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


# --- faults

Plant = Callable[[Pages, str], None]
ONE, GONE = "/en/articles/one/", "/en/jobs/gone/"


def _put(markup: str, path: str = "/en/") -> Plant:
    """More markup at the end of a page."""
    return _swap(path, "</main>", f"{markup}</main>")


def _swap(path: str, old: str, new: str) -> Plant:
    def plant(pages: Pages, _origin: str) -> None:
        body = pages[path]["body"]
        assert old in body, (path, old)
        pages[path] = {**pages[path], "body": body.replace(old, new)}

    return plant


def _header(path: str, name: str, value: str) -> Plant:
    def plant(pages: Pages, _origin: str) -> None:
        kept = [one for one in pages[path]["headers"] if one[0] != name]
        pages[path] = {**pages[path], "headers": [*kept, (name, value)]}

    return plant


def _page(path: str, page: Callable[[str], Page], link: str = "") -> Plant:
    """Another page, and a link to it from the front page."""

    def plant(pages: Pages, origin: str) -> None:
        pages[path] = page(origin)
        if link:
            _put(f'<p><a href="{link}">More</a></p>')(pages, origin)

    return plant


def _redirect(status: int, *path: str) -> Plant:
    """The front page leads to the first path, and each path to the next."""

    def plant(pages: Pages, origin: str) -> None:
        for one, to in itertools.pairwise(path):
            pages[one] = answer("", status=status, Location=to)
        _put(f'<p><a href="{path[0]}">More</a></p>')(pages, origin)

    return plant


def _orphan(path: str, **more: Any) -> Plant:
    """A page that stands in the sitemap."""

    def plant(pages: Pages, origin: str) -> None:
        pages[path] = html(origin, path, "<p>Words</p>", **more)
        _swap("/sitemap.xml", "</urlset>", f"<url><loc>{origin}{path}</loc></url></urlset>")(pages, origin)

    return plant


def _endless(pages: Pages, origin: str) -> None:
    inner = pages["404"]

    def more(path: str) -> Page:
        if not path.startswith("/en/more/"):
            return inner(path)  # type: ignore[operator]
        return html(origin, path, f'<p><a href="{path}a/">More</a></p>')

    pages["404"] = more  # type: ignore[assignment]
    _put('<p><a href="/en/more/">More</a></p>')(pages, origin)


NOINDEX = '<meta name="robots" content="noindex">'
#: By what is planted: how, the part that must find it, on which page, and what it must say (regular expressions).
PLANTS: dict[str, tuple[Plant, str, str, str]] = {
    "dead link": (_put('<p><a href="/en/nowhere/">X</a></p>'), "links", "/en/", r"/en/nowhere/ is not there \(404\)"),
    "missing fragment": (_put('<p><a href="/en/articles/one/#other">X</a></p>'), "links", "/en/", "has no part #other"),
    "missing own fragment": (_put('<p><a href="#other">X</a></p>'), "HTML", "/en/", "'other' leads nowhere"),
    "missing icon": (_swap("/en/", "#dot", "#ring"), "files", "/en/", "has no part #ring"),
    "closed link": (_put('<p><a href="/en/jobs/gone/">X</a></p>'), "links", "/en/", r"has gone \(410\)"),
    "moved link": (_redirect(301, "/en/old/", ONE), "links", "/en/", "has moved to /en/articles/one/"),
    "chain": (_redirect(302, "/en/old/", "/en/older/", ONE), "links", "/en/", "redirected 2 times"),
    "circle": (_redirect(302, "/en/old/", "/en/older/", "/en/old/"), "links", "/en/", "leads in a circle"),
    "no redirect": (_redirect(304, "/en/old/", ONE), "pages", "/en/old/", "is no redirect"),
    "script link": (_put('<p><a href="javascript:void(0)">X</a></p>'), "links", "/en/", "leads to javascript:"),
    "broken page": (_page("/en/bad/", lambda _: answer("", "text/html", 500), "/en/bad/"), "pages", "/en/bad/", "answers 500"),
    "endless": (_endless, "pages", "/en/more/.*", "more than"),
    "dead image": (_put('<img src="/none.png" alt="">'), "images", "/en/", r"/none.png is not there"),
    "foreign image": (_put('<img src="https://pictures.example/a.png" alt="">'), "images", "/en/", "another host: pictures"),
    "no image": (_put('<img src="/en/jobs/" alt="">'), "images", "/en/", "is no picture but text/html"),
    "wrong type": (_header("/small.png", "Content-Type", "image/webp"), "images", "/small.png", "is PNG and is called"),
    "wrong candidate": (_swap("/en/", "/small.png 20w", "/small.png 30w"), "images", "/en/", "told to be 30 wide, and is 20"),
    "dead candidate": (_swap("/en/", "/small.png 20w", "/none.png 20w"), "images", "/en/", "/none.png is not there"),
    "wrong shape": (_swap("/en/", 'height="20"', 'height="40"'), "images", "/en/", "has 40 x 20 pixels"),
    "foreign script": (_put('<script src="https://cdn.example/a.js"></script>'), "files", "/en/", "another host: cdn"),
    "foreign style": (_swap("/main.css", "/picture.png", "//cdn.example/a.png"), "files", "/main.css", "another host: cdn"),
    "dead style": (_swap("/de/", "/main.css", "/other.css"), "files", "/de/", "/other.css is not there"),
    "cookie": (_header("/de/", "Set-Cookie", "session=1"), "headers", "/de/", "sets a cookie"),
    "no policy": (_header("/de/", "Content-Security-Policy", ""), "headers", "/de/", "has no header Content-Security"),
    "inline policy": (_header("/de/", "Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'"), "headers",
                      "/de/", "allows 'unsafe-inline' in script-src"),
    "open policy": (_header("/de/", "Content-Security-Policy", "img-src 'self'"), "headers", "/de/", "does not begin with"),
    "wrong language": (_header("/de/", "Content-Language", "en"), "headers", "/de/", "is said to be in en"),
    "wrong html language": (_swap("/de/", 'lang="de"', 'lang="en"'), "HTML", "/de/", "another language than its address"),
    "duplicate id": (_put('<h2 id="part">Again</h2>', ONE), "HTML", ONE, "id 'part' twice"),
    "missing alt": (_swap("/en/", ' alt="A picture"', ""), "HTML", "/en/", "img without alt"),
    "block in line": (_put("<ul><p>X</p></ul>"), "HTML", "/en/", "<p> in <ul>"),
    "link in link": (_put('<a href="/en/"><span tabindex="0"><button type="button">X</button></span></a>'), "HTML", "/en/",
                     "inside of <a href"),
    "unknown attribute": (_put('<p align="left">X</p>'), "HTML", "/en/", "no attribute align here"),
    "unknown element": (_put("<marquee>X</marquee>"), "HTML", "/en/", "<marquee>"),
    "bad date": (_put('<p><time datetime="soon">X</time></p>'), "HTML", "/en/", "datetime cannot be 'soon'"),
    "bad role": (_put('<p role="hero">X</p>'), "HTML", "/en/", "no role 'hero'"),
    "bad aria": (_put('<p aria-labell="hero">X</p>'), "HTML", "/en/", "no attribute aria-labell"),
    "bad srcset": (_swap("/en/", "/small.png 20w", "/small.png"), "HTML", "/en/", "is no address with a width"),
    "unclosed": (_put("<div>"), "HTML", "/en/", "end-tag-too-early"),
    "skipped heading": (_put("<h4>X</h4>"), "HTML", "/en/", "h4 after h1"),
    "no title": (_swap("/de/", "<title>/de/</title>", "<title></title>"), "HTML", "/de/", "has no title"),
    "no button": (_put('<form method="post"><input name="x"></form>'), "HTML", "/en/", "without a label"),
    "bad Atom": (_swap("/en/feed.atom", "<updated>2026-01-01T00:00:00+00:00</updated><link rel=\"self\"", "<link rel=\"self\""),
                 "feeds", "/en/feed.atom", "updated"),
    "no XML": (_swap("/en/feed.atom", "</feed>", ""), "feeds", "/en/feed.atom", "cannot be read"),
    "bad JSON Feed": (_swap("/en/feed.json", '"date_published"', '"published"'), "feeds", "/en/feed.json", "date_published"),
    "no JSON": (_swap("/en/feed.json", "{", "", ), "feeds", "/en/feed.json", "cannot be read"),
    "other feed": (_swap("/en/feed.json", "/en/feed.json", "/de/feed.json"), "feeds", "/en/feed.json", "calls itself"),
    "other entries": (_swap("/en/feed.json", "urn:uuid:1", "urn:uuid:2"), "feeds", "/en/feed.atom", "has other entries"),
    "dead entry": (_swap("/en/feed.atom", "/en/articles/one/", "/en/articles/two/"), "feeds", "/en/feed.atom", "is not there"),
    "relative in feed": (lambda pages, origin: _swap("/en/feed.json", f"{origin}/picture.png", "/picture.png")(pages, origin),
                         "feeds", "/en/feed.json", "without a host"),
    "dead image in feed": (_swap("/en/feed.atom", "/picture.png", "/none.png"), "images", "/en/feed.atom", "is not there"),
    "other than described": (_swap("/api/v1/categories", '"slug"', '"slugs"'), "API", "/api/v1/categories", "slug"),
    "dead in the API": (_swap("/api/v1/categories", "/en/jobs/", "/en/job/"), "links", "/api/v1/categories", "is not there"),
    "bad posting": (_swap("/en/jobs/operator/", "datePosted", "posted"), "data", "/en/jobs/operator/", "datePosted"),
    "relative in posting": (_swap("/en/jobs/operator/", "<p>Job</p>\"", "<a href='/en/'>Job</a>\""), "feeds",
                            "/en/jobs/operator/", "without a host"),
    "unknown posting": (_swap("/en/jobs/operator/", "JobPosting", "JobOffer"), "data", "/en/jobs/operator/", "nobody checks"),
    "broken posting": (_swap("/en/jobs/operator/", '{"@context"', '"@context"'), "data", "/en/jobs/operator/", "is no JSON"),
    "bad sitemap": (_swap("/sitemap.xml", "<loc>", "<place>"), "feeds", "/sitemap.xml", "cannot be read|place"),
    "sitemap to nowhere": (_swap("/sitemap.xml", "/en/jobs/operator/", "/en/jobs/other/"), "heads", "/sitemap.xml",
                           "is not there"),
    "not in the sitemap": (_swap("/sitemap.xml", "/en/jobs/operator/", "/en/jobs/"), "heads", "/en/jobs/operator/",
                           "does not stand in the sitemap"),
    "twice in the sitemap": (_swap("/sitemap.xml", "/en/jobs/operator/", "/en/jobs/"), "heads", "/en/jobs/", "twice"),
    "unreachable": (_orphan("/en/island/"), "heads", "/en/island/", "no page leads there"),
    "hidden in the sitemap": (_orphan("/en/island/", head=NOINDEX), "heads", "/en/island/", "not to be found"),
    "copy in the sitemap": (_orphan("/en/island/", canonical=ONE), "heads", "/en/island/", "as canonical"),
    "no canonical": (_page("/en/x/", lambda origin: html(origin, "/en/x/", "", canonical=""), "/en/x/"), "heads", "/en/x/",
                     "has 0 canonical"),
    "dead canonical": (_page("/en/x/", lambda origin: html(origin, "/en/x/", "", canonical="/en/y/"), "/en/x/"), "heads",
                       "/en/x/", "is not there"),
    "foreign canonical": (_page("/en/x/", lambda _: html("https://other.example", "/en/x/", ""), "/en/x/"), "heads", "/en/x/",
                          "names another host"),
    "canonical of canonical": (_page("/en/x/", lambda origin: html(origin, "/en/x/", "", canonical="/en/jobs/?kind=a"),
                                     "/en/x/"),
                               "heads", "/en/x/", "names another page as canonical"),
    "one-sided hreflang": (lambda pages, origin: _swap("/de/", f'hreflang="en" href="{origin}/en/"',
                                                       f'hreflang="en" href="{origin}{ONE}"')(pages, origin),
                           "heads", "/en/", "does not name the same translations"),
    "hreflang of another language": (lambda pages, origin: _swap(ONE, f'hreflang="de" href="{origin}/de/articles/eins/"',
                                                                 f'hreflang="de" href="{origin}/en/jobs/"')(pages, origin),
                                     "heads", ONE, "is in 'en', not in 'de'"),
}  # fmt: skip

#: Pages with a fault only a browser sees: the part that must find it, and what it must say.
SEEN: dict[str, tuple[str, str, str]] = {
    "/en/contrast/": ('<p class="pale">Words</p>', "axe", "color-contrast"),
    "/en/wide/": ('<p class="wide">Words</p>', "browser", "sticks out of a window 360 px wide"),
    "/en/foreign/": ('<script src="https://cdn.example/a.js"></script>', "browser", "off-origin|Content Security|ERR_"),
    "/en/failing/": ('<script src="/bad.js"></script>', "browser", r"\[script\]"),
    "/en/buttonless/": ('<form><label>X <input name="x"></label></form>', "browser", "without JavaScript"),
}


def seen_by_a_browser(origin: str) -> Iterator[tuple[str, Page]]:
    """The pages of `SEEN`, one without a fault, and what they load."""
    yield (
        "/main.css",
        answer(".pale { color: #bbb; background: #fff } .wide { width: 70rem }", "text/css; charset=utf-8"),
    )
    yield "/bad.js", answer("nothing.at.all()", "text/javascript; charset=utf-8")
    yield "/favicon.ico", answer(picture(), "image/png")
    yield "/en/fine/", html(origin, "/en/fine/", "<p>Words</p>")
    for path, (markup, _part, _words) in SEEN.items():
        yield path, html(origin, path, markup)

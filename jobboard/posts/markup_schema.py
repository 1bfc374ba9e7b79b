"""What search engines read of the blog's pages: schema.org as JSON-LD (https://schema.org, Google's rules for articles)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import url_for

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.core.web import site_url
from jobboard.people.markup import Profile
from jobboard.posts.markup import Byline, canonical_url, category_link, changed_at
from jobboard.posts.models import Post, PostText
from jobboard.site.models import Site

CONTEXT = "https://schema.org"
#: Longest headline that is read (Google's rule).
HEADLINE = 110


def blog_posting(post: Post, text: PostText, people: Iterable[tuple[Byline, Profile]], picture: str, site: Site) -> Any:
    """An article. `picture` is the absolute address of its picture."""
    url = site_url(canonical_url(text))
    data = {
        "@context": CONTEXT,
        "@type": "BlogPosting",
        "headline": text.title[:HEADLINE],
        "description": text.summary,
        "image": [picture],
        "datePublished": _moment(post.publish_at or post.created_at),
        "dateModified": _moment(changed_at(post)),
        "author": [_person(face, about) for face, about in people] or [organization(site)],
        "publisher": organization(site),
        "inLanguage": text.locale,
        "keywords": [i18n.pick(category.name, text.locale) for category in post.categories],
        "url": url,
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
    }
    return {name: value for name, value in data.items() if value}


def home_page(site: Site) -> list[dict[str, Any]]:
    """Who runs the site, and the site: what search engines name it by."""
    home = site_url(url_for("timeline.index"))
    language = i18n.page_language()
    web_site = {"@context": CONTEXT, "@type": "WebSite", "name": site.name, "url": home, "inLanguage": language}
    return [{"@context": CONTEXT, **organization(site)}, web_site]


def organization(site: Site) -> dict[str, Any]:
    """The site's own organisation."""
    return {
        "@type": "Organization",
        "name": site.organisation or site.name,
        "url": site.organisation_url or site_url("/"),
        "logo": site_url(url_for("static", filename="favicon.svg")),
    }


def profile_page(face: Byline, about: Profile) -> dict[str, Any]:
    """The page of an author."""
    person = _person(face, about) | ({"description": about.about} if about.about else {})
    return {"@context": CONTEXT, "@type": "ProfilePage", "url": site_url(face.url), "mainEntity": person}


def trail(*steps: tuple[str, str], start: tuple[str, str] | None = None) -> dict[str, Any]:
    """The way to a page, as (words, path), behind the blog's front page or another start; the page itself is the last."""
    found = [start or (_("Blog"), url_for("timeline.index")), *steps]
    items = [
        {"@type": "ListItem", "position": number, "name": words, "item": site_url(path)}
        for number, (words, path) in enumerate(found, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def way_to(text: PostText, title: str, start: tuple[str, str] | None = None) -> dict[str, Any]:
    """The way to the page of a text called so, through its post's first category."""
    topics = [category_link(category) for category in text.post.categories[:1]]
    return trail(*((topic.text, topic.url) for topic in topics), (title, canonical_url(text)), start=start)


def _person(face: Byline, about: Profile) -> dict[str, Any]:
    data: dict[str, Any] = {"@type": "Person", "name": face.name, "url": site_url(face.url)}
    if face.picture:
        data["image"] = site_url(face.picture)
    if about.job:
        data["jobTitle"] = about.job
    if about.links:
        data["sameAs"] = [url for _label, url in about.links]
    return data


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(i18n.site_zone()).isoformat(timespec="seconds")

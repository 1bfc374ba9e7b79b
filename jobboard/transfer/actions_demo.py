"""The demo site: a fictional company with openings, articles and applications in every stage.

Everything is data in the folder `demo` beside this file; dates there are days before or after the moment of loading, so
the demo is the same whenever it is loaded. The same loader gives the test suite a full site.
"""

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.core import clock, i18n
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.core.markdown import Rendered, render
from jobboard.files.actions import Picture, keep_picture, read_picture
from jobboard.files.markup import picture_path
from jobboard.openings.actions import (
    begin_offer,
    place_for,
    set_language_needs,
    set_places,
    set_questions,
    set_remote_countries,
)
from jobboard.openings.models import CEFR, Contract, Hours, JobOffer, Level, PayPeriod, Workplace
from jobboard.people.actions import create_person
from jobboard.people.actions_staff import invite
from jobboard.people.models import Person
from jobboard.posts.actions import begin_article, ensure_category, publish, save_text, set_authors, set_categories
from jobboard.posts.actions_series import ensure_series, set_series
from jobboard.posts.models import Category, Post, PostImage
from jobboard.site.actions import change_site, write_page
from jobboard.site.models import PageKind, Site
from jobboard.site.queries import current_site
from jobboard.transfer.actions import Progress
from jobboard.transfer.actions_demo_applications import documents, put_application
from jobboard.transfer.actions_demo_figures import put_sources, put_views
from jobboard.transfer.actions_demo_reviews import put_criteria, put_ratings, put_templates
from jobboard.transfer.actions_demo_writing import put_history, put_template
from jobboard.transfer.markup_images import references, with_images

FOLDER = Path(__file__).parent / "demo"
LANGUAGES = ("en", "de")


@dataclasses.dataclass
class DemoReport:
    """How much was loaded."""

    people: int = 0
    articles: int = 0
    openings: int = 0
    applications: int = 0


@dataclasses.dataclass(frozen=True)
class Source:
    """One post of the demo as its files say, slow work already done."""

    facts: dict[str, Any]
    texts: dict[str, tuple[dict[str, Any], str, Rendered]]
    pictures: dict[str, Picture]


def has_content() -> bool:
    """Whether the site has anything already; then the demo leaves it alone."""
    return session().query(Post.id).limit(1).first() is not None


def load_demo(progress: Progress | None = None) -> DemoReport:
    """Load the whole demo in one transaction. Raises what the database raises; then nothing was loaded."""
    now, report = clock.now().replace(microsecond=0), DemoReport()
    articles = [read_post(folder) for folder in folders("posts")]
    openings = [read_post(folder) for folder in folders("openings")]
    faces = {path.stem: read_picture(path.read_bytes(), path.name) for path in sorted(FOLDER.glob("people/*.png"))}
    entries, reviews = read_yaml("applications.yaml"), read_yaml("reviews.yaml")
    cvs, readers = documents(entries), read_yaml("figures.yaml")
    total, done = len(articles) + len(openings) + len(entries), 0
    with writing():
        load_site()
        people, categories, came = load_people(faces), load_categories(), put_sources(readers["sources"])
        invite("ida@tidenhub.example", "Ida Sørensen", Role.reviewer, "en", _admin(people), now)
        report.people = len(people)
        for source in articles:
            post = begin_article(locale=source.facts["original"])
            put_post(post, source, people, categories, now)
            if not report.articles:
                put_history(post, now)
            report.articles += 1
            done = _step(progress, done, total)
        offers: dict[str, JobOffer] = {}
        for source in openings:
            offer = begin_offer(locale=source.facts["original"])
            put_facts(offer, source.facts, people, now)
            put_post(offer, source, people, categories, now)
            offers[source.facts["folder"]] = offer
            session().flush()
            if not report.openings:
                put_template(offer)
            set_reviewers(offer.id, [people[key] for key in source.facts.get("reviewers", [])])
            report.openings += 1
            done = _step(progress, done, total)
        session().flush()
        put_criteria(reviews, offers)
        rows = {}
        for entry in sorted(entries, key=lambda one: -one["sent_days_ago"]):
            rows[entry["key"]] = put_application(
                {**entry, "source_id": came.get(entry["key"])},
                offers[entry["opening"]],
                people,
                cvs.get(entry["key"]),
                now,
            )
            report.applications += 1
            done = _step(progress, done, total)
        posts = session().query(Post).order_by(Post.id).all()
        put_views(posts, readers["hosts"], [one["code"] for one in readers["sources"]], now)
        put_ratings(reviews, rows, people, now)
        put_templates(reviews, people["thilo-brandt"])
    return report


def _step(progress: Progress | None, done: int, total: int) -> int:
    if progress is not None:
        progress(done + 1, total)
    return done + 1


def read_yaml(name: str) -> Any:
    """One of the demo's data files."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def folders(kind: str) -> list[Path]:
    """The folders of the demo's posts or openings, in a fixed order."""
    return sorted(path for path in (FOLDER / kind).iterdir() if path.is_dir())


def read_post(folder: Path) -> Source:
    """A post's files, with its pictures read and its texts rendered."""
    facts_file = folder / "opening.yaml"
    facts = yaml.safe_load(facts_file.read_text(encoding="utf-8")) if facts_file.exists() else {}
    texts: dict[str, tuple[dict[str, Any], str, Rendered]] = {}
    pictures: dict[str, Picture] = {}
    for path in sorted(folder.glob("*.md")):
        _empty, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        words = yaml.safe_load(front)
        facts = {**words, **facts} if "original" in words else {**facts}
        body, shown = _with_pictures(folder, body.strip() + "\n")
        pictures.update(shown)
        texts[path.stem] = (words, body, render(body))
    facts.setdefault("original", next(iter(texts)))
    return Source({**facts, "folder": folder.name}, texts, pictures)


def _with_pictures(folder: Path, body: str) -> tuple[str, dict[str, Picture]]:
    found = {name: folder / name for name in references(body) if (folder / name).is_file()}
    pictures = {name: read_picture(path.read_bytes(), path.name) for name, path in found.items()}
    addresses = {name: picture_path(picture.key, picture.name) for name, picture in pictures.items()}
    return with_images(body, addresses), pictures


def load_site() -> Site:
    """The company: name, words, legal pages."""
    data = read_yaml("site.yaml")
    site = change_site(
        current_site(),
        {
            "name": data["name"],
            "tagline": data["tagline"],
            "intro": data["about"],
            "gender_marker": data["gender_marker"],
            "time_zone": data["time_zone"],
            "retention_days": data["retention_days"],
            "organisation": data["responsible"]["organisation"],
            "organisation_url": "https://tidenhub.example",
            "contact_email": data["responsible"]["email"],
        },
    )
    for kind in PageKind:
        for locale in LANGUAGES:
            write_page(kind, locale, (FOLDER / "pages" / f"{kind.value}.{locale}.md").read_text(encoding="utf-8"))
    return site


def load_people(faces: dict[str, Picture]) -> dict[str, Person]:
    """The people by their key, with pictures."""
    people = {}
    for data in read_yaml("people.yaml"):
        role = Role(data["role"]) if data.get("role") else None
        person = create_person(data["name"], slug=data["key"], email=data["email"], role=role)
        person.job, person.bio, person.links = data["job"], data["bio"], data.get("links", [])
        if data["key"] in faces:
            person.picture = keep_picture(faces[data["key"]])
        people[data["key"]] = person
    session().flush()
    return people


def _admin(people: dict[str, Person]) -> Person:
    return next(person for person in people.values() if person.role is Role.admin)


def load_categories() -> dict[str, Category]:
    """The categories by their key."""
    return {
        data["key"]: ensure_category(data["slug"], data["name"], data.get("description"))
        for data in read_yaml("categories.yaml")
    }


def put_post(
    post: Post, source: Source, people: dict[str, Person], categories: dict[str, Category], now: dt.datetime
) -> None:
    """Texts, byline, categories, pictures and dates of a post."""
    facts = source.facts
    set_authors(post, [people[key] for key in facts["authors"]])
    set_categories(post, [categories[key] for key in facts["categories"]])
    notices = facts.get("notice") or {}
    session().flush()
    for locale, (words, body, rendered) in source.texts.items():
        others = " ".join(text for code, text in notices.items() if code != locale) if notices else ""
        save_text(
            post,
            locale,
            title=words["title"],
            summary=words.get("summary", ""),
            markdown=body,
            slug=words.get("slug"),
            notice=others,
            rendered=rendered,
        )
    for reference, picture in source.pictures.items():
        post.images.append(PostImage(file=keep_picture(picture), reference=reference))
    if names := facts.get("series"):
        series = ensure_series(names["en"], "en")
        series.name = names
        set_series(post, series, facts["series_part"])
    put_dates(post, facts, now)


def put_dates(post: Post, facts: dict[str, Any], now: dt.datetime) -> None:
    """Draft, scheduled, open, or closed: by days from now."""
    if facts.get("state") == "draft":
        return
    days = -facts["published_days_ago"] if facts.get("scheduled_in_days") is None else facts["scheduled_in_days"]
    publish(post, at(now, days, facts.get("published_time", "09:30")))
    post.updated_at = post.created_at = min(now, post.publish_at or now)
    if facts.get("closes_in_days") is not None:
        post.closes_at = at(now, facts["closes_in_days"], "23:59:59")
    if facts.get("closed_early_days_ago") is not None:
        post.closed_at = at(now, -facts["closed_early_days_ago"], "16:00")


def at(now: dt.datetime, days: int, time: str) -> dt.datetime:
    """The moment `days` from today at a local time; today's posts are never in the future."""
    day = now.astimezone(i18n.site_zone()).date() + dt.timedelta(days=days)
    moment = dt.datetime.combine(day, dt.time.fromisoformat(str(time)), i18n.site_zone()).astimezone(dt.UTC)
    return min(moment, now) if days == 0 else moment


def put_facts(offer: JobOffer, facts: dict[str, Any], people: dict[str, Person], now: dt.datetime) -> None:
    """The facts of an opening."""
    offer.reference = facts.get("reference") and f"demo:{facts['reference']}"
    enums: dict[str, Any] = {"contract": Contract, "hours": Hours, "workplace": Workplace, "level": Level}
    for name, members in enums.items():
        setattr(offer, name, members(facts[name]) if facts.get(name) else None)
    offer.weekly_hours = Decimal(str(facts["weekly_hours"])) if facts.get("weekly_hours") else None
    if pay := facts.get("pay"):
        offer.pay_min, offer.pay_max = (Decimal(str(pay[name])) if pay.get(name) else None for name in ("min", "max"))
        offer.pay_currency, offer.pay_period = pay["currency"], PayPeriod(pay["period"])
    offer.pay_note = facts.get("pay_note") or {}
    if facts.get("starts_in_days") is not None:
        offer.starts_on = at(now, facts["starts_in_days"], "12:00").date()
    offer.contact = people.get(facts.get("contact") or "")
    offer.response_days, offer.apply_url = facts.get("response_days"), facts.get("apply_url")
    offer.is_filled = bool(facts.get("filled"))
    organisation = facts.get("organisation") or {}
    offer.organisation, offer.organisation_url = organisation.get("name"), organisation.get("url")
    places = facts.get("places") or []
    set_places(offer, [place_for(one["country"], one.get("region"), one.get("city")) for one in places])
    set_remote_countries(offer, facts.get("remote_countries") or [])
    needs = facts.get("languages") or []
    set_language_needs(offer, [(one["tag"], CEFR(one["level"]), one["required"]) for one in needs])
    set_questions(offer, facts.get("questions") or [])

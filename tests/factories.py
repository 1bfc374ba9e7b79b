"""Things to test with: plain functions that add a complete row to the session and flush it."""

import datetime as dt
import itertools
from typing import Any

import sqlalchemy as sa

from jobboard.applications.actions_review import WantedCriterion, set_review_rules
from jobboard.applications.models import Application, Stage
from jobboard.applications.models_desk import BulkItem, BulkRun
from jobboard.applications.models_review import Criterion
from jobboard.applications.queries_review import criteria_of
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.i18n import site_zone
from jobboard.core.tokens import link_token, token_hash
from jobboard.interviews.models import Interview, InterviewSlot, InterviewState, Venue
from jobboard.mail.actions_templates import save_template
from jobboard.mail.models_templates import MailTemplate
from jobboard.openings.models import (
    CEFR,
    JobOffer,
    LanguageNeed,
    OfferPlace,
    Place,
    Question,
    QuestionKind,
    RemoteCountry,
    place_key,
)
from jobboard.people.models import Person
from jobboard.posts.actions import begin, ensure_category, publish, save_text, set_authors, set_categories
from jobboard.posts.models import Authorship, Categorization, Category, Post, PostCard, PostText

_numbers = itertools.count(1)


def today(days: int = 0) -> dt.date:
    """The day it is on the site, or so many days later: near midnight another one than the machine's or UTC's."""
    return (clock.now() + dt.timedelta(days=days)).astimezone(site_zone()).date()


def make_person(name: str = "Alma Berg", role: Role | None = None, **columns: Any) -> Person:
    """A person, by default without a role."""
    number = next(_numbers)
    columns = {"slug": f"person-{number}", "email": f"person{number}@example.org", **columns}
    person = Person(name=name, role=role, **columns)
    session().add(person)
    session().flush()
    return person


def make_category(slug: str, en: str = "", de: str = "") -> Category:
    """A category with names in both languages."""
    return ensure_category(slug, {"en": en or slug.title(), "de": de or slug.title()})


def make_article(title: str = "An outage, explained", **given: Any) -> Post:
    """An article, published an hour ago."""
    return _finish(Post(), title, given)


def make_offer(title: str = "Linux system administrator", **given: Any) -> JobOffer:
    """An opening, published an hour ago and open-ended.

    `places=["DE/Heidelberg"]`, `remote=["DE"]`, `needs=[("de", "C1", True)]`, `questions=[{…}]`; other names are columns.
    """
    offer = JobOffer()
    places, remote = given.pop("places", []), given.pop("remote", [])
    needs, questions = given.pop("needs", []), given.pop("questions", [])
    offer.places = [OfferPlace(place=make_place(key), position=position) for position, key in enumerate(places)]
    offer.remote_countries = [RemoteCountry(country=code) for code in remote]
    offer.language_needs = [
        LanguageNeed(tag=tag, level=CEFR(level), is_required=is_required, position=position)
        for position, (tag, level, is_required) in enumerate(needs)
    ]
    for position, values in enumerate(questions):
        words = {**values, "kind": QuestionKind(values["kind"])}
        offer.questions.append(Question(position=position, **{"key": f"question{position + 1}", **words}))
    return _finish(offer, title, given)


def make_place(key: str) -> Place:
    """The place with this key, such as "DE/Heidelberg", "US/CA/Palo Alto" or "AT"."""
    found = session().execute(sa.select(Place).where(Place.key == key)).scalar_one_or_none()
    if found is None:
        country, *rest = key.split("/")
        region = rest[0] if len(rest) == 2 else None
        city = rest[-1] if rest else None
        found = Place(key=place_key(country, region, city), country=country, region=region, city=city)
        session().add(found)
        session().flush()
    return found


def make_application(opening: JobOffer, **columns: Any) -> Application:
    """An application that arrived an hour ago."""
    number = next(_numbers)
    email = columns.pop("email", f"applicant{number}@example.org")
    at = columns.pop("received_at", clock.now() - dt.timedelta(hours=1))
    stage = columns.pop("stage", Stage.received)
    values: dict[str, Any] = {
        "name": "Robin Okafor",
        "text": "I keep servers running.",
        "locale": "en",
        "form_nonce": f"nonce-{number}",
        "form_digest": "0" * 64,
        "told_stage": Stage.reviewing if stage is Stage.rejected else stage,
        "decided_at": at if stage is Stage.rejected else None,
        **columns,
    }
    row = Application(
        opening_id=opening.id,
        email=email,
        email_key=email.lower(),
        received_at=at,
        stage_since=at,
        stage=stage,
        **values,
    )
    session().add(row)
    session().flush()
    row.link_hash = token_hash(link_token("application", row.id, row.link_epoch))
    session().flush()
    return row


def make_interview(row: Application, people: list[Person], starts: list[dt.datetime], **columns: Any) -> Interview:
    """An interview whose times were proposed an hour ago; `planned=True`: the first of them is picked."""
    now, planned = clock.now(), columns.pop("planned", False)
    values: dict[str, Any] = {
        "uid": f"interview-{next(_numbers)}@jobs.test",
        "sequence": 0,
        "state": InterviewState.planned if planned else InterviewState.proposed,
        "starts_at": starts[0] if planned else None,
        "picked_at": now - dt.timedelta(minutes=30) if planned else None,
        "minutes": 45,
        "venue": Venue.video,
        "place": "https://meet.example.org/room",
        "message": "",
        "answer_by": now + dt.timedelta(days=3),
        "proposed_by": people[0],
        "proposed_at": now - dt.timedelta(hours=1),
        **columns,
    }
    interview = Interview(application_id=row.id, people=people, **values)
    interview.slots = [InterviewSlot(starts_at=start) for start in starts]
    session().add(interview)
    session().flush()
    return interview


def copy_application(row: Application, number: int) -> None:
    """So many more applications like this one, at once: a list of 300 takes a moment and not a flush each."""
    columns = [column.key for column in sa.inspect(Application).column_attrs if column.key not in {"id", "link_hash"}]
    values = {name: getattr(row, name) for name in columns}
    rows = [{**values, "form_nonce": f"nonce-{next(_numbers)}"} for _one in range(number)]
    if rows:
        session().execute(sa.insert(Application), rows, execution_options={"scope": "test"})


def copy_post(post: Post, number: int) -> None:
    """So many more articles like this one with their cards, at once: a list of 300 takes a moment and not a save each."""
    for model in (Post, PostText, Authorship, Categorization, PostCard):
        table: Any = model.__table__
        key = "id" if model is Post else "post_id"
        found = session().execute(sa.select(table).where(table.c[key] == post.id)).mappings().all()
        rows = [_copied(dict(row), key, 100_000 + one) for row in found for one in range(number)]
        if rows:
            session().connection().execute(sa.insert(table), rows)


def _copied(row: dict[str, Any], key: str, post_id: int) -> dict[str, Any]:
    if key != "id":
        row.pop("id", None)
    unique = {name: f"{row[name][:20]}-{post_id}" for name in ("uid", "slug") if name in row}
    return row | unique | {key: post_id}


def make_run(row: Application, person: Person, to_stage: Stage = Stage.reviewing) -> BulkRun:
    """A bulk run of one application, moved to a stage a moment ago."""
    run = BulkRun(nonce=f"{next(_numbers):032x}", person_id=person.id, at=clock.now(), to_stage=to_stage)
    session().add(run)
    session().flush()
    session().add(BulkItem(run_id=run.id, application_id=row.id, is_done=True, version=row.version))
    session().flush()
    return run


def make_criteria(offer: JobOffer, *labels: str, hides_names: bool = False) -> list[Criterion]:
    """What an opening's applications are rated by."""
    wanted = [WantedCriterion({"en": label, "de": f"{label} (de)"}) for label in labels]
    set_review_rules(offer.id, wanted, hides_names=hides_names)
    session().flush()
    return criteria_of(offer.id)


def make_template(name: str, **words: tuple[str, str]) -> MailTemplate:
    """A mail template people choose by its name; `en=(subject, text)`."""
    row = save_template(None, name=name, words=words or {"en": ("Hello", "Hello {{ name }}")}, by_id=None)
    session().flush()
    return row


def application_link(row: Application) -> str:
    """The token of the applicant's link."""
    return link_token("application", row.id, row.link_epoch)


def _finish(post: Any, title: str, given: dict[str, Any]) -> Any:
    locale = given.pop("locale", "en")
    texts = given.pop("texts", {})
    authors, categories = given.pop("authors", None), given.pop("categories", [])
    words = {name: given.pop(name) for name in ("summary", "markdown", "slug", "notice") if name in given}
    is_draft = given.pop("draft", False)
    publish_at = given.pop("publish_at", clock.now() - dt.timedelta(hours=1))
    begin(post, locale=locale)
    for name, value in given.items():
        assert name in sa.inspect(type(post)).attrs, name
        setattr(post, name, value)
    set_authors(post, authors if authors is not None else [make_person()])
    set_categories(post, categories)
    with session().no_autoflush:
        save_text(post, locale, title=title, **words)
    for code, other in texts.items():
        save_text(post, code, **other)
    if is_draft:
        post.publish_at = None
    else:
        publish(post, publish_at)
    session().flush()
    return post

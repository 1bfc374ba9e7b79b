"""A site of any size, the same each time: a thousand posts made by the real code, then copied inside the database."""

import datetime as dt
import random
from decimal import Decimal

import sqlalchemy as sa

from jobboard.core.db import db, session, writing
from jobboard.openings.models import (
    CEFR,
    Contract,
    Hours,
    JobOffer,
    LanguageNeed,
    Level,
    OfferPlace,
    PayPeriod,
    Place,
    RemoteCountry,
    Workplace,
    place_key,
)
from jobboard.people.models import Person
from jobboard.posts.actions import begin, ensure_category, publish, save_text, set_authors, set_categories
from jobboard.posts.models import Authorship, Categorization, Post, PostCard, PostText

#: Posts made by the real code; of each hundred thirty are openings.
SAMPLE, OPENINGS = 1000, 30
NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
WORDS = [
    "harbour", "ferry", "tide", "pier", "buoy", "rope", "deck", "crew", "chart", "wind", "wave", "anchor", "light",
    "bell", "sail", "dock", "quay", "route",
]  # fmt: skip
CITIES = [f"{place}{kind}" for place in ("Nord", "Süd", "Ost", "West", "Alt", "Neu", "Ober", "Unter", "Bad ", "Groß")
          for kind in ("hausen", "hafen", "stadt", "berg", "feld", "furt", "see", "tal")]  # fmt: skip
COUNTRIES = ["DE", "AT", "DK", "NL", "PL", "PT"]
CATEGORIES = [
    "operations",
    "databases",
    "privacy",
    "design",
    "testing",
    "linux",
    "job",
    "business",
    "sales",
    "research",
]
#: Copied by `grow`, parents first; the named columns move by the number of the copies before.
COPIED = {
    Post.__table__: ("id",),
    PostText.__table__: ("id", "post_id"),
    PostCard.__table__: ("post_id",),
    Authorship.__table__: ("post_id",),
    Categorization.__table__: ("post_id",),
    JobOffer.__table__: ("post_id",),
    OfferPlace.__table__: ("offer_id",),
    RemoteCountry.__table__: ("offer_id",),
    LanguageNeed.__table__: ("offer_id",),
}


def fill() -> None:
    """The first thousand posts."""
    chance = random.Random(20261101)
    for start in range(0, SAMPLE, 50):
        with writing() as current:
            people = _people(current)
            categories = [ensure_category(slug, {"en": slug.title(), "de": slug.title()}) for slug in CATEGORIES]
            places = _places(current)
            for number in range(start, start + 50):
                post = _offer(chance, places) if number % 100 < OPENINGS else Post()
                begin(post, locale="en")
                set_authors(post, chance.sample(people, chance.choice((1, 1, 2))))
                set_categories(post, chance.sample(categories, chance.choice((1, 2, 3))))
                current.flush()
                words = " ".join(chance.choices(WORDS, k=5)).capitalize()
                summary = " ".join(chance.choices(WORDS, k=18)).capitalize() + "."
                save_text(post, "en", title=f"{words} {number}", summary=summary, markdown=summary * 3)
                publish(post, NOON - dt.timedelta(minutes=17 * number))


def _people(current: sa.orm.Session) -> list[Person]:
    found = list(current.execute(sa.select(Person).order_by(Person.id)).scalars())
    if not found:
        found = [Person(name=f"Person {number}", slug=f"person-{number}") for number in range(20)]
        current.add_all(found)
        current.flush()
    return found


def _places(current: sa.orm.Session) -> list[Place]:
    found = list(current.execute(sa.select(Place).order_by(Place.id)).scalars())
    if not found:
        found = [Place(key=place_key("DE", None, city), country="DE", city=city) for city in CITIES]
        current.add_all(found)
        current.flush()
    return found


def _offer(chance: random.Random, places: list[Place]) -> JobOffer:
    offer = JobOffer(
        contract=chance.choice(list(Contract)),
        hours=chance.choice(list(Hours)),
        workplace=chance.choice(list(Workplace)),
        level=chance.choice(list(Level)),
        pay_min=Decimal(chance.randrange(40, 60) * 1000),
        pay_max=Decimal(chance.randrange(60, 90) * 1000),
        pay_currency="EUR",
        pay_period=PayPeriod.year,
    )
    if offer.workplace is Workplace.remote:
        offer.remote_countries = [RemoteCountry(country=code) for code in chance.sample(COUNTRIES, 2)]
    else:
        offer.places = [OfferPlace(place=chance.choice(places), position=0)]
    tags = chance.sample(["de", "en", "da"], chance.choice((0, 1, 2)))
    offer.language_needs = [
        LanguageNeed(tag=tag, level=chance.choice(list(CEFR)), is_required=chance.random() < 0.8, position=position)
        for position, tag in enumerate(tags)
    ]
    return offer


def grow(size: int) -> None:
    """Copy the first thousand until there are `size` posts (a power of ten)."""
    with db.engine.begin() as connection:
        there = connection.execute(sa.select(sa.func.count()).select_from(Post.__table__)).scalar_one()
        texts = connection.execute(sa.select(sa.func.max(PostText.__table__.c.id))).scalar_one()
        while there < size:
            for step in range(1, 10):
                for table, moved in COPIED.items():
                    connection.execute(_copy(table, moved, there * step, texts * step, there))
            there, texts = there * 10, texts * 10
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    session().rollback()


def _copy(table: sa.Table, moved: tuple[str, ...], posts: int, texts: int, there: int) -> sa.Insert:
    """All rows of the first `there` posts once more, with other ids."""
    columns = []
    for column in table.columns:
        value: sa.ColumnElement[object] = column
        if column.name in moved:
            value = column + (texts if (table.name, column.name) == ("post_text", "id") else posts)
        elif column.name == "slug":
            value = column + f"-{posts}"
        elif column.name == "uid":
            value = sa.func.substr(column + f"-{posts}", 2 + len(str(posts)))
        columns.append(value.label(column.name))
    owner = table.c[moved[-1]]
    return sa.insert(table).from_select(
        [column.name for column in table.columns], sa.select(*columns).where(owner <= there)
    )

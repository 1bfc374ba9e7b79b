"""What openings here usually say: offered first while the next one is written."""

import dataclasses

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.openings.models import JobOffer, LanguageNeed, OfferPlace, PayPeriod, Place, RemoteCountry
from jobboard.posts.models import Post

#: Places offered while typing, and values that stand first in a long list.
MOST_PLACES, MOST_FIRST = 500, 8


@dataclasses.dataclass(frozen=True)
class Habits:
    """Places, countries and languages in use, the most used first, and the currency and period of the last opening with pay."""

    places: list[Place]
    countries: list[str]
    languages: list[str]
    pay: tuple[str, PayPeriod] | None


def habits() -> Habits:
    """What the openings of this site say."""
    uses = sa.func.count(OfferPlace.offer_id)
    places = session().execute(
        sa.select(Place)
        .outerjoin(OfferPlace, OfferPlace.place_id == Place.id)
        .where(Place.country.is_not(None))
        .group_by(Place.id)
        .order_by(uses.desc(), Place.key)
        .limit(MOST_PLACES)
    )
    found = list(places.scalars())
    remote = _most_used(RemoteCountry.country)
    countries = list(dict.fromkeys([place.country for place in found if place.country] + remote))[:MOST_FIRST]
    return Habits([place for place in found if place.city], countries, _most_used(LanguageNeed.tag), _last_pay())


def _most_used(column: sa.orm.attributes.InstrumentedAttribute[str]) -> list[str]:
    statement = sa.select(column).group_by(column).order_by(sa.func.count().desc(), column).limit(MOST_FIRST)
    return list(session().execute(statement).scalars())


def _last_pay() -> tuple[str, PayPeriod] | None:
    statement = sa.select(JobOffer.pay_currency, JobOffer.pay_period).where(
        JobOffer.pay_currency.is_not(None), JobOffer.pay_period.is_not(None)
    )
    row = session().execute(statement.order_by(Post.created_at.desc(), Post.id.desc()).limit(1)).first()
    return None if row is None or row[0] is None or row[1] is None else (row[0], row[1])

"""What the form of an opening knows by itself: usual pay, known places, lists with what is in use first, levels in words."""

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.openings.models import JobOffer, PayPeriod
from jobboard.site.queries import current_site
from tests.factories import make_offer, make_place
from tests.pages import errors_of, form_of, page_of, words_of

NEW = "/desk/openings/new/"


def written(client) -> dict:
    return form_of(client.get(NEW), having="version")


@pytest.mark.parametrize(
    ("zone", "pay"),
    [
        ("Europe/Berlin", ("EUR", "year")),
        ("Europe/Zurich", ("CHF", "year")),
        ("Europe/Vienna", ("EUR", "month")),
        ("America/New_York", ("USD", "year")),
        ("Asia/Tokyo", ("JPY", "year")),
        ("UTC", ("EUR", "year")),
    ],
)
def test_first_opening_begins_with_the_pay_of_the_sites_country(client, sign_in, zone, pay):
    sign_in("recruiter")
    current_site().time_zone = zone
    session().commit()
    form = written(client)
    assert (form["pay_currency"], form["pay_period"]) == pay
    assert client.post(NEW, data={**form, "title": "Operator"}).status_code == 303
    offer = session().execute(sa.select(JobOffer)).scalar_one()
    assert (offer.pay_currency, offer.pay_period) == (None, None)


def test_next_opening_begins_with_the_pay_of_the_last(client, sign_in):
    sign_in("recruiter")
    make_offer("First", pay_min=Decimal(20), pay_currency="CHF", pay_period=PayPeriod.hour)
    make_offer("Without pay")
    session().commit()
    form = written(client)
    assert (form["pay_currency"], form["pay_period"]) == ("CHF", "hour")


def test_known_city_brings_its_country_along(client, sign_in):
    sign_in("recruiter")
    vienna = make_place("AT/Vienna")
    vienna.names = {"en": "Vienna", "de": "Wien"}
    make_place("US/CA/Palo Alto")
    session().commit()
    page = client.get(NEW)
    assert '<option value="Vienna">Austria</option>' in page.text
    typed = {"title": "Operator", "places-0-city": "wien", "places-1-city": "palo alto"}
    assert client.post(NEW, data={**written(client), **typed}).status_code == 303
    offer = session().execute(sa.select(JobOffer)).scalar_one()
    assert [row.place.key for row in offer.places] == ["AT/Vienna", "US/CA/Palo Alto"]


def test_city_of_two_countries_and_one_nobody_knows_need_theirs(client, sign_in):
    sign_in("recruiter")
    make_place("DE/Frankfurt")
    make_place("US/KY/Frankfurt")
    session().commit()
    typed = {"title": "Operator", "places-0-city": "Frankfurt", "places-1-city": "Nowhere"}
    page = client.post(NEW, data={**written(client), **typed})
    assert page.status_code == 422
    assert len(errors_of(page)) == 2


def test_what_is_in_use_stands_first_and_once(client, sign_in):
    sign_in("recruiter", locale="de")
    make_offer("First", places=["PL/Krakow"], needs=[("uk", "B1", True)])
    session().commit()
    page = client.get(NEW)
    for name, first in (("places-0-country", ["", "DE", "PL"]), ("languages-0-tag", ["", "en", "de", "uk"])):
        select = next(one for one in page_of(page).iter("select") if one.get("name") == name)
        values = [one.get("value") for one in select.iter("option")]
        assert values[: len(first)] == first
        assert len(values) == len(set(values))
    assert "Polen" in page.text


def test_levels_are_told_in_words(client, sign_in):
    sign_in("recruiter")
    text = words_of(page_of(client.get(NEW)))
    assert re.search(r"What the levels mean A1 ?Understands and uses everyday phrases", text)

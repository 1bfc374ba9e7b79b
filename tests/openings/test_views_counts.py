"""Whatever is asked for: the list's total, its order and every count of its panel are what counting by hand gives."""

import datetime as dt
import html
import random
import re
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from jobboard.core.db import session
from jobboard.openings.models import CEFR, JobOffer
from jobboard.openings.queries import find
from jobboard.openings.queries_facts import facet_index, read
from jobboard.openings.queries_filters import FACETS, filters_from
from tests.factories import make_article, make_category, make_offer, make_person

#: An evening on which the day in Berlin is not the day in London.
NOW = dt.datetime(2026, 10, 24, 22, 30, tzinfo=dt.UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = dt.timedelta(days=1)

VALUES = {
    "contract": ["permanent", "fixed_term", "internship"],
    "hours": ["full_time", "part_time"],
    "workplace": ["on_site", "hybrid", "remote"],
    "level": ["entry", "senior"],
    "category": ["operations", "design", "sales", "nowhere"],
    "place": ["DE/Kiel", "DE/Ulm", "AT/Wien", "DE", "AT", "remote:DE", "remote:AT", "remote"],
    "pay": ["30000-EUR-year", "48000-EUR-year", "60000-EUR-year", "60000-CHF-year"],
    "closing": ["1", "7", "14", "30"],
}
PAY = [(30_000, "EUR", "year"), (4_000, "EUR", "month"), (60_000, "CHF", "year"), (30, "EUR", "hour")]
WORDS = ["harbour", "ledger", "rudder", "beacon"]
INPUT = re.compile(
    r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]+)"([^>]*)>.*?class="n">(\d+)<', re.DOTALL
)


def some(chance, values, most=2):
    return chance.sample(values, chance.randint(0, most))


def facts_of(chance, number):
    """What one opening is."""
    is_scheduled = chance.random() < 0.1
    later = [NOW + days * DAY for days in (0.03, 0.98, 6, 7, 7.5, 13, 29.9, 31)]
    ends = None if is_scheduled else chance.choice([None, None, NOW, NOW - DAY, *later])
    languages = some(chance, ["de", "en", "fr"], 3)
    return {
        "title": f"Role {number} {' '.join(some(chance, WORDS))}".strip(),
        "contract": chance.choice([*VALUES["contract"], None]),
        "hours": chance.choice([*VALUES["hours"], "full_or_part_time", None]),
        "workplace": chance.choice([*VALUES["workplace"], None]),
        "level": chance.choice([*VALUES["level"], None]),
        "categories": some(chance, VALUES["category"][:3]),
        "places": some(chance, VALUES["place"][:3]),
        "remote": some(chance, ["DE", "AT"]),
        "needs": [(tag, chance.choice(list(CEFR)).value, chance.random() < 0.7) for tag in languages],
        "pay": chance.choice([None, *PAY]),
        "publish_at": NOW + DAY if is_scheduled else NOW - (number + 2) * DAY,
        "closes_at": ends,
        "closed_at": None if is_scheduled else chance.choice([None] * 9 + [NOW - DAY]),
        "draft": chance.random() < 0.1,
    }  # fmt: skip


def in_words(asked):
    """What was asked for as the list reads it from an address."""
    return filters_from(MultiDict([(name, value) for name, values in asked.items() for value in values]))


def write(facts, categories, author):
    columns = {name: value for name, value in facts.items() if name not in {"categories", "pay", "title"}}
    if facts["pay"]:
        amount, currency, period = facts["pay"]
        columns |= {"pay_max": Decimal(amount), "pay_currency": currency, "pay_period": period}
    return make_offer(
        facts["title"], authors=[author], categories=[categories[slug] for slug in facts["categories"]], **columns
    )


def is_open(one):
    ended = [moment for moment in (one["closes_at"], one["closed_at"]) if moment is not None]
    return not one["draft"] and one["publish_at"] <= NOW and all(moment > NOW for moment in ended)


def yearly(one):
    amount, currency, period = one["pay"] or (0, "", "year")
    return amount * {"year": 1, "month": 12, "hour": 40 * 52}[period], currency


def has(one, name, value):
    """Whether an opening is of a value, as a person would say."""
    if name == "hours":
        return one["hours"] in {value, "full_or_part_time"}
    if name == "category":
        return value in one["categories"]
    if name == "place":
        if value.startswith("remote"):
            return one["workplace"] == "remote" and value.removeprefix("remote:") in (one["remote"] or ["remote"])
        return any(place == value or place.startswith(f"{value}/") for place in one["places"])
    if name == "pay":
        least, currency, _period = value.split("-")
        return yearly(one)[0] >= int(least) and yearly(one)[1] == currency
    if name == "closing":
        ends = one["closes_at"]
        last = (NOW.astimezone(BERLIN) + int(value) * DAY).date()
        return ends is not None and ends.astimezone(BERLIN).date() <= last
    return one[name] == value


def fits(one, asked, without=None):
    for name, values in asked.items():
        if name == without:
            continue
        if name == "q":
            good = values[0] in one["title"].split()
        elif name == "speaks":
            spoken = dict(value.split(":") for value in values)
            good = all(spoken.get(tag, "") >= level for tag, level, is_required in one["needs"] if is_required)
        else:
            good = any(has(one, name, value) for value in values)
        if not good:
            return False
    return True


def a_query(chance):
    """What somebody might ask for: mostly little, sometimes much."""
    asked = {}
    for name in chance.sample(list(VALUES), chance.choice([0, 1, 1, 2, 2, 3, 5])):
        most = 1 if name in {"pay", "closing"} else 3
        asked[name] = chance.sample(VALUES[name], chance.randint(1, min(most, len(VALUES[name]))))
    if chance.random() < 0.3:
        asked["q"] = [chance.choice(WORDS)]
    if chance.random() < 0.4:
        asked["speaks"] = [
            f"{tag}:{chance.choice(list(CEFR)).value}"
            for tag in chance.sample(["de", "en", "fr"], chance.randint(1, 3))
        ]
    return asked  # fmt: skip


def answer_of(client, asked):
    query = "&".join(f"{name}={quote(value)}" for name, values in asked.items() for value in values)
    response = client.get(f"/en/jobs/?{query}", follow_redirects=True)
    assert response.status_code == 200
    return response.text


def shown(text):
    """(total, titles of the first page, {(facet, value): (count, whether it can be chosen)}) of a page."""
    heading = re.search(r'role="status">([^<]*)<', text)[1]
    total = 0 if heading == "No openings" else int(heading.split()[0])
    titles = re.findall(r'<h3 class="card-title"><a [^>]*>([^<]*?) \(m/w/d\)</a>', text)
    counts = {
        (name, html.unescape(value)): (int(number), "disabled" not in state)
        for name, value, state, number in INPUT.findall(text)
    }
    return total, titles, counts


@pytest.mark.parametrize("seed", [1, 2])
def test_total_order_and_every_count_are_those_of_counting_by_hand(client, seed):
    chance = random.Random(seed)
    with time_machine.travel(NOW, tick=False):
        openings = [facts_of(chance, number) for number in range(1, 61)]
        categories = {slug: make_category(slug) for slug in VALUES["category"]}
        author = make_person()
        make_article("An article about a harbour and a ledger", categories=list(categories.values()))
        for one in openings:
            write(one, categories, author)
        session().commit()
        there = sorted((one for one in openings if is_open(one)), key=lambda one: one["publish_at"], reverse=True)
        assert len(there) > 20
        for _number in range(100):
            asked = a_query(chance)
            total, titles, counts = shown(answer_of(client, asked))
            expected = [one["title"] for one in there if fits(one, asked)]
            assert total == len(expected), asked
            assert titles == expected[:20], asked
            assert {name for name, _value in counts} >= {facet.name for facet in FACETS} - {"pay"}
            for (name, value), (count, can_be_chosen) in counts.items():
                by_hand = sum(fits(one, asked, without=name) and has(one, name, value) for one in there)
                assert (count, name, value) == (by_hand, name, value), asked
                assert can_be_chosen == (by_hand > 0 or value in asked.get(name, [])), (asked, name, value)


DATA_SETS, QUERIES = 36, 10


def test_counts_of_many_data_sets_are_those_of_counting_by_hand(app):
    """Each data set is drawn from one pool, so that a pool is written once: from none of it to half of it."""
    chance = random.Random(3)
    with time_machine.travel(NOW, tick=False):
        pool = [facts_of(chance, number) for number in range(1, 91)]
        categories = {slug: make_category(slug) for slug in VALUES["category"]}
        author = make_person()
        ids = [write(one, categories, author).id for one in pool]
        session().commit()
        days = facet_index(NOW).end_of_day
        for number in range(DATA_SETS):
            chosen = chance.sample(range(len(pool)), round(number / DATA_SETS * len(pool) / 2))
            index = read(NOW, JobOffer.id.in_([ids[place] for place in chosen]))
            index.end_of_day = days
            there = [pool[place] for place in chosen if is_open(pool[place])]
            assert len(index) == len(there)
            for _number in range(QUERIES):
                check_counts(index, there, a_query(chance))


def check_counts(index, there, asked):
    """The total and every count of a data set, of values that are offered and of those that could be asked for."""
    found = find(index, in_words(asked))
    assert found.total == sum(fits(one, asked) for one in there), asked
    for facet in FACETS:
        counts = index.counts(found.parts, facet.name)
        rest = index.all_of(found.parts, without=facet.name)
        others = [one for one in there if fits(one, asked, without=facet.name)]
        for value in {*VALUES[facet.name], *counts}:
            by_hand = sum(has(one, facet.name, value) for one in others)
            assert (rest & index.matching(facet.name, [value])).bit_count() == by_hand, (asked, facet.name, value)
            assert counts.get(value, by_hand) == by_hand, (asked, facet.name, value)

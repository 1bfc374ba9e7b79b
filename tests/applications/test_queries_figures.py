"""Figures of applications: what SQL adds up is what counting by hand gives, and erasing changes no count."""

import dataclasses
import datetime as dt
import statistics
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobboard.applications.actions_erasing import erase
from jobboard.applications.markup_figures import EXITS, Funnel
from jobboard.applications.models import MOVES, Application, Event, EventKind, Stage
from jobboard.applications.models_erased import ErasedApplication, ErasureReason
from jobboard.applications.queries import WAY
from jobboard.applications.queries_figures import (
    HEARD,
    erased_by_month,
    lasted,
    progress,
    promises,
    received_by_day,
)
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.site.queries import current_site
from jobboard.stats.actions import save_source
from jobboard.stats.queries_period import Period
from tests.factories import make_application, make_offer

BERLIN = ZoneInfo("Europe/Berlin")
#: A day after the clocks went back, so that a period of 30 days holds the change.
NOW = dt.datetime(2027, 11, 1, 10, 0, tzinfo=dt.UTC)
PERIOD = Period(30, dt.date(2027, 11, 1), BERLIN)
DAYS = 7


@dataclasses.dataclass
class Story:
    """One application as it went: when it came, then (stage, moment) of each step, when it was told, and what became of it."""

    received: dt.datetime
    steps: list
    told: dt.datetime | None
    is_suspect: bool
    is_erased: bool
    has_source: bool

    @property
    def stage(self):
        return self.steps[-1][0] if self.steps else Stage.received


@st.composite
def stories(draw):
    at = NOW - dt.timedelta(seconds=draw(st.integers(60, 45 * 86_400)))
    received, stage, steps = at, Stage.received, []
    for _step in range(draw(st.integers(0, 4))):
        at += dt.timedelta(seconds=draw(st.integers(1, 12 * 86_400)))
        ways = (*MOVES.get(stage, ()), *((Stage.withdrawn,) if stage in MOVES else ()))
        if not ways or at >= NOW:
            break
        stage = draw(st.sampled_from(ways))
        steps.append((stage, at))
    told = None
    if stage is Stage.rejected and draw(st.booleans()):
        told = min(NOW, at + dt.timedelta(seconds=draw(st.integers(0, 9 * 86_400))))
    return Story(received, steps, told, draw(st.integers(0, 9)) == 0, draw(st.booleans()), draw(st.booleans()))


def put(story, offer, source_id):
    stage = story.stage
    row = make_application(
        offer,
        received_at=story.received,
        stage=stage,
        told_stage=stage if stage is not Stage.rejected or story.told else Stage.received,
        decided_at=story.steps[-1][1] if stage is Stage.rejected else None,
        told_at=story.told,
        is_suspect=story.is_suspect,
        source_id=source_id if story.has_source else None,
    )
    row.stage_since = story.steps[-1][1] if story.steps else story.received
    row.events.append(Event(kind=EventKind.received, at=story.received, to_stage=Stage.received))
    before = Stage.received
    for to_stage, at in story.steps:
        kind = EventKind.withdrawn if to_stage is Stage.withdrawn else EventKind.moved
        row.events.append(Event(kind=kind, at=at, from_stage=before, to_stage=to_stage))
        row.events.append(Event(kind=EventKind.noted, at=at))
        before = to_stage
    session().flush()
    return row


# By hand, in another way than the code does it.


def reached(story):
    ways = [Stage.received, *(stage for stage, _at in story.steps if stage in WAY)]
    return ways[-1] if Stage.declined is not story.stage else Stage.offer


def heard(story):
    moments = [at for stage, at in story.steps if stage in {Stage.interview, Stage.offer, Stage.hired}]
    return min([*moments, *([story.told] if story.told else [])], default=None)


def stays(story):
    rows = [(Stage.received, story.received), *story.steps]
    return [(stage.value, (rows[place + 1][1] - at).total_seconds()) for place, (stage, at) in enumerate(rows[:-1])]


def day(moment):
    return moment.astimezone(BERLIN).date()


def was_kept(story):
    due, answer = day(story.received + dt.timedelta(days=DAYS)), heard(story)
    if answer and day(answer) <= due:
        return True
    end = answer or (story.steps[-1][1] if story.stage is Stage.withdrawn else NOW)
    return False if day(end) > due else None


@pytest.fixture
def offer(app):
    return make_offer("Operator", response_days=DAYS)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(stories(), max_size=8))
def test_figures_are_what_counting_by_hand_gives(app, offer, told):
    for model in (Event, Application, ErasedApplication):
        session().execute(sa.delete(model), execution_options={"scope": "test"})
    session().expire_all()
    source = save_source(None, f"code{clock.now().timestamp()}".replace(".", ""), "Fair", is_active=True)
    session().flush()
    with clock.at(NOW), app.test_request_context():
        for story in told:
            row = put(story, offer, source.id)
            if story.is_erased:
                erase([row], ErasureReason.retention)
        session().flush()
        living = [one for one in told if not one.is_suspect and not one.is_erased and day(one.received) >= PERIOD.first]
        erased = [one for one in told if not one.is_suspect and one.is_erased and f"{one.received:%Y-%m}" >= "2027-10"]
        counted = [*living, *erased]
        for opening_id in (None, offer.id):
            funnel = Funnel(progress(PERIOD, opening_id))
            for stage in WAY:
                far = [one for one in counted if WAY.index(reached(one)) >= WAY.index(stage)]
                assert funnel.number(stage) == len(far)
                assert funnel.number(stage, source.id) == sum(one.has_source for one in far)
                ended = Counter(one.stage for one in counted if reached(one) is stage)
                assert all(funnel.exits(stage)[way] == ended[way] for way in EXITS)
            assert funnel.erased == len(erased)
            assert received_by_day(PERIOD, opening_id) == Counter(day(one.received) for one in living)
            assert sum(erased_by_month(PERIOD, opening_id).values()) == len(erased)
            kept = [was_kept(one) for one in counted]
            assert promises(PERIOD, opening_id, NOW) == (kept.count(True), kept.count(False))
            lengths = {}
            for one in living:
                for name, seconds in [
                    *stays(one),
                    *([(HEARD, (heard(one) - one.received).total_seconds())] if heard(one) else []),
                ]:
                    lengths.setdefault(name, []).append(seconds)
            found = lasted(PERIOD, opening_id)
            assert {name: one.cases for name, one in found.items()} == {
                name: len(rows) for name, rows in lengths.items()
            }
            for name, rows in lengths.items():
                assert found[name].median == pytest.approx(statistics.median(rows), abs=1)
                ordered = sorted(rows)
                assert found[name].most == pytest.approx(ordered[-(-9 * len(rows) // 10) - 1], abs=1)


def test_figures_of_an_opening_are_only_its_own(app, offer):
    other = make_offer("Editor", response_days=DAYS)
    with clock.at(NOW), app.test_request_context():
        make_application(other, received_at=NOW - dt.timedelta(days=3), stage=Stage.hired)
        assert Funnel(progress(PERIOD, offer.id)).number() == 0
        assert promises(PERIOD, offer.id, NOW) == (0, 0)
        assert (lasted(PERIOD, offer.id), received_by_day(PERIOD, offer.id)) == ({}, {})
        assert Funnel(progress(PERIOD, None)).number(Stage.hired) == 1


@pytest.mark.parametrize(
    ("received", "answered", "is_kept"),
    [
        # Promised for October 31st, the 25 hours on which the clocks go back.
        (dt.datetime(2027, 10, 24, 8, tzinfo=BERLIN), dt.datetime(2027, 10, 31, 23, 59, 59, tzinfo=BERLIN), True),
        (dt.datetime(2027, 10, 24, 8, tzinfo=BERLIN), dt.datetime(2027, 11, 1, 0, 0, tzinfo=BERLIN), False),
        # Sent just before midnight in summer: seven times 24 hours later it is 22:59:59 in winter, on the same day.
        (dt.datetime(2027, 10, 25, 0, 30, tzinfo=BERLIN), dt.datetime(2027, 10, 31, 23, 45, tzinfo=BERLIN), True),
    ],
)
def test_promise_is_a_day_of_the_site_also_when_the_clocks_change(app, offer, received, answered, is_kept):
    with clock.at(NOW), app.test_request_context():
        row = put(Story(received, [(Stage.interview, answered)], None, False, False, False), offer, None)
        assert promises(PERIOD, offer.id, NOW) == ((1, 0) if is_kept else (0, 1))
        erase([row], ErasureReason.applicant)
        session().flush()
        assert promises(PERIOD, offer.id, NOW) == ((1, 0) if is_kept else (0, 1)), "counts on when it is erased"


@pytest.mark.parametrize(
    ("own", "apply_url", "promised"), [(3, None, True), (None, None, True), (None, "https://x.example", False)]
)
def test_promise_of_the_site_counts_where_an_opening_has_none(app, own, apply_url, promised):
    offer = make_offer("Operator", response_days=own, apply_url=apply_url)
    with clock.at(NOW), app.test_request_context():
        assert promises(PERIOD, offer.id, NOW) == (0, 0)
        current_site().response_days = 5
        make_application(offer, received_at=NOW - dt.timedelta(days=20))
        session().flush()
        assert promises(PERIOD, offer.id, NOW) == (0, 1 if promised else 0)

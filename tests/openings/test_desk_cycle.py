"""Closing, filling, extending and opening again, and the history that says who did it and why."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.i18n import site_zone
from jobboard.openings import desk_publishing
from jobboard.openings.actions_cycle import extend
from jobboard.openings.models import PayPeriod
from jobboard.openings.models_history import Happened
from jobboard.openings.queries_history import events_of
from jobboard.posts.models import Phase, Post
from tests.factories import make_application, make_offer, make_person
from tests.openings.test_desk import the_offer
from tests.pages import errors_of, form_of, html_problems, page_of, words_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def opening(sign_in):
    """A published opening with a deadline in a week, and a recruiter who is signed in."""
    sign_in("recruiter", name="Thilo Brandt")

    def made(**columns):
        pay = {"pay_min": Decimal(1), "pay_currency": "EUR", "pay_period": PayPeriod.year}
        week = {"publish_at": clock.now() - 30 * DAY, "closes_at": clock.now() + 7 * DAY}
        offer = make_offer("Operator", slug="operator", **{**pay, **week, **columns})
        session().commit()
        return offer

    return made


def local(moment):
    return moment.astimezone(site_zone()).strftime("%Y-%m-%dT%H:%M")


def press(client, offer, what, **data):
    form = form_of(client.get(f"/desk/openings/{offer.id}/en/"), f"/{what}/")
    return client.post(f"/desk/openings/{offer.id}/{what}/", data={**form, **data})


def history(client, offer):
    page = page_of(client.get(f"/desk/openings/{offer.id}/en/"))
    found = next((one for one in page.iter("ol") if one.get("class") == "history"), [])
    return [words_of(line) for line in found]


def kinds(offer):
    return [event.kind for event in events_of(offer.id)]


def test_closing_leads_to_the_open_applications_and_stands_in_the_history(client, opening):
    offer = opening()
    answer = press(client, offer, "close", closing_reason="The project was stopped.")
    assert answer.location == f"/desk/openings/{offer.id}/closing/"
    assert client.get("/en/jobs/operator/").status_code == 410
    assert "This position has been filled" not in client.get("/en/jobs/operator/").text
    [line] = history(client, offer)
    assert line.startswith("Closed")
    assert "Thilo Brandt" in line
    assert line.endswith("The project was stopped.")
    assert html_problems(client.get(f"/desk/openings/{offer.id}/en/")) == []


def test_filled_position_says_so_and_needs_nobody_hired(client, opening):
    offer = opening()
    assert press(client, offer, "close", is_filled="y").status_code == 303
    page = client.get("/en/jobs/operator/")
    assert page.status_code == 410
    assert "This position has been filled" in page.text
    assert "Die Stelle" in client.get("/de/jobs/operator/").text or page.status_code == 410
    assert kinds(offer) == [Happened.filled]
    assert press(client, offer, "reopen", reopening_reason="She declined.").status_code == 303
    assert the_offer().is_filled is False
    assert kinds(offer) == [Happened.reopened, Happened.filled]
    assert "She declined." in history(client, offer)[0]


def test_closed_opening_can_be_called_filled_later_and_only_once(client, opening):
    offer = opening(closes_at=clock.now() - DAY)
    assert press(client, offer, "close").status_code == 303
    assert the_offer().is_filled is True
    assert the_offer().closed_at is None, "its deadline closed it"
    data = {"csrf_token": form_of(client.get(f"/desk/openings/{offer.id}/en/"), "/reopen/")["csrf_token"]}
    client.post(f"/desk/openings/{offer.id}/close/", data=data)
    assert kinds(offer) == [Happened.filled]
    assert the_offer().is_filled is True


def test_draft_is_not_closed(client, opening):
    offer = opening(draft=True)
    token = form_of(client.get(f"/desk/openings/{offer.id}/en/"), "/publish/")["csrf_token"]
    answer = client.post(f"/desk/openings/{offer.id}/close/", data={"csrf_token": token})
    assert answer.status_code == 422
    assert "nothing to close" in answer.text
    assert kinds(offer) == []


def test_deadline_is_extended_with_a_reason(client, opening):
    offer = opening()
    before = offer.closes_at
    early = press(client, offer, "extend", later_deadline=local(before - DAY), extension_reason="More time")
    assert early.status_code == 422
    assert errors_of(early) == ["New deadline – This is not after the deadline there is."]
    silent = press(client, offer, "extend", later_deadline=local(before + 9 * DAY))
    assert errors_of(silent) == ["Reason for extending – Please write why. It stands in the history of the opening."]
    answer = press(client, offer, "extend", later_deadline=local(before + 9 * DAY), extension_reason="Holidays")
    assert answer.status_code == 303
    assert the_offer().closes_at > before + 8 * DAY
    [event] = events_of(offer.id)
    assert (event.kind, event.until, event.reason) == (Happened.extended, the_offer().closes_at, "Holidays")
    assert "Deadline extended until" in history(client, offer)[0]


def test_two_who_extend_at_once_do_not_overwrite_each_other(client, opening):
    offer = opening()
    form = form_of(client.get(f"/desk/openings/{offer.id}/en/"), "/extend/")
    first = {**form, "later_deadline": local(offer.closes_at + 20 * DAY), "extension_reason": "First"}
    second = {**form, "later_deadline": local(offer.closes_at + 30 * DAY), "extension_reason": "Second"}
    url = f"/desk/openings/{offer.id}/extend/"
    assert client.post(url, data=first).status_code == 303
    closes_at = the_offer().closes_at
    answer = client.post(url, data=second)
    assert answer.status_code == 409
    assert "Nothing was done." in answer.text
    assert the_offer().closes_at == closes_at
    assert [event.reason for event in events_of(offer.id)] == ["First"]


@pytest.mark.parametrize("columns", [{"closes_at": None}, {"closed_at": clock.now() - DAY}])
def test_only_what_has_a_deadline_to_come_is_extended(client, opening, columns):
    offer = opening(**columns)
    page = client.get(f"/desk/openings/{offer.id}/en/")
    assert "/extend/" not in page.text
    data = {**form_of(page, "/draft/"), "later_deadline": "2099-01-01T10:00", "extension_reason": "Why not"}
    answer = client.post(f"/desk/openings/{offer.id}/extend/", data=data)
    assert answer.status_code == 422
    assert "has a deadline and is not closed" in answer.text
    with pytest.raises(ValueError, match="later"), writing():
        extend(make_offer(closes_at=None), clock.now() + DAY, make_person(), "Why")


def test_what_the_clock_does_is_computed_and_never_stored(client, opening):
    offer = opening(closes_at=clock.now() - DAY)
    assert offer.phase(clock.now()) is Phase.closed
    assert history(client, offer)[0].startswith("Closed by its deadline")
    assert kinds(offer) == []
    scheduled = make_offer("Later", publish_at=clock.now() + DAY, closes_at=clock.now() + 2 * DAY)
    assert scheduled.phase(clock.now()) is Phase.scheduled
    assert scheduled.phase(clock.now() + DAY) is Phase.open
    assert scheduled.phase(clock.now() + 2 * DAY) is Phase.closed


def test_publishing_scheduling_and_taking_back_are_in_the_history(client, opening):
    offer = opening(draft=True, closes_at=None)
    assert press(client, offer, "publish", publish_at="2099-01-01T10:00").status_code == 303
    assert "Scheduled for January 1, 2099" in history(client, offer)[0]
    assert press(client, offer, "draft").status_code == 303
    assert press(client, offer, "publish", publish_at="").status_code == 303
    assert kinds(offer) == [Happened.published, Happened.withdrawn, Happened.scheduled]


def test_change_in_between_is_told_where_the_database_sees_it_only(client, opening, monkeypatch):
    offer = opening()
    form = form_of(client.get(f"/desk/openings/{offer.id}/en/"), "/close/")

    def ended_and_changed(*_args, **_kwargs):
        the_offer().closed_at = clock.now()
        session().connection().execute(sa.update(Post.__table__).values(version=99))

    monkeypatch.setattr("jobboard.openings.desk_cycle.end", ended_and_changed)
    assert client.post(f"/desk/openings/{offer.id}/close/", data=form).status_code == 409


def test_list_says_how_many_applications_of_closed_openings_wait(client, opening):
    offer = opening(closes_at=clock.now() - DAY)
    for stage in ("received", "interview", "offer", "hired", "rejected", "withdrawn"):
        make_application(offer, stage=type(make_application(offer, is_suspect=True).stage)(stage))
    make_application(make_offer("Open"))
    session().commit()
    assert "3 applications of closed openings wait for a decision" in client.get("/desk/openings/").text
    page = client.get("/desk/openings/?phase=closed")
    assert "3 applications wait for a decision" in page.text
    assert f'href="/desk/openings/{offer.id}/closing/"' in page.text
    assert "3 applications wait for a decision" in client.get(f"/desk/openings/{offer.id}/en/").text


def test_history_takes_the_same_number_of_queries_for_any_length(client, opening, queries):
    counts = []
    offer = opening()
    client.get(f"/desk/openings/{offer.id}/en/")
    for number in (1, 3):
        for _time in range(number):
            moment = the_offer().closes_at + DAY
            assert (
                press(client, offer, "extend", later_deadline=local(moment), extension_reason="Why").status_code == 303
            )
        client.get(f"/desk/openings/{offer.id}/en/")
        session().expunge_all()
        with queries() as log:
            client.get(f"/desk/openings/{offer.id}/en/")
        counts.append(len(log))
    assert counts[0] == counts[1]


def test_draft_that_somebody_changes_at_the_same_moment_is_shown_as_it_is_now(client, sign_in, monkeypatch):
    offer = make_offer("System administrator")
    sign_in("recruiter")
    session().commit()
    page = client.get(f"/desk/openings/{offer.id}/en/")
    real = desk_publishing.take_back

    def late(one, *more):
        newer = sa.update(Post.__table__).where(Post.__table__.c.id == one.id)
        session().connection().execute(newer.values(version=one.version + 1))
        real(one, *more)

    monkeypatch.setattr(desk_publishing, "take_back", late)
    answer = client.post(f"/desk/openings/{offer.id}/draft/", data=form_of(page, "/draft/"))
    assert answer.status_code == 409
    session().expire_all()
    assert session().get(Post, offer.id).publish_at is not None

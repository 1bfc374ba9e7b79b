"""Mails that came back are warned of in the inbox and on the screen, by one rule."""

import datetime as dt

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import mail_to_applicant
from jobboard.applications.models import Stage
from jobboard.applications.queries_bounces import came_back, with_mails_back
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.models import MailState, OutboxMail
from jobboard.mail.queries import mails_about
from tests.factories import make_application, make_offer, make_person
from tests.pages import page_of, words_of


@pytest.fixture
def offer(app):
    return make_offer()


@pytest.fixture
def alma(app):
    return make_person("Alma", Role.recruiter)


def mailed(row, offer, state, kind="applications/received", ago=0):
    mail = mail_to_applicant(row, kind, offer)
    mail.state, mail.queued_at = state, clock.now() - dt.timedelta(minutes=ago)
    session().flush()
    return mail


CASES = {
    "failed": ([(MailState.failed, "applications/received", 5)], Stage.received, True),
    "sent": ([(MailState.sent, "applications/received", 5)], Stage.received, False),
    "failed, then sent": (
        [(MailState.failed, "applications/received", 5), (MailState.sent, "applications/received", 1)],
        Stage.received,
        False,
    ),
    "sent, then failed": (
        [(MailState.sent, "applications/received", 5), (MailState.failed, "applications/received", 1)],
        Stage.received,
        True,
    ),
    "another kind sent": (
        [(MailState.failed, "applications/received", 5), (MailState.sent, "applications/rejected", 1)],
        Stage.received,
        True,
    ),
    "to the address that was left": ([(MailState.failed, "applications/address_left", 5)], Stage.received, False),
    "ended": ([(MailState.failed, "applications/received", 5)], Stage.hired, False),
    "rejected, not told": ([(MailState.failed, "applications/rejected", 5)], Stage.rejected, True),
}


@pytest.mark.parametrize("case", CASES)
def test_screen_and_list_warn_of_the_same(offer, alma, case):
    mails, stage, is_warned = CASES[case]
    row = make_application(offer, stage=stage)
    for state, kind, ago in mails:
        mailed(row, offer, state, kind, ago)
    found = list(session().execute(mails_about("application", row.id)).scalars())
    assert bool(came_back(row, found)) is is_warned
    assert with_mails_back([row.id], alma) == ({row.id} if is_warned else set())


@pytest.mark.parametrize("count", [1, 3, 300])
def test_one_query_for_any_number(offer, alma, queries, count):
    rows = [make_application(offer) for _number in range(count)]
    mailed(rows[0], offer, MailState.failed)
    with queries() as log:
        assert with_mails_back([row.id for row in rows], alma) == {rows[0].id}
    assert len(log) == 1


def test_badges_stand_in_the_inbox_and_on_the_screen_and_the_outbox_leads_back(client, sign_in, offer):
    row = make_application(offer)
    mail = mailed(row, offer, MailState.failed)
    session().commit()
    sign_in("recruiter")
    for address in ("/desk/applications/", f"/desk/applications/{row.id}/"):
        assert "A mail came back" in words_of(page_of(client.get(address)))
    assert f'href="/desk/applications/{row.id}/"' in client.get(f"/desk/mail/{mail.id}/").text
    session().execute(sa.update(OutboxMail).values(state=MailState.sent))
    session().commit()
    assert "A mail came back" not in client.get("/desk/applications/").text

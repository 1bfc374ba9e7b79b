"""The demo site: complete, the same on every day of the year, and without a dead link for a reader or for HR."""

import collections
import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import g

from jobboard.applications.models import Application, Document, Event, Stage
from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.core.i18n import force_locale
from jobboard.mail.models import OutboxMail
from jobboard.openings.models import Contract, Hours, JobOffer, Level, QuestionKind, Workplace
from jobboard.posts.models import Kind, Phase, Post
from jobboard.transfer.actions_demo import has_content, load_demo

#: Night, noon, both days of the change of clocks, a leap day, the turn of a year.
MOMENTS = [
    "2026-11-23T11:00:00+00:00",
    "2026-06-01T22:30:00+00:00",
    "2027-03-28T00:30:00+00:00",
    "2026-10-25T01:30:00+00:00",
    "2028-02-29T12:00:00+00:00",
    "2026-12-31T23:30:00+00:00",
]
#: Made by chance, as they must be: names of private files, and what makes tokens hard to guess.
BY_CHANCE = {"password_hash", "link_hash", "seed", "key", "uid", "content", "message_id", "in_reply_to"} | {
    *("salt", "digest", "chain", "details"),  # of the audit log
}
#: Hold the number of the application or of a criterion, and PostgreSQL counts on after a rollback.
PRIVATE_LINK = re.compile(r"\[\[private-link:.*?\]\]|/desk/applications/[0-9]+/|'[0-9]+'(?=: [1-5])")


class Links(HTMLParser):
    """Every address on a page that a reader's browser would follow or load."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if value and name in {"href", "src"}:
                self.found.append(value)
            elif value and name == "srcset":
                self.found += [part.split()[0] for part in value.split(",")]


@pytest.fixture
def demo(app):
    with app.test_request_context(), force_locale("en"):
        report = load_demo()
    session().commit()
    forget()
    return report


def forget():
    """What a request left in the test's app context would be the next one's."""
    for name in list(g):
        g.pop(name)


def crawl(client, *starts, within="/"):
    """Every address that pages within a path lead to, with its status; logging out and other sites are not followed."""
    waiting, seen = collections.deque(starts), {}
    while waiting:
        address = urldefrag(waiting.popleft())[0]
        if address in seen or not urlsplit(address).path:
            continue
        with client.get(address) as response:
            seen[address] = response.status_code
            if address.startswith(within):
                _follow(address, response, waiting)
    return seen


def _follow(address, response, waiting):
    if response.status_code in {301, 302, 303, 308}:
        waiting.append(urljoin(address, response.location))
    elif response.mimetype == "text/html" and "?" not in address:
        found = (urljoin(address, link) for link in Links(response.text).found)
        waiting += [link for link in found if link.startswith("/") and not link.startswith("//")]


def applications():
    return list(session().execute(sa.select(Application).execution_options(scope="test")).scalars())


def test_demo_shows_everything_the_product_has(demo):
    posts = list(session().execute(sa.select(Post)).scalars())
    offers = [post for post in posts if isinstance(post, JobOffer)]
    now = clock.now()
    phases = collections.Counter(post.phase(now) for post in posts)
    assert demo.articles + demo.openings == len(posts) >= 15
    assert min(sum(post.kind is kind for post in posts) for kind in Kind) >= 5
    assert all(phases[phase] for phase in (Phase.draft, Phase.scheduled, Phase.open, Phase.closed)), phases
    for facet, members in {"contract": Contract, "hours": Hours, "workplace": Workplace, "level": Level}.items():
        used = {getattr(offer, facet) for offer in offers} - {None}
        assert len(used) >= min(3, len(members)), facet
    assert {need.is_required for offer in offers for need in offer.language_needs} == {True, False}
    assert {question.kind for offer in offers for question in offer.questions} == set(QuestionKind)
    assert any(len(offer.texts) == 2 for offer in offers), "an opening in two languages"
    assert {row.stage for row in applications()} == set(Stage)
    assert any(row.first_id for row in applications()), "a second application by the same address"
    assert any(row.is_untold for row in applications()), "a rejection nobody has been told about"


def test_every_applicant_was_written_to_and_no_mail_waits_to_disturb_the_past(demo):
    mails = session().execute(sa.select(OutboxMail)).scalars().all()
    by_address = {mail.to_address for mail in mails}
    assert {row.email for row in applications() if not row.is_suspect} <= by_address
    assert session().execute(sa.select(sa.func.count(Document.id)).execution_options(scope="test")).scalar_one() >= 15


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_of_the_demo_happened_in_the_future_and_states_hold_whenever_it_is_loaded(app, moment):
    with time_machine.travel(moment, tick=False), app.test_request_context(), force_locale("en"):
        load_demo()
        now = clock.now()
        events = session().execute(sa.select(Event).execution_options(scope="test")).scalars().all()
        assert max(event.at for event in events) <= now
        for row in applications():
            assert row.received_at <= row.stage_since <= now, row.name
            assert row.opening.publish_at <= row.received_at, row.name
            assert [event.at for event in row.events] == sorted(event.at for event in row.events), row.name
        phases = collections.Counter(post.phase(now) for post in session().execute(sa.select(Post)).scalars())
        assert phases == {Phase.open: 17, Phase.closed: 2, Phase.scheduled: 1, Phase.draft: 1}, phases


def test_demo_is_the_same_whenever_it_is_loaded_at_the_same_moment(app):
    copies = []
    for _attempt in range(2):
        forget()
        db.session.remove()
        savepoint = db.engine.begin_nested()  # the test's connection
        with time_machine.travel(MOMENTS[0], tick=False), app.test_request_context(), force_locale("en"):
            load_demo()
            copies.append(dump())
            forget()
        db.session.remove()
        savepoint.rollback()
    assert sum(map(len, copies[0].values())) > 300
    differing = {name: set(rows) ^ set(copies[1][name]) for name, rows in copies[0].items()}
    assert not {name: sorted(rows) for name, rows in differing.items() if rows}


def dump():
    """Every row without its numbers."""
    rows = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if not _is_number(column) and column.name not in BY_CHANCE]
        chosen = sa.select(*columns).execution_options(scope="test") if columns else None
        rows[table.name] = (
            sorted(PRIVATE_LINK.sub("", repr(tuple(row))) for row in session().execute(chosen)) if columns else []
        )
    return rows


def _is_number(column):
    return column.primary_key or column.foreign_keys or column.name in {"about_id", "content_version", "post_id"}


def test_demo_leaves_a_site_with_content_alone(demo):
    assert has_content()


def test_no_link_of_the_public_site_is_dead(demo, client):
    seen = crawl(client, "/", "/robots.txt")
    dead = {address: status for address, status in seen.items() if status not in {200, 301, 302, 303, 308, 410}}
    assert not dead
    gone = [address for address, status in seen.items() if status == 410]
    assert not gone, "nothing on the site leads to a closed opening"
    for language in ("en", "de"):
        assert sum(address.startswith(f"/{language}/jobs/") for address in seen) >= 10
        assert sum(address.startswith(f"/{language}/articles/") for address in seen) >= 8


def test_no_link_of_the_desk_is_dead(demo, client, sign_in):
    sign_in("admin")
    seen = crawl(client, "/desk/", within="/desk/")
    dead = {address: status for address, status in seen.items() if status not in {200, 301, 302, 303, 308, 410}}
    assert not dead
    assert sum("/desk/applications/" in address for address in seen) >= 20

"""Who may do what, generated from the URL map: every route × every kind of person × every method."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import event

from jobboard.alerts.actions import ask, confirm_token, page_token, stop_token
from jobboard.alerts.models import Frequency, What
from jobboard.alerts.queries_topics import Topic
from jobboard.applications.actions import join_pool
from jobboard.core import clock, i18n
from jobboard.core.access import ALL_STAFF, Public, Role, declared, refuse_undeclared
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.core.web import CONTENT_SECURITY_POLICY, HEADERS
from jobboard.openings.actions_templates import save_as_template
from jobboard.people.queries import FRESH_TO_SEND
from jobboard.posts.actions import move_to
from jobboard.posts.actions_copies import copied
from jobboard.posts.actions_series import ensure_series, set_series
from jobboard.posts.actions_writing import finish_save
from jobboard.posts.markup_preview import preview_of
from jobboard.posts.models_series import SeriesPart
from jobboard.posts.models_writing import OldSlug, Revision
from jobboard.posts.queries_series import part_of
from jobboard.stats.actions import save_source
from jobboard.talents.actions import leave_address
from jobboard.talents.models import PoolContact
from tests.applications.test_views_private import with_document
from tests.factories import (
    application_link,
    make_application,
    make_article,
    make_category,
    make_interview,
    make_offer,
    make_person,
    make_run,
    make_template,
)
from tests.files.documents import cv

WRITES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)
#: The tables that each trace a GET may declare is written to.
LOG = {"audit_entry", "audit_head"}
TRACES = {
    "audit": LOG,
    "last seen": {"staff_session"},
    "editing": {"editing"},
    "seen": {"application_seen", "mention"},
    "single sign-on": LOG | {"sign_in_step", "staff_session"},
}


@pytest.fixture
def world(app: Flask):
    """One of everything, for this test."""
    return everything_of(app)


def everything_of(app: Flask):
    """One of everything, and for each argument of a route a value that exists."""
    person = make_person(slug="alma-berg")
    category = make_category("technology")
    article = make_article(slug="an-article", authors=[person], categories=[category])
    drafts = {"posts.preview": make_article(draft=True), "openings.preview": make_offer(draft=True)}
    offer = make_offer(slug="an-opening", categories=[category])
    application = make_application(offer)
    document = with_document(application, cv(), "cv.pdf")
    interview = make_interview(application, [person], [clock.now() + dt.timedelta(days=2)], planned=True)
    source = save_source(None, "fair", "Career fair", is_active=True)
    session().flush()
    run = make_run(application, person)
    written = with_history(article, person)
    part = with_series(article)
    with app.test_request_context():
        previews = {name: preview_of(post.texts[0], clock.now()).url.split("/")[-2] for name, post in drafts.items()}
    return {
        "application_id": application.id,
        "opening_id": offer.id,
        "offer_id": offer.id,
        "post_id": article.id,
        "category_id": category.id,
        "person_id": person.id,
        "session_id": 1,
        "revision_id": written["revision"],
        "slug_id": written["old_slug"],
        "template_id": written["template"],
        "passkey_id": 1,
        "invitation_id": 1,
        "mail_id": 1,
        "mail_kind": "applications-received",
        "mail_template_id": make_template("An invitation").id,
        "document_id": document.id,
        "interview_id": interview.id,
        "file_id": 1,
        "token": application_link(application),
        "previews": previews,
        "links": {**alert_links(), "talents.leave_pool": pool_link(application, person)},
        "language": "en",
        "locale": "en",
        "kind": "imprint",
        "slug": {"openings": "an-opening", "applications": "an-opening", "posts": "an-article"},
        "series_id": part.series_id,
        "uid": {"api.opening": offer.uid, "api.article": article.uid},
        "slug_by_endpoint": {
            "posts.series": part.series.slug,
            "timeline.author": "alma-berg",
            "timeline.category": "technology",
        },
        "filename": "css/main.css",
        "number": 1,
        "chart": "views",
        "source_id": source.id,
        "run_id": run.id,
        "filter_id": 1,
        "year": clock.now().year,
        "month": clock.now().month,
        "key": "ab/none",
        "name": "none.png",
        "item": "pay",
        "size": "480.webp",
    }


def with_series(article) -> SeriesPart:
    """An article's place in a series."""
    set_series(article, ensure_series("Backups", "en"), 1)
    part = part_of(article)
    assert part is not None
    return part


def with_history(article, person) -> dict[str, int]:
    """What writing leaves: a revision, an address before, a template."""
    finish_save(article, "en", person, "article/1/en")
    template = save_as_template("A template", copied(make_offer(draft=True)))
    move_to(article.texts[0], "a-moved-article")
    session().flush()
    move_to(article.texts[0], "an-article")
    session().flush()
    [revision] = session().execute(sa.select(Revision.id)).scalars()
    [old_slug] = session().execute(sa.select(OldSlug.id)).scalars()
    return {"revision": revision, "old_slug": old_slug, "template": template.id}


def alert_links() -> dict[str, str]:
    """The tokens of an alert's pages, by endpoint."""
    alert = ask("robin@example.org", Topic(What.openings, ""), Frequency.daily, "en")
    who = alert.subscriber
    return {
        "alerts.confirm_alert": confirm_token(alert),
        "alerts.show": page_token(who),
        "alerts.stop": stop_token(who),
    }


def pool_link(application, person) -> str:
    """The token of the page that ends the talent pool for somebody who is in it and was told about an opening."""
    join_pool(application, "I agree")
    contact = PoolContact(
        application=application, opening=make_offer(), address_hash="a" * 64, by=person, at=clock.now()
    )
    contact.link_epoch = 7
    session().add(contact)
    session().flush()
    token = leave_address(contact.id, application.email).split("/")[-2]
    contact.link_hash = token_hash(token)
    session().commit()
    return token


def address(app: Flask, rule, world) -> str:
    """The address of a route with arguments that exist; an argument nobody thought of fails here."""
    values = {}
    for name in rule.arguments:
        value = world[name]
        if name == "slug":
            by_endpoint = world["slug_by_endpoint"].get(rule.endpoint.removesuffix("_json").removesuffix("_feed"))
            value = by_endpoint or value[rule.endpoint.split(".")[0]]
        if name == "uid":
            value = value[rule.endpoint]
        if name == "token" and rule.endpoint.endswith(".preview"):
            value = world["previews"][rule.endpoint]
        if name == "template_id" and rule.endpoint.startswith("desk.mail."):
            value = world["mail_template_id"]
        if name == "token" and rule.endpoint in world["links"]:
            value = world["links"][rule.endpoint]
        if name == "kind" and rule.endpoint in {"machines.texts", "desk.editor.keep", "desk.editor.discard"}:
            value = "article"
        if name == "post_id" and ".openings." in rule.endpoint:
            value = world["opening_id"]
        values[name] = value
    with app.test_request_context():
        return rule.build(values, append_unknown=False)[1]


def routes(app: Flask):
    """(rule, method) of everything the app answers."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def answer(client, method: str, url: str):
    return client.open(url, method=method, data={} if method == "POST" else None, buffered=True)


def test_no_get_writes_but_the_traces_it_declares(app, client, sign_in, world):
    sign_in("admin")
    written, left = set(), set()

    def note(_conn, _cursor, statement, _parameters, _context, _many):
        if match := WRITES.match(statement):
            written.add(match[1])

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for rule, method in routes(app):
            if method == "GET":
                written.clear()
                answer(client, "GET", address(app, rule, world))
                traces = declared(app, rule.endpoint).traces
                allowed = set().union(*(TRACES[trace] for trace in traces))
                assert written <= allowed, (rule.endpoint, written)
                left |= traces if written else set()
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
    assert "audit" in left, "the screen of an application leaves its trace"


def test_no_form_of_another_site_is_taken(app, client, sign_in, world):
    sign_in("admin")
    for rule, method in routes(app):
        if method == "POST" and rule.endpoint != "alerts.stop":  # RFC 8058: a webmail's page sends it
            url = address(app, rule, world)
            foreign = client.post(url, headers={"Sec-Fetch-Site": "cross-site"})
            assert foreign.status_code == 403, url
            client.environ_base.pop("HTTP_SEC_FETCH_SITE", None)
            foreign = client.post(url, headers={"Origin": "https://evil.example"})
            assert foreign.status_code == 403, url
            client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"


def test_desk_forms_without_their_token_change_nothing(app, client, sign_in, world):
    sign_in("admin")
    before = {table.name: rows_of(table) for table in tables()}
    for rule, method in routes(app):
        if method == "POST" and rule.endpoint.startswith("desk."):
            response = answer(client, "POST", address(app, rule, world))
            assert 400 <= response.status_code < 500, (rule.endpoint, response.status_code)
    assert before == {table.name: rows_of(table) for table in tables()}


def tables():
    from jobboard.core.base import Base

    return [table for table in Base.metadata.sorted_tables if table.name != "staff_session"]


def rows_of(table) -> list:
    return sorted(map(str, session().execute(sa.select(table), execution_options={"scope": "test"}).all()))


def test_every_answer_has_its_headers_and_readers_get_no_cookie(app, client, world):
    for rule, method in routes(app):
        response = answer(client, method, address(app, rule, world))
        expected = HEADERS.items() - {("Content-Security-Policy", CONTENT_SECURITY_POLICY)}
        missing = {name for name, _value in expected if name not in response.headers}
        assert not missing, (rule.endpoint, missing)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], rule.endpoint
        assert "Cache-Control" in response.headers, rule.endpoint
        if isinstance(declared(app, rule.endpoint).who, Public) and not rule.endpoint.startswith("desk."):
            assert "Set-Cookie" not in response.headers, rule.endpoint


def test_route_without_declaration_stops_the_start(app):
    other = Flask("other")
    other.add_url_rule("/hidden", "hidden", lambda: "")
    with pytest.raises(RuntimeError, match="hidden"):
        refuse_undeclared(other)


def test_desk_has_no_page_for_everybody_but_the_sign_in(app):
    open_pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk/") and isinstance(declared(app, rule.endpoint).who, Public)
    }
    ways_in = {"desk.second.index", "desk.second.options", "desk.second.passkey", "desk.oidc.start", "desk.oidc.back"}
    links = {"desk.links.invitation", "desk.links.forgotten", "desk.links.reset"}
    assert open_pages == {"desk.people.sign_in"} | ways_in | links


def test_routes_that_want_a_fresh_proof_get_one_or_refuse(app, client, sign_in, world):
    """Before the form is shown a page leads to the question; what is sent much later is refused and stays typed."""
    wanting = [(rule, method) for rule, method in routes(app) if declared(app, rule.endpoint).fresh]
    assert len(wanting) > 10
    sign_in("admin")
    with time_machine.travel(clock.now() + FRESH_TO_SEND, tick=False):
        for rule, method in wanting:
            response = answer(client, method, address(app, rule, world))
            if method == "GET":
                assert response.location.startswith("/desk/prove/?next="), rule.endpoint
            else:
                assert response.status_code == 403, rule.endpoint
                assert "confirm that it is you" in response.text, rule.endpoint


def test_languages_come_from_the_catalogs(app):
    assert i18n.languages() == ("en", "de")
    assert Role.admin in ALL_STAFF

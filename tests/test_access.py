"""Who may do what, generated from the URL map: every route × every kind of person × every method."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import event

from jobboard.alerts.actions import ask, confirm_token, page_token, stop_token
from jobboard.alerts.models import Frequency, What
from jobboard.alerts.queries_topics import Topic
from jobboard.core import clock, i18n
from jobboard.core.access import ALL_STAFF, Public, Role, declared, refuse_undeclared
from jobboard.core.db import session
from jobboard.core.web import CONTENT_SECURITY_POLICY, HEADERS
from jobboard.openings.actions_templates import save_as_template
from jobboard.people.queries import FRESH_TO_SEND
from jobboard.posts.actions import move_to
from jobboard.posts.actions_copies import copied
from jobboard.posts.actions_writing import finish_save
from jobboard.posts.markup_preview import preview_of
from jobboard.posts.models_writing import OldSlug, Revision
from tests.applications.test_views_private import with_document
from tests.factories import application_link, make_application, make_article, make_category, make_offer, make_person
from tests.files.documents import cv

PEOPLE = [None, *Role]
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@pytest.fixture
def world(app: Flask):
    """One of everything, and for each argument of a route a value that exists."""
    person = make_person(slug="alma-berg")
    category = make_category("technology")
    article = make_article(slug="an-article", authors=[person], categories=[category])
    drafts = {"posts.preview": make_article(draft=True), "openings.preview": make_offer(draft=True)}
    offer = make_offer(slug="an-opening", categories=[category])
    application = make_application(offer)
    document = with_document(application, cv(), "cv.pdf")
    written = with_history(article, person)
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
        "document_id": document.id,
        "file_id": 1,
        "token": application_link(application),
        "previews": previews,
        "alerts": alert_links(),
        "language": "en",
        "locale": "en",
        "kind": "imprint",
        "slug": {"openings": "an-opening", "applications": "an-opening", "posts": "an-article"},
        "slug_by_endpoint": {"timeline.author": "alma-berg", "timeline.category": "technology"},
        "filename": "css/main.css",
        "number": 1,
        "year": clock.now().year,
        "month": clock.now().month,
        "key": "ab/none",
        "name": "none.png",
        "item": "pay",
    }


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


def address(app: Flask, rule, world) -> str:
    """The address of a route with arguments that exist; an argument nobody thought of fails here."""
    values = {}
    for name in rule.arguments:
        value = world[name]
        if name == "slug":
            by_endpoint = world["slug_by_endpoint"].get(rule.endpoint.removesuffix("_json").removesuffix("_feed"))
            value = by_endpoint or value[rule.endpoint.split(".")[0]]
        if name == "token" and rule.endpoint.endswith(".preview"):
            value = world["previews"][rule.endpoint]
        if name == "token" and rule.endpoint in world["alerts"]:
            value = world["alerts"][rule.endpoint]
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


@pytest.mark.parametrize("role", PEOPLE, ids=lambda role: role.value if role else "stranger")
def test_every_route_answers_everybody_as_declared(app, client, sign_in, world, role):
    if role is not None:
        sign_in(role.value)
    wrong = []
    for rule, method in routes(app):
        if rule.endpoint == "desk.people.sign_out" and method == "POST":
            continue  # ends the session this test goes on with; people/test_desk.py tests it
        url, who = address(app, rule, world), declared(app, rule.endpoint)
        response = answer(client, method, url)
        asked_to_sign_in = response.status_code == 302 and "/desk/sign-in" in response.location
        refused = response.status_code == 403 or asked_to_sign_in
        if refused is who.allows(role) or response.status_code >= 500:
            wrong.append((method, url, response.status_code))
    assert not wrong


#: What a GET of a route that declares a trace may write: its own table only.
TRACES = {"editing": re.compile(r'^\s*(INSERT INTO|UPDATE) "?editing"?\b', re.IGNORECASE)}


def test_no_get_writes(app, client, sign_in, world):
    sign_in("admin")
    written = []

    def note(_conn, _cursor, statement, _parameters, _context, _many):
        if WRITES.match(statement):
            written.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for rule, method in routes(app):
            if method == "GET":
                written.clear()
                answer(client, "GET", address(app, rule, world))
                allowed = TRACES.get(declared(app, rule.endpoint).trace or "")
                bad = [one for one in written if allowed is None or not allowed.match(one)]
                assert not bad, (rule.endpoint, bad)
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)


def test_no_form_of_another_site_is_taken(app, client, sign_in, world):
    sign_in("admin")
    for rule, method in routes(app):
        if method == "POST":
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

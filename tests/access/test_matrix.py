"""Every route × everybody × every method against the table, and no answer holds a mark that its reader may not see."""

import io
import zipfile

import pytest
import sqlalchemy as sa
from flask import g

from jobboard.applications.actions import confirm, move, tell
from jobboard.applications.actions_erasing import ask_to_stay
from jobboard.applications.actions_own import ask_new_address, mail_links, take_new_address
from jobboard.applications.models import Stage
from jobboard.applications.queries import by_id
from jobboard.core.access import Public, declared
from jobboard.core.base import Base, Data
from jobboard.core.db import db, scoped_tables, session, writing
from jobboard.mail.models import OutboxMail
from jobboard.openings.queries import offer_to_show
from jobboard.talents.actions import leave_address, write_about
from tests.access.canaries import BY_HAND, COMMON, SENT, build, draft_token, marks_in
from tests.access.expected import GROUP_OF, GROUPS, NOT_THERE, ROUTES, SEES, STAFF, STRANGER
from tests.conftest import dispose, make_app, on_one_connection
from tests.factories import application_link, make_offer
from tests.pages import form_of
from tests.test_access import address, everything_of, routes

#: More addresses of a page, because what it shows depends on them.
QUERIES = {
    "desk.applications.index": ["", f"?q={COMMON}", "?stage=received", "?apart=1", "?opening=1", "?page=2"],
    "desk.applications.export": ["", "?apart=1"],
    "desk.talents.index": ["", f"?q={COMMON}"],
    "desk.mail.index": ["", "?state=queued", "?state=failed"],
    "desk.audit.index": ["", "?about=application"],
    "search.index": ["", f"?q={COMMON}"],
    "openings.index": ["", f"?q={COMMON}"],
}
EVERYBODY = [STRANGER, *STAFF]


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """An app with both worlds, made once: (app, the world of marks, one of everything, every address).

    On SQLite: what scopes do is SQL that both engines run alike, and `tests/applications` asks both.
    """
    folder = tmp_path_factory.mktemp("matrix")
    app = make_app(folder)
    with on_one_connection(app, folder / "files"):
        everything, marked = everything_of(app), build()
        plan = [(rule, method, [*targets(app, marked, everything, rule)]) for rule, method in routes(app)]
        yield app, marked, everything, plan
    dispose(app)


@pytest.fixture
def app(ground):
    """The app; what a test changes is undone."""
    session().rollback()
    savepoint = db.engine.begin_nested()
    yield ground[0]
    session().rollback()
    savepoint.rollback()
    ground[0].extensions["limiter"].storage.reset()


@pytest.fixture
def marked(ground):
    """The world of marks."""
    return ground[1]


@pytest.fixture
def everything(ground):
    """For each argument of a route a value that exists."""
    return ground[2]


def targets(app, marked, everything, rule):
    """(name of an application or None, address) of everything a rule can be about."""
    about_one = {"application_id", "mail_id", "interview_id"} & rule.arguments
    if about_one and "token" not in rule.arguments:
        for name, row in marked.applications.items():
            document = row.documents[1 if "number" in rule.arguments else 0]  # only the second one has pages
            values = {"application_id": row.id, "document_id": document.id, "mail_id": marked.mails[name].id}
            values["interview_id"] = marked.planted[name].get("interview", 0)
            yield name, address(app, rule, {**everything, **values})
    elif "token" in rule.arguments and rule.endpoint.startswith(("applications.", "interviews.", "talents.")):
        for name, token, document_id in tokens(marked, rule.endpoint):
            values = {"token": token, "document_id": document_id, "links": {}}
            values["interview_id"] = marked.planted.get(name, {}).get("interview", 0)
            yield name, address(app, rule, {**everything, **values})
    else:
        for query in QUERIES.get(rule.endpoint, [""]):
            yield None, address(app, rule, everything) + query


def tokens(marked, endpoint):
    """(name, token, document) of those who hold a link to a page."""
    if endpoint in {"applications.draft", "applications.review"}:
        return [(name, draft_token(draft), 0) for name, draft in marked.drafts.items()]
    if endpoint == "talents.leave_pool":
        links = {name: leave_address(one.id, marked.applications[name].email) for name, one in marked.contacts.items()}
        return [(name, link.split("/")[-2], 0) for name, link in links.items()]
    return [(name, application_link(row), row.documents[0].id) for name, row in marked.applications.items()]


def wanted(person, endpoint, name, method):
    """What the table says: "answer", "not there", "refused" or "sign in"."""
    group = GROUP_OF[endpoint]
    if person not in GROUPS[group]:
        return "refused" if person != STRANGER or method != "GET" else "sign in"
    if not group.endswith("of one"):
        return "answer"
    return "answer" if name in SEES[person] and (endpoint, name) not in NOT_THERE else "not there"


def given(response, wish, group):
    """What a response is, in the table's words."""
    if response.status_code == 302 and "/desk/sign-in/" in response.location:
        return "sign in"
    if response.status_code == 403:
        return "refused"
    if response.status_code >= 500:
        return "broken"
    is_of_one = group.endswith("of one")  # elsewhere what is not there is an answer: everybody gets the same
    return "not there" if response.status_code == 404 and (is_of_one or wish != "answer") else "answer"


def may_read(marked, person, endpoint, name):
    """The marks somebody may find in an answer."""
    if GROUP_OF[endpoint] == "link":
        sent = {
            mark for mark, (owner, column) in marked.marks.items() if owner == name and column_table(column) in SENT
        }
        drafts = {mark for mark, (owner, column) in marked.marks.items() if owner == name and column == "draft.fields"}
        return sent | drafts
    return {mark for mark, (owner, _column) in marked.marks.items() if owner in SEES[person]}


def column_table(column):
    return {"content": "document"}.get(column, column.split(".")[0])


def content_of(response):
    """Everything an answer says, its headers and what is packed in it included."""
    data = response.get_data()
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(one.encode() + archive.read(one) for one in archive.namelist())
    return data + str(response.headers).encode()


@pytest.mark.parametrize("person", EVERYBODY)
def test_everybody_gets_what_the_table_says_and_no_mark_of_anothers(ground, client, sign_in, marked, person):
    if person != STRANGER:
        sign_in(person=marked.people[person])
    wrong, leaked, seen = [], [], set()
    for rule, method, addresses in ground[3]:
        assert rule.endpoint in GROUP_OF, f"{rule.endpoint}: say in tests/access/expected.py who gets it"
        for name, url in addresses:
            response = apart(client, method, url)
            wish = wanted(person, rule.endpoint, name, method)
            is_given = given(response, wish, GROUP_OF[rule.endpoint])
            if is_given != wish:
                wrong.append((method, rule.endpoint, name, wish, is_given, response.status_code))
            marks = marks_in(content_of(response))
            seen |= marks
            leaked += [
                (method, url, marked.marks[one]) for one in marks - may_read(marked, person, rule.endpoint, name)
            ]
    assert not wrong
    assert not leaked
    owners = {marked.marks[one][0] for one in seen}
    assert SEES[person] <= owners, "whoever may read it does: else nothing was looked at"


def apart(client, method, url):
    """An answer; what a form changed is undone, and who is signed in stays it."""
    if method == "GET":
        return client.get(url, buffered=True)
    before = client.get_cookie("jobboard")
    session().rollback()
    savepoint = db.engine.begin_nested()  # the test's connection
    try:
        response = client.open(url, method=method, data={}, buffered=True)
        response.get_data()
    finally:
        session().rollback()
        savepoint.rollback()
    if before is not None:
        client.set_cookie("jobboard", before.value)
    return response


def test_table_names_each_route_once_and_none_that_is_gone(app, marked):
    assert len(GROUP_OF) == sum(len(endpoints.split()) for endpoints in ROUTES.values())
    assert GROUP_OF.keys() <= {rule.endpoint for rule in app.url_map.iter_rules()}


def test_table_and_declarations_agree(app, marked):
    for endpoint, group in GROUP_OF.items():
        who = declared(app, endpoint).who
        for person in STAFF:
            assert isinstance(who, Public) or (marked.people[person].role in who) is (person in GROUPS[group]), endpoint


def test_every_personal_text_of_applicants_was_marked(app, marked):
    planted = {column for _owner, column in marked.marks.values()}
    for table in Base.metadata.sorted_tables:
        if table.name not in scoped_tables() - BY_HAND:
            continue
        texts = [
            f"{table.name}.{column.name}"
            for column in table.columns
            if column.info["data"] is Data.PERSONAL
            and isinstance(column.type, sa.String | sa.JSON)
            and not isinstance(column.type, sa.Enum)
        ]
        assert set(texts) <= planted, table.name
    by_hand = {"application.name", "application.text", "application.email", "note.text", "stored_file.name", "content"}
    assert by_hand | {"outbox_mail.subject", "pool_consent.words", "draft.fields"} <= planted


def test_mark_in_a_page_of_a_stranger_is_found(app, client, marked):
    """The control: a mark where it must not be is noticed."""
    mark = next(iter(marked.marks))
    make_offer(f"Title {mark}", slug="leaking")
    session().commit()
    assert marks_in(content_of(client.get("/en/jobs/"))) == {mark}


@pytest.mark.parametrize("person", [one for one in STAFF if one not in {"admin", "recruiter"}])
def test_what_may_not_be_seen_is_answered_as_what_is_not_there(app, client, sign_in, marked, everything, person):
    sign_in(person=marked.people[person])
    for rule, method in routes(app):
        if "application_id" not in rule.arguments:
            continue
        hidden = [name for name in marked.applications if name not in SEES[person]]
        answers = set()
        for number in [*(marked.applications[name].id for name in hidden), 99_999]:
            url = address(app, rule, {**everything, "application_id": number, "document_id": 99_999})
            response = apart(client, method, url)
            answers.add((response.status_code, response.text.replace(f"/{number}/", "/")))
        assert len(answers) == 1, rule.endpoint


def test_link_opens_its_own_thing_and_nothing_else(app, client, marked, everything):
    mine = application_link(marked.applications["x"])
    draft = draft_token(marked.drafts["begun"])
    leave = tokens(marked, "talents.leave_pool")[0][1]
    kinds = {"talents": leave, "applications": mine, "draft": draft}
    for rule, method in routes(app):
        own = rule.endpoint.split(".")[0]
        if "token" not in rule.arguments or own not in kinds:
            continue
        own = "draft" if rule.endpoint in {"applications.draft", "applications.review"} else own
        for wrong in [token for kind, token in kinds.items() if kind != own] + ["x", mine[:-1], mine.swapcase()]:
            response = apart(
                client, method, address(app, rule, {**everything, "links": {}, "token": wrong, "document_id": 1})
            )
            assert response.status_code == 404 or own == "draft", (rule.endpoint, response.status_code)
            assert marks_in(content_of(response)) == set()
    for name in ("y", "apart", "locked"):
        for document in marked.applications[name].documents:
            assert client.get(f"/en/applications/{mine}/documents/{document.id}/").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_exports_hold_no_mark_of_what_is_locked_or_was_not_sent(app, client, sign_in, marked, kind):
    sign_in(person=marked.people["recruiter"])
    token = form_of(client.get("/desk/account/"))["csrf_token"]
    ids = [row.id for row in marked.applications.values()]
    for choice in ({}, {"ids": ids}, {"apart": "1"}):
        response = client.post("/desk/applications/export/", data={"csrf_token": token, "format": kind, **choice})
        assert response.status_code == 200
        owners = {marked.marks[one][0] for one in marks_in(content_of(response))}
        assert owners == ({"apart"} if "apart" in choice else {"x", "y", *(["apart"] if "ids" in choice else [])})


def test_no_mail_holds_a_mark_of_another_application_or_of_the_staff(app, marked):
    with app.test_request_context():
        g.pop("access", None)  # of a request before: the app's context is one for the whole file
        for name in ("x", "y"):
            happen(marked, name)
    mails = session().execute(sa.select(OutboxMail).where(OutboxMail.kind != "applications/received")).scalars().all()
    assert len(mails) >= 12
    for mail in mails:
        found = {
            marked.marks[one] for one in marks_in(f"{mail.subject} {mail.text} {mail.html} {mail.to_name}".encode())
        }
        owners = {owner for owner, _column in found}
        assert owners <= {name for name, row in marked.applications.items() if row.id == mail.about_id}, mail.kind
        assert {column_table(column) for _owner, column in found} <= SENT, mail.kind


def happen(marked, name):
    """Everything that writes a mail to an applicant."""
    number, person = marked.applications[name].id, marked.people["recruiter"]
    offer = offer_to_show(by_id(number).opening_id)
    new = make_offer(f"New for {name}")
    session().commit()
    steps = [
        lambda row: confirm(row, offer),
        lambda row: write_about(row, offer_to_show(new.id), "Please come.", person),
        lambda row: ask_to_stay(row.consent, row, offer),
        lambda row: mail_links([row], {offer.id: offer}),
        lambda row: move(row, Stage.rejected, person),
        lambda row: tell(row, offer, person),
        lambda row: ask_new_address(row, offer, f"new-{name}@example.org"),
        lambda row: take_new_address(row, offer),
    ]
    for step in steps:
        with writing():
            step(by_id(number))

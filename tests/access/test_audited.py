"""Every form of the desk either leaves an entry in the audit log or is listed here with the reason why not."""

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import join_pool
from jobboard.applications.models import Application, Stage
from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.mail.models import MailState, OutboxMail
from tests.factories import make_offer, today
from tests.pages import form_of
from tests.test_access import address, routes, world

__all__ = ["world"]

POSTS = "what is published has its own history; nothing in it is about an applicant"
OWN = "about the person's own account alone"
ACCESS = "what changes who gets in is recorded by what it needs to be done at all; tests/people asks each"
ORGANISED = "recorded where it happens; tests/applications asks each"
MOVES = "every move it makes is recorded as a move"
INTERVIEWS = "proposing, calling off and a new feed are recorded where they happen; tests/interviews asks each"
#: By endpoint: what is sent by its form, or why it leaves no entry.
FORMS = {
    "desk.applications.export": {"format": "csv"},
    "desk.applications.move_application": {"to_stage": "interview", "version": "1"},
    "desk.applications.note_application": {"text": "Strong."},
    "desk.applications.release_application": {},
    "desk.applications.tell_application": {},
    "desk.applications.told_application": {"on": "{today}"},
    "desk.mail.try_again": {},
    "desk.address.edit": ORGANISED,
    "desk.applications.assign_application": ORGANISED,
    "desk.applications.bulk_assign": ORGANISED,
    "desk.applications.bulk_back": ORGANISED,
    "desk.applications.bulk_mail": ORGANISED,
    "desk.applications.bulk_move": MOVES,
    "desk.applications.bulk_tag": ORGANISED,
    "desk.applications.drop_filter": OWN,
    "desk.applications.keep_filter": OWN,
    "desk.applications.move_card": MOVES,
    "desk.applications.rate_application": ORGANISED,
    "desk.applications.show_name": ORGANISED,
    "desk.applications.tag_application": ORGANISED,
    "desk.criteria.edit": POSTS,
    **dict.fromkeys(
        [
            *("desk.editor.discard", "desk.editor.duplicate", "desk.editor.give_up", "desk.editor.keep"),
            *("desk.editor.preview", "desk.pictures.index", "desk.pictures.upload", "desk.revisions.restore_revision"),
            *("desk.templates.begin", "desk.templates.delete", "desk.templates.edit", "desk.templates.new"),
        ],
        POSTS,
    ),
    "desk.keys.switch": OWN,
    "desk.letters.new": ORGANISED,
    "desk.letters.take_back": "the mail was recorded when it was written; the history says that it was taken back",
    **dict.fromkeys(
        [
            *("desk.mail.delete_template", "desk.mail.edit_standard", "desk.mail.edit_template"),
            *("desk.mail.new_template", "desk.mail.reset_standard", "desk.sources.edit", "desk.sources.new"),
        ],
        "words and codes of the site; nothing in them is about an applicant",
    ),
    "desk.reviewers.edit": {"people": "{reviewer}"},
    "desk.talents.write": {"opening": "{other opening}", "words": ""},
    "desk.categories.delete": POSTS,
    "desk.categories.edit": POSTS,
    "desk.categories.new": POSTS,
    "desk.openings.edit": POSTS,
    "desk.openings.new": POSTS,
    "desk.closing.edit": MOVES,
    "desk.cycle.close": POSTS,
    "desk.cycle.extend_deadline": POSTS,
    "desk.cycle.reopen": POSTS,
    "desk.interviews.cancel": INTERVIEWS,
    "desk.interviews.propose_times": INTERVIEWS,
    "desk.interviews.renew_feed": INTERVIEWS,
    "desk.publishing.draft": POSTS,
    "desk.publishing.override_item": "what is overridden is recorded with its reason; tests/openings asks it",
    "desk.publishing.publish": POSTS,
    "desk.posts.draft": POSTS,
    "desk.posts.edit": POSTS,
    "desk.posts.new": POSTS,
    "desk.posts.publish_post": POSTS,
    "desk.series.edit": POSTS,
    "desk.site.index": "the site's settings; legal pages keep their versions",
    "desk.site.page": "legal pages keep their versions",
    "desk.people.change_language": OWN,
    "desk.people.change_password": OWN,
    "desk.profile.own": "recorded where it happens; tests/people/test_desk_profile.py asks",
    "desk.profile.edit": "recorded where it happens; tests/people/test_desk_profile.py asks",
    "desk.people.end_one": OWN,
    "desk.people.end_others": OWN,
    "desk.people.sign_out": OWN,
    **dict.fromkeys(
        [
            "desk.links.forgotten",
            "desk.links.invitation",
            "desk.links.reset",
            "desk.people.sign_in",
            "desk.proof.index",
            "desk.proof.options",
            "desk.proof.passkey",
            "desk.second.index",
            "desk.second.options",
            "desk.second.passkey",
            "desk.security.add",
            "desk.security.app",
            "desk.security.options",
            "desk.security.recovery_codes",
            "desk.security.remove",
            "desk.security.remove_own_app",
            "desk.staff.edit",
            "desk.staff.end",
            "desk.staff.new",
            "desk.staff.remove_factors",
            "desk.staff.resend",
            "desk.staff.take_back",
        ],
        ACCESS,
    ),
}
#: States of an application in which a form does something.
STATES = {
    "desk.applications.release_application": {"is_suspect": True},
    "desk.applications.tell_application": {"stage": Stage.rejected, "decided_at": "now"},
    "desk.applications.told_application": {"stage": Stage.rejected, "decided_at": "now"},
}


def unsafe(app):
    return [rule for rule, method in routes(app) if method == "POST" and rule.endpoint.startswith("desk.")]


def test_every_form_is_listed(app):
    assert {rule.endpoint for rule in unsafe(app)} == FORMS.keys(), "say in FORMS what it records, or why it does not"


def count():
    return session().execute(sa.select(sa.func.count(AuditEntry.number))).scalar_one()


@pytest.mark.parametrize("endpoint", [one for one, what in FORMS.items() if isinstance(what, dict)])
def test_form_leaves_an_entry(app, client, sign_in, world, endpoint):
    reviewer = sign_in("reviewer")
    person = sign_in("admin")
    values = {"{today}": today().isoformat(), "{reviewer}": reviewer.id, "{other opening}": make_offer().id}
    statement = sa.select(Application).where(Application.id == world["application_id"])
    row = session().execute(statement.execution_options(scope="test")).scalar_one()
    join_pool(row, "I agree")
    for name, value in STATES.get(endpoint, {}).items():
        setattr(row, name, clock.now() if value == "now" else value)
    mail = OutboxMail(
        **dict.fromkeys(("message_id", "kind", "to_address", "to_name", "subject", "text", "html"), "x"),
        locale="en",
        state=MailState.failed,
        queued_at=clock.now(),
        due_at=clock.now(),
        tries=3,
    )
    session().add(mail)
    session().commit()
    rule = next(rule for rule in unsafe(app) if rule.endpoint == endpoint)
    token = form_of(client.get("/desk/account/"))["csrf_token"]
    fields = {name: values.get(value, value) for name, value in FORMS[endpoint].items()}
    if "version" in fields:
        fields["version"] = str(row.version)
    before = count()
    url = address(app, rule, {**world, "mail_id": mail.id})
    response = client.post(url, data={"csrf_token": token, **fields}, buffered=True)
    assert response.status_code in {200, 303}, response.text
    assert count() > before
    last = session().execute(sa.select(AuditEntry.by_id).order_by(AuditEntry.number.desc()).limit(1)).scalar_one()
    assert last == person.id

"""Mails are rendered in the recipient's language, and nobody can forge a private link."""

import datetime as dt

import pytest
import time_machine
from flask import Flask
from jinja2 import DictLoader, UndefinedError

from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.mail.actions import fill_links, mask_links, private_link, queue, retry
from jobboard.mail.models import MailState

BODY = """{% extends "mail/layout.html" %}{% from "mail/parts.html" import action %}
{% block content %}<p>{{ _("Sent") }} {{ words }}</p>{{ action("Open", link) }}{% endblock %}"""
TEMPLATES = {
    "mail/test/hello/subject.txt": "Hello\n{{ to_name }}: {{ words }}\n",
    "mail/test/hello/body.txt": """{% extends "mail/layout.txt" %}{% block content %}
{{ language }}   \n\n\n\n{{ words }} {{ link }} {{ page_url("timeline.index") }}{% endblock %}""",
    "mail/test/hello/body.html": BODY,
}


@pytest.fixture
def letter(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """A kind of mail for these tests, "test/hello", and a purpose of links."""
    return with_letter(app, monkeypatch)


def with_letter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    loader = app.jinja_env.loader
    planted = DictLoader(TEMPLATES)
    choose = type(
        "Both",
        (type(loader),),
        {
            "get_source": lambda self, environment, name: (
                planted.get_source(environment, name) if name in TEMPLATES else loader.get_source(environment, name)
            )
        },
    )(app)
    monkeypatch.setattr(app.jinja_env, "loader", choose)
    app.extensions.pop("mail_templates", None)
    monkeypatch.setitem(
        app.extensions["mail_links"], "test", lambda subject, _to: f"https://jobs.test/a/{subject}-secret"
    )
    return app


def put(**given):
    words = {"to_address": "robin@example.org", "to_name": "Robin", "locale": "en", "words": "x", "link": "y", **given}
    mail = queue("test/hello", **words)
    session().flush()
    return mail


def test_mail_is_one_row_that_is_due_now(letter, outbox):
    mail = put(about=("application", 7), reply_to="hr@example.org", in_reply_to="<a@b>")
    assert outbox() == [mail]
    assert mail.state is MailState.queued
    assert mail.due_at <= clock.now()
    assert (mail.about_kind, mail.about_id, mail.reply_to, mail.in_reply_to) == (
        "application",
        7,
        "hr@example.org",
        "<a@b>",
    )
    assert mail.message_id.endswith("@127.0.0.1>")
    assert mail.message_id != put().message_id


def test_mail_waits_when_told_to(letter):
    later = clock.now() + dt.timedelta(hours=2)
    assert put(send_after=later).due_at == later


def test_mail_is_in_the_recipients_language_and_the_page_stays_in_its_own(letter):
    mail = put(locale="de")
    assert mail.locale == "de"
    assert mail.text.startswith("de\n\nx y http://127.0.0.1:8000/de/\n\n-- \n")
    assert '<html lang="de"' in mail.html
    assert str(i18n.current_locale()) == "en"


def test_language_without_catalog_gets_the_sites_default(letter):
    assert put(locale="ja").locale == "en"


def test_subject_is_one_line_whatever_people_are_called(letter):
    mail = put(to_name="Robin\r\nBcc: all@example.org\u202e", words="a\nb")
    assert mail.subject == "Hello Robin Bcc: all@example.org: a b"
    assert mail.to_name == "Robin Bcc: all@example.org"


def test_html_is_escaped_and_text_is_not(letter):
    mail = put(words="<b>1 & 2</b>")
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in mail.html
    assert "<b>1 & 2</b>" in mail.text


def test_name_nobody_gave_is_an_error(letter):
    with pytest.raises(UndefinedError):
        queue("test/hello", to_address="a@b.example", to_name="", locale="en", link="")


@pytest.mark.parametrize("address", ["", "robin", "a@", "@b", "a@b\r\nBcc: c@d", "a b@c", "a@b, c@d", "<a@b>"])
def test_bad_address_is_refused(letter, address):
    with pytest.raises(ValueError, match="not an e-mail address"):
        put(to_address=address)


def test_private_link_is_filled_when_it_leaves_and_masked_for_staff(letter):
    mail = put(link=private_link("test", 7))
    for body in (mail.text, mail.html):
        assert "secret" not in body
        assert "https://jobs.test/a/7-secret" in fill_links(body, mail.to_address)
        assert "secret" not in mask_links(body, "(link)")
        assert "(link)" in mask_links(body, "(link)")


def test_forged_private_link_stays_what_was_typed(letter):
    real = private_link("test", 7)
    seal = real.rpartition(":")[2].removesuffix("]]")
    for forged in ("[[private-link:test:7]]", f"[[private-link:test:8:{seal}]]", real.replace(seal, "0" * 32)):
        mail = put(words=forged)
        assert fill_links(mail.text, mail.to_address) == mail.text
        assert fill_links(mail.html, mail.to_address) == mail.html


def test_retry_makes_a_failed_mail_due_and_leaves_a_sent_one(letter):
    mail = put()
    mail.state, mail.tries = MailState.failed, 9
    with time_machine.travel(clock.now() + dt.timedelta(hours=1), tick=False):
        retry(mail)
        assert (mail.state, mail.tries, mail.due_at) == (MailState.queued, 0, clock.now())
    mail.state = MailState.sent
    assert retry(mail).state is MailState.sent

"""What staff write arrives at a mail server as it was written, and nothing in it becomes a header."""

import io

import pytest
import time_machine

from jobboard.applications.actions_letters import UNDO, letter_words, send_letter
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.files.actions import keep_staged, receive
from jobboard.mail.tasks import deliver
from tests.factories import application_link, make_application, make_offer, make_person
from tests.files.documents import cv

HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
}
HOSTILE = [
    "Robin\r\nBcc: all@example.org",
    "=?utf-8?q?=0ABcc=3A all@example.org?=",
    "Robin\x00\x0b\u2028X: y",
    '"Robin" <other@example.org>,',
    "{{ page_link }}",
]


@pytest.fixture
def offer(app):
    contact = make_person("Thilo", Role.recruiter, email="thilo@example.org")
    return make_offer("Operator", contact_id=contact.id)


def sent(post_office, row, offer, subject, body, files=()):
    by = make_person("Alma", Role.recruiter)
    session().commit()
    with writing():
        kept = [keep_staged(receive(io.BytesIO(data), name)) for name, data in files]
        send_letter(row, offer, letter_words(row, offer, subject, body), by, kept, "ab" * 16)
    assert deliver() == 0, "it waits"
    with time_machine.travel(clock.now() + UNDO, tick=False):
        assert deliver() == 1
    [message] = post_office.messages
    return message


def test_it_arrives_with_its_link_and_its_file(post_office, offer):
    row = make_application(offer, email="robin@example.org")
    message = sent(post_office, row, offer, "Hello", "Grüße an {{ name }}:\n{{ page_link }}", [("way.pdf", cv())])
    link = f"http://127.0.0.1:8000/en/applications/{application_link(row)}/"
    text = message.get_body(("plain",)).get_content()
    assert f"Grüße an Robin Okafor:\n{link}" in text.replace("\r\n", "\n")
    assert f'<a href="{link}">' in message.get_body(("html",)).get_content()
    [file] = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("way.pdf", cv())
    assert message["Reply-To"] == "thilo@example.org"
    assert message["Auto-Submitted"] is None, "a person wrote it: absence notices are welcome"


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_becomes_a_header(post_office, offer, words):
    row = make_application(offer, name=words, email="robin@example.org")
    message = sent(post_office, row, offer, f"{{{{ name }}}} {words.replace('{{ page_link }}', '')}", "Hello")
    assert set(message.keys()) <= HEADERS | {"X-Peer", "X-MailFrom", "X-RcptTo"}
    assert [one.addr_spec for one in message["To"].addresses] == ["robin@example.org"]
    assert "\n" not in message["Subject"]

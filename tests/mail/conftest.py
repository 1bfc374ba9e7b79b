"""A real mail server for the tests of this folder."""

from collections.abc import Iterator

import pytest
from flask import Flask

from jobboard.mail.transport import open_transport
from tests.mail.test_actions import with_letter
from tests.twins.smtp import Mailbox


@pytest.fixture(scope="module")
def server() -> Iterator[Mailbox]:
    """One real SMTP server for this file."""
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(server: Mailbox) -> Mailbox:
    """The server as new."""
    server.clear()
    return server


@pytest.fixture
def post_office(app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """The app of the engine under test, with a mail server and a kind of mail."""
    with_letter(app, monkeypatch)
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(mailbox.url))
    return mailbox

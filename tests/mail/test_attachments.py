"""Files go with mails: they arrive as they were, are kept as long as the mail, and a lost one holds the mail back."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.storage import new_key, storage
from jobboard.files.tasks import drop_staged
from jobboard.mail.actions import Attachment, queue
from jobboard.mail.models import MailState, OutboxAttachment, OutboxMail
from jobboard.mail.tasks import KEPT, deliver, forget_old

CALENDAR = "BEGIN:VCALENDAR\r\nX-WORDS:Grüße ✓\r\nEND:VCALENDAR\r\n".encode()
BYTES = bytes(range(256)) * 500 + b"\r\n.\r\n"


def put(*attachments: Attachment) -> int:
    with writing():
        words = {"to_name": "Robin", "locale": "en", "words": "x", "link": "-"}
        return _flushed(queue("test/hello", to_address="robin@example.org", attachments=attachments, **words))


def _flushed(mail: OutboxMail) -> int:
    session().flush()
    return mail.id


def stored(data: bytes) -> int:
    """A file nobody owns, as an upload leaves it."""
    key = new_key()
    storage().put(key, io.BytesIO(data))
    now = clock.now()
    with writing() as current:
        row = StoredFile(
            key=key, name="x.pdf", content_type="application/pdf", size=len(data), sha256="0" * 64, created_at=now
        )
        row.staged_until = now + dt.timedelta(hours=24)
        current.add(row)
        current.flush()
        return row.id


def test_attachments_arrive_byte_for_byte_and_the_text_is_still_read_first(post_office):
    file_id = stored(BYTES)
    mail_id = put(
        Attachment("Gespräch.ics", "text/calendar; method=REQUEST; charset=utf-8", CALENDAR),
        Attachment("offer\r\nBcc: x@y\n.pdf", "application/pdf", file_id=file_id),
    )
    assert deliver() == 1
    [message] = post_office.messages
    assert message.get_content_type() == "multipart/mixed"
    assert "x" in message.get_body(("plain",)).get_content()
    assert message.get_body(("html",)) is not None
    assert message["Content-Language"] == "en"
    assert message["Bcc"] is None
    calendar, file = message.iter_attachments()
    assert (calendar.get_content_type(), calendar.get_filename()) == ("text/calendar", "Gespräch.ics")
    assert dict(calendar["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
    assert calendar.get_payload(decode=True) == CALENDAR
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "offer Bcc: x@y .pdf")
    assert file.get_payload(decode=True) == BYTES
    assert session().get_one(OutboxMail, mail_id).state is MailState.sent


def test_mail_without_attachments_is_what_it_was(post_office):
    put()
    deliver()
    [message] = post_office.messages
    assert message.get_content_type() == "multipart/alternative"


def test_file_is_kept_as_long_as_a_mail_has_it_and_goes_then(post_office):
    file_id = stored(b"shared")
    put(Attachment("a.pdf", "application/pdf", file_id=file_id))
    put(Attachment("b.pdf", "application/pdf", file_id=file_id))
    other = stored(b"nobody's")
    deliver()
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        assert drop_staged() == 1
        assert session().get(StoredFile, other) is None
        assert session().get(StoredFile, file_id) is not None
    with time_machine.travel(clock.now() + KEPT + dt.timedelta(days=1), tick=False):
        assert forget_old() == 2
        assert session().execute(sa.select(OutboxAttachment)).first() is None
        assert drop_staged() == 1
        assert session().get(StoredFile, file_id) is None


@pytest.mark.parametrize(
    ("break_it", "state", "words"),
    [
        (lambda row: storage().delete(row.key), MailState.failed, "not in the storage"),
        (lambda row: setattr(row, "scan_state", ScanState.infected), MailState.failed, "virus"),
    ],
)
def test_mail_does_not_leave_without_its_file(post_office, break_it, state, words):
    file_id = stored(b"x")
    mail_id = put(Attachment("a.pdf", "application/pdf", file_id=file_id))
    with writing():
        break_it(session().get_one(StoredFile, file_id))
    deliver()
    assert post_office.messages == []
    mail = session().get_one(OutboxMail, mail_id)
    assert mail.state is state
    assert words in mail.error_words


@pytest.mark.parametrize("both", [{}, {"content": b"x", "file_id": 1}])
def test_attachment_is_bytes_or_a_file(post_office, both):
    with pytest.raises(sa.exc.IntegrityError):
        put(Attachment("a", "text/plain", **both))

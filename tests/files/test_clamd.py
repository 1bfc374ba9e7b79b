"""The virus scanner: what it says counts, and while it says nothing nobody can open a document."""

import datetime as dt
import io
import itertools

import pytest
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files import actions_pages
from jobboard.files.actions import claim, keep_staged, receive
from jobboard.files.clamd import Scanner, ScannerGone, Verdict, open_scanner
from jobboard.files.markup import may_open, reading_of, scan_state
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.storage import StorageError
from jobboard.files.tasks import scan_documents, show_documents
from tests.applications.test_views_private import with_document
from tests.factories import application_link, make_application, make_offer
from tests.pages import page_of, words_of
from tests.twins.clamd import EICAR, Clamd


@pytest.fixture(params=["unix", "tcp"])
def twin(request, tmp_path):
    with Clamd(tmp_path / "clamd.sock" if request.param == "unix" else None) as server:
        yield server


def quick(url, deadline=0.2):
    """A scanner with little patience."""
    return Scanner(open_scanner(url).address, deadline)


def test_there_is_none_without_an_address():
    assert open_scanner("") is None
    assert open_scanner("tcp://127.0.0.1").address == ("127.0.0.1", 3310)
    assert open_scanner("unix:/run/clamav/clamd.ctl").address == "/run/clamav/clamd.ctl"


def test_it_is_given_every_byte_and_its_word_counts(twin):
    found = open_scanner(twin.url)
    assert found.greet().startswith("ClamAV 1.4.6")
    data = [b"a" * 300_000, b"", b"b"]
    assert found.scan(data) == Verdict(ScanState.clean)
    assert twin.seen == [b"".join(data)]
    assert found.scan([b"Hello ", EICAR]) == Verdict(ScanState.infected, "Eicar-Signature")


@pytest.mark.parametrize(
    ("mode", "finding"), [("too small", "INSTREAM size limit exceeded. ERROR"), ("babbles", "\ufffd\ufffd what? ")]
)
def test_what_it_cannot_judge_is_no_clean_file(twin, mode, finding):
    twin.mode = mode
    verdict = open_scanner(twin.url).scan([b"a" * 3_000_000] * 4)
    assert verdict.state is ScanState.error
    assert verdict.finding.startswith(finding)
    assert len(verdict.finding) <= 200


@pytest.mark.parametrize("mode", ["hangs", "hangs up"])
def test_one_that_hangs_or_hangs_up_says_nothing(twin, mode):
    twin.mode = mode
    with pytest.raises(ScannerGone):
        quick(twin.url).scan([b"Hello"])
    with pytest.raises(ScannerGone):
        quick(twin.url).greet()


def test_one_that_is_not_there_says_nothing(tmp_path):
    with pytest.raises(ScannerGone):
        open_scanner(f"unix:{tmp_path}/nothing.sock").greet()
    with Clamd() as server:
        url = server.url
    with pytest.raises(ScannerGone):
        open_scanner(url).scan([b"Hello"])


@pytest.fixture
def scanned(app, twin, monkeypatch):
    """The app with this scanner."""
    monkeypatch.setitem(app.extensions, "scanner", quick(twin.url, 2))
    app.extensions.pop("scanner_rests_until", None)
    yield twin
    app.extensions.pop("scanner_rests_until", None)


def kept(data=b"Some words.\n", name="cv.txt"):
    row = claim(keep_staged(receive(io.BytesIO(data), name)))
    session().commit()
    return row


def later(**delta):
    return time_machine.travel(clock.now() + dt.timedelta(**delta))


def again(row):
    session().rollback()
    return session().get(StoredFile, row.id)


def state_of(row):
    return again(row).scan_state


def test_documents_wait_for_the_scanner_and_are_judged_by_the_worker(scanned):
    good, bad = kept(), kept(b"Some words. " + EICAR)
    assert [state_of(row) for row in (good, bad)] == [ScanState.pending, ScanState.pending]
    assert not may_open(good)
    assert show_documents() == 0, "nothing is made of what nobody may open"
    assert scan_documents() == 2
    assert [state_of(row) for row in (good, bad)] == [ScanState.clean, ScanState.infected]
    good, bad = again(good), again(bad)
    assert (may_open(good), may_open(bad)) == (True, False)
    assert bad.scan_finding == "Eicar-Signature"
    assert show_documents() == 1
    assert scan_documents() == 0, "what was judged is not judged again"


@pytest.mark.parametrize("mode", ["hangs", "hangs up"])
def test_documents_wait_while_the_scanner_says_nothing_and_are_judged_when_it_is_back(app, scanned, mode, monkeypatch):
    monkeypatch.setitem(app.extensions, "scanner", quick(scanned.url))
    scanned.mode = mode
    row = kept()
    assert scan_documents() == 0
    assert state_of(row) is ScanState.pending
    scanned.mode = ""
    assert scan_documents() == 0, "it is left alone for a while, so that mail is not held up"
    with later(minutes=2):
        monkeypatch.setitem(app.extensions, "scanner", quick(scanned.url, 5))
        assert scan_documents() == 1
    assert state_of(row) is ScanState.clean


def test_document_the_scanner_failed_at_is_tried_again_later_and_not_at_once(scanned):
    scanned.mode = "too small"
    row = kept()
    assert scan_documents() == 0
    assert state_of(row) is ScanState.error
    assert (scan_documents(), len(scanned.seen)) == (0, 0)
    scanned.mode = ""
    with later(minutes=11):
        assert scan_documents() == 1
    assert state_of(row) is ScanState.clean


def test_document_that_is_gone_from_the_storage_is_an_error(app, scanned):
    row = kept()
    app.extensions["storage"].delete(row.key)
    assert scan_documents() == 0
    assert (state_of(row), row.scan_finding) == (ScanState.error, "not in the storage")


class Unreadable:
    """A storage of which some files break off in the middle."""

    def __init__(self, inner, keys):
        self.inner, self.keys = inner, keys

    def read(self, key):
        yield from itertools.islice(self.inner.read(key), 1)
        if key in self.keys:
            raise StorageError("the disk broke")

    def delete(self, key):
        self.inner.delete(key)


def test_document_that_cannot_be_read_holds_up_no_other_and_is_tried_again_behind_them(app, scanned, monkeypatch):
    broken, good = kept(), kept(b"Good words.\n")
    disk = app.extensions["storage"]
    monkeypatch.setitem(app.extensions, "storage", Unreadable(disk, {broken.key}))
    assert scan_documents() == 1
    assert [state_of(row) for row in (broken, good)] == [ScanState.error, ScanState.clean]
    assert again(broken).scan_finding == "could not be read"
    assert scan_documents() == 0, "not at once"
    monkeypatch.setitem(app.extensions, "storage", disk)
    last = kept(b"Last words.\n")
    scanned.seen.clear()
    with later(minutes=11):
        assert scan_documents() == 2
    assert scanned.seen == [b"Last words.\n", b"Some words.\n"]
    assert {state_of(row) for row in (broken, good, last)} == {ScanState.clean}


def test_storage_that_is_away_does_not_hold_up_the_mail_for_each_document(app, scanned, monkeypatch):
    rows = [kept(f"Words {number}.\n".encode()) for number in range(5)]
    monkeypatch.setitem(app.extensions, "storage", Unreadable(app.extensions["storage"], {row.key for row in rows}))
    for tried in (2, 4, 5):
        assert scan_documents() == 0
        assert [state_of(row) for row in rows].count(ScanState.error) == tried


def test_document_whose_pages_cannot_be_made_does_not_hold_up_the_others(app, monkeypatch):
    rows = [kept(f"Words {number}.\n".encode()) for number in range(5)]
    away = {row.key for row in rows[:3]}
    real = actions_pages._original

    def original(row):
        if row.key in away:
            raise StorageError("the disk broke")
        return real(row)

    monkeypatch.setattr(actions_pages, "_original", original)
    assert [show_documents() for _turn in range(4)] == [0, 0, 0, 2]
    away.clear()
    with later(minutes=11):
        assert [show_documents() for _turn in range(3)] == [2, 1, 0]


def test_what_came_before_there_was_a_scanner_is_scanned_too(app, scanned, monkeypatch):
    monkeypatch.setitem(app.extensions, "scanner", None)
    row = kept()
    assert (row.scan_state, scan_state(row), may_open(row)) == (ScanState.not_scanned, ScanState.not_scanned, True)
    assert scan_documents() == 0
    monkeypatch.setitem(app.extensions, "scanner", quick(scanned.url, 2))
    assert (scan_state(row), may_open(row)) == (ScanState.pending, False)
    assert scan_documents() == 1
    assert state_of(row) is ScanState.clean


def test_virus_stays_a_virus_when_the_scanner_is_taken_away(app, scanned, monkeypatch):
    row, waiting = kept(b"Some words. " + EICAR), kept()
    scan_documents()
    waiting.scan_state = ScanState.error
    monkeypatch.setitem(app.extensions, "scanner", None)
    assert (scan_state(row), may_open(row)) == (ScanState.infected, False)
    assert (scan_state(waiting), may_open(waiting)) == (ScanState.not_scanned, True)


@pytest.mark.parametrize(
    ("state", "finding", "words"),
    [
        (ScanState.pending, "", "waiting for the virus scan"),
        (ScanState.clean, "", "no virus found"),
        (ScanState.infected, "Eicar-Signature", "a virus was found: Eicar-Signature"),
        (ScanState.error, "broke", "the virus scan failed and is tried again"),
    ],
)
def test_desk_and_applicant_get_only_what_is_clean_and_are_told_why_not(
    app, client, sign_in, scanned, state, finding, words
):
    row = make_application(make_offer("Operator"))
    document = with_document(row)
    document.file.scan_state, document.file.scan_finding = state, finding
    session().commit()
    sign_in("recruiter")
    here = f"/desk/applications/{row.id}/"
    page = client.get(here)
    assert words in words_of(page_of(page))
    is_clean = state is ScanState.clean
    assert ("Ten years of operations." in page.text, "Download the original" in page.text) == (is_clean, is_clean)
    for address in (
        f"{here}documents/{document.id}/",
        f"/en/applications/{application_link(row)}/documents/{document.id}/",
    ):
        assert client.get(address).status_code == (200 if is_clean else 409)


def test_without_a_scanner_the_desk_says_so_and_never_clean(app, client, sign_in):
    row = make_application(make_offer("Operator"))
    document = with_document(row)
    sign_in("recruiter")
    page = words_of(page_of(client.get(f"/desk/applications/{row.id}/")))
    assert "not scanned for viruses" in page
    assert "no virus found" not in page
    assert reading_of(document.file, "").may_open

"""Receiving an upload: what cannot be taken just now is said so, and nothing that was written is lost."""

import io
import shutil

import pytest

from jobboard.core.db import session
from jobboard.files import checks
from jobboard.files.actions import receive
from jobboard.files.checker import CheckerGone
from jobboard.files.checks import FileRefused, Refusal
from jobboard.files.storage import LEAST_FREE, StorageError, storage
from jobboard.site.commands import findings
from tests.applying import fill
from tests.factories import make_offer
from tests.files.documents import cv, pdf
from tests.pages import form_of

TRIES = 20


@pytest.fixture
def form(app, client):
    """Send the form of an opening, with a file, from a host; "127.0.0.1" where nothing is said."""
    make_offer("Operator", slug="operator")
    session().commit()

    def sent(data, name="cv.pdf", host="127.0.0.1"):
        client.environ_base["REMOTE_ADDR"] = host
        return fill(
            client, {"name": "Nour", "email": "nour@example.org", "text": "Hello.", "cv": (io.BytesIO(data), name)}
        )

    return sent


class Busy:
    """A checking process without a turn."""

    def ask(self, *_given):
        raise CheckerGone("too many files at once")


def test_file_that_cannot_be_checked_just_now_is_refused_in_words_and_everything_else_stays(form, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(checks, "checker", Busy)
        page = form(cv())
    assert page.status_code == 422
    assert "This file could not be checked just now. Please try again in a few minutes." in page.text
    assert form_of(page, having="token")["text"].strip() == "Hello."
    assert form(cv()).status_code == 303


def test_host_whose_files_can_often_not_be_opened_waits_and_the_others_do_not(form):
    for _file in range(TRIES):
        assert "This file cannot be opened; it may be damaged." in form(b"%PDF-1.7\n").text
    page = form(cv())
    assert (page.status_code, "Too many files from this connection could not be opened." in page.text) == (422, True)
    assert form(cv(), host="192.0.2.7").status_code == 303


def test_files_that_are_no_work_do_not_count(form, app):
    for _file in range(TRIES):
        assert form(b"", "cv.exe").status_code in {303, 422}
        assert form(pdf(password="a"), "cv.pdf").status_code == 422
    assert form(cv()).status_code == 303


def test_what_a_command_loads_comes_from_no_host(app):
    for _file in range(TRIES + 1):
        with pytest.raises(FileRefused) as refused:
            receive(io.BytesIO(b"%PDF-1.7\n"), "cv.pdf")
        assert refused.value.refusal is Refusal.broken


def disk_with(monkeypatch, free):
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)


def test_no_document_is_taken_when_the_disk_is_nearly_full(app, monkeypatch):
    disk_with(monkeypatch, LEAST_FREE - 1)
    with pytest.raises(StorageError, match="MB are free"):
        receive(io.BytesIO(cv()), "cv.pdf")
    assert [*storage().root.glob("*/*")] == []
    disk_with(monkeypatch, LEAST_FREE)
    assert receive(io.BytesIO(cv()), "cv.pdf").page_count == 2


@pytest.mark.parametrize(
    ("free", "disk", "store"),
    [(LEAST_FREE - 1, "ERROR", "ERROR"), (LEAST_FREE, "warning", "ok"), (5 * 10**9, "ok", "ok")],
)
def test_check_warns_before_the_disk_is_full(app, monkeypatch, free, disk, store):
    disk_with(monkeypatch, free)
    found = {one.name: one for one in findings()}
    assert (found["disk"].light.value, found["storage"].light.value) == (disk, store)
    assert ("uploads are refused" in found["disk"].words) == (disk == "ERROR")


def test_applicant_is_told_when_the_disk_is_nearly_full_and_what_was_written_is_kept(form, monkeypatch):
    disk_with(monkeypatch, 0)
    page = form(cv())
    assert (page.status_code, "This file could not be stored just now." in page.text) == (422, True)
    monkeypatch.undo()
    assert form(cv()).status_code == 303

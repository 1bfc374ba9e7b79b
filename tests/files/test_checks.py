"""Uploads are what they say they are; every refusal is a sentence. (The hostile ones: test_hostile.py.)"""

import io
import types

import flask
import pytest

from jobboard.core.i18n import force_locale
from jobboard.files.checks import ACCEPT, HINT, SENTENCES, Checked, FileRefused, Refusal, check_document
from jobboard.files.models import FLAG_LABELS, SCAN_LABELS, Flag, ScanState
from tests.files.documents import cv, docx, odt, pdf, picture

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
#: The pictures of pages are as large as their box lets them.
A4, SQUARE, PHOTO = (1239, 1754), (1240, 1240), (1240, 930)
GOOD = {
    "a PDF": (cv, "cv.pdf", "application/pdf", [A4] * 2),
    "a PDF in capitals": (lambda: pdf(2), "CV.PDF", "application/pdf", [SQUARE] * 2),
    "100 pages": (lambda: pdf(100), "cv.pdf", "application/pdf", [SQUARE] * 20),
    "a Word document": (docx, "cv.docx", WORD, []),
    "an OpenDocument": (odt, "Größe.odt", ODT, []),
    "a text": ("Zwölf Jahre.\r\n\tمرحبا 🚢".encode, "cv.txt", "text/plain", []),
    "a text in Latin-1": (lambda: "Zwölf Jahre".encode("latin-1"), "cv.txt", "text/plain", []),
}
PICTURES = {
    "a PNG": (picture, "scan.png", "image/png", [PHOTO]),
    "a JPEG": (lambda: picture("JPEG"), "scan.JPG", "image/jpeg", [PHOTO]),
}


@pytest.fixture(params=[False, True], ids=["documents", "pictures too"])
def pictures(request):
    """Just enough of a site to check files in; whether it takes pictures."""
    app = flask.Flask("files")
    app.config["SETTINGS"] = types.SimpleNamespace(accept_pictures=request.param)
    with app.app_context():
        yield request.param


@pytest.mark.parametrize("case", GOOD | PICTURES)
def test_document_is_taken_with_what_is_known_of_it(case, pictures):
    make, name, content_type, pages = (GOOD | PICTURES)[case]
    stream = io.BytesIO(make())
    if case in PICTURES and not pictures:
        with pytest.raises(FileRefused) as caught:
            check_document(stream, name)
        assert caught.value.refusal is Refusal.ending
        return
    count = {"100 pages": 100}.get(case, len(pages)) or None
    assert check_document(stream, name) == Checked(content_type, len(make()), (), tuple(pages), count)
    assert stream.tell() == 0, "rewound, to be stored"


def test_form_names_what_is_taken(app, monkeypatch):
    with app.test_request_context(), force_locale("en"):
        assert str(ACCEPT) == ".pdf,.docx,.odt,.txt"
        assert str(HINT) == "PDF, Word, OpenDocument or text, up to 10 MB."
        monkeypatch.setitem(app.config, "SETTINGS", types.SimpleNamespace(accept_pictures=True))
        assert str(ACCEPT) == ".pdf,.docx,.odt,.txt,.png,.jpg,.jpeg"
        assert "PNG or JPEG" in str(HINT)
        assert "PNG or JPEG" in str(FileRefused(Refusal.ending))


def test_every_refusal_flag_and_state_has_words(app):
    assert set(SENTENCES) == set(Refusal)
    assert set(FLAG_LABELS) == set(Flag)
    assert set(SCAN_LABELS) == set(ScanState)
    with app.test_request_context():
        assert all(str(FileRefused(refusal)).endswith(".") for refusal in Refusal)

"""A document is read without being opened: pictures of its pages or its words, made once, gone with it."""

import dataclasses
import datetime as dt
import io

import pytest
import time_machine
from PIL import Image

from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.files import actions_pages
from jobboard.files.actions import claim, drop, keep_staged, let_go, receive
from jobboard.files.actions_pages import NotShown, page_picture, words_of
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError, made_key, origin_of, storage
from jobboard.files.tasks import drop_orphans, drop_staged, show_documents
from tests.applications.test_views_private import with_document
from tests.factories import make_application, make_offer, make_person
from tests.files.documents import W, cv, docx, odt, pdf, pdf_with, picture
from tests.pages import html_problems, page_of
from tests.pages import words_of as text_of


def kept(data, name="cv.pdf"):
    row = claim(keep_staged(receive(io.BytesIO(data), name)))
    session().commit()
    return row


def again(row):
    session().rollback()
    session().expire_all()
    return session().get(StoredFile, row.id)


def stored():
    return {*storage().keys_older_than(clock.now() + dt.timedelta(hours=1))}


@pytest.fixture
def takes_pictures(app, monkeypatch):
    settings = dataclasses.replace(app.config["SETTINGS"], accept_pictures=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.fixture
def nothing_is_made(monkeypatch):
    """From here on nobody asks the checking process."""

    def refuse():
        raise AssertionError("made once more")

    return lambda: monkeypatch.setattr(actions_pages, "checker", refuse)


def opened(data):
    with Image.open(io.BytesIO(data)) as found:
        found.load()
        return found


def test_pages_are_pictures_of_the_size_that_was_told_with_the_words_on_them(app, nothing_is_made):
    row = kept(cv())
    assert (row.page_count, row.pages) == (2, [[1239, 1754], [1239, 1754]])
    first = page_picture(row, 1)
    found = opened(first)
    assert (found.format, found.size) == ("WEBP", (1239, 1754))
    assert found.convert("L").getextrema() == (0, 255), "black on white"
    nothing_is_made()
    assert page_picture(row, 1) == first
    assert made_key(row.key, "page-1") in stored()


def test_page_shows_what_was_filled_in_and_noted(app):
    note = b"<< /Subtype /Square /Rect [100 100 400 400] /IC [1 0 0] /C [1 0 0] /BS << /W 9 >> /AP << /N 5 0 R >> >>"
    look = b"<< /Type /XObject /Subtype /Form /BBox [0 0 300 300] /Length 25 >>\nstream\n1 0 0 rg 0 0 300 300 re f\nendstream"
    row = kept(pdf_with(b"", b"/Annots [%b]" % note, look))
    pixel = opened(page_picture(row, 1)).getpixel((500, 1200))
    assert pixel[0] > 200
    assert pixel[1] < 80


def test_picture_is_written_anew_upright_and_tells_nothing(app, takes_pictures):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"
    row = kept(picture("JPEG", (400, 200), exif=exif), "scan.jpg")
    assert row.pages == [[877, 1754]]
    data = page_picture(row, 1)
    assert opened(data).size == (877, 1754)
    assert b"home" not in data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_picture_can_be_shown(app, takes_pictures, mode):
    row = kept(picture(mode=mode), "scan.png")
    assert list(opened(page_picture(row, 1)).size) == row.pages[0]


BODY = f"""<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>
<w:p><w:r><w:t>Zwölf</w:t><w:tab/><w:t xml:space="preserve"> Jahre</w:t></w:r></w:p><w:p/><w:p/>
<w:p><mc:AlternateContent><mc:Choice><w:t>Box</w:t></mc:Choice>
<mc:Fallback><w:t>Box</w:t></mc:Fallback></mc:AlternateContent></w:p>
<w:tbl><w:tr><w:tc><w:p><w:t>2010</w:t></w:p></w:tc><w:tc><w:p><w:t>Betrieb</w:t></w:p></w:tc></w:tr></w:tbl>
<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
<w:p><w:r><w:t>履歴書 مرحبا</w:t></w:r></w:p></w:body></w:document>"""
HEAD = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>Ada Berg</w:t></w:r></w:p></w:hdr>'
ODT = (
    "<text:h>Titel</text:h><text:p>Zwölf<text:tab/>Jahre<text:line-break/>und <text:span>mehr</text:span></text:p>"
    "<text:p>Ende</text:p>"
)
TEXTS = [
    (
        lambda: docx(BODY, **{"word/header1.xml": HEAD}),
        "cv.docx",
        ["Ada Berg", "Zwölf\t Jahre", "Box", "2010", "Betrieb", "履歴書 مرحبا"],
    ),
    (lambda: odt(ODT), "cv.odt", ["Titel", "Zwölf\tJahre", "und mehr", "Ende"]),
    ("\ufeffGröße\r\n\fganz\n".encode, "cv.txt", ["Größe", "ganz"]),
    (lambda: "Größe: 1 €".encode("cp1252"), "cv.txt", ["Größe: 1 €"]),
]


@pytest.mark.parametrize(("make", "name", "lines"), TEXTS)
def test_texts_are_shown_as_their_words(app, nothing_is_made, make, name, lines):
    row = kept(make(), name)
    assert (row.pages, row.page_count) == ([], None)
    found = words_of(row)
    assert [line.strip() for line in found.splitlines() if line.strip()] == lines
    nothing_is_made()
    assert words_of(row) == found


def test_endless_text_is_cut(app):
    assert len(words_of(kept(b"word " * 100_000, "cv.txt"))) == 100_000


def test_worker_makes_what_is_shown_before_anybody_asks(app, nothing_is_made):
    rows = [kept(cv()), kept(b"Twelve years.\n", "cv.txt")]
    keep_staged(receive(io.BytesIO(cv()), "not sent yet.pdf"))
    session().commit()
    assert show_documents() == 2
    nothing_is_made()
    assert len(page_picture(again(rows[0]), 2)) > 1000
    assert words_of(again(rows[1])) == "Twelve years."
    assert show_documents() == 0


def test_worker_looks_at_documents_that_came_before_they_had_pages(app):
    row = kept(pdf_with(b"/OpenAction << /S /JavaScript /JS (1) >>"))
    row.pages = row.page_count = None
    row.flags = []
    session().commit()
    assert show_documents() == 1
    row = again(row)
    assert (row.pages, row.page_count, row.flags) == ([[1239, 1754]], 1, ["script"])


def test_worker_notes_which_pages_cannot_be_shown(app, monkeypatch):
    row = kept(cv())
    real = page_picture

    def fails_at_two(row, number):
        if number == 2:
            raise NotShown
        return real(row, number)

    monkeypatch.setattr(actions_pages, "page_picture", fails_at_two)
    assert show_documents() == 1
    assert again(row).pages == [[1239, 1754], None]


def test_worker_goes_on_when_a_document_is_gone_and_waits_when_the_storage_is(app, monkeypatch):
    row = kept(cv())
    with monkeypatch.context() as patch:
        patch.setattr(type(storage()), "read", lambda *_given: (_ for _ in ()).throw(StorageError("gone")))
        assert show_documents() == 0
    storage().delete(row.key)
    assert show_documents() == 0, "it is left alone for a while"
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11)):
        assert show_documents() == 1
    assert again(row).pages == []
    with pytest.raises(NotShown):
        page_picture(again(row), 1)


def test_pictures_and_words_go_with_their_file(app):
    rows = [kept(cv()), kept(b"Twelve years.\n", "cv.txt")]
    show_documents()
    assert len(stored()) == 5
    keys = let_go([again(row) for row in rows])
    session().commit()
    assert len(stored()) == 5, "the rows first, then the bytes"
    drop(keys)
    assert stored() == set()


def test_pictures_of_what_is_gone_are_found_by_the_sweeps(app):
    row, staged = kept(cv()), keep_staged(receive(io.BytesIO(cv()), "b.pdf"))
    session().commit()
    page_picture(staged, 1)
    page_picture(row, 1)
    storage().put(made_key("ab/abcdef", "page-1"), io.BytesIO(b"of nothing"))
    with time_machine.travel(clock.now() + dt.timedelta(hours=2)):
        assert drop_orphans() == 1
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        assert drop_staged() == 1
        assert stored() == {row.key, made_key(row.key, "page-1")}


@pytest.mark.parametrize("key", ["ab/abcdef", "ab/abcdef.page-12", "ab/abcdef.words"])
def test_made_key_tells_what_it_was_made_from(key):
    assert origin_of(key) == "ab/abcdef"


@pytest.fixture
def row(app):
    return make_application(make_offer("Operator"), name="Ada One")


def address(row, document, number):
    return f"/desk/applications/{row.id}/documents/{document.id}/pages/{number}/"


def images_of(response):
    return [one for one in page_of(response).iter("img") if "/documents/" in one.get("src", "")]


def test_desk_shows_pages_as_pictures_of_known_size(client, sign_in, row):
    document = with_document(row, cv(), "Lebenslauf.pdf")
    sign_in("recruiter")
    response = client.get(f"/desk/applications/{row.id}/")
    assert html_problems(response) == []
    first, second = images_of(response)
    assert (first.get("alt"), second.get("alt")) == ("Page 1 of 2 of Lebenslauf.pdf", "Page 2 of 2 of Lebenslauf.pdf")
    assert (first.get("width"), first.get("height"), first.get("loading")) == ("1239", "1754", "lazy")
    picture_of_it = client.get(first.get("src"))
    assert first.get("src") == address(row, document, 1)
    assert (picture_of_it.status_code, picture_of_it.mimetype) == (200, "image/webp")
    assert picture_of_it.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert picture_of_it.headers["Cache-Control"] == "private, no-store"
    assert picture_of_it.headers["X-Content-Type-Options"] == "nosniff"
    for number in (0, 3, 99):
        assert client.get(address(row, document, number)).status_code == 404


def test_desk_shows_words_and_what_to_know_before_opening_the_original(client, sign_in, row):
    with_document(row, docx(**{"word/vbaProject.bin": "x", "word/embeddings/a.bin": "x"}), "<b>履歴書.docx")
    sign_in("recruiter")
    text = text_of(page_of(client.get(f"/desk/applications/{row.id}/")))
    assert "Twelve years of operations." in text
    assert "Holds macros (small programs)" in text
    assert "Holds other files" in text
    assert "<b>履歴書" in text


def test_page_that_cannot_be_made_says_so_in_the_readers_language(client, sign_in, row):
    document = with_document(row, cv(), "cv.pdf")
    storage().delete(document.file.key)
    sign_in("recruiter")
    response = client.get(address(row, document, 1))
    assert (response.status_code, response.mimetype) == (422, "image/svg+xml")
    assert "This page cannot be shown as a picture." in response.text
    assert 'width="1239" height="1754"' in response.text
    document.file.pages = [None, [1239, 1754]]
    session().commit()
    page = client.get(f"/desk/applications/{row.id}/")
    assert len(images_of(page)) == 1
    assert "Page 1 of 2 of cv.pdf: This page cannot be shown as a picture." in text_of(page_of(page))


@pytest.mark.parametrize(
    ("pages", "count", "words"),
    [
        (None, None, "The pages are being prepared"),
        ([], None, "This document cannot be shown here."),
        ([[1239, 1754]] * 20, 37, "The first 20 of 37 pages"),
    ],
)
def test_what_is_not_shown_is_said(client, sign_in, row, pages, count, words):
    document = with_document(row, pdf(), "cv.pdf")
    document.file.pages, document.file.page_count = pages, count
    session().commit()
    sign_in("recruiter")
    assert words in text_of(page_of(client.get(f"/desk/applications/{row.id}/")))


def test_text_that_is_gone_from_the_storage_is_said(client, sign_in, row):
    document = with_document(row)
    storage().delete(document.file.key)
    sign_in("recruiter")
    assert "This document cannot be shown here." in text_of(page_of(client.get(f"/desk/applications/{row.id}/")))


def test_pages_are_for_those_who_may_see_the_application(client, sign_in, row):
    document = with_document(row, cv(), "cv.pdf")
    other = make_application(make_offer("Editor"))
    reviewer = make_person(role=Role.reviewer)
    session().commit()
    assert client.get(address(row, document, 1)).status_code == 302, "asked to sign in"
    sign_in(person=reviewer)
    assert client.get(address(row, document, 1)).status_code == 404
    set_reviewers(row.opening_id, [reviewer])
    session().commit()
    assert client.get(address(row, document, 1)).status_code == 200
    assert client.get(address(other, document, 1)).status_code == 404

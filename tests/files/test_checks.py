"""Uploads are what they say they are, or are refused with the reason: real documents, and hostile ones made here."""

import io
import zipfile

import pytest
from pypdf import PdfWriter

from jobboard.core.i18n import force_locale
from jobboard.files.checks import LARGEST_FILE, SENTENCES, FileRefused, Refusal, check_document
from jobboard.transfer.exports_pdf import pdf_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"


def pdf(pages=1, password="", size=(300, 300)):
    writer, target = PdfWriter(), io.BytesIO()
    for _number in range(pages):
        writer.add_blank_page(*size)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(target)
    return target.getvalue()


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx(**more):
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>", **more})


def flagged_as_encrypted(data):
    """The same archive with the bit that says "encrypted" set in every entry of its directory (APPNOTE 4.4.4)."""
    found = bytearray(data)
    place = found.find(b"PK\x01\x02")
    while place >= 0:
        found[place + 8] |= 1
        place = found.find(b"PK\x01\x02", place + 4)
    return bytes(found)


GOOD = {
    "a PDF": (lambda: pdf_of("Lebenslauf", ["Zwölf Jahre Betrieb."]), "cv.pdf", "application/pdf"),
    "a PDF in capitals": (lambda: pdf(2), "CV.PDF", "application/pdf"),
    "100 pages": (lambda: pdf(100), "cv.pdf", "application/pdf"),
    "a Word document": (docx, "cv.docx", WORD),
    "an OpenDocument": (lambda: packed({"content.xml": "<office/>"}), "Größe.odt", ODT),
    "a text": ("Zwölf Jahre.\r\n\tمرحبا 🚢".encode, "cv.txt", "text/plain"),
    "a text in Latin-1": (lambda: "Zwölf Jahre".encode("latin-1"), "cv.txt", "text/plain"),
}
BAD = {
    "nothing": (lambda: b"", "cv.pdf", Refusal.empty),
    "too large by a byte": (lambda: b"%PDF-" + b"0" * (LARGEST_FILE - 4), "cv.pdf", Refusal.too_large),
    "a program": (lambda: b"MZ\x90\x00" * 40, "cv.exe", Refusal.ending),
    "two endings": (pdf, "cv.pdf.exe", Refusal.ending),
    "only an ending": (pdf, "pdf", Refusal.ending),
    "HTML": (lambda: b"<html><script>alert(1)</script>", "cv.html", Refusal.ending),
    "SVG": (lambda: b"<svg onload='alert(1)'/>", "cv.svg", Refusal.ending),
    "a program named .pdf": (lambda: b"MZ\x90\x00" * 40, "cv.pdf", Refusal.not_what_it_says),
    "HTML named .pdf": (lambda: b"<html></html>", "cv.pdf", Refusal.not_what_it_says),
    "a PDF named .docx": (pdf, "cv.docx", Refusal.not_what_it_says),
    "a PDF named .txt": (pdf, "cv.txt", Refusal.not_what_it_says),
    "a Linux program named .txt": (lambda: b"\x7fELF" + b"\x02" * 64, "cv.txt", Refusal.not_what_it_says),
    "a PDF behind something else": (lambda: b"GIF89a" + pdf(), "cv.pdf", Refusal.not_what_it_says),
    "only the beginning of a PDF": (lambda: b"%PDF-1.7\n", "cv.pdf", Refusal.broken),
    "half a PDF": (lambda: pdf(3)[:400], "cv.pdf", Refusal.broken),
    "a PDF that refers to itself": (
        lambda: (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n"
            b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
        ),
        "cv.pdf",
        Refusal.broken,
    ),
    "a PDF with a password": (lambda: pdf(password="secret"), "cv.pdf", Refusal.encrypted),
    "101 pages": (lambda: pdf(101), "cv.pdf", Refusal.too_many_pages),
    "any archive named .docx": (lambda: packed({"a.txt": "a"}), "cv.docx", Refusal.broken),
    "a Word document named .odt": (docx, "cv.odt", Refusal.broken),
    "half an archive": (lambda: docx()[:60], "cv.docx", Refusal.broken),
    "an archive without its directory": (lambda: b"PK\x03\x04" + b"\x00" * 500, "cv.docx", Refusal.broken),
    "macros": (lambda: docx(**{"word/vbaProject.bin": "x"}), "cv.docx", Refusal.macros),
    "macros of the other office": (
        lambda: packed({"content.xml": "<office/>", "Basic/script.xml": "x"}),
        "cv.odt",
        Refusal.macros,
    ),
    "a document with a password": (lambda: flagged_as_encrypted(docx()), "cv.docx", Refusal.encrypted),
    "a bomb by its ratio": (lambda: docx(**{"word/media/a": b"\0" * 30_000_000}), "cv.docx", Refusal.bomb),
    "a bomb by its entries": (lambda: docx(**{f"a/{n}": "" for n in range(2001)}), "cv.docx", Refusal.bomb),
    "NUL in a text": (lambda: b"Hello\x00world", "cv.txt", Refusal.not_text),
    "noise named .txt": (lambda: bytes(range(1, 256)) * 9, "cv.txt", Refusal.not_text),
    "UTF-16": (lambda: "Hello".encode("utf-16"), "cv.txt", Refusal.not_text),
}


@pytest.mark.parametrize("case", GOOD)
def test_document_is_taken_with_its_type_and_size(case):
    data, name, content_type = GOOD[case][0](), *GOOD[case][1:]
    stream = io.BytesIO(data)
    assert check_document(stream, name) == (content_type, len(data))
    assert stream.tell() == 0, "rewound, to be stored"


@pytest.mark.parametrize("case", BAD)
def test_document_is_refused_with_the_reason(case):
    data, name, refusal = BAD[case][0](), *BAD[case][1:]
    with pytest.raises(FileRefused) as caught:
        check_document(io.BytesIO(data), name)
    assert caught.value.refusal is refusal


def test_every_refusal_is_told_in_every_language_and_says_what_to_do(app):
    assert set(SENTENCES) == set(Refusal)
    for refusal in Refusal:
        spoken = []
        for language in ("en", "de"):
            with app.test_request_context(), force_locale(language):
                spoken.append(str(FileRefused(refusal)))
        assert len(set(spoken)) == 2
        assert all(sentence.endswith(".") for sentence in spoken)

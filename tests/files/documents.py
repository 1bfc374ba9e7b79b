"""Documents to test with, good and hostile, made here byte by byte: no file of anybody's lies in the repository."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter

from jobboard.transfer.exports_pdf import pdf_file, pdf_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
OFFICE, TEXT = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text"))
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def cv():
    return pdf_of("Curriculum vitae", ["2010 until today: operations, HTML/JavaScript"] * 60)


def pdf(pages=1, password="", owner="", size=(300, 300)):
    """Blank pages, as another program writes them."""
    writer, target = PdfWriter(), io.BytesIO()
    for _number in range(pages):
        writer.add_blank_page(*size)
    if password or owner:
        writer.encrypt(password, owner or None, algorithm="RC4-128")
    writer.write(target)
    return target.getvalue()


def pdf_with(catalog=b"", page=b"", *objects, content=b"BT ET", box=b"0 0 595 842"):
    """One page with more in its catalog, in its dictionary, and more objects from number 5 on."""
    return pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%b] /Contents 4 0 R %b >>" % (box, page),
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
            *objects,
        ]
    )


def stream(data, extra=b""):
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), extra, data)


def object_stream(objects):
    """Objects from number 20 on, packed as programs do since PDF 1.5."""
    index, body = b"", b""
    for number, one in enumerate(objects, start=20):
        index += b"%d %d " % (number, len(body))
        body += one + b" "
    extra = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(objects), len(index))
    packed = zlib.compress(index + body)
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(packed), extra, packed)


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def words(*paragraphs):
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    return f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


def docx(document=None, types=TYPES, compression=zipfile.ZIP_DEFLATED, **more):
    parts = {"[Content_Types].xml": types, "word/document.xml": document or words("Twelve years of operations.")}
    return packed({**parts, **more}, compression)


def odt(body="<text:p>Twelve years.</text:p>", **more):
    content = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{TEXT}" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **more})


def relation(kind, target, mode="External"):
    type_of = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{type_of}" Target="{target}" '
        f'TargetMode="{mode}"/></Relationships>'
    )


def flagged_as_encrypted(data):
    """The same archive with the bit that says "encrypted" set in every entry of its directory (APPNOTE 4.4.4)."""
    found = bytearray(data)
    place = found.find(b"PK\x01\x02")
    while place >= 0:
        found[place + 8] |= 1
        place = found.find(b"PK\x01\x02", place + 4)
    return bytes(found)


def picture(kind="PNG", size=(80, 60), mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, "white" if mode in {"RGB", "L", "1"} else None).save(target, kind, **options)
    return target.getvalue()


def chunk(name, data):
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))


def png_of(width, height, data, color=2, depth=8, more=b""):
    """A PNG whose header says this size, whatever its data holds."""
    head = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, depth, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")

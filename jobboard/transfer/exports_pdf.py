"""A plain text as a PDF, for the demo's applicants: one font, A4, as many pages as it takes (ISO 32000-1)."""

import io

#: Size of A4 in points, the margins, and what fits between them at 11 points with 15 points from line to line.
WIDTH, HEIGHT, MARGIN, SIZE, LEADING = 595, 842, 64, 11, 15
LINES = (HEIGHT - 2 * MARGIN) // LEADING


def pdf_of(title: str, lines: list[str]) -> bytes:
    """The title in bold, then the lines. Letters outside of Windows-1252 become question marks: the font has no others."""
    pages = [lines[start : start + LINES - 3] for start in range(0, max(1, len(lines)), LINES - 3)]
    first_page = 5
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    fonts = [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
        for name in ("Helvetica", "Helvetica-Bold")
    ]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        *fonts,
    ]
    for number, page in enumerate(pages):
        content = _content(title if number == 0 else "", page)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {first_page + 2 * number + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return pdf_file(objects)


def _content(title: str, lines: list[str]) -> bytes:
    parts = [b"BT", b"%d %d Td" % (MARGIN, HEIGHT - MARGIN), b"%d TL" % LEADING]
    if title:
        parts += [b"/F2 %d Tf" % (SIZE + 5), b"(%s) Tj T* T*" % _escaped(title)]
    parts += [b"/F1 %d Tf" % SIZE, *(b"(%s) Tj T*" % _escaped(line) for line in lines), b"ET"]
    return b"\n".join(parts)


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def pdf_file(objects: list[bytes]) -> bytes:
    """Objects, their addresses, and the trailer."""
    target = io.BytesIO()
    target.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(target.tell())
        target.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = target.tell()
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    target.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    target.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return target.getvalue()

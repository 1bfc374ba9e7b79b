"""`python -m bench.files`: what it costs to look at a document, once the checking process is warm."""

import io
import os
import statistics
import time

from PIL import Image

from jobboard.files.checker import Checker
from jobboard.transfer.exports_pdf import pdf_file

ROUNDS = int(os.environ.get("ROUNDS", "200"))


def main() -> None:
    checker, document = Checker(), plain_pdf()
    began = time.perf_counter()
    checker.ask("limits", io.BytesIO())
    print(f"start of the process, with its first file  {1000 * (time.perf_counter() - began):7.1f} ms")
    for words, job, number in (("a check", "check pdf", 0), ("the picture of a page", "show pdf", 1)):
        rounds = ROUNDS if not number else max(1, ROUNDS // 10)
        times = sorted(_timed(checker, job, document, number) for _round in range(rounds))
        middle, late = statistics.median(times), times[int(len(times) * 0.95)]
        name = f"{words} of a PDF of {len(document) // 1000} kB"
        print(f"{name:<41}  {middle:7.1f} ms (median of {rounds}; least {times[0]:.1f}, 95 of 100 within {late:.1f})")
    checker.close()


def _timed(checker: Checker, job: str, document: bytes, number: int) -> float:
    began = time.perf_counter()
    answer = checker.ask(job, io.BytesIO(document), number)
    assert answer.word == "ok", answer
    return 1000 * (time.perf_counter() - began)


def plain_pdf() -> bytes:
    """A CV as most are: two pages of text, and a picture that makes nearly all of its 300 kB."""
    photo = io.BytesIO()
    Image.effect_noise((640, 640), 90).convert("L").save(photo, "JPEG", quality=87)
    lines = b"\n".join(b"(2010 until today: operations of many servers, number %d) Tj T*" % line for line in range(40))
    text = b"BT /F1 11 Tf 15 TL 64 780 Td\n%b\nET q 80 0 0 100 480 700 cm /I1 Do Q" % lines
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 3 0 R >> /XObject << /I1 5 0 R >> >> >>"
    )
    data = photo.getvalue()
    about = b"/Type /XObject /Subtype /Image /Width 640 /Height 640 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 2 /Kids [6 0 R 7 0 R] >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
            b"<< %b /Filter /DCTDecode /Length %d >>\nstream\n%b\nendstream" % (about, len(data), data),
            page,
            page,
        ]
    )


if __name__ == "__main__":
    main()

"""Applications for other programs: one row each as CSV or XLSX, everything as JSON (docs/exports.md)."""

import datetime as dt
import enum
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter

from jobboard.applications.markup_names import Face
from jobboard.applications.models import STAGE_LABELS, Answer, Document, Event, EventKind
from jobboard.applications.models_reasons import WITHDRAW_REASON_LABELS
from jobboard.applications.queries_erasing import kept_until
from jobboard.core import clock, i18n
from jobboard.core.i18n import _, lazy, lazy_pgettext
from jobboard.core.web import site_url
from jobboard.mail.models import problem_words

#: Characters of a cell that Excel takes.
LONGEST_CELL = 32_767
CHUNK = 64 * 1024

#: Headings of what every application has, in the order of `_row`.
HEADINGS = (
    lazy_pgettext("audit", "Number"),
    lazy("Opening"),
    lazy("Name"),
    lazy("E-mail address"),
    lazy("Telephone"),
    lazy("Language"),
    lazy("Received"),
    lazy("Stage"),
    lazy("Stage since"),
    lazy("Decided on"),
    lazy("Told on"),
    lazy("Reason for withdrawing"),
    lazy("Message"),
    lazy("Documents"),
    lazy("Notes"),
    lazy("In the talent pool until"),
    lazy("Will be deleted on"),
    lazy("Address of the page"),
)

#: What others gave, and that they did, is for those who have rated: no export tells it.
OF_RATINGS = frozenset({EventKind.rated, EventKind.rating_changed})

Questions = Sequence[tuple[int | str, str]]


def table_of(faces: Iterable[Face], questions: Questions, kept: dt.timedelta) -> Iterator[list[object]]:
    """The heading, then one row per application: what is the same for all, then one column per question."""
    yield [*(str(one) for one in HEADINGS), *_unlike(words for _key, words in questions)]
    for face in faces:
        answers = {one.question_id or one.label: one.shown for one in face.row.answers}
        yield [*_row(face, kept), *(answers.get(key, "") for key, _words in questions)]


def _unlike(headings: Iterable[str]) -> Iterator[str]:
    """Headings of which no two are the same: two openings may ask in the same words."""
    seen: dict[str, int] = {}
    for words in headings:
        seen[words] = seen.get(words, 0) + 1
        yield words if seen[words] == 1 else f"{words} ({seen[words]})"


def _row(face: Face, kept: dt.timedelta) -> list[object]:
    row = face.row
    consent = row.consent
    reason = row.withdraw_reason
    return [
        row.id,
        row.opening.text(i18n.page_language()).title,
        face.name,
        face.email,
        face.phone,
        row.locale,
        row.received_at,
        str(STAGE_LABELS[row.stage]),
        row.stage_since,
        row.decided_at,
        row.told_at,
        str(WITHDRAW_REASON_LABELS[reason]) if reason else "",
        row.text,
        "\n".join(face.document(one) for one in row.documents),
        "\n\n".join(f"{one.by.name}, {i18n.day_and_time(one.at)}:\n{one.text}" for one in row.notes),
        consent.until if consent is not None and consent.until > clock.now() else None,
        kept_until(row, kept),
        site_url(f"/desk/applications/{row.id}/"),
    ]


def as_xlsx(table: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table as an Excel file. Texts are stored as texts, so that none is a formula or a link."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as target:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": folder,
            "default_date_format": "yyyy-mm-dd hh:mm",
        }
        book = xlsxwriter.Workbook(target, options)
        _fill(book, table)
        book.close()
        target.seek(0)
        while chunk := target.read(CHUNK):
            yield chunk


def _fill(book: Any, table: Iterable[Sequence[object]]) -> None:
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for number, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.datetime):  # Excel knows no zones: the site's
                sheet.write_datetime(number, column, cell.astimezone(i18n.site_zone()).replace(tzinfo=None))
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell not in (None, ""):
                sheet.write_string(number, column, _shortened(str(cell)), bold if number == 0 else None)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_CELL:
        return text
    return text[: LONGEST_CELL - 40] + " … " + _("(shortened)")


def as_json(faces: Iterable[Face], kept: dt.timedelta) -> Iterator[bytes]:
    """Everything as one JSON object; moments are ISO 8601 in UTC. docs/exports.md describes it."""
    head = {"format": "jobboard-applications", "version": 1, "exported_at": _iso(clock.now())}
    yield json.dumps(head).removesuffix("}").encode() + b', "applications": ['
    for number, face in enumerate(faces):
        text = json.dumps(_thing(face, kept), ensure_ascii=False)
        yield (f"\n{text}" if number == 0 else f",\n{text}").encode()
    yield b"\n]}\n"


def _thing(face: Face, kept: dt.timedelta) -> dict[str, Any]:
    row = face.row
    return {
        "id": row.id,
        "url": site_url(f"/desk/applications/{row.id}/"),
        "opening": {"id": row.opening_id, "title": row.opening.text(i18n.page_language()).title},
        "name": face.name,
        "email": face.email or None,
        "phone": None if face.is_hidden else row.phone or None,
        "language": row.locale,
        "message": row.text,
        "stage": row.stage.value,
        "told_stage": row.told_stage.value,
        "received_at": _iso(row.received_at),
        "stage_since": _iso(row.stage_since),
        "decided_at": _iso(row.decided_at),
        "told_at": _iso(row.told_at),
        "deleted_at": _iso(kept_until(row, kept)),
        "withdraw_reason": _value(row.withdraw_reason),
        "waits_apart_for": row.suspicions if row.is_suspect else [],
        "answers": [_answer(one) for one in row.answers],
        "documents": [_document(one, face) for one in row.documents],
        "notes": [{"by": one.by.name, "at": _iso(one.at), "text": one.text} for one in row.notes],
        "events": [_event(one, face) for one in row.events if one.kind not in OF_RATINGS],
        "talent_pool": [
            {"given_at": _iso(one.given_at), "until": _iso(one.until), "withdrawn_at": _iso(one.withdrawn_at)}
            for one in row.consents
        ],
    }


def _answer(one: Answer) -> dict[str, Any]:
    return {
        "question": one.label,
        "kind": one.kind.value,
        "value": one.value,
        "shown": one.shown,
        "is_flagged": one.is_flagged,
    }


def _document(one: Document, face: Face) -> dict[str, Any]:
    return {
        "name": face.document(one),
        "sent_as": one.kind.value,
        "question": one.label or None,
        "type": one.file.content_type,
        "bytes": one.file.size,
        "sha256": one.file.sha256,
    }


def _event(one: Event, face: Face) -> dict[str, Any]:
    return {
        "at": _iso(one.at),
        "kind": one.kind.value,
        "by": one.by.name if one.by else None,
        "from_stage": _value(one.from_stage),
        "to_stage": _value(one.to_stage),
        "detail": problem_words(face.masked(one.detail)) or None,
    }


def _value(member: enum.Enum | None) -> str | None:
    return str(member.value) if member is not None else None


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment is not None else None

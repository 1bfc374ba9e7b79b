"""The public lists of other systems (Greenhouse, Lever, Personio) as rows that carry our own names of fields. Pure."""

import datetime as dt
import enum
import html
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from jobboard.core.i18n import _
from jobboard.transfer.markup_mapping import FIELDS, REQUIRED, Mapping
from jobboard.transfer.markup_shapes_html import markdown_of


class Shape(enum.Enum):
    """Whose public list it is."""

    greenhouse = "greenhouse"
    lever = "lever"
    personio = "personio"


class ShapeError(ValueError):
    """A file is not of the shape it should be; the text is a sentence."""


#: Greenhouse's "Full-time", Lever's commitment and Personio's employment type say both at once or one of both.
CONTRACTS = {
    "permanent": "permanent", "fixed-term": "fixed_term", "temporary": "temporary", "contract": "freelance",
    "contractor": "freelance", "freelance": "freelance", "intern": "internship", "internship": "internship",
    "trainee": "apprenticeship", "apprenticeship": "apprenticeship", "working-student": "working_student",
    "working student": "working_student", "volunteer": "volunteer",
}  # fmt: skip
HOURS = {
    "full-time": "full_time", "full time": "full_time", "part-time": "part_time", "part time": "part_time",
    "full-or-part-time": "full_or_part_time",
}  # fmt: skip
LEVELS = {
    "student": "student", "entry-level": "entry", "experienced": "experienced", "executive": "executive",
}  # fmt: skip
WORKPLACES = {"on-site": "on_site", "onsite": "on_site", "hybrid": "hybrid", "remote": "remote"}
PERIODS = {"per-year": "year", "per-month": "month", "per-week": "week", "per-day": "day", "per-hour": "hour"}


def read_shape(data: bytes, shape: Shape, locale: str) -> tuple[bytes, Mapping]:
    """The list as JSON in our own fields, and the mapping that reads it. Raises `ShapeError`.

    `locale` is the language of openings that name none (BCP 47).
    """
    try:
        rows = [{"locale": locale, **_filled(row)} for row in _READERS[shape](data)]
    except (ValueError, KeyError, TypeError, AttributeError, ParseError, RecursionError) as error:
        raise ShapeError(
            _("This is not a public list of openings as %(system)s gives it.", system=shape.value.title())
        ) from error
    columns = {*REQUIRED, *(name for row in rows for name in row)}
    return json.dumps(rows).encode(), Mapping.read(_mapping_of(name for name in FIELDS if name in columns))


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row without None; a language that is not told is the list's."""
    return {name: "" if value is None else value for name, value in row.items() if name != "locale" or value}


def _mapping_of(names: Iterable[str]) -> str:
    return "\n".join(('format = "json"', "[fields]", *(f'{name} = "{name}"' for name in names)))


def _greenhouse(data: bytes) -> Iterator[dict[str, Any]]:
    """The job board API with `content=true`; its HTML is escaped once more than HTML is."""
    for job in json.loads(data)["jobs"]:
        yield {
            "reference": f"greenhouse:{job['id']}",
            "title": job["title"],
            "locale": job.get("language"),
            "body": markdown_of(html.unescape(job.get("content") or "")),
            "categories": [one["name"] for one in job.get("departments") or () if one.get("name") != "No Department"],
            "locations": [job["location"]["name"]] if (job.get("location") or {}).get("name") else [],
            "published": job.get("first_published") or job.get("updated_at"),
            "updated": job.get("updated_at"),
            "apply_url": job["absolute_url"],
        }


def _lever(data: bytes) -> Iterator[dict[str, Any]]:
    """The postings API (`mode=json`)."""
    jobs = json.loads(data)
    if not isinstance(jobs, list):
        raise TypeError(jobs)
    for job in jobs:
        about, pay = job.get("categories") or {}, job.get("salaryRange") or {}
        commitment = str(about.get("commitment") or "").casefold()
        lists = "".join(
            f"<h3>{html.escape(one['text'])}</h3><ul>{one['content']}</ul>" for one in job.get("lists") or ()
        )
        period = next((ours for theirs, ours in PERIODS.items() if str(pay.get("interval", "")).startswith(theirs)), "")
        yield {
            "reference": f"lever:{job['id']}",
            "title": job["text"],
            "body": markdown_of("".join((job.get("description") or "", lists, job.get("additional") or ""))),
            "categories": [one for one in (about.get("team") or about.get("department"),) if one],
            "locations": about.get("allLocations") or ([about["location"]] if about.get("location") else []),
            "workplace": WORKPLACES.get(job.get("workplaceType", "")),
            "contract": CONTRACTS.get(commitment),
            "hours": HOURS.get(commitment),
            "pay_min": pay.get("min") if period else None,
            "pay_max": pay.get("max") if period else None,
            "pay_currency": pay.get("currency") if period else None,
            "pay_period": period,
            "published": _from_milliseconds(job.get("createdAt")),
            "apply_url": job.get("applyUrl") or job["hostedUrl"],
        }


def _from_milliseconds(value: Any) -> str:
    return dt.datetime.fromtimestamp(int(value) / 1000, dt.UTC).isoformat() if value else ""


def _personio(data: bytes) -> Iterator[dict[str, Any]]:
    """The XML feed. A document that declares entities is refused: nobody's list of openings needs them."""
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        raise ValueError("a document type")
    root = fromstring(data)  # noqa: S314 - see above
    if root.tag != "workzag-jobs":
        raise ValueError(root.tag)
    for job in root.iter("position"):
        offices = [_text(job, "office"), *(one.text or "" for one in job.iterfind("additionalOffices/office"))]
        parts = [
            f"<h2>{html.escape(_text(one, 'name'))}</h2>{_text(one, 'value')}"
            for one in job.iterfind("jobDescriptions/jobDescription")
        ]
        yield {
            "reference": f"personio:{_text(job, 'id')}",
            "title": _text(job, "name"),
            "organisation": _text(job, "subcompany"),
            "body": markdown_of("".join(parts)),
            "categories": [one for one in (_text(job, "department"),) if one],
            "locations": [one for one in offices if one],
            "contract": CONTRACTS.get(_text(job, "employmentType").casefold()),
            "hours": HOURS.get(_text(job, "schedule").casefold()),
            "level": LEVELS.get(_text(job, "seniority").casefold()),
            "published": _text(job, "createdAt"),
        }


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


_READERS: dict[Shape, Callable[[bytes], Iterator[dict[str, Any]]]] = {
    Shape.greenhouse: _greenhouse,
    Shape.lever: _lever,
    Shape.personio: _personio,
}

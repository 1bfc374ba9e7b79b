"""The demo's applications: sent, moved, noted, answered and withdrawn at their moments in the past."""

import datetime as dt
import hashlib
import io
from typing import Any

from jobboard.applications.actions import mark_told, move, note, tell, tell_otherwise, withdraw
from jobboard.applications.actions_organise import add_assignee, add_tags, mention
from jobboard.applications.actions_submit import GivenAnswer, Sending, digest_of, submit
from jobboard.applications.markup import value_of
from jobboard.applications.models import POOL_WORDS, Application, Stage
from jobboard.applications.models_reasons import WithdrawReason
from jobboard.applications.queries import by_id
from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.core.forms import read_phone
from jobboard.core.slugs import slug_of
from jobboard.files.actions import Upload, keep_staged, receive
from jobboard.interviews.actions import Plan, ahead_of, pick, propose, seen_of
from jobboard.interviews.models import Venue
from jobboard.openings.models import JobOffer, Question, QuestionKind
from jobboard.people.models import Person
from jobboard.site.models import PageKind
from jobboard.site.queries import newest_page
from jobboard.transfer.exports_pdf import pdf_of


def documents(entries: list[dict[str, Any]]) -> dict[str, Upload]:
    """The CVs of the applications by key, stored; before the transaction, like any upload."""
    return {
        entry["key"]: receive(
            io.BytesIO(pdf_of(entry["cv"]["title"], entry["cv"]["lines"])),
            f"{slug_of(entry['cv']['title'], 'cv')}.pdf",
        )
        for entry in entries
        if entry.get("cv")
    }


def put_application(
    entry: dict[str, Any], offer: JobOffer, people: dict[str, Person], cv: Upload | None, now: dt.datetime
) -> Application:
    """One application with its whole history, in the caller's transaction."""
    with clock.at(moment(now, entry["sent_days_ago"], entry["sent_time"])), i18n.force_locale(entry["locale"]):
        row = by_id(submit(offer, _sending(entry, offer, cv, now)))
    if row is None:
        raise LookupError("what was written is there")
    for happening in _history(entry):
        with clock.at(moment(now, happening["days_ago"], happening["time"])):
            if happening["what"] in {"propose", "pick"}:
                _meet(row, offer, happening, people, now)
            else:
                _happen(row, offer, happening, people)
    session().flush()
    by = people["thilo-brandt"]
    add_tags([row], entry.get("tags") or [], by)
    for key in entry.get("assignees") or []:
        add_assignee([row], people[key], by)
    return row


def moment(now: dt.datetime, days_ago: int, time: str) -> dt.datetime:
    """A local time so many days ago, never in the future."""
    day = now.astimezone(i18n.site_zone()).date() - dt.timedelta(days=days_ago)
    return min(now, dt.datetime.combine(day, dt.time.fromisoformat(str(time)), i18n.site_zone()).astimezone(dt.UTC))


def _sending(entry: dict[str, Any], offer: JobOffer, cv: Upload | None, now: dt.datetime) -> Sending:
    questions = {question.key: question for question in offer.questions}
    answers = [_answer(questions[key], value, now) for key, value in (entry.get("answers") or {}).items()]
    page = newest_page(PageKind.privacy, entry["locale"])
    nonce = hashlib.sha256(f"demo {entry['key']}".encode()).hexdigest()[:32]
    text = (entry.get("text") or "").strip()
    return Sending(
        name=entry["name"],
        email=entry["email"],
        phone=read_phone(entry["phone"]) if entry.get("phone") else "",
        text=text,
        locale=entry["locale"],
        nonce=nonce,
        draft_hash=None,
        digest=digest_of({"text": text, "email": entry["email"]}, [cv.sha256] if cv else []),
        privacy_version=page.version if page else None,
        cv=keep_staged(cv) if cv else None,
        answers=answers,
        source_id=entry["source_id"],
        pool_words=str(POOL_WORDS) if entry.get("pool") else "",
        suspicions=entry.get("suspicions") or [],
    )


def _answer(question: Question, value: Any, now: dt.datetime) -> GivenAnswer:
    """An answer as the form would give it. Raises `ValueError` for a choice that the question does not have."""
    if isinstance(value, dict):
        value = now.astimezone(i18n.site_zone()).date() + dt.timedelta(days=value["days"])
    if question.kind is QuestionKind.yes_no:
        value = {True: "yes", False: "no"}.get(value, value)
    known = {choice["value"] for choice in question.choices}
    if known and not known.issuperset(value if isinstance(value, list) else [value]):
        raise ValueError(f"{question.key}: {value!r} is none of {known}")
    return GivenAnswer(question, *value_of(question, value))


def _history(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that happened after sending, oldest first."""
    rows = [{**one, "what": "move"} for one in entry.get("moves") or []]
    rows += [{**one, "what": "note"} for one in entry.get("notes") or []]
    if entry.get("interview"):
        rows.append({**entry["interview"], "what": "propose"})
        if "picked" in entry["interview"]:
            rows.append({**entry["interview"]["picked"], "what": "pick"})
    if entry.get("withdraw"):
        rows.append({**entry["withdraw"], "what": "withdraw"})
    if entry.get("told") in {"mail", "call"}:
        rejected = next(one for one in rows if one.get("to") == Stage.rejected.value)
        rows.append({**rejected, "what": entry["told"], "time": "17:45"})
    return sorted(rows, key=_when)


def _when(happening: dict[str, Any]) -> tuple[int, str]:
    return -happening["days_ago"], str(happening["time"])


def _meet(
    row: Application, offer: JobOffer, happening: dict[str, Any], people: dict[str, Person], now: dt.datetime
) -> None:
    """Times for an interview are proposed, some days from now, or one of them is picked."""
    if happening["what"] == "pick":
        current = ahead_of(row)
        if current is None:
            raise ValueError("there is no interview to pick a time of")
        pick(row, current.id, current.slots[happening["slot"]].id)
        return
    today = now.astimezone(i18n.site_zone()).date()
    starts = [
        dt.datetime.combine(
            today + dt.timedelta(days=one["days"]), dt.time.fromisoformat(one["time"]), i18n.site_zone()
        )
        for one in happening["slots"]
    ]
    plan = Plan(
        starts=[start.astimezone(dt.UTC) for start in starts],
        minutes=happening["minutes"],
        venue=Venue(happening["venue"]),
        place=happening["place"],
        message=happening.get("message", ""),
        answer_by=i18n.midnight_after(now, 1),
        people=[people[key] for key in happening["with"]],
    )
    propose(row, offer, plan, people[happening["by"]], seen=seen_of(ahead_of(row)))


def _happen(row: Application, offer: JobOffer, happening: dict[str, Any], people: dict[str, Person]) -> None:
    by = people.get(happening.get("by") or "")
    match happening["what"]:
        case "move" if by is not None:
            move(row, Stage(happening["to"]), by)
        case "note" if by is not None:
            mention(row, note(row, happening["text"], by), by)
        case "mail" if by is not None:
            mark_told(tell(row, offer, by))
        case "call" if by is not None:
            tell_otherwise(row, clock.now(), by)
        case "withdraw":
            withdraw(row, WithdrawReason(happening["reason"]) if happening.get("reason") else None)
        case _:
            raise ValueError(f"not understood: {happening}")

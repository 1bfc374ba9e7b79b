"""What staff set up beside the posts, from an export: words of mails, templates of openings, sources, and how is reviewed."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from jobboard.applications.actions_review import WantedCriterion, set_review_rules
from jobboard.applications.models_review import Criterion, ReviewRules
from jobboard.applications.queries_review import criteria_of, rated_criteria, rules_of
from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.core.old_addresses import is_free
from jobboard.mail.actions import SUBJECT_LENGTH
from jobboard.mail.markup_templates import PAGE_LINK, UnknownPlaceholder, placeholders_of
from jobboard.mail.models_templates import MailTemplate
from jobboard.mail.queries_templates import standard_kinds
from jobboard.openings.actions_facts import AMOUNTS, CHOSEN, PLAIN
from jobboard.openings.models import CEFR, JobOffer, Question
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.people.models import Person
from jobboard.posts.actions_writing import WORDS
from jobboard.posts.models import Kind
from jobboard.stats.models import CODE, SourceCode
from jobboard.transfer.actions import Report, changed_to, set_values
from jobboard.transfer.markup_site import SiteFormatError, not_understood, read_column, read_facts

MAILS, TEMPLATES, SOURCES = "mails.json", "templates.json", "sources.json"


@dataclasses.dataclass(frozen=True)
class SetUp:
    """What an export says of them, understood; what it does not name is empty."""

    mails: list[dict[str, Any]]
    templates: list[dict[str, Any]]
    sources: list[dict[str, Any]]


def read_set_up(entries: Callable[[str], Sequence[Any]]) -> SetUp:
    """Read the files of an export, of which `entries` gives the lists. Raises `SiteFormatError`."""
    return SetUp(
        [_mail(one) for one in entries(MAILS)],
        [_template(one) for one in entries(TEMPLATES)],
        [_source(one) for one in entries(SOURCES)],
    )


def _mail(found: Any) -> dict[str, Any]:
    """Words of a mail: for a standard mail or under a name, in each language a subject and a text."""
    facts = read_facts(MailTemplate, found, MAILS)
    subject, body = facts["subject"], facts["body"]
    if (facts["kind"] is None) == (facts["name"] is None) or not body or subject.keys() != body.keys():
        raise not_understood(MAILS, facts["kind"] or facts["name"] or "kind")
    standard = standard_kinds().get(facts["kind"] or "")
    try:
        used = [(placeholders_of(subject[code]), placeholders_of(body[code])) for code in body]
    except UnknownPlaceholder as unknown:
        raise SiteFormatError(f"{MAILS}: {unknown}") from unknown
    is_long = any(len(words) > SUBJECT_LENGTH for words in subject.values())
    is_lost = standard is not None and standard.needs_link and any(PAGE_LINK not in text for _subject, text in used)
    if is_long or is_lost or any(PAGE_LINK in title for title, _text in used):
        raise not_understood(MAILS, "subject" if not is_lost else "body")
    return facts


def _source(found: Any) -> dict[str, Any]:
    facts = read_facts(SourceCode, found, SOURCES)
    if not re.fullmatch(CODE, facts["code"]):
        raise not_understood(SOURCES, "code")
    return facts


def _template(found: Any) -> dict[str, Any]:
    """A template of an opening: whatever an opening begun from it needs must be there and of its kind."""
    facts = read_facts(OpeningTemplate, found, TEMPLATES)
    content = found.get("content")
    try:
        if content["kind"] != Kind.opening.value or not isinstance(content["locale"], str):
            raise ValueError(content["kind"])
        for locale, words in content["texts"].items():
            if not isinstance(locale, str) or set(words) != set(WORDS):
                raise ValueError(locale)
            _all_words(words.values())
        _all_words([*content["authors"], *content["categories"]])
        _check_job(content["facts"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, SiteFormatError):
            raise
        raise not_understood(TEMPLATES, facts["name"]) from error
    return {**facts, "content": content}


def _all_words(values: Any) -> None:
    for value in values:
        if not isinstance(value, str) or "\x00" in value:
            raise TypeError(value)


def _check_job(facts: Mapping[str, Any]) -> None:
    """The facts of a template as `openings.actions_facts.put_facts` takes them; names it does not know it leaves alone."""
    for name in (*CHOSEN, *AMOUNTS, *PLAIN):
        if name in facts:
            read_column(JobOffer, name, facts, TEMPLATES)
    _all_words([one for one in (facts.get("contact"),) if one is not None])
    for parts in facts.get("places", ()):
        country, region, city = parts
        _all_words(part for part in (country, region, city) if part is not None)
        if not any(parts):
            raise ValueError(parts)
    _all_words(facts.get("remote_countries", ()))
    for tag, level, _is_required in facts.get("languages", ()):
        _all_words([tag])
        CEFR(level)
    for one in facts.get("questions", ()):
        read_facts(Question, {**one, "is_required": one["required"]}, TEMPLATES)


def put_set_up(found: SetUp, people: Mapping[str, Person], report: Report) -> None:
    """Make or change all of them, each known by its name; lives inside the transaction."""
    for facts in found.mails:
        name = "name" if facts["kind"] is None else "kind"
        if name == "kind" and facts["kind"] not in standard_kinds():
            report.tell(
                MAILS, _("There is no standard mail “%(name)s” here; its words were left out.", name=facts["kind"])
            )
        elif (row := _put(MailTemplate, name, facts, MAILS, report)) is not None:
            row.changed_by_id = None  # nobody here saved these words
    for facts in found.sources:
        _put(SourceCode, "code", facts, SOURCES, report)
    for facts in found.templates:
        _put(OpeningTemplate, "name", {**facts, "content": _here(facts["content"], people)}, TEMPLATES, report)


def _put(model: Any, name: str, facts: Mapping[str, Any], where: str, report: Report) -> Any | None:
    """The row that was changed; None when everything is as the export says, and for a new one."""
    row = session().execute(sa.select(model).filter_by(**{name: facts[name]})).scalar_one_or_none()
    if row is None:
        session().add(model(**facts))
    elif changes := changed_to(row, facts):
        report.tell_changes(f"{where} ({facts[name]})", changes)
        return row
    return None


def _here(content: Mapping[str, Any], people: Mapping[str, Person]) -> dict[str, Any]:
    """A template's content with the people as this database numbers them; who is not here is left out."""
    contact = people.get(content["facts"].get("contact") or "")
    facts = {
        "contact_id" if name == "contact" else name: value if name != "contact" else contact and contact.id
        for name, value in content["facts"].items()
    }
    return {**content, "authors": [people[one].id for one in content["authors"] if one in people], "facts": facts}


def put_review(offer: JobOffer, found: Any, where: str, report: Report) -> bool:
    """Whether names are hidden at first, and by what is rated; whether that was otherwise.

    A criterion that somebody has rated by stays, and is told: what was given must not vanish.
    """
    hides_names = read_facts(ReviewRules, found, where)["hides_names"]
    if not isinstance(criteria := found.get("criteria"), list):
        raise not_understood(where, "criteria")
    there, rules = criteria_of(offer.id), rules_of(offer.id)
    wanted = _matched([read_facts(Criterion, one, where)["label"] for one in criteria], there)
    known = {one.id for one in wanted}
    for one in [one for one in there if one.id not in known and one.id in rated_criteria(offer.id)]:
        wanted.append(WantedCriterion(one.label, one.id))
        label = i18n.pick(one.label, i18n.default_language())
        report.tell(where, _("Somebody has rated by “%(name)s”, so it stays.", name=label))
    before = [WantedCriterion(one.label, one.id) for one in there]
    if (before, bool(rules and rules.hides_names)) == (wanted, hides_names):
        return False
    set_review_rules(offer.id, wanted, hides_names=hides_names)
    return True


def _matched(labels: Sequence[Mapping[str, str]], there: Sequence[Criterion]) -> list[WantedCriterion]:
    """The criteria an export names, each with the one here that is called the same."""
    left, wanted = list(there), []
    for label in labels:
        same = next((one for one in left if one.label == label), None)
        if same is not None:
            left.remove(same)
        wanted.append(WantedCriterion(label, same.id if same is not None else None))
    return wanted


def lead_on(model: Any, row: Any, before: Iterable[dict[str, Any]], report: Report) -> None:
    """Addresses that a category, series or person had before; one that something else has or had stays there."""
    old = model.old_addresses
    for facts in before:
        if not is_free(model, facts["slug"], row.id):
            report.tell(facts["slug"], _("The old address “%(path)s” leads elsewhere here.", path=facts["slug"]))
            continue
        found = session().execute(sa.select(old).where(old.slug == facts["slug"])).scalar_one_or_none()
        if found is None:
            session().add(old(owner_id=row.id, **facts))
        else:
            set_values(found, facts)

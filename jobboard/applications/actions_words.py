"""Cutting an application into the words it is found by."""

from collections.abc import Iterable

import phonenumbers

from jobboard.applications.models import Application
from jobboard.applications.models_desk import ApplicationWords
from jobboard.core.db import session
from jobboard.core.forms import shown_phone
from jobboard.search.words import LANGUAGES, cut, made_by


def cut_words(row: Application, texts: Iterable[str], event_id: int) -> ApplicationWords:
    """The row of an application's words, of no session; `texts` are those of its documents, `event_id` its last event."""
    names = [document.file.name for document in row.documents]
    who = [row.name, row.email, *_phones(row.phone), *names]
    written = [row.text, *(f"{one.label}\n{one.shown}" for one in row.answers), *(one.text for one in row.notes)]
    return ApplicationWords(
        application_id=row.id,
        who=_folded(who, ("",)),
        words=_folded([*written, *texts], LANGUAGES),
        event_id=event_id,
        cut_by=made_by(),
    )


def put_words(words: ApplicationWords) -> None:
    """Let an application be found by these words. One that was erased meanwhile is left alone."""
    options = {"scope": "words"}
    if session().get(Application, words.application_id, execution_options=options) is None:
        return
    known = session().get(ApplicationWords, words.application_id, execution_options=options)
    if known is None:
        session().add(words)
    else:
        known.who, known.words, known.event_id, known.cut_by = words.who, words.words, words.event_id, words.cut_by


def drop_words(application_id: int) -> None:
    """Let an application be found by nothing: it is kept for claims only (GDPR Art. 18)."""
    words = session().get(ApplicationWords, application_id, execution_options={"scope": "words"})
    if words is not None:
        session().delete(words)


def _folded(texts: Iterable[str], languages: Iterable[str]) -> str:
    """Words in their order, a bar, then their other forms once: phrases end at the bar.

    What staff and applicants write may be in any language, so words are cut in all that are known; asking does the same.
    """
    words: list[str] = []
    forms: dict[str, None] = {}
    for text in texts:
        for number, language in enumerate(languages):
            found = cut(text, language)
            words += found.words if number == 0 else []
            forms |= dict.fromkeys(found.forms)
        words.append("|")
    others = forms.keys() - set(words)
    return f" {' '.join([*words, *sorted(others)])} "


def _phones(number: str) -> list[str]:
    """A number (E.164) in the ways people look for it: "+49 30 901820", "030 901820", and without spaces."""
    if not number:
        return []
    national = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
    shown = [shown_phone(number), national]
    return [number, *shown, *("".join(filter(str.isdigit, one)) for one in shown)]

"""What an export holds: chosen applications in their order, and the questions they answered."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import Answer, Application
from jobboard.applications.queries import visible_to, whole
from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.openings.models import Question, QuestionKind
from jobboard.people.models import Person
from jobboard.posts.models import Post

#: Applications that are loaded at once.
AT_ONCE = 200


def ids_of(statement: sa.Select[Application]) -> list[int]:
    """The ids of the applications a statement finds, in its order."""
    options = statement.get_execution_options()
    return list(session().execute(statement.with_only_columns(Application.id).execution_options(**options)).scalars())


def seen_of(person: Person, ids: Sequence[int]) -> list[int]:
    """Those of these applications that a person may see, the newest first."""
    ordered = visible_to(person).order_by(Application.received_at.desc(), Application.id.desc())
    parts = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    return [one for part in parts for one in ids_of(ordered.where(Application.id.in_(part)))]


def questions_of(ids: Sequence[int]) -> list[tuple[int | str, str]]:
    """(key, words) of every question these applications answered, in the page's language and the order of the forms.

    The key is the question's id, so that one asked in two languages is one column; its words where it was deleted since.
    """
    found: dict[int | str, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        answered = (
            sa.select(Answer.question_id, Answer.label, Question.label)
            .outerjoin(Question, Question.id == Answer.question_id)
            .where(Answer.application_id.in_(ids[start : start + AT_ONCE]), Answer.kind != QuestionKind.file)
            .group_by(Answer.question_id, Answer.label, Question.id)
            .order_by(Question.offer_id, sa.func.min(Answer.position), sa.func.min(Answer.id))
        )
        for question_id, label, words in session().execute(answered.execution_options(scope="export")):
            found.setdefault(question_id or label, i18n.pick(words) if words else label)
    return list(found.items())


def in_batches(statement: sa.Select[Application], ids: Sequence[int]) -> Iterator[Application]:
    """These applications with everything, as far as they are there and `statement` still finds them.

    The database is let go after each batch: whoever reads slowly holds up nobody.
    """
    options = [*whole(), selectinload(Application.opening).selectinload(Post.texts)]
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        rows = session().execute(statement.where(Application.id.in_(part)).options(*options)).scalars()
        by_id = {row.id: row for row in rows}
        yield from (by_id[one] for one in part if one in by_id)
        session().rollback()

"""Entries of the audit log: chained without gaps, standing or falling with what they tell."""

import contextlib

import pytest
import sqlalchemy as sa

from jobboard.audit.actions import chained, content_digest, record
from jobboard.audit.models import ACTIONS, AuditEntry, AuditHead
from jobboard.core.db import session, writing
from tests.factories import make_person


def entries():
    return list(session().execute(sa.select(AuditEntry).order_by(AuditEntry.number)).scalars())


def test_each_entry_is_chained_to_the_one_before(app):
    person = make_person()
    session().commit()
    with writing():
        record("application.moved", ("application", 7), person, to="interview")
        record("application.moved", ("application", 7), person)
    first, second = entries()
    assert (first.number, second.number) == (1, 2)
    assert first.details == {"to": "interview"}
    assert second.details is None
    before = "0" * 64
    for entry in (first, second):
        digest = content_digest(entry.salt, person.id, "application", 7, entry.details)
        assert entry.digest == digest
        assert entry.chain == chained(before, entry.number, entry.at, entry.action, digest)
        before = entry.chain
    assert session().execute(sa.select(AuditHead.number, AuditHead.chain)).one() == (2, before)


def test_entry_falls_with_its_transaction(app):
    person = make_person()
    session().commit()
    with contextlib.suppress(LookupError), writing():
        record("application.moved", ("application", 7), person)
        raise LookupError
    assert entries() == []
    assert session().execute(sa.select(AuditHead.number)).scalar_one() == 0


def test_action_nobody_named_is_refused(app):
    with pytest.raises(ValueError, match=r"nothing\.done"):
        record("nothing.done")
    assert all(len(action) <= 60 and action.count(".") == 1 for action in ACTIONS)

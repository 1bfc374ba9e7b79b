"""Changing what readers learn of a person."""

from typing import Any

from jobboard.audit.actions import record
from jobboard.core.old_addresses import move
from jobboard.files.actions import claim
from jobboard.people.models import Person


def save_profile(person: Person, values: dict[str, Any], by: Person) -> list[str]:
    """Write `name`, `slug`, `job`, `bio`, `links` and `picture`; the names of those that changed.

    An address before leads on. A picture before goes with the sweep once nothing shows it.
    """
    before = person.slug
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        if name == "slug":
            move(person, values[name])
        else:
            setattr(person, name, values[name])
    if "picture" in changed and person.picture is not None:
        claim(person.picture)
    if changed:
        moved = {"before": before, "after": person.slug} if before != person.slug else {}
        record("person.profile_changed", ("person", person.id), by, **moved)
    return changed

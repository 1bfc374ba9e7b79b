"""Views are added to their days, and old days to their months; nothing here commits but what the tally hands over."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobboard.core import i18n
from jobboard.core.db import insert_into, session, writing
from jobboard.core.tally import OTHERS, SLOT, Seen
from jobboard.stats.models import SourceCode, ViewCount

#: Hosts kept apart for one page and day; more of them are somebody's who makes names up.
MOST_HOSTS = 50

_POST = sa.table("post", sa.column("id", sa.Integer))  # a higher room's


class Row(NamedTuple):
    """What one number is about, in the order of the table's key."""

    on: dt.date
    subject: str
    host: str
    source: str


def add_views(seen: Mapping[Seen, int]) -> int:
    """Store what one process has counted, in a transaction of its own; how many views. Several processes add up."""
    zone, counts = i18n.site_zone(), Counter[Row]()
    for key, number in seen.items():
        on = dt.datetime.fromtimestamp(key.slot * SLOT, zone).date()
        counts[Row(on, key.subject, key.host, key.source)] += number
    with writing() as current:
        if current.get_bind().dialect.name == "postgresql":
            # One at a time: they would wait for each other's rows crosswise, and count hosts the other has just added.
            current.execute(sa.text("LOCK TABLE view_count IN SHARE ROW EXCLUSIVE MODE"))
        put(current, _with_few_hosts(current, counts))
    return sum(seen.values())


def put(current: Session, counts: Mapping[Row, int]) -> None:
    """Add numbers to their rows; what is about a post that is gone is left out."""
    numbers = {int(row.subject) for row in counts if row.subject.isdecimal()}
    posts = set(current.execute(sa.select(_POST.c.id).where(_POST.c.id.in_(numbers))).scalars())
    values = [
        {**row._asdict(), "post_id": int(row.subject) if row.subject.isdecimal() else None, "count": number}
        for row, number in sorted(counts.items())
        if not row.subject.isdecimal() or int(row.subject) in posts
    ]
    if not values:
        return
    insert = insert_into(ViewCount)
    added = insert.on_conflict_do_update(
        index_elements=list(Row._fields), set_={"count": ViewCount.__table__.c.count + insert.excluded.count}
    )
    current.connection().execute(added, values)


def _with_few_hosts(current: Session, counts: Mapping[Row, int]) -> Counter[Row]:
    """The same numbers, with those of hosts beyond the most of their page and day under `OTHERS`."""
    known = _known_hosts(current, {row.subject for row in counts}, {row.on for row in counts})
    bounded = Counter[Row]()
    for row, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        hosts = known.setdefault((row.on, row.subject), set())
        is_kept = not row.host or row.host in hosts or len(hosts) < MOST_HOSTS
        if is_kept and row.host not in {"", OTHERS}:
            hosts.add(row.host)
        bounded[row if is_kept else row._replace(host=OTHERS)] += number
    return bounded


def _known_hosts(
    current: Session, subjects: Iterable[str], days: Iterable[dt.date]
) -> dict[tuple[dt.date, str], set[str]]:
    statement = (
        sa.select(ViewCount.on, ViewCount.subject, ViewCount.host)
        .where(ViewCount.on.in_(days), ViewCount.subject.in_(subjects), ViewCount.host.not_in(["", OTHERS]))
        .distinct()
    )
    known: dict[tuple[dt.date, str], set[str]] = {}
    for on, subject, host in current.execute(statement):
        known.setdefault((on, subject), set()).add(host)
    return known


def save_source(row: SourceCode | None, code: str, name: str, *, is_active: bool) -> SourceCode:
    """Make a source, or rename and switch it: its code stays, as it stands in addresses out there."""
    row = row or SourceCode(code=code)
    row.name, row.is_active = name, is_active
    session().add(row)
    return row


def merge_month(month: dt.date) -> int:
    """Put the days of a month, named by its first, together into one row each; how many rows went."""
    end = (month + dt.timedelta(days=31)).replace(day=1)
    within = sa.and_(ViewCount.on >= month, ViewCount.on < end)
    columns = (ViewCount.subject, ViewCount.host, ViewCount.source)
    sums = session().execute(sa.select(*columns, sa.func.sum(ViewCount.count)).where(within).group_by(*columns)).all()
    gone: int = session().execute(sa.delete(ViewCount).where(within)).rowcount  # type: ignore[attr-defined] # of a DELETE
    put(session(), {Row(month, *key): int(number) for *key, number in sums})
    return gone - len(sums)

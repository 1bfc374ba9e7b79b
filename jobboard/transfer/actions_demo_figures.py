"""The demo's readers: views of the last months and where they came from, the same whenever they are loaded."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.posts.models import Post
from jobboard.stats.actions import Row, put, save_source
from jobboard.stats.models import FRONT, JOBS, subject_of

#: Days back for which there are views.
DAYS = 100
#: Of a hundred views by weekday, Monday first.
WEEK = (19, 20, 20, 18, 13, 4, 6)


def put_sources(sources: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The source codes; by the key of an application the number of the one it came by."""
    found: dict[str, int] = {}
    for entry in sources:
        row = save_source(None, entry["code"], entry["name"], is_active=True)
        session().flush()
        found |= dict.fromkeys(entry["came"], row.id)
    return found


def put_views(posts: Sequence[Post], hosts: Mapping[str, int], codes: Sequence[str], now: dt.datetime) -> None:
    """Views of each post from its publishing on, many at first and fewer later, by host and sometimes by code."""
    today, counts = now.astimezone(i18n.site_zone()).date(), Counter[Row]()
    ways = [(host, "") for host, weight in hosts.items() for _each in range(weight)] + [
        ("", code) for code in codes
    ] * 4
    for post in posts:
        if post.publish_at is None or post.publish_at > now:
            continue
        first = post.publish_at.astimezone(i18n.site_zone()).date()
        for back in range(min(DAYS, (today - first).days + 1)):
            on = today - dt.timedelta(days=back)
            chance = int(hashlib.sha256(f"{post.text(post.original_locale).slug} {back}".encode()).hexdigest()[:8], 16)
            number = (240 // (4 + (on - first).days) + 8) * WEEK[on.weekday()] * (40 + chance % 90) // 1000
            host, code = ways[chance // 97 % len(ways)]
            if number:
                counts[Row(on, subject_of(post.id), host, code)] += number
                counts[Row(on, JOBS, "", "")] += number // 2
                counts[Row(on, FRONT, "", "")] += number // 3
    put(session(), +counts)

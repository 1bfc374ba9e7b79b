"""The one query object of inbox and board: read from an address, checked, canonical, a value."""

import dataclasses
import enum
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jobboard.applications.models import Stage
from jobboard.core.db import page_number
from jobboard.core.forms import clean_line

LONGEST_TEXT = 200
#: Values of `assignee` beside the number of a person.
ME, NOBODY = "me", "nobody"
#: What can be asked for by "1", in the order of the chips.
SWITCHES = ("unread", "flagged", "overdue", "apart")


class Sort(enum.Enum):
    """Orders of the inbox."""

    newest = "newest"
    waiting = "waiting"


@dataclasses.dataclass(frozen=True)
class Inbox:
    """What somebody wants to see. Two that ask for the same are equal and have one address."""

    opening: int | None = None
    stage: Stage | None = None
    #: `Tag.key`.
    tag: str = ""
    #: `ME`, `NOBODY`, or the number of a person.
    assignee: str = ""
    unread: bool = False
    flagged: bool = False
    overdue: bool = False
    #: Only what waits apart as a program's; without it, only the rest.
    apart: bool = False
    text: str = ""
    sort: Sort = Sort.newest
    page: int = 1

    def query(self) -> dict[str, str]:
        """The canonical query: one order, nothing that is usual."""
        found = {
            "opening": str(self.opening or ""),
            "stage": self.stage.value if self.stage else "",
            "tag": self.tag,
            "assignee": self.assignee,
            **{name: "1" if getattr(self, name) else "" for name in SWITCHES},
            "q": self.text,
            "sort": self.sort.value if self.sort is not Sort.newest else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in found.items() if value}

    @property
    def address(self) -> str:
        """The canonical query as it stands in an address; "" for everything."""
        return urlencode(self.query())

    def but(self, **changes: Any) -> "Inbox":
        """The same with changes, from the first page."""
        return dataclasses.replace(self, **{"page": 1, **changes})


def inbox_of(args: Mapping[str, str]) -> Inbox:
    """What an address asks for; what cannot be understood is left out, so that old bookmarks live."""
    return Inbox(
        opening=_number(args.get("opening", "")),
        stage=Stage(args["stage"]) if args.get("stage") in {one.value for one in Stage} else None,
        tag=_word(args.get("tag", "")),
        assignee=_assignee(args.get("assignee", "")),
        text=clean_line(args.get("q", ""))[:LONGEST_TEXT].strip(),
        sort=Sort.waiting if args.get("sort") == Sort.waiting.value else Sort.newest,
        page=page_number(args.get("page")),
        **{name: args.get(name) == "1" for name in SWITCHES},
    )


def inbox_at(address: str) -> Inbox:
    """What a query as `Inbox.address` writes it asks for."""
    return inbox_of(dict(parse_qsl(address[:2000])))


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def _word(text: str) -> str:
    return text if re.fullmatch(r"[^\W_]{1,40}(?:-[^\W_]{1,40}){0,9}", text) else ""


def _assignee(text: str) -> str:
    return text if text in {ME, NOBODY} or _number(text) else ""

"""Figures of applications in words and pictures."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from jobboard.applications.models import STAGE_LABELS, Stage
from jobboard.applications.queries import WAY
from jobboard.applications.queries_figures import HEARD, Lasted, Progress
from jobboard.core import i18n
from jobboard.core.i18n import _, ngettext, pgettext
from jobboard.stats.markup import FEWEST, Bar, Chart, Column, rows, share
from jobboard.stats.markup_views import over_time
from jobboard.stats.models import SourceCode
from jobboard.stats.queries_days import DAY
from jobboard.stats.queries_period import Period, Step

#: The ways out, in the order of their columns.
EXITS = (Stage.rejected, Stage.withdrawn, Stage.declined)


@dataclasses.dataclass(frozen=True)
class Funnel:
    """How far applications have come, added up."""

    steps: Sequence[Progress]

    def number(self, stage: Stage = Stage.received, source_id: int | str | None = "any") -> int:
        """How many have come as far as a stage of the way, of all or of one source (None: of none)."""
        return sum(
            one.number
            for one in self.steps
            if WAY.index(one.reached) >= WAY.index(stage) and source_id in {"any", one.source_id}
        )

    def exits(self, stage: Stage) -> Counter[Stage]:
        """Where those are now whose way ended at a stage: the ways out, or still there."""
        found = Counter[Stage]()
        for one in self.steps:
            if one.reached is stage:
                found[one.stage] += one.number
        return found

    @property
    def erased(self) -> int:
        """How many of them are deleted by now."""
        return sum(one.number for one in self.steps if one.is_erased)


def _with_share(number: int, whole: int) -> str:
    return " · ".join(filter(None, (i18n.number(number), share(number, whole))))


def funnel_chart(funnel: Funnel) -> Chart:
    """From received to hired: how many came as far, and where the others left."""
    title, whole = _("How far applications come"), funnel.number()
    bars = [
        Bar(str(STAGE_LABELS[stage]), funnel.number(stage), _with_share(funnel.number(stage), whole)) for stage in WAY
    ]
    table: list[list[str | int]] = []
    for stage in WAY:
        left = funnel.exits(stage)
        here = sum(number for at, number in left.items() if at not in EXITS)
        ways = [left[way] for way in EXITS]
        table.append([str(STAGE_LABELS[stage]), funnel.number(stage), share(funnel.number(stage), whole), *ways, here])
    return Chart(
        "funnel",
        title,
        [
            Column(_("Stage")),
            Column(_("Reached"), is_number=True),
            Column(pgettext("figures", "Share"), is_number=True),
            *(Column(str(STAGE_LABELS[way]), is_number=True) for way in EXITS),
            Column(_("Still here"), is_number=True),
        ],
        table if whole else [],
        rows("funnel", title, bars),
        _("No applications in this time. When some arrive, it shows how many are read, interviewed and hired."),
        _erased_words(funnel.erased),
    )


def _erased_words(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "One of them is deleted by now. Of it only the month is known, so it counts for all of the first month.",
        "%(num)d of them are deleted by now. Of these only the month is known, so they count for all of the first month.",
        number,
    )


def exits_chart(funnel: Funnel) -> Chart:
    """How applications ended that did not end with a hire."""
    title, whole = _("How they end otherwise"), funnel.number()
    counts = {way: sum(funnel.exits(stage)[way] for stage in WAY) for way in EXITS}
    bars = [Bar(str(STAGE_LABELS[way]), number, _with_share(number, whole)) for way, number in counts.items()]
    picture = rows("exits", title, bars)
    return Chart(
        "exits",
        title,
        [Column(_("End")), Column(_("Applications"), is_number=True)],
        [[str(STAGE_LABELS[way]), number] for way, number in counts.items()] if picture else [],
        picture,
        _("Nobody was rejected, withdrew or declined an offer in this time."),
    )


def received_chart(period: Period, by_day: Mapping[dt.date, int], erased: Mapping[dt.date, int]) -> Chart:
    """Applications over time. What is erased stands in the bars of months only, as its day is not known."""
    days, note = Counter(by_day), ""
    if period.step is Step.month:
        for month, number in erased.items():
            days[max(month, period.first)] += number
    elif hidden := sum(erased.values()):
        note = ngettext(
            "One that is deleted by now is missing here, as its day is not known.",
            "%(num)d that are deleted by now are missing here, as their days are not known.",
            hidden,
        )
    empty = _("No applications in this time. They stand here from the day on which the first one arrives.")
    return over_time("applications", _("Applications"), period, days, _("Applications"), empty, note)


def sources_chart(funnel: Funnel, views: Mapping[str, int], codes: Sequence[SourceCode]) -> Chart:
    """What each source brought: views, applications, interviews, hires."""
    title = _("Sources")
    known = [one for one in codes if views.get(one.code) or funnel.number(source_id=one.id)]
    known.sort(key=lambda one: (-funnel.number(source_id=one.id), -views.get(one.code, 0), one.name))

    def counts(source_id: int | None) -> list[int]:
        return [funnel.number(stage, source_id) for stage in (Stage.received, Stage.interview, Stage.hired)]

    table: list[list[str | int | None]] = [[one.name, views.get(one.code, 0), *counts(one.id)] for one in known]
    if known and funnel.number(source_id=None):
        table.append([_("No code"), None, *counts(None)])
    bars = [Bar(str(row[0]), int(row[2] or 0), _source_words(row[2], row[1])) for row in table]
    numbers = (_("Views"), _("Applications"), _("Interviews"), _("Hired"))
    return Chart(
        "sources",
        title,
        [Column(_("Source")), *(Column(text, is_number=True) for text in numbers)],
        table,
        rows("sources", title, bars) or (rows("sources", title, _by_views(table)) if known else None),
        _("No source of yours has led anybody here in this time. Make one for each place where you spread an opening."),
    )


def _source_words(applications: object, views: object) -> str:
    words = [ngettext("one application", "%(num)d applications", applications)]
    return " · ".join(words if views is None else [*words, ngettext("one view", "%(num)d views", views)])


def _by_views(table: Sequence[Sequence[str | int | None]]) -> list[Bar]:
    return [Bar(str(row[0]), int(row[1] or 0), _source_words(row[2], row[1])) for row in table]


def times_chart(times: Mapping[str, Lasted]) -> Chart:
    """How long applications stay in each stage, and until their applicants hear."""
    title = _("How long it takes")
    names = {HEARD: _("Until the applicant heard"), **{stage.value: str(STAGE_LABELS[stage]) for stage in WAY[:-1]}}
    known = [(words, times[name]) for name, words in names.items() if name in times]
    bars = [Bar(words, one.median, days_words(one.median)) for words, one in known]
    return Chart(
        "times",
        title,
        [
            Column(_("Stage")),
            Column(_("Cases"), is_number=True),
            Column(_("Median (days)"), is_number=True),
            Column(_("90th percentile (days)"), is_number=True),
        ],
        [
            [words, one.cases, _days(one.median), _days(one.most) if one.cases >= FEWEST else None]
            for words, one in known
        ],
        rows("times", title, bars),
        _("Nothing has been moved or answered in this time. When something is, it shows how long that took."),
        _("The bars are medians: half took longer. What is still in a stage, and what is deleted, does not count.")
        if known
        else "",
    )


def _days(seconds: float) -> float:
    return round(seconds / DAY, 1)


def days_words(seconds: float) -> str:
    """A length of time in days with one decimal, or in hours when it is shorter than a day."""
    if seconds < DAY:
        hours = round(seconds / 3600)
        return ngettext("one hour", "%(num)d hours", hours) if hours else _("less than an hour")
    days = _days(seconds)
    return _("one day") if days == 1 else _("%(number)s days", number=i18n.number(days))


def promise_words(kept: int, broken: int) -> str:
    """How many promises were kept: a share and the number, or the number alone where there are few."""
    whole = kept + broken
    if not whole:
        return "–"
    return share(kept, whole) or _("%(kept)d of %(all)d", kept=kept, all=whole)

"""Openings: posts with a job. Facts are data, so that they can be filtered, counted and told to machines."""

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core import i18n
from jobboard.core.base import Base, Data, Keep, Key, Texts, about
from jobboard.core.i18n import lazy, lazy_pgettext
from jobboard.people.models import Person
from jobboard.posts.models import Kind, Post


class Contract(enum.Enum):
    """For how long and in which relation: one of two axes, the other is `Hours`."""

    permanent = "permanent"
    fixed_term = "fixed_term"
    temporary = "temporary"
    freelance = "freelance"
    internship = "internship"
    apprenticeship = "apprenticeship"
    working_student = "working_student"
    volunteer = "volunteer"


CONTRACT_LABELS = {
    Contract.permanent: lazy("Permanent"),
    Contract.fixed_term: lazy("Fixed-term"),
    Contract.temporary: lazy("Temporary"),
    Contract.freelance: lazy("Freelance"),
    Contract.internship: lazy("Internship"),
    Contract.apprenticeship: lazy("Apprenticeship"),
    Contract.working_student: lazy("Working student"),
    Contract.volunteer: lazy("Volunteer"),
}


#: Further words that people search for a contract by; no page shows them.
CONTRACT_WORDS = {
    Contract.freelance: lazy_pgettext("words to search by", "freelancer contractor"),
    Contract.internship: lazy_pgettext("words to search by", "intern"),
    Contract.apprenticeship: lazy_pgettext("words to search by", "apprentice trainee"),
    Contract.working_student: lazy_pgettext("words to search by", "student job"),
    Contract.volunteer: lazy_pgettext("words to search by", "volunteering"),
}


class Hours(enum.Enum):
    """How much of a week."""

    full_time = "full_time"
    part_time = "part_time"
    full_or_part_time = "full_or_part_time"


HOURS_LABELS = {
    Hours.full_time: lazy("Full-time"),
    Hours.part_time: lazy("Part-time"),
    Hours.full_or_part_time: lazy("Full-time or part-time"),
}


class Workplace(enum.Enum):
    """Where the work is done."""

    on_site = "on_site"
    hybrid = "hybrid"
    remote = "remote"


WORKPLACE_LABELS = {
    Workplace.on_site: lazy("On site"),
    Workplace.hybrid: lazy("Hybrid"),
    Workplace.remote: lazy("Remote"),
}


class Level(enum.Enum):
    """Experience the role needs."""

    student = "student"
    entry = "entry"
    experienced = "experienced"
    senior = "senior"
    lead = "lead"
    executive = "executive"


LEVEL_LABELS = {
    Level.student: lazy("Student"),
    Level.entry: lazy("Entry level"),
    Level.experienced: lazy("Experienced"),
    Level.senior: lazy("Senior"),
    Level.lead: lazy("Lead"),
    Level.executive: lazy("Executive"),
}


class CEFR(enum.Enum):
    """Levels of the Common European Framework of Reference for Languages, lowest first."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """0 (A1) to 5 (C2), to compare levels."""
        return list(CEFR).index(self)


CEFR_LABELS = {
    CEFR.A1: lazy("A1 – beginner"),
    CEFR.A2: lazy("A2 – elementary"),
    CEFR.B1: lazy("B1 – intermediate"),
    CEFR.B2: lazy("B2 – upper intermediate"),
    CEFR.C1: lazy("C1 – advanced"),
    CEFR.C2: lazy("C2 – near-native command"),
}


class PayPeriod(enum.Enum):
    """What an amount of pay is for (schema.org unitText in lower case)."""

    hour = "hour"
    day = "day"
    week = "week"
    month = "month"
    year = "year"


PAY_PERIOD_LABELS = {
    PayPeriod.hour: lazy_pgettext("pay", "per hour"),
    PayPeriod.day: lazy_pgettext("pay", "per day"),
    PayPeriod.week: lazy_pgettext("pay", "per week"),
    PayPeriod.month: lazy_pgettext("pay", "per month"),
    PayPeriod.year: lazy_pgettext("pay", "per year"),
}


class QuestionKind(enum.Enum):
    """What kind of answer a question takes."""

    text = "text"
    long_text = "long_text"
    yes_no = "yes_no"
    one_of = "one_of"
    several_of = "several_of"
    number = "number"
    date = "date"
    url = "url"
    file = "file"


QUESTION_KIND_LABELS = {
    QuestionKind.text: lazy("Short text"),
    QuestionKind.long_text: lazy("Long text"),
    QuestionKind.yes_no: lazy("Yes or no"),
    QuestionKind.one_of: lazy("Choice, one answer"),
    QuestionKind.several_of: lazy("Choice, several answers"),
    QuestionKind.number: lazy("Number"),
    QuestionKind.date: lazy("Date"),
    QuestionKind.url: lazy("Web address"),
    QuestionKind.file: lazy("File"),
}


class JobOffer(Post):
    """An opening: a post with a job."""

    __tablename__ = "job_offer"
    __table_args__ = (  # type: ignore[assignment] # each table has its own
        CheckConstraint("pay_min IS NULL OR pay_max IS NULL OR pay_max >= pay_min", name="pay_range"),
        CheckConstraint("(pay_min IS NULL AND pay_max IS NULL) OR pay_currency IS NOT NULL", name="pay_has_currency"),
        CheckConstraint("(pay_min IS NULL AND pay_max IS NULL) OR pay_period IS NOT NULL", name="pay_has_period"),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.PUBLIC, "identity", Keep.POST)
    )
    contract: Mapped[Contract | None] = mapped_column(info=about(Data.PUBLIC, "fact; none: unknown", Keep.POST))
    hours: Mapped[Hours | None] = mapped_column(info=about(Data.PUBLIC, "fact; none: unknown", Keep.POST))
    #: Hours a week, to annualise hourly and daily pay.
    weekly_hours: Mapped[Decimal | None] = mapped_column(info=about(Data.PUBLIC, "fact", Keep.POST))
    workplace: Mapped[Workplace | None] = mapped_column(info=about(Data.PUBLIC, "fact; none: unknown", Keep.POST))
    level: Mapped[Level | None] = mapped_column(info=about(Data.PUBLIC, "fact; none: unknown", Keep.POST))
    pay_min: Mapped[Decimal | None] = mapped_column(info=about(Data.PUBLIC, "pay range, gross", Keep.POST))
    pay_max: Mapped[Decimal | None] = mapped_column(info=about(Data.PUBLIC, "pay range, gross", Keep.POST))
    pay_currency: Mapped[str | None] = mapped_column(String(3), info=about(Data.PUBLIC, "ISO 4217", Keep.POST))
    pay_period: Mapped[PayPeriod | None] = mapped_column(info=about(Data.PUBLIC, "what the amounts are for", Keep.POST))
    pay_note: Mapped[Texts] = mapped_column(
        default=dict, info=about(Data.PUBLIC, "collective agreement, variable parts", Keep.POST)
    )
    starts_on: Mapped[dt.date | None] = mapped_column(
        info=about(Data.PUBLIC, "first day; none: as soon as possible or by agreement", Keep.POST)
    )
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=about(Data.PUBLIC, "who answers questions", Keep.POST)
    )
    #: Applications go there instead of here; then our form is off and `directApply` false.
    apply_url: Mapped[str | None] = mapped_column(Text, info=about(Data.PUBLIC, "external form", Keep.POST))
    #: Set when it is not the site's own organisation that hires.
    organisation: Mapped[str | None] = mapped_column(Text, info=about(Data.PUBLIC, "who hires", Keep.POST))
    organisation_url: Mapped[str | None] = mapped_column(Text, info=about(Data.PUBLIC, "who hires", Keep.POST))
    #: Days within which every applicant hears back.
    response_days: Mapped[int | None] = mapped_column(info=about(Data.PUBLIC, "response promise", Keep.POST))

    #: Closed because somebody was found; opening it again takes it back.
    is_filled: Mapped[bool] = mapped_column(default=False, info=about(Data.PUBLIC, "why it is closed", Keep.POST))

    contact: Mapped[Person | None] = relationship(foreign_keys=[contact_id])
    places: Mapped[list["OfferPlace"]] = relationship(cascade="all, delete-orphan", order_by="OfferPlace.position")
    remote_countries: Mapped[list["RemoteCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="RemoteCountry.country"
    )
    language_needs: Mapped[list["LanguageNeed"]] = relationship(
        cascade="all, delete-orphan", order_by="LanguageNeed.position"
    )
    questions: Mapped[list["Question"]] = relationship(cascade="all, delete-orphan", order_by="Question.position")

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's way to configure a mapper
        "polymorphic_identity": Kind.opening,
        "polymorphic_load": "inline",
    }

    def facts_to_find(self) -> set[str]:
        """Its facts too, as each language of the site calls them: "Vienna" and "Wien", "Germany" and "Deutschland"."""
        found = super().facts_to_find() | {self.organisation or ""}
        for row in self.places:
            found |= {row.place.city or "", row.place.region or "", *row.place.names.values()}
        for code in i18n.languages():
            with i18n.force_locale(code):
                found |= self._facts_in_words()
        return found - {""}

    def _facts_in_words(self) -> set[str]:
        labels: list[dict[Any, Any]] = [CONTRACT_LABELS, HOURS_LABELS, WORKPLACE_LABELS, LEVEL_LABELS]
        values = (self.contract, self.hours, self.workplace, self.level)
        found = {str(names[value]) for names, value in zip(labels, values, strict=True) if value is not None}
        found |= {str(CONTRACT_WORDS[self.contract])} if self.contract in CONTRACT_WORDS else set()
        countries = {row.place.country for row in self.places}
        if self.workplace is Workplace.remote:
            countries |= {row.country for row in self.remote_countries}
        found |= {i18n.country_name(code) for code in countries if code}
        return found | {i18n.language_name(row.tag) for row in self.language_needs}

    @property
    def contact_here(self) -> Person | None:
        """Who answers questions, as long as they work here: nobody is sent to somebody who left."""
        return self.contact if self.contact is not None and self.contact.left_at is None else None


class Place(Base):
    """A city, a region or a whole country where an opening may be. Shared, so that it is one value of the filter."""

    __tablename__ = "place"
    __table_args__ = (Index("uq_place_key", "key", unique=True),)
    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    #: The value in URLs: "DE/Heidelberg", "US/CA/Palo Alto", "US/MD", "GB"; see `place_key`.
    key: Mapped[str] = mapped_column(String(200), info=about(Data.PUBLIC, "value of the filter", Keep.SITE))
    country: Mapped[str | None] = mapped_column(
        String(2), info=about(Data.PUBLIC, "ISO 3166-1 alpha-2; none: not understood at import", Keep.SITE)
    )
    region: Mapped[str | None] = mapped_column(String(3), info=about(Data.PUBLIC, "ISO 3166-2 suffix", Keep.SITE))
    city: Mapped[str | None] = mapped_column(
        String(120), info=about(Data.PUBLIC, "as the first source wrote it", Keep.SITE)
    )
    #: Names per language where they differ ("Vienna", "Wien"); else the city is shown as it is.
    names: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "shown", Keep.SITE))


def place_key(country: str | None, region: str | None, city: str | None) -> str:
    """The value of a place in URLs: its known parts, country first. The region is left out beside a city in Europe."""
    shown_region = region if region and (not city or country in {"US", "CA", "AU"}) else None
    return "/".join(filter(None, (country or "?", shown_region, city)))


def wider_places(country: str | None, region: str | None) -> list[str]:
    """The keys of the country and the region a place is in (or is), the country first."""
    return [place_key(country, part, None) for part in dict.fromkeys((None, region))] if country else []


class OfferPlace(Base):
    """That an opening can be worked at a place."""

    __tablename__ = "offer_place"
    readers_see = True
    touches_post = "offer_id"

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.PUBLIC, "which opening", Keep.POST),
    )
    place_id: Mapped[int] = mapped_column(
        ForeignKey("place.id"), primary_key=True, index=True, info=about(Data.PUBLIC, "where", Keep.POST)
    )
    position: Mapped[int] = mapped_column(default=0, info=about(Data.PUBLIC, "order, from 0", Keep.POST))

    place: Mapped[Place] = relationship(lazy="joined")


class RemoteCountry(Base):
    """A country from which a remote opening can be worked."""

    __tablename__ = "remote_country"
    readers_see = True
    touches_post = "offer_id"

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.PUBLIC, "which opening", Keep.POST),
    )
    country: Mapped[str] = mapped_column(
        String(2), primary_key=True, info=about(Data.PUBLIC, "ISO 3166-1 alpha-2", Keep.POST)
    )


class LanguageNeed(Base):
    """A language the role needs, and how well. There is no value for "native": that excludes by origin (AGG §1)."""

    __tablename__ = "language_need"
    readers_see = True
    touches_post = "offer_id"

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.PUBLIC, "which opening", Keep.POST),
    )
    tag: Mapped[str] = mapped_column(String(35), primary_key=True, info=about(Data.PUBLIC, "BCP 47", Keep.POST))
    level: Mapped[CEFR] = mapped_column(info=about(Data.PUBLIC, "CEFR level", Keep.POST))
    is_required: Mapped[bool] = mapped_column(default=True, info=about(Data.PUBLIC, "or nice to have", Keep.POST))
    position: Mapped[int] = mapped_column(default=0, info=about(Data.PUBLIC, "order, from 0", Keep.POST))


class Question(Base):
    """A question of the opening to its applicants. Its key and choices are values; their words are per language."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("offer_id", "key"),)
    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.POST))
    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"), info=about(Data.PUBLIC, "which opening", Keep.POST)
    )
    key: Mapped[str] = mapped_column(String(60), info=about(Data.PUBLIC, "name of the form field", Keep.POST))
    kind: Mapped[QuestionKind] = mapped_column(info=about(Data.PUBLIC, "kind of answer", Keep.POST))
    is_required: Mapped[bool] = mapped_column(default=False, info=about(Data.PUBLIC, "must be answered", Keep.POST))
    position: Mapped[int] = mapped_column(default=0, info=about(Data.PUBLIC, "order, from 0", Keep.POST))
    label: Mapped[Texts] = mapped_column(info=about(Data.PUBLIC, "the question", Keep.POST))
    help: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "hint below it", Keep.POST))
    #: [{"value": "yes", "label": {"en": "Yes", "de": "Ja"}}], for one_of and several_of.
    choices: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, info=about(Data.PUBLIC, "answers to choose from", Keep.POST)
    )
    #: Answers that put a flag for HR beside the application; they never reject anybody (GDPR Art. 22).
    knockout: Mapped[list[str]] = mapped_column(
        JSON, default=list, info=about(Data.INTERNAL, "answers that are flagged", Keep.POST)
    )

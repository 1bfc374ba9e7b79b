"""The base of all models, without Flask: naming convention, column types, and what each column must say about itself."""

import datetime as dt
import enum
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Data(enum.Enum):
    """The class of a column's content, for the data map (GDPR Art. 30)."""

    PUBLIC = "public"  # stands on public pages once published
    INTERNAL = "internal"  # how the site works; tells nothing about an applicant
    PERSONAL = "personal"  # about a person who did not publish it
    SECRET = "secret"  # noqa: S105 - a class of data: would open something


class Keep(enum.Enum):
    """How long a column's content is kept."""

    SITE = "as long as the site exists"
    POST = "as long as the post exists"
    STAFF = "as long as the person works here; the byline stays"
    SESSION = "until the session has ended for 30 days"
    INVITATION = "until it is accepted or withdrawn, or 30 days after it ran out"
    HOUR = "an hour at most"
    APPLICATION = "until the application's deletion date"
    DRAFT = "until it is sent, or a day after the last change"
    UNSAVED = "until it is saved or thrown away, or 30 days after the last change"
    EDITING = "minutes: as long as somebody has the page open"
    MAIL = "with the application it belongs to, or 180 days"
    RUN = "a week, and never longer than the application"
    AUDIT = "as long as the site exists; its content until what it is about is erased"
    VIEWS = "by day for 13 months, then by month"
    ALERT = "until it is ended; 48 hours unconfirmed; a month after a yearly question without an answer"
    FILE = "as long as what it belongs to; a day when it belongs to nothing"


def about(data: Data, purpose: str, keep: Keep) -> dict[str, Any]:
    """What every column says about itself in `column.info`; a test fails for a column without."""
    return {"data": data, "purpose": purpose, "keep": keep}


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """A moment. Aware in Python, UTC in the database; SQLite, which knows no zones, gets naive UTC."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """`timestamptz` on PostgreSQL, text of one fixed width on SQLite so that it also sorts as text."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Refuses a naive moment: nobody could say when it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Amount(sa.TypeDecorator[Decimal]):
    """An amount of money with two decimals, kept as whole hundredths: SQLite has no exact decimals."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Hundredths of the currency's main unit."""
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The currency's main unit."""
        return None if value is None else Decimal(value) / 100


def enum_type(members: type[enum.Enum], name: str) -> sa.Enum:
    """An enum kept by value with a CHECK of its own name: for a table with two columns of one enum."""
    return sa.Enum(members, values_callable=_values, native_enum=False, create_constraint=True, length=40, name=name)


def _values(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


#: A short text in several languages: {"en": "Sales", "de": "Vertrieb"}. Keys are catalog languages (BCP 47).
type_texts = sa.JSON(none_as_null=True)
Texts = Annotated[dict[str, str], mapped_column(type_texts)]
Key = Annotated[int, mapped_column(primary_key=True)]


class Base(DeclarativeBase):
    """What all models inherit. An own `registry` instead of `type_annotation_map`, which Flask-SQLAlchemy 3.1 trips over."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            dt.datetime: UtcDateTime(),
            Decimal: Amount(),
            enum.Enum: sa.Enum(
                enum.Enum,
                values_callable=_values,
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
        },
    )

    #: Whether a change of a row changes what readers can see; then the content version goes up with it.
    readers_see = False
    #: Name of the attribute with the id of the post whose card and place in lists a change of this row changes.
    touches_post: str | None = None

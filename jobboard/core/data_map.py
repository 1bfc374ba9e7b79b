"""The data map: what every column says about itself, for the record of processing (GDPR Art. 30) and for tests."""

import dataclasses

from jobboard.core.base import Base


@dataclasses.dataclass(frozen=True)
class Entry:
    """One column: its name as table.column, its class, why it is there, and how long it is kept."""

    column: str
    data: str
    purpose: str
    keep: str


def data_map() -> list[Entry]:
    """Every column of every table whose models are loaded, by name. Raises `KeyError` for one that says nothing."""
    return [
        Entry(
            f"{table.name}.{column.name}",
            column.info["data"].value,
            column.info["purpose"],
            column.info["keep"].value,
        )
        for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name)
        for column in table.columns
    ]

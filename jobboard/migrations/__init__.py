"""The schema's history. `upgrade` brings any database to the models; each step also goes back, on both engines.

Alembic takes a fifth of a program's start and is needed only when the schema changes, so it is imported there.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent


def configuration(engine: Engine) -> "Config":
    """Alembic's configuration for this engine, without a file."""
    from alembic.config import Config  # slow import

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, forward."""
    from alembic import command  # slow import

    command.upgrade(configuration(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to a revision; "base" is empty."""
    from alembic import command  # slow import

    command.downgrade(configuration(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        return is_current_over(connection)


def is_current_over(connection: Connection) -> bool:
    """Whether the database this connection leads to is at the newest revision."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == [newest_revision()]


@cache
def newest_revision() -> str:
    """The revision the code of this process is written for: the last of the files, which are named by their number."""
    return max(path.stem.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))

"""The schema's history. `upgrade` brings any database to the models; each step also goes back, on both engines."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine


def configuration(engine: Engine) -> Config:
    """Alembic's configuration for this engine, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, forward."""
    command.upgrade(configuration(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to a revision; "base" is empty."""
    command.downgrade(configuration(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        return is_current_over(connection)


def is_current_over(connection: Connection) -> bool:
    """Whether the database this connection leads to is at the newest revision."""
    return MigrationContext.configure(connection).get_current_revision() == newest_revision()


@cache
def newest_revision() -> str | None:
    """The revision the code of this process is written for."""
    return ScriptDirectory(str(Path(__file__).parent)).get_current_head()

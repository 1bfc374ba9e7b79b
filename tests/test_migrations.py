"""The schema's history leads to the models on both engines, and back."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from jobboard.core.base import Base
from jobboard.core.db import prepare_engine
from jobboard.migrations import configuration, downgrade, is_current, newest_revision, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'history.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database("history")
    engine = sa.create_engine(url)
    prepare_engine(engine)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop_database("history")


def tables(engine: sa.Engine) -> set[str]:
    return {name for name in sa.inspect(engine).get_table_names() if not name.startswith("search_fts")}


def test_history_leads_to_the_models_and_back(empty_engine):
    upgrade(empty_engine)
    assert is_current(empty_engine)
    assert tables(empty_engine) == {*Base.metadata.tables, "alembic_version"}
    command.check(configuration(empty_engine))  # raises when the models and the history differ
    downgrade(empty_engine, "base")
    assert tables(empty_engine) == {"alembic_version"}
    upgrade(empty_engine)
    assert is_current(empty_engine)


def test_newest_revision_is_the_one_that_history_ends_with(empty_engine):
    assert ScriptDirectory.from_config(configuration(empty_engine)).get_heads() == [newest_revision()]
    assert not is_current(empty_engine)


def test_new_database_has_its_single_rows(empty_engine):
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM content_version")).scalar() == 1
        assert connection.execute(sa.text("SELECT count(*) FROM site")).scalar() == 1


def test_every_column_says_what_it_is_for():
    for table in Base.metadata.tables.values():
        for column in table.columns:
            assert {"data", "purpose", "keep"} <= column.info.keys(), f"{table.name}.{column.name}"

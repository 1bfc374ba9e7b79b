"""`jobboard import …` as people run it: what it prints, how it ends, and what it says to files that are none."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import g

from jobboard import create_app
from jobboard.cli import main
from jobboard.config import settings_from
from jobboard.core.db import db, session
from jobboard.files.storage import DiskStorage
from jobboard.openings.models import Contract, Hours, JobOffer
from jobboard.posts.models import Phase, Post
from jobboard.transfer.actions import Report
from jobboard.transfer.commands import with_progress
from tests.conftest import SECRET

DOCS = Path(__file__).parents[2] / "docs"
MAPPING = '[fields]\nreference = "id"\ntitle = "title"\nlocale = { value = "en" }\npublished = "date"\n'
POST = "---\ntitle: One\ndate: 2024-05-06\n---\nText\n"


@pytest.fixture
def run(app, tmp_path):
    """Runs `jobboard import …` on files with these contents; a traceback fails the test."""

    def command(kind, files, *options):
        for name in list(g):  # what requests before left in the test's app context
            g.pop(name)
        for name, content in files.items():
            path = tmp_path / "source" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        arguments = ["import", kind, str(tmp_path / "source")]
        if kind == "openings":
            name = next(name for name in files if name != "map.toml")
            mapping = str(tmp_path / "source" / "map.toml")
            arguments = ["import", kind, str(tmp_path / "source" / name), "--mapping", mapping]
        result = app.test_cli_runner().invoke(main, [*arguments, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def openings(run, rows, *options, mapping=MAPPING, name="jobs.json"):
    content = rows if isinstance(rows, str | bytes) else json.dumps(rows)
    return run("openings", {name: content, "map.toml": mapping}, *options)


def count(model=Post):
    return session().execute(sa.select(sa.func.count(model.id))).scalar_one()


ROW = {"id": "a", "title": "Clerk", "date": "2024-05-06"}


def test_command_tells_each_row_and_the_sums_and_ends_with_0_when_all_is_imported(run):
    first = openings(run, [ROW, {**ROW, "id": "b", "title": "Baker (m/w/d)"}])
    assert first.exit_code == 0
    assert first.output.splitlines() == [
        "note    row 2 (b), title: Taken out of the title, because the site adds its own: (m/w/d)",
        "2 looked at: 2 new, 0 changed, 0 unchanged, 0 left out. Notes: 1. Errors: 0.",
    ]
    second = openings(run, [{**ROW, "title": "Clark"}, {**ROW, "id": "b", "title": "Baker (m/w/d)"}], "--quiet")
    assert second.output.splitlines() == [
        "2 looked at: 0 new, 1 changed, 1 unchanged, 0 left out. Notes: 1. Errors: 0."
    ]


def test_command_ends_with_1_when_a_row_is_left_out_and_imports_the_others(run):
    result = openings(run, [ROW, {**ROW, "title": ""}, {**ROW, "id": "c", "title": "Baker"}])
    assert result.exit_code == 1
    assert "error   row 2 (a), reference: The reference “a” is also that of row 1." not in result.output
    assert "error   row 2 (a), title: “title” is empty, and nothing can be imported without it." in result.output
    assert result.output.splitlines()[-1].startswith("3 looked at: 2 new, 0 changed, 0 unchanged, 1 left out.")
    assert count() == 2


def test_dry_run_leaves_nothing(run):
    result = openings(run, [ROW], "--dry-run")
    assert (result.exit_code, count()) == (0, 0)
    assert result.output.endswith("Dry run: nothing was kept.\n")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ('[{"id": "a", ', "error   the file: The file is not valid JSON"),
        ("[" * 100_000, "error   the file: The file is not valid JSON"),
        (b"\xff\xfe[]", "error   the file: The file is not UTF-8 text"),
        ("", "error   the file: The file is not valid JSON"),
        ("[]", "error   the file: The file holds no openings."),
        ('{"jobs": []}', "error   the file: There is no list of openings at “/”."),
        ('[{"id": "a", "id": "b"}]', "error   the file: The column “id” stands twice"),
        ('[{"id": "a"}]', "error   the file: The mapping names the column “title”, which the file does not have."),
        ('[{"id": "a", "title": "x", "date": NaN}]', "error   the file: The file is not valid JSON"),
    ],
)
def test_broken_file_is_told_in_a_sentence_and_nothing_is_imported(run, rows, sentence):
    result = openings(run, rows)
    assert (result.exit_code, count()) == (1, 0)
    assert sentence in result.output
    assert "0 looked at" in result.output


def test_column_that_nobody_mapped_is_told(run):
    result = openings(run, [{**ROW, "salary": "secret"}])
    assert result.exit_code == 0
    assert "note    the file: The column “salary” (in 1 rows, such as “secret”) is not in the mapping" in result.output


def test_text_of_ten_megabytes_is_an_error_of_its_row(run):
    mapping = MAPPING + 'body = "body"\n'
    result = openings(run, [{**ROW, "body": "x" * 10_000_000}, {**ROW, "id": "b", "body": "short"}], mapping=mapping)
    assert (result.exit_code, count()) == (1, 1)
    assert "error   row 1 (a), body: “body” is longer than 1000000 characters." in result.output


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("[fields", "The mapping is not valid TOML"),
        (b"\xff", "The mapping is not valid TOML"),
        (MAPPING + 'titel = "x"\n', "fields.titel: There is no such key."),
        ('[fields]\ntitle = "title"\n', "fields.reference: Every mapping needs this field."),
    ],
)
def test_mistakes_of_the_mapping_are_told_with_their_key(run, mapping, sentence):
    result = openings(run, [ROW], mapping=mapping)
    assert (result.exit_code, count()) == (1, 0)
    assert "Error: Nothing was imported. The mapping has mistakes:\n" in result.output
    assert sentence in result.output


def test_file_that_is_not_there_is_told(run, app):
    result = app.test_cli_runner().invoke(main, ["import", "openings", "nowhere.json", "--mapping", "nowhere.toml"])
    assert result.exit_code == 2
    assert "'nowhere.toml' does not exist" in result.output


CSV = """Number;Job title;Teaser;Online since;State;Places;From;Hours;Internal id
7;"Köchin (m/w/d)";"Kochen;
für viele";01.02.2024 08:00;online;"Graz, Österreich; Wien";"2.400,50";Vollzeit;x1
8;Kellner;;01.03.2024 08:00;filled;Linz;;auf Anfrage;x2
9;Bäcker;;02.03.2024 08:00;perhaps;Linz;;Vollzeit;x3
10;Bäcker;;02.03.2024 08:00;online;Linz;;Vollzeit;x3;too many
"""


def test_csv_is_imported_through_the_mapping_of_the_documentation(run, client):
    mapping = re.search(r"```toml\n(format = .*?)```", (DOCS / "import.md").read_text(), re.DOTALL)[1]
    result = openings(run, CSV.replace("\n", "\r\n").encode("utf-8-sig"), mapping=mapping, name="jobs.csv")
    assert result.exit_code == 1
    assert "4 looked at: 2 new, 0 changed, 0 unchanged, 2 left out." in result.output
    assert "error   row 3 (9), State: “perhaps” says neither yes nor no." in result.output
    assert "error   row 4: The row has more cells than the header." in result.output
    assert "row 1 (7), From: The pay was left out" in result.output
    cook, waiter = session().execute(sa.select(JobOffer).order_by(Post.reference)).scalars()
    assert (cook.texts[0].title, cook.texts[0].locale, cook.texts[0].summary) == ("Köchin", "de", "Kochen; für viele")
    assert (cook.hours, waiter.hours, cook.contract) == (Hours.full_time, None, None)
    assert [row.place.key for row in cook.places] == ["AT/Graz", "AT/Vienna"]
    assert (cook.publish_at.isoformat(), waiter.phase(cook.publish_at)) == (
        "2024-02-01T07:00:00+00:00",
        Phase.scheduled,
    )
    assert client.get(f"/de/jobs/{cook.texts[0].slug}/").status_code == 200
    assert client.get(f"/de/jobs/{waiter.texts[0].slug}/").status_code == 410
    again = openings(run, CSV.replace("\n", "\r\n").encode("utf-8-sig"), mapping=mapping, name="jobs.csv")
    assert "4 looked at: 0 new, 0 changed, 2 unchanged, 2 left out." in again.output


def test_example_of_the_documentation_can_be_read(run):
    mapping = (DOCS / "examples" / "openings-real.toml").read_text()
    row = {
        "reference": "a", "title": "Clerk", "team": "Example", "locations": ["Bloomington, IN"], "published": 1719518375,
        "updated": 1719518375, "active": True, "url": "https://example.org/a", "sponsorship": "Other",
    }  # fmt: skip
    assert openings(run, [row], mapping=mapping).output.startswith("1 looked at: 1 new")
    offer = session().execute(sa.select(JobOffer)).scalar_one()
    assert (offer.places[0].place.key, offer.organisation) == ("US/IN/Bloomington", "Example")


def test_posts_are_imported_and_broken_ones_told_by_name(run):
    files = {"good.md": POST, "broken.md": "---\ntitle: [a\n---\n", "twice.md": "---\ntitle: a\ntitle: b\n---\n"}
    result = run("posts", files)
    assert (result.exit_code, count()) == (1, 1)
    assert re.search(r"error   broken\.md(:\d+)?: The front matter cannot be read", result.output)
    assert re.search(r"error   twice\.md(:\d+)?: “title” stands twice in the front matter", result.output)
    assert result.output.splitlines()[-1] == (
        "3 looked at: 1 new, 0 changed, 0 unchanged, 2 left out. Notes: 0. Errors: 2."
    )


def test_posts_are_in_the_language_that_was_asked_for(run):
    assert run("posts", {"a.md": POST}, "--language", "de_AT").exit_code == 0
    assert session().execute(sa.select(Post)).scalar_one().texts[0].locale == "de"
    result = run("posts", {"a.md": POST}, "--language", "English!")
    assert result.exit_code == 2
    assert "“English!” is not a language tag" in result.output


def test_nothing_is_imported_when_pictures_cannot_be_stored(run, app, tmp_path):
    (tmp_path / "no folder").write_bytes(b"")
    app.extensions["storage"] = DiskStorage(tmp_path / "no folder")
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
        "0000000049454e44ae426082"
    )
    result = run("posts", {"a.md": f"{POST}![i](i.png)\n", "i.png": picture})
    assert (result.exit_code, count()) == (1, 0)
    assert "Error: Nothing was imported. The pictures cannot be stored:" in result.output


def test_site_without_tables_is_told_in_a_sentence(tmp_path):
    environment = {"JOBBOARD_DATA_DIR": str(tmp_path), "JOBBOARD_SECRET_KEY": SECRET}
    app = create_app(settings_from(environment), testing=True)
    (tmp_path / "a.md").write_text(POST)
    result = app.test_cli_runner().invoke(main, ["import", "posts", str(tmp_path)])
    assert result.exit_code == 1
    assert "Error: Nothing was imported. The database refused: " in result.output
    with app.app_context():
        db.engine.dispose()


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self):
        return True


def test_progress_is_shown_where_somebody_looks():
    def work(step):
        for done in range(1, 5):
            step(done, 4)
        return Report(new=4)

    terminal, pipe = Terminal(), io.StringIO()
    with contextlib.redirect_stderr(terminal):
        assert with_progress("Importing", work).total == 4
    with contextlib.redirect_stderr(pipe):
        with_progress("Importing", work)
    assert "100%" in terminal.getvalue()
    assert pipe.getvalue() == ""


def test_contracts_of_the_documentation_are_those_that_are_understood():
    text = (DOCS / "import.md").read_text()
    for member in Contract:
        assert f"`{member.value}`" in text

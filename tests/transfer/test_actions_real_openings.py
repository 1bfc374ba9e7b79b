"""The real list of 400 openings, through the real command and the real pages."""

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import g

from jobboard.cli import main
from jobboard.core.db import content_version, session
from jobboard.openings.models import JobOffer
from jobboard.posts.models import Post, PostText

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "openings-real.json"
MAPPING = ROOT / "docs" / "examples" / "openings-real.toml"
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="The list of real openings is not beside the checkout.")


@pytest.fixture
def command(app):
    """Runs `jobboard import openings` on the real list."""

    def run(*options):
        for name in list(g):  # what the requests before left in the test's app context
            g.pop(name)
        arguments = ["import", "openings", str(REAL), "--mapping", str(MAPPING), *options]
        return app.test_cli_runner().invoke(main, arguments)

    return run


def slugs(references):
    rows = session().execute(
        sa.select(Post.reference, PostText.slug).join(PostText).where(Post.reference.in_(references))
    )
    return {row.reference: row.slug for row in rows}


def test_every_real_opening_is_imported_and_its_page_answers(command, client, queries):
    rows = json.loads(REAL.read_text())
    active = {row["reference"] for row in rows if row["active"]}
    inactive = {row["reference"] for row in rows} - active
    assert (len(rows), len(active), len(inactive)) == (400, 46, 354)

    first = command()
    assert (first.exit_code, first.exception) == (0, None), first.output
    assert "400 looked at: 400 new, 0 changed, 0 unchanged, 0 left out. Notes: 13. Errors: 0." in first.output
    assert session().execute(sa.select(sa.func.count(JobOffer.id))).scalar_one() == 400

    listed = []
    for number in (1, 2, 3):
        page = client.get(f"/en/jobs/?page={number}" if number > 1 else "/en/jobs/").text
        listed += re.findall(r'href="/en/jobs/([a-z0-9-]+)/"', page)
        assert "46 openings" in page
    assert client.get("/en/jobs/?page=4").status_code == 302

    by_reference = slugs(active)
    assert set(listed) == set(by_reference.values())
    assert {client.get(f"/en/jobs/{slug}/").status_code for slug in by_reference.values()} == {200}
    gone = sorted(slugs(inactive).values())
    assert len(gone) == 354
    if session().get_bind().dialect.name == "postgresql":
        gone = gone[::20]  # all of them are asked for on SQLite; it takes seconds
    assert {client.get(f"/en/jobs/{slug}/").status_code for slug in gone} == {410}

    version = content_version()
    with queries() as log:
        second = command()
    assert (second.exit_code, second.exception) == (0, None), second.output
    assert "400 looked at: 0 new, 0 changed, 400 unchanged, 0 left out. Notes: 13. Errors: 0." in second.output
    assert [statement for statement in log if WRITES.match(statement)] == []
    assert len(log) < 20
    assert content_version() == version

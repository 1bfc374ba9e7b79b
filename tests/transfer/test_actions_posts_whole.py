"""A whole blog of many posts: what the dry run says is what happens, every link and picture leads somewhere, and an import that
was stopped goes on."""

import html
import re
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from flask import g

from bench.blog import write_blog
from jobboard.cli import main
from jobboard.core.db import db, session
from jobboard.files.models import StoredFile
from jobboard.posts.models import Post, PostText
from jobboard.posts.models_writing import OldPath
from jobboard.transfer.actions_posts import AT_ONCE, ImportStopped, import_posts
from jobboard.transfer.commands import run

POSTS = AT_ONCE + 15
TARGET = re.compile(r'\b(?:href|src)="([^"]+)"|\bsrcset="([^"]+)"')


@pytest.fixture(scope="module")
def blog(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("blog")
    write_blog(folder, POSTS)
    return folder


@pytest.fixture(autouse=True)
def in_a_request(own_app):
    with own_app.test_request_context():
        yield


def targets(page: str) -> set[str]:
    """Everything a page leads to or shows on this site, without parts of pages."""
    found = set()
    for link, sizes in TARGET.findall(page):
        found |= {one.split()[0] for one in sizes.split(",")} if sizes else {link}
    return {html.unescape(one).split("#")[0] for one in found if one.startswith("/") and not one.startswith("//")}


def count(model) -> int:
    return session().execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_dry_run_says_what_the_import_does_and_everything_leads_somewhere(own_app, blog):
    dry = import_posts(blog, "en", dry_run=True)
    assert (count(Post), count(StoredFile)) == (0, 0)
    report = import_posts(blog, "en")
    assert report == dry
    assert (report.new, report.pictures, report.addresses) == (POSTS + POSTS // 10, POSTS // 4, 2 * POSTS)
    again = import_posts(blog, "en")
    assert (again.unchanged, again.new, again.changed) == (report.new, 0, 0)
    assert again.messages == report.messages
    client = own_app.test_client()
    waiting = {f"/{text.locale}/articles/{text.slug}/" for text in session().execute(sa.select(PostText)).scalars()}
    assert len(waiting) == report.new
    waiting |= {"/en/", "/de/", *session().execute(sa.select(OldPath.path)).scalars()}
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        with client.get(path, follow_redirects=True) as answer:
            assert answer.status_code == 200, path
            if re.fullmatch(r"/\w\w/articles/[^/]+/", path):
                waiting |= targets(answer.text) - seen
    assert sum("/files/" in path for path in seen) >= POSTS // 4
    assert not session().execute(sa.select(PostText.id).where(PostText.html.contains("tidenhub.example"))).all()


def test_interrupted_import_goes_on_without_doubles(own_app, blog):
    def interrupt(done: int, _total: int) -> None:
        if done == AT_ONCE + 3:
            raise KeyboardInterrupt

    with pytest.raises(ImportStopped) as stopped:
        import_posts(blog, "en", progress=interrupt)
    assert (stopped.value.done, stopped.value.total) == (AT_ONCE, POSTS)
    session().rollback()
    assert count(Post) == AT_ONCE
    there = count(PostText)
    report = import_posts(blog, "en")
    assert (report.unchanged, report.new) == (there, POSTS + POSTS // 10 - there)
    assert count(Post) == POSTS
    assert count(OldPath) == 2 * POSTS
    assert import_posts(blog, "en").new == 0


def test_interrupted_before_the_first_batch_nothing_is_imported():
    def interrupted(_progress):
        raise KeyboardInterrupt

    with pytest.raises(click.ClickException, match=r"Nothing was imported\. It was interrupted\."):
        run("Importing posts", interrupted, dry_run=False, quiet=False)


def limit_pages(more: int) -> None:
    """Let the database grow by so many pages only: what a full disk does."""
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


def test_full_disk_is_told_with_what_is_there_and_the_next_run_goes_on(own_app, blog):
    def fill_disk(done: int, _total: int) -> None:
        if done == AT_ONCE + 1:
            limit_pages(3)

    def work(_progress):
        return import_posts(blog, "en", progress=fill_disk)

    said = rf"Stopped after {AT_ONCE} of {POSTS} posts\. The database refused: .*full.*goes on where this one stopped\."
    with pytest.raises(click.ClickException, match=said):
        run("Importing posts", work, dry_run=False, quiet=False)
    session().rollback()
    assert count(Post) == AT_ONCE
    there = count(PostText)
    db.session.remove()
    db.engine.dispose()  # the limit was one of its connections
    for name in list(g):
        g.pop(name)  # another command begins
    done = own_app.test_cli_runner().invoke(main, ["import", "posts", str(blog)])
    assert done.exit_code == 0, done.output
    assert f"{POSTS + POSTS // 10 - there} new, 0 changed, {there} unchanged" in done.output
    assert count(Post) == POSTS

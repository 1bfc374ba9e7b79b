"""An export imports back to the same site, byte for byte on the second round; what cannot be understood is told."""

import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from jobboard.core.db import session, writing
from jobboard.files.actions import keep_picture, read_picture
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.posts.actions import begin_article, move_to, save_text
from jobboard.posts.models import Post, PostText
from jobboard.posts.models_writing import OldPath
from jobboard.transfer.actions_demo import load_demo
from jobboard.transfer.actions_site import import_site
from jobboard.transfer.exports_site import FolderNotEmpty, export_site
from jobboard.transfer.markup_site import SiteFormatError, as_markdown, read_markdown
from tests.factories import make_article, make_offer, make_person


def empty():
    session().rollback()
    with writing() as current:
        for model in (PostText, JobOffer, Post):
            current.execute(sa.delete(model.__table__))


def demo(app):
    with app.test_request_context():
        load_demo()


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_demo_site_is_the_same_after_a_round_and_again_unchanged(own_app, other, tmp_path):
    demo(own_app)
    count = export_site(tmp_path / "one")
    first = tree(tmp_path / "one")
    assert count == session().execute(sa.select(sa.func.count()).select_from(Post)).scalar_one() > 10
    assert any(name.startswith("files/") for name in first)
    assert not any(
        b"argon2" in data or b"@tidenhub.example" in data for name, data in first.items() if "people" in name
    )
    with other("two") as app:
        report = import_site(tmp_path / "one")
        assert (report.new, report.changed) == (count, 0)
        export_site(tmp_path / "second")
        assert tree(tmp_path / "second") == first
        again = import_site(tmp_path / "one")
        assert (again.new, again.changed, again.unchanged) == (0, 0, count)
        client = app.test_client()
        assert "card-opening" in client.get("/en/jobs/").text
        words = client.get("/en/search/?q=ferry").text
        assert "<mark>" in words


def test_old_addresses_go_along(own_app, other, tmp_path):
    post = make_article("An outage", slug="an-outage")
    move_to(post.texts[0], "an-outage-explained")
    session().add(OldPath(path="/blog/outage", text_id=post.texts[0].id))
    session().commit()
    export_site(tmp_path / "one")
    with other("two") as app:
        import_site(tmp_path / "one")
        client = app.test_client()
        assert client.get("/en/articles/an-outage/").location == "/en/articles/an-outage-explained/"
        assert client.get("/blog/outage").status_code == 301
        export_site(tmp_path / "second")
        assert tree(tmp_path / "second") == tree(tmp_path / "one")
        assert import_site(tmp_path / "one").messages == []


def test_export_whose_line_ends_were_changed_is_read_as_it_was(own_app, other, tmp_path):
    make_article("An outage", slug="an-outage", markdown="One.\n\nTwo.")
    session().commit()
    export_site(tmp_path / "one")
    text = tmp_path / "one" / "articles" / "an-outage" / "en.md"
    text.write_bytes(b"\xef\xbb\xbf" + text.read_bytes().replace(b"\n", b"\r\n"))
    with other("two"):
        assert import_site(tmp_path / "one").new == 1
        assert session().execute(sa.select(PostText.markdown)).scalar_one() == "One.\n\nTwo."


def test_dry_run_keeps_nothing(own_app, other, tmp_path):
    make_article("An outage")
    session().commit()
    export_site(tmp_path / "one")
    with other("two"):
        assert import_site(tmp_path / "one", dry_run=True).new == 1
        assert session().execute(sa.select(Post)).first() is None


def test_changed_export_changes_what_it_says_and_keeps_roles(own_app, tmp_path):
    person = make_person("Alma Berg", slug="alma-berg", role=None)
    make_article("An outage", slug="an-outage", authors=[person])
    kept = make_article("Only here")
    session().commit()
    export_site(tmp_path / "one")
    people = tmp_path / "one" / "people.json"
    people.write_text(people.read_text().replace("Alma Berg", "Alma Berg-Sand"))
    text = tmp_path / "one" / "articles" / "an-outage" / "en.md"
    text.write_bytes(text.read_bytes().replace(b"title: An outage", b"title: Two outages"))
    shutil.rmtree(tmp_path / "one" / "articles" / kept.texts[0].slug)
    report = import_site(tmp_path / "one")
    assert (report.new, report.changed, report.unchanged) == (0, 1, 0)
    session().expire_all()
    titles = set(session().execute(sa.select(PostText.title)).scalars())
    assert titles == {"Two outages", "Only here"}
    assert session().execute(sa.select(Person.name).where(Person.slug == "alma-berg")).scalar_one() == "Alma Berg-Sand"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("jobboard.json", b'"form": 1', b'"form": 2', "another version"),
        ("people.json", b'"slug": "', b'"slug": null, "was": "', "slug"),
        ("people.json", b"[", b"{", "not JSON"),
        ("people.json", b'"links": []', b'"links": [{"label": "x", "url": "javascript:alert(1)"}]', "links"),
        ("articles/an-outage/post.json", b'"state": "published"', b'"state": "half"', "state"),
        ("articles/an-outage/post.json", b'"alma-berg"', b'"nobody"', "nobody"),
        ("articles/an-outage/post.json", b'"original_locale": "en"', b'"original_locale": "fr"', "own language"),
        ("articles/an-outage/en.md", b"---\n", b"- - -\n", "front matter"),
        ("articles/an-outage/en.md", b"title: An outage", b"title: 7", "title"),
        ("articles/an-outage/post.json", b'"publish_at": "', b'"publish_at": "soon', "publish_at"),
    ],
)
def test_what_cannot_be_understood_is_told_and_changes_nothing(own_app, other, tmp_path, name, old, new, said):
    make_article("An outage", slug="an-outage", authors=[make_person(slug="alma-berg")])
    session().commit()
    export_site(tmp_path / "one")
    path = tmp_path / "one" / name
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    with other("two"):
        with pytest.raises(SiteFormatError, match=said):
            import_site(tmp_path / "one")
        session().rollback()
        assert session().execute(sa.select(Post)).first() is None


def test_picture_that_is_not_what_its_name_says_is_refused(own_app, other, tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    make_person(slug="alma-berg").picture = keep_picture(read_picture(picture.getvalue(), "face.png"))
    session().commit()
    export_site(tmp_path / "one")
    with other("good"):
        import_site(tmp_path / "one")
        assert session().execute(sa.select(Person.picture_id)).scalar_one() is not None
    files = json.loads((tmp_path / "one" / "files.json").read_text())
    path = tmp_path / "one" / "files" / files[0]["key"]
    path.write_bytes(b"<script>" + path.read_bytes()[8:])
    with other("two"), pytest.raises(SiteFormatError, match=r"files/"):
        import_site(tmp_path / "one")


def test_folder_that_holds_something_is_left_alone(own_app, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "mine.txt").write_text("mine")
    with pytest.raises(FolderNotEmpty):
        export_site(tmp_path / "one")
    assert tree(tmp_path / "one") == {"mine.txt": b"mine"}


def test_command_tells_what_it_did(own_app, tmp_path):
    make_offer("Deckhand", slug="deckhand", contact=make_person(slug="alma-berg"))
    session().commit()
    runner = own_app.test_cli_runner()
    from jobboard.cli import main

    done = runner.invoke(main, ["export", str(tmp_path / "one")])
    assert done.exit_code == 0, done.output
    assert "1 posts and openings are in" in done.output
    done = runner.invoke(main, ["export", str(tmp_path / "one")])
    assert done.exit_code == 1
    assert "is not empty" in done.output
    done = runner.invoke(main, ["import", "site", str(tmp_path / "one")])
    assert done.exit_code == 0, done.output
    assert "1 unchanged" in done.output
    (tmp_path / "one" / "people.json").unlink()
    done = runner.invoke(main, ["import", "site", str(tmp_path / "one")])
    assert done.exit_code == 1
    assert "people.json cannot be read" in done.output


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\r"), max_size=60)
LINES = st.lists(
    st.sampled_from(["---", "- a", "# x", ": [", "'", '"', "\\", "  ", "\u2028", "é", "مرحبا", "😀", "%x", "&a", "!b"])
)
MOMENTS = st.integers(0, 4_000_000_000_000_000).map(
    lambda number: dt.datetime(1980, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=number)
)


def test_end_of_line_of_another_alphabet_comes_back():
    front = {"title": "a\x85b ü", "slug": "a"}
    assert read_markdown(as_markdown(front, "body"), "a.md") == (front, "body")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=TEXTS, lines=LINES, body=TEXTS)
def test_front_matter_holds_every_text(title, lines, body):
    front = {"title": title, "summary": "\n".join(lines), "slug": "a"}
    markdown = "\n".join([*lines, body])
    assert read_markdown(as_markdown(front, markdown), "a.md") == (front, markdown)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    posts=st.lists(
        st.tuples(TEXTS.filter(str.strip), LINES, st.sampled_from(["en", "de", "fr", "zh-Hant"]), MOMENTS),
        min_size=1,
        max_size=5,
    )
)
def test_hostile_titles_languages_and_dates_come_back(own_app, second, tmp_path_factory, posts):
    folder = tmp_path_factory.mktemp("round")
    empty()
    for number, (title, lines, locale, moment) in enumerate(posts):
        with writing():
            post = JobOffer() if number % 2 else begin_article(locale=locale)
            if number % 2:
                post.original_locale, post.created_at, post.updated_at = locale, moment, moment
                session().add(post)
            save_text(post, locale, title=title, summary=" ".join(lines), markdown="\n".join(lines))
            post.created_at = post.updated_at = moment
    export_site(folder / "one")
    with second.app_context():
        empty()
        import_site(folder / "one")
        export_site(folder / "two")
    assert tree(folder / "one") == tree(folder / "two")

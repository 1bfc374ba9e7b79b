"""Whole little blogs of Jekyll, Hugo and Zola, imported and imported again: through the importer, seen on the pages."""

import datetime as dt
import io
import re
import shutil

import pytest
import sqlalchemy as sa
import time_machine
from flask import g
from PIL import Image

from jobboard.core.db import session, writing
from jobboard.files.models import StoredFile
from jobboard.posts.actions import publish, withdraw_to_draft
from jobboard.posts.models import Phase, Post, PostState
from jobboard.transfer.actions import Told
from jobboard.transfer.actions_posts import import_posts
from tests.factories import make_offer

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
NOW = dt.datetime(2025, 3, 3, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon(app):
    with time_machine.travel(NOW, tick=False), app.test_request_context():
        yield


def picture(colour="red", form="PNG"):
    target = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(target, form)
    return target.getvalue()


def tree(root, files):
    """Files below a folder, by path; texts or bytes."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def numbers(report):
    return (report.new, report.changed, report.unchanged, report.left_out, report.pictures)


def sentences(report, told=Told.note):
    return [f"{message.where}: {message.sentence}" for message in report.messages_of(told)]


def found(key):
    return session().execute(sa.select(Post).where(Post.reference == f"file:{key}")).scalar_one()


def shown(client, key, locale="en"):
    text = found(key).text(locale)
    return client.get(f"/{locale}/articles/{text.slug}/")


def imported(root, language="en", **options):
    """Import as the command does: not inside of what a request before left in the test's app context."""
    for name in list(g):
        g.pop(name)
    return import_posts(root, language, **options)


def imported_twice(root, queries, language="en"):
    """The first report, after a second import that wrote nothing and told the same notes."""
    first = imported(root, language)
    with queries() as log:
        second = imported(root, language)
    assert [statement for statement in log if WRITES.match(statement)] == []
    assert numbers(second) == (0, 0, first.new, first.left_out, first.pictures)
    assert sentences(second) == sentences(first)
    return first


JEKYLL = {
    "_config.yml": "title: Blog\nlang: en\ntimezone: Europe/Berlin\nbaseurl: /blog\n",
    "_data/authors.yml": "ada:\n  name: Ada Lovelace\n",
    "_posts/2024-05-06-moving-to-postgres.md": """---
layout: post
title: "Moving: to PostgreSQL"
author: ada
categories: operations databases
tags: [PostgreSQL]
date: 2024-05-06 10:00:00 +0200
redirect_from: /2024/old.html
toc_sticky: true
---
First paragraph.

![Graph]({{ site.baseurl }}/assets/graph.png)
""",
    "_posts/2024-01-02-named.markdown": "---\ntitle: Named\nauthor: ada\ntoc_sticky: true\n---\nText\n",
    "_drafts/idea.md": "---\ntitle: Idea\n---\nSoon\n",
    "about.md": "---\nlayout: page\ntitle: About\n---\n",
    "assets/graph.png": picture(),
    "assets/unused.png": picture("blue"),
}


def test_jekyll_blog_is_on_the_site_when_it_was_imported(client, queries, tmp_path):
    report = imported_twice(tree(tmp_path / "blog", JEKYLL), queries)
    assert numbers(report) == (3, 0, 0, 4, 1)
    assert report.total == len(JEKYLL)
    assert sentences(report, Told.error) == []
    assert sentences(report) == [
        "blog: Nothing was taken from “toc_sticky” (in 2 files).",
        "_config.yml: Not Markdown.",
        "about.md: A page of the site, not a post.",
        "_data/authors.yml: Not Markdown.",
        "assets/unused.png: Not Markdown.",
    ]
    page = shown(client, "_posts/2024-05-06-moving-to-postgres")
    assert page.status_code == 200
    assert "Ada Lovelace" in page.text
    image = re.search(r'<img src="(/files/[^"]+)" alt="Graph"', page.text)
    assert client.get(image[1]).content_type == "image/png"
    post = found("_posts/2024-05-06-moving-to-postgres")
    assert post.publish_at == dt.datetime(2024, 5, 6, 8, tzinfo=dt.UTC)
    assert [category.slug for category in post.categories] == ["operations", "databases", "postgresql"]
    named = found("_posts/2024-01-02-named")
    assert named.publish_at == dt.datetime(2024, 1, 1, 23, tzinfo=dt.UTC)
    assert named.authors == post.authors
    assert found("_drafts/idea").phase(NOW) is Phase.draft
    assert shown(client, "_drafts/idea").status_code == 404
    assert client.get("/en/categories/postgresql/").status_code == 200


HUGO = {
    "hugo.toml": 'baseURL = "https://example.org/"\nlanguageCode = "en-us"\n',
    "content/_index.md": "---\ntitle: Home\n---\n",
    "content/posts/storage/index.md": """+++
title = "Storage"
date = 2024-05-06T10:00:00+02:00
lastmod = 2024-06-01T00:00:00Z
authors = ["Ada Lovelace"]
tags = ["Disks"]
aliases = ["/old-storage/"]
+++
Look: ![Disk](disk.png) and ![the same](./disk.png)
""",
    "content/posts/storage/index.de.md": """+++
title = "Speicher"
date = 2024-05-06T10:00:00+02:00
tags = ["Platten"]
+++
Schau: ![Platte](disk.png) ![Kurve](kurve.jpg)
""",
    "content/posts/storage/disk.png": picture(),
    "content/posts/storage/kurve.jpg": picture("blue", "JPEG"),
    "content/posts/secret.md": '+++\ntitle = "Secret"\ndate = 2024-05-06\ndraft = true\n+++\nHidden.\n',
    "content/posts/later.md": '+++\ntitle = "Later"\ndate = 2026-05-06\n+++\nNot yet.\n',
    "content/posts/later.de.md": '+++\ntitle = "Später"\ndate = 2026-05-06\ndraft = true\n+++\nNoch nicht.\n',
}


def test_hugo_site_is_on_the_site_in_both_languages_when_it_was_imported(client, queries, tmp_path):
    report = imported_twice(tree(tmp_path / "site", HUGO), queries)
    assert numbers(report) == (4, 0, 0, 3, 2)
    assert report.total == len(HUGO)
    notes = sentences(report)
    original, draft = "content/posts/storage/index.md", "content/posts/later.de.md"
    assert notes[0] == f"{draft}: A draft, and a translation of a post that is none (content/posts/later.md); left out."
    assert notes[1] == (
        f"content/posts/storage/index.de.md: Taken from the original ({original}) and not from this translation: tags"
    )
    assert len(notes) == 4
    assert (report.addresses, client.get("/posts/storage").location) == (5, "/en/articles/storage/")
    post = found("posts/storage")
    assert {text.locale: text.slug for text in post.texts} == {"en": "storage", "de": "storage-2"}
    assert len(post.images) == 2
    assert post.updated_at == dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    english, german = shown(client, "posts/storage").text, shown(client, "posts/storage", "de").text
    assert len(set(re.findall(r'src="(/files/[^"]+)"', english))) == 1
    assert len(set(re.findall(r'src="(/files/[^"]+)"', german))) == 2
    assert "Speicher" in german
    assert 'hreflang="de"' in english
    assert found("posts/secret").state is PostState.draft
    assert found("posts/later").phase(NOW) is Phase.scheduled
    assert [text.locale for text in found("posts/later").texts] == ["en"]


ZOLA = {
    "config.toml": 'base_url = "https://example.org/notes"\ndefault_language = "de"\n',
    "templates/page.html": "<p>",
    "content/_index.md": "+++\n+++\n",
    "content/2024-03-01-rueckblick.md": """+++
title = "Rückblick"
updated = 2024-03-05
[taxonomies]
tags = ["Betrieb", "Technik"]
[extra]
author = "Jürgen Groß"
+++
Kurz.

<!-- more -->

Lang. ![Bild](/bild.png)
""",
    "static/bild.png": picture("green"),
}


def test_zola_site_is_on_the_site_when_it_was_imported(client, queries, tmp_path):
    report = imported_twice(tree(tmp_path / "site", ZOLA), queries)
    assert numbers(report) == (1, 0, 0, 3, 1)
    post = found("2024-03-01-rueckblick")
    assert (post.original_locale, post.publish_at.date()) == ("de", dt.date(2024, 3, 1))
    assert [author.slug for author in post.authors] == ["juergen-gross"]
    page = shown(client, "2024-03-01-rueckblick", "de")
    assert "Jürgen Groß" in page.text
    assert "/files/" in page.text
    assert "Rückblick" in client.get("/de/").text


SIMPLE = {
    "a.md": "---\ntitle: One\ndate: 2024-05-06\nauthor: Ada\ntags: [x]\n---\nText ![i](i.png)\n",
    "i.png": picture(),
}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("title: One", "title: Two", "title"),
        ("Text ", "Words ", "summary, body"),
        ("author: Ada", "author: Bo", "authors"),
        ("tags: [x]", "tags: [x, y]", "categories"),
        ("date: 2024-05-06", "date: 2024-05-07", "published"),
        ("date: 2024-05-06", "date: 2024-05-06\nlastmod: 2025-01-01", "updated"),
        ("![i](i.png)", "", "summary, body, images"),
    ],
)
def test_exactly_that_is_updated_when_a_file_changes(client, tmp_path, old, new, names):
    tree(tmp_path, SIMPLE)
    imported(tmp_path)
    slug = found("a").texts[0].slug
    tree(tmp_path, {"a.md": SIMPLE["a.md"].replace(old, new)})
    report = imported(tmp_path)
    told = sentences(report, Told.changed)
    assert len(told) == 1
    assert set(told[0].removeprefix("a.md: ").split(", ")) <= set(names.split(", "))
    assert names.split(", ")[-1] in told[0]
    assert (found("a").texts[0].slug, shown(client, "a").status_code) == (slug, 200)
    assert imported(tmp_path).unchanged == 1


def test_last_change_follows_the_file_also_later(tmp_path):
    text = "---\ntitle: One\ndate: 2024-05-06\nlastmod: {}\n---\nText {}\n"
    tree(tmp_path, {"a.md": text.format("2024-06-01", "")})
    imported(tmp_path)
    tree(tmp_path, {"a.md": text.format("2024-07-01", "more")})
    imported(tmp_path)
    assert found("a").updated_at == dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    tree(tmp_path, {"a.md": text.format("2024-07-01", "even more")})
    imported(tmp_path)
    assert found("a").updated_at == NOW


def test_picture_is_another_one_when_its_file_changes(client, tmp_path):
    imported(tree(tmp_path, SIMPLE))
    tree(tmp_path, {"i.png": picture("blue")})
    report = imported(tmp_path)
    assert sentences(report, Told.changed) == ["a.md: body, images"]
    address = re.search(r'src="(/files/[^"]+)"', shown(client, "a").text)[1]
    assert client.get(address).status_code == 200
    assert found("a").images[0].file.key in address


def test_pictures_are_kept_for_the_right_post_when_their_names_are_equal(tmp_path):
    text = "---\ntitle: {0}\ndate: 2024-05-06\n---\n![i](i.png)\n"
    tree(tmp_path, {
        "a/index.md": text.format("A"), "a/index.de.md": text.format("A"), "a/i.png": picture("red"),
        "b/index.md": text.format("B"), "b/i.png": picture("blue"), "c/index.md": text.format("C"),
        "c/i.png": picture("red"),
    })  # fmt: skip
    imported(tmp_path)
    keys = {key: [image.file.key for image in found(key).images] for key in "abc"}
    assert keys["a"] == keys["c"] != keys["b"]
    assert session().execute(sa.select(sa.func.count(StoredFile.id))).scalar_one() == 2


def test_text_moves_when_the_language_of_the_folder_is_told_otherwise(tmp_path):
    imported(tree(tmp_path, SIMPLE))
    report = imported(tmp_path, "de")
    assert sentences(report, Told.changed) == ["a.md: locale"]
    assert [text.locale for text in found("a").texts] == ["de"]


def test_post_stays_as_it_was_decided_here_whatever_its_file_says(tmp_path):
    draft = "---\ntitle: {}\ndate: 2024-05-06\ndraft: {}\n---\nText\n"
    tree(tmp_path, {"a.md": draft.format("A", "true"), "b.md": draft.format("B", "false")})
    imported(tmp_path)
    with writing():
        [a, b] = [found(key) for key in "ab"]
        publish(a)
        withdraw_to_draft(b)
    report = imported(tmp_path)
    assert numbers(report)[:3] == (0, 0, 2)
    assert (found("a").state, found("b").state) == (PostState.published, PostState.draft)
    assert sentences(report) == [
        "a.md: A draft at its source, but published here; it stays published.",
        "b.md: It was taken back to a draft here and stays one.",
    ]


def test_draft_is_published_when_its_file_is_no_draft_any_more(tmp_path):
    tree(tmp_path, {"a.md": "---\ntitle: A\ndate: 2024-05-06\ndraft: true\n---\nText\n"})
    imported(tmp_path)
    assert found("a").phase(NOW) is Phase.draft
    tree(tmp_path, {"a.md": "---\ntitle: A\ndate: 2024-05-06\n---\nText\n"})
    assert sentences(imported(tmp_path), Told.changed) == ["a.md: published"]
    assert found("a").publish_at == dt.datetime(2024, 5, 6, tzinfo=dt.UTC)


def test_whole_post_is_a_draft_when_its_original_is_one(tmp_path):
    text = "---\ntitle: A\ndate: 2024-05-06\ndraft: {}\n---\nText\n"
    tree(tmp_path, {"a.md": text.format("true"), "a.de.md": text.format("false")})
    report = imported(tmp_path)
    assert (numbers(report), found("a").state) == ((2, 0, 0, 0, 0), PostState.draft)
    assert sentences(report) == ["a.de.md: The original (a.md) is a draft, so this translation is one, too."]


def test_second_file_in_one_language_is_left_out_and_told(tmp_path):
    text = "---\ntitle: A\ndate: 2024-05-06\ntranslationKey: k\n---\nText\n"
    report = imported(tree(tmp_path, {"a.md": text, "b.md": text}))
    assert numbers(report) == (1, 0, 0, 1, 0)
    assert sentences(report, Told.error) == ["b.md: Another file (a.md) is the same post in the same language."]


def test_reference_of_something_else_is_an_error_of_its_file(tmp_path):
    make_offer(reference="file:a")
    session().commit()
    report = imported(tree(tmp_path, SIMPLE))
    assert (report.new, report.left_out) == (0, 1)
    assert "no article has the reference “file:a”" in sentences(report, Told.error)[0]


def test_nothing_is_kept_in_a_dry_run_no_picture_either(tmp_path):
    report = imported(tree(tmp_path / "blog", SIMPLE), dry_run=True)
    assert numbers(report) == (1, 0, 0, 0, 1)
    assert session().execute(sa.select(sa.func.count(Post.id))).scalar_one() == 0
    assert session().execute(sa.select(sa.func.count(StoredFile.id))).scalar_one() == 0
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_posts_stay_when_their_files_are_gone(client, tmp_path):
    imported(tree(tmp_path / "blog", {**SIMPLE, "b.md": SIMPLE["a.md"]}))
    (tmp_path / "blog" / "a.md").unlink()
    assert imported(tmp_path / "blog").unchanged == 1
    assert shown(client, "a").status_code == 200
    shutil.rmtree(tmp_path / "blog")
    assert imported(tree(tmp_path / "blog", SIMPLE)).unchanged == 1


def test_hostile_files_are_told_by_name_and_the_others_imported(tmp_path):
    (tmp_path / "secret.png").write_bytes(picture())
    blog = tree(tmp_path / "blog", {
        "a.md": SIMPLE["a.md"].replace("i.png", "../secret.png"),
        "b.md": SIMPLE["a.md"].replace("i.png", "fake.png"),
        "c.md": "---\ntitle: [never closed\n---\nText\n",
        "d.md": "---\ntitle: Large\ndate: 2024-05-06\n---\n" + "word " * 2_100_000,
        "e.md": b"---\ntitle: \xff\xfe\n---\n",
        "f.md": "---\ntitle: NUL\x00\ndate: 2024-05-06\n---\nText\x00\n",
        "g.md": "+++\ntitle = 'x\n+++\n",
        "h.md": "---\ntitle: Vector\ndate: 2024-05-06\n---\n![v](v.svg) ![e](empty.png) ![gone](gone.png)\n",
        "fake.png": b"MZ no picture",
        "v.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "empty.png": b"",
    })  # fmt: skip
    report = imported(blog)
    assert report.total == 11
    assert numbers(report) == (3, 0, 0, 8, 0)
    errors = {where.split(":")[0] for where in sentences(report, Told.error)}
    assert errors == {"c.md", "d.md", "e.md", "f.md", "g.md"}
    notes = "\n".join(sentences(report))
    assert "a.md:7: The image “../secret.png” lies outside of the folder that is imported; it was refused." in notes
    assert "b.md: The image “fake.png” was left out: This is not a picture that can be shown." in notes
    assert "h.md: The image “v.svg” was left out" in notes
    assert "h.md: The image “empty.png” was left out" in notes
    assert "h.md:5: The image “gone.png” was not found." in notes
    assert session().execute(sa.select(sa.func.count(StoredFile.id))).scalar_one() == 0

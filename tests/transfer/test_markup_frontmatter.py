"""Whole little sites of Jekyll, Hugo and Zola, read file by file."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobboard.transfer.markup_frontmatter import (
    ReadPost,
    Skipped,
    bundles,
    find_posts,
    read_old_site,
    read_post_file,
    with_images,
)
from jobboard.transfer.markup_frontmatter_sites import SiteKind
from jobboard.transfer.markup_post_problems import SENTENCES, PostKind
from jobboard.transfer.markup_problems import Level

PNG = b"\x89PNG\r\n\x1a\n"


def site(root, **files):
    """Files below `root`; names with "/" as keys of a dictionary."""
    for name, content in files["files"].items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(root):
    """{path below the folder: post or reason}"""
    old = read_old_site(root)
    return {path.relative_to(root).as_posix(): read_post_file(path, root, old) for path in find_posts(root)}


def post(tmp_path, text, name="post.md", **more):
    """The reading of a single file in a folder of its own."""
    site(tmp_path, files={name: text, **more})
    return read_post_file(tmp_path / name, tmp_path)


def kinds(found):
    return [problem.kind.value for problem in found.problems]


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def test_jekyll_site(tmp_path):
    found = read(site(tmp_path, files={
        "_config.yml": "title: Blog\nlang: en\ntimezone: Europe/Berlin\nbaseurl: /blog\n",
        "_data/authors.yml": "ada:\n  name: Ada Lovelace\n",
        "_posts/2024-05-06-moving-to-postgres.md": """---
layout: post
title:  "Moving: to PostgreSQL"
author: ada
categories: business technology
tags: [PostgreSQL, "full text"]
date: 2024-05-06 10:00:00 +0200
redirect_from:
  - /2024/old.html
  - https://example.org/older/
image: /assets/cover.png
---
First paragraph with **words** and
a [link](https://example.org).

<!--more-->

{% highlight ruby linenos %}
puts "``` {{ not }} touched"
{% endhighlight %}

![Graph]({{ site.baseurl }}/assets/graph.png "A graph")
<img src="/blog/assets/graph.png" alt="Again">
{% include video.html id="x" %}
""",
        "_posts/2024-01-02-named.markdown": "---\ntitle: Named\n---\nText\n",
        "news/_posts/2023-12-31-year.md": "---\ntitle: Year\ncategory: Long name\n---\n",
        "_drafts/idea.md": "---\ntitle: Idea\n---\nSoon\n",
        "about.md": "---\nlayout: page\ntitle: About\n---\n",
        "README.md": "# Read me\n",
        "assets/graph.png": PNG,
        "_site/2024/index.html": "<p>",
        ".git/config": "",
    }))  # fmt: skip
    moving = found["_posts/2024-05-06-moving-to-postgres.md"]
    assert (moving.title, moving.slug, moving.language) == ("Moving: to PostgreSQL", "moving-to-postgres", "en")
    assert moving.published == utc(2024, 5, 6, 8)
    assert (moving.authors, moving.categories) == (("Ada Lovelace",), ("business", "technology"))
    assert moving.tags == ("PostgreSQL", "full text")
    assert moving.old_paths == (
        "/blog/business/technology/2024/05/06/moving-to-postgres.html",
        "/blog/2024/old.html",
        "/blog/older/",
    )
    assert moving.summary == "First paragraph with words and a link."
    assert '````ruby\nputs "``` {{ not }} touched"\n````' in moving.body
    assert "more-->" not in moving.body
    assert "![Again](/blog/assets/graph.png)" in moving.body
    assert moving.images == dict.fromkeys(
        ["/assets/graph.png", "/blog/assets/graph.png"], (tmp_path / "assets/graph.png").resolve()
    )
    assert [(problem.kind, problem.line, problem.values["name"]) for problem in moving.problems] == [
        (PostKind.shortcode, 24, "include")
    ]
    assert moving.unused == ("image",)
    named = found["_posts/2024-01-02-named.markdown"]
    assert (named.published, named.is_draft) == (utc(2024, 1, 1, 23), False)
    assert found["news/_posts/2023-12-31-year.md"].categories == ("news", "Long name")
    idea = found["_drafts/idea.md"]
    assert (idea.is_draft, idea.published, idea.problems) == (True, None, ())
    reasons = {path: entry.problem.kind for path, entry in found.items() if isinstance(entry, Skipped)}
    assert reasons == {
        "_config.yml": PostKind.not_markdown,
        "_data/authors.yml": PostKind.not_markdown,
        "about.md": PostKind.page,
        "README.md": PostKind.no_front_matter,
        "assets/graph.png": PostKind.not_markdown,
        "_site": PostKind.other_folder,
        ".git": PostKind.other_folder,
    }


def test_hugo_site(tmp_path):
    found = read(site(tmp_path, files={
        "hugo.toml": 'baseURL = "https://example.org/"\ndefaultContentLanguage = "en"\n',
        "content/_index.md": "---\ntitle: Home\n---\n",
        "content/posts/_index.de.md": "---\ntitle: Beiträge\n---\n",
        "content/posts/storage/index.md": """+++
title = "Storage"
date = 2024-05-06T10:00:00+02:00
publishDate = 2024-05-07
lastmod = 2024-06-01T00:00:00Z
draft = false
authors = ["Ada Lovelace", "Bob"]
categories = ["Technology"]
tags = ["nginx"]
aliases = ["old-storage", "/2020/storage/"]
description = "What we *built*."
slug = "our-storage"
[params]
color = "red"
+++
# Storage

{{< figure src="rack.jpg" alt="A rack" caption="Our rack" >}}
{{< highlight go "linenos=table" >}}
x := 1
{{< /highlight >}}
{{< youtube abc >}} and {{% notice tip %}}
`{{</* youtube abc */>}}`
""",
        "content/posts/storage/index.de.md": '---\ntitle: "Speicher"\ndate: 2024-05-06\n---\nText ![Regal](rack.jpg)\n',
        "content/posts/storage/rack.jpg": b"jpg",
        "content/posts/plain.md": '{"title": "Plain", "date": "2024-02-03", "draft": true}\nText\n',
        "content/posts/plain.de.md": '{\n  "title": "Schlicht",\n  "date": "2024-02-03"\n}\n\nText\n',
        "content/de/posts/only.md": "---\ntitle: Nur\ndate: 2024-01-01\n---\n",
        "archetypes/default.md": "---\ntitle: {{ .Name }}\n---\n",
        "themes/x/content/a.md": "---\ntitle: x\n---\n",
    }))  # fmt: skip
    storage = found["content/posts/storage/index.md"]
    assert (storage.title, storage.slug, storage.language) == ("Storage", "our-storage", "en")
    assert storage.published == utc(2024, 5, 7)
    assert storage.updated == utc(2024, 6, 1)
    assert (storage.authors, storage.categories, storage.tags) == (("Ada Lovelace", "Bob"), ("Technology",), ("nginx",))
    assert storage.old_paths == ("/posts/our-storage/", "/posts/old-storage", "/2020/storage/")
    assert storage.summary == "What we built."
    assert '![A rack](rack.jpg "Our rack")\n```go\nx := 1\n```' in storage.body
    assert "{{< youtube abc >}} and {{% notice tip %}}\n`{{< youtube abc >}}`" in storage.body
    assert storage.images == {"rack.jpg": (tmp_path / "content/posts/storage/rack.jpg").resolve()}
    assert [(problem.values["name"], problem.line) for problem in storage.problems] == [("youtube", 22), ("notice", 22)]
    assert storage.unused == ("params.color",)
    assert found["content/posts/_index.de.md"].problem.kind is PostKind.section
    assert found["archetypes"].problem.kind is found["themes"].problem.kind is PostKind.other_folder
    assert (found["content/posts/plain.md"].is_draft, found["content/posts/plain.md"].body) == (True, "Text\n")

    made = {
        made.key: made for made in bundles([entry for entry in found.values() if isinstance(entry, ReadPost)], "en")
    }
    assert set(made) == {"posts/storage", "posts/plain", "posts/only"}
    assert made["posts/storage"].original is not None
    assert made["posts/storage"].original.title == "Storage"
    assert [(text.language, text.title) for text in made["posts/storage"].translations] == [("de", "Speicher")]
    assert made["posts/storage"].translations[0].images["rack.jpg"].name == "rack.jpg"
    assert made["posts/only"].original.language == "de"
    assert all(not bundle.problems for bundle in made.values())


def test_zola_site(tmp_path):
    found = read(site(tmp_path, files={
        "config.toml": 'base_url = "https://example.org/blog"\ndefault_language = "de"\n',
        "content/_index.md": "+++\n+++\n",
        "content/blog/2024-05-06-test-failure/index.md": """+++
title = "Test failure"
updated = 2024-05-07
[taxonomies]
tags = ["testing", "ci"]
categories = ["Technology"]
[extra]
author = "Ada"
math = true
+++
Before the cut.

Still before.
<!-- more -->
After. ![Shot](shot.png) ![Gone](gone.png) ![Out](../../../../etc/passwd) ![Far](https://example.com/a.png)

[a]: shot.png
![Ref][a] [see](@/blog/other.md)
{% quote(author="x") %} hm {% end %} {{ icon(name="x") }}
""",
        "content/blog/2024-05-06-test-failure/index.en.md": '+++\ntitle = "Test failure!"\n+++\n',
        "content/blog/2024-05-06-test-failure/shot.png": PNG,
        "content/blog/undated.md": '+++\ntitle = "Undated"\n+++\n',
    }))  # fmt: skip
    failure = found["content/blog/2024-05-06-test-failure/index.md"]
    assert (failure.slug, failure.language, failure.published) == ("test-failure", "de", utc(2024, 5, 6))
    assert (failure.authors, failure.tags, failure.categories) == (("Ada",), ("testing", "ci"), ("Technology",))
    assert failure.summary == "Before the cut. Still before."
    assert list(failure.images) == ["shot.png"]
    assert failure.unused == ("extra.math",)
    told = {(problem.kind.value, problem.line) for problem in failure.problems}
    assert told == {
        ("missing_image", 15), ("image_outside", 15), ("remote_image", 15),
        ("shortcode", 19),
    }  # fmt: skip
    assert failure.links == {"@/blog/other.md": 18}
    english = found["content/blog/2024-05-06-test-failure/index.en.md"]
    assert (english.language, english.bundle_key, english.published) == ("en", failure.bundle_key, utc(2024, 5, 6))
    undated = found["content/blog/undated.md"]
    assert (undated.is_draft, kinds(undated)) == (True, ["no_date"])


def test_folder_of_posts_alone_is_jekyll(tmp_path):
    root = tmp_path / "_posts"
    found = read(site(root, files={"2024-05-06-a.md": "---\ntitle: A\n---\n"}))
    assert found["2024-05-06-a.md"].title == "A"


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"_config.yml": "title: x"}, SiteKind.jekyll),
        ({"hugo.yaml": "title: x"}, SiteKind.hugo),
        ({"config/_default/hugo.toml": 'title = "x"'}, SiteKind.hugo),
        ({"config.toml": 'base_url = "https://example.org"'}, SiteKind.zola),
        ({"config.toml": "= broken"}, SiteKind.plain),
        ({"a.md": ""}, SiteKind.plain),
    ],
)
def test_system_is_recognised(tmp_path, files, kind):
    assert read_old_site(site(tmp_path, files=files)).kind is kind


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("date: 2024-05-06", utc(2024, 5, 6)),
        ("date: '2024-05-06'", utc(2024, 5, 6)),
        ("date: 2024-05-06 10:00:00 +0200", utc(2024, 5, 6, 8)),
        ("date: 2024-05-06 10:00:00 +02:00", utc(2024, 5, 6, 8)),
        ("date: 2024-05-06T10:00:00Z", utc(2024, 5, 6, 10)),
        ("date: 2024-05-06T10:00:00.123-07:00", utc(2024, 5, 6, 17)),
        ("date: 2024-05-06 10:00", utc(2024, 5, 6, 10)),
        ("date: 2024-5-6", utc(2024, 5, 6)),
        ("date: 2024/05/06 10:00:00 UTC", utc(2024, 5, 6, 10)),
        ("date: Mon, 06 May 2024 10:00:00 +0200", utc(2024, 5, 6, 8)),
        ("date: May 6, 2024", utc(2024, 5, 6)),
        ("date: 06.05.2024", utc(2024, 5, 6)),
        ("published: 2024-05-06", utc(2024, 5, 6)),
        ("date: 2024-02-30", None),
        ("date: soon", None),
        ("date: 0001-01-01", None),
        ("date: [2024]", None),
        ("date: 9999-12-31T23:59:59-12:00", None),
    ],
)
def test_dates_are_read_as_people_write_them(tmp_path, line, moment):
    found = post(tmp_path, f"---\ntitle: a\n{line}\n---\n")
    assert found.published == moment
    assert found.is_draft is (moment is None)
    assert (PostKind.bad_date.value in kinds(found)) is (moment is None)


@pytest.mark.parametrize(
    ("lines", "is_draft"),
    [
        ("", False),
        ("draft: true", True),
        ("draft: yes", True),
        ("draft: false", False),
        ("published: false", True),
        ("published: true", False),
        ("draft: perhaps", True),
    ],
)
def test_drafts_stay_drafts(tmp_path, lines, is_draft):
    assert post(tmp_path, f"---\ntitle: a\ndate: 2024-05-06\n{lines}\n---\n").is_draft is is_draft


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("author: Ada Lovelace", ("Ada Lovelace",)),
        ("authors: [Ada, Bob, Ada]", ("Ada", "Bob")),
        ("authors:\n  - name: Ada\n    url: x\n  - name: Bob", ("Ada", "Bob")),
        ("author: {name: Ada}", ("Ada",)),
        ("authors:\n  - ada: {name: Ada}", ("ada",)),
        ("author:", ()),
        ("author: [[x]]", ()),
    ],
)
def test_authors_in_all_shapes(tmp_path, line, authors):
    assert post(tmp_path, f"---\ntitle: a\n{line}\n---\n").authors == authors


def test_yaml_is_taken_as_written(tmp_path):
    found = post(tmp_path, "---\ntitle: 007\ntags: [no, 1.10, ~]\n---\n")
    assert (found.title, found.tags) == ("007", ("no", "1.10", "~"))


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A *big* heading\n\nText\n", "A big heading", "Text\n"),
        ("Text\n", "My first post", "Text\n"),
    ],
)
def test_title_comes_from_the_text_or_the_name(tmp_path, text, title, body):
    found = post(tmp_path, f"---\ndate: 2024-05-06\n---\n{text}", name="my-first_post.md")
    assert (found.title, found.body, kinds(found)) == (title, body, ["no_title"])


def test_summary_is_the_first_words_cut_at_a_word(tmp_path):
    found = post(tmp_path, "---\ntitle: a\n---\n## Heading\n\n![only](https://example.org/a.png)\n\n" + "word " * 100)
    assert found.summary.startswith("word word")
    assert found.summary.endswith("word…")
    assert len(found.summary) <= 300


@pytest.mark.parametrize(
    ("line", "paths", "told"),
    [
        ("permalink: /blog/:year/:title/", (), ["permalink_pattern"]),
        ("permalink: pretty", (), ["permalink_pattern"]),
        ("permalink: /about/", ("/about/",), []),
        ("aliases: [a, ../../b, '/c/?x=1']", ("/a", "/b", "/c/"), []),
        ("aliases: [{a: b}]", (), ["wrong_kind"]),
        ("redirect_from: /x", ("/x",), []),
    ],
)
def test_old_paths(tmp_path, line, paths, told):
    found = post(tmp_path, f"---\ntitle: a\ndate: 2024-05-06\n{line}\n---\n")
    assert (found.old_paths, kinds(found)) == (paths, told)


@pytest.mark.parametrize(
    ("config", "name", "lines", "paths"),
    [
        ({"_config.yml": "permalink: pretty\n"}, "_posts/2024-05-06-a.md", "categories: X", ("/x/2024/05/06/a/",)),
        ({"_config.yml": "permalink: /b/:short_year/:slug\n"}, "_posts/2024-05-06-a.md", "", ("/b/24/a",)),
        ({"_config.yml": "permalink: /:collection/:slug\n"}, "_posts/2024-05-06-a.md", "", ("/posts/a",)),
        ({"_config.yml": "permalink: /:path/:slug\n"}, "_posts/2024-05-06-a.md", "", ()),
        ({"_config.yml": "a: b\n"}, "_posts/2024-05-06-a.md", "permalink: /:slug", ("/a",)),
        ({"_config.yml": "a: b\n"}, "_drafts/a.md", "", ("/2024/05/06/a.html",)),
        ({"hugo.toml": 'baseURL = "https://example.org/b/"'}, "content/posts/2024-05-06-A b.md", "",
            ("/b/posts/2024-05-06-a-b/",)),
        ({"hugo.toml": 'languageCode = "en"'}, "content/posts/a/index.de.md", "aliases: [/c]", ("/de/posts/a/", "/c")),
        ({"hugo.toml": 'languageCode = "en"'}, "content/a.md", "url: /x/", ("/x/",)),
        ({"config.toml": 'base_url = "https://example.org"'}, "content/2024-05-06-a.md", "", ("/a/",)),
    ],
)  # fmt: skip
def test_path_of_the_old_system_is_known(tmp_path, config, name, lines, paths):
    found = read(site(tmp_path, files=config | {name: f"---\ntitle: a\ndate: 2024-05-06\n{lines}\n---\n"}))[name]
    assert found.old_paths == paths


def test_translations_by_key(tmp_path):
    files = {
        "a.md": "---\ntitle: A\ntranslationKey: x\nlang: en\n---\n",
        "b.md": "---\ntitle: B\ntranslationKey: x\nlang: de_AT\n---\n",
        "c.md": "---\ntitle: C\ntranslationKey: x\nlang: en\n---\n",
        "node.js.md": "---\ntitle: D\nlang: nonsense!\n---\n",
    }
    found = read(site(tmp_path, files=files))
    first, second = bundles(found.values(), "en")
    assert (first.original.title, [text.language for text in first.translations]) == ("A", ["de-AT"])
    assert [(problem.path, problem.level, problem.kind) for problem in first.problems] == [
        ("c.md", Level.error, PostKind.same_language_twice)
    ]
    assert (second.key, second.original.language) == ("node.js", "en")
    assert "bad_language" in kinds(second.original)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (b"---\ntitle: a\n\xff\n---\n", PostKind.not_text, 3),
        (b"---\ntitle: [\n---\n", PostKind.bad_front_matter, None),
        (b"---\ntitle: a\n  b: c\n---\n", PostKind.bad_front_matter, 3),
        (b"---\ntitle: a\n", PostKind.bad_front_matter, 1),
        (b"---\n- a\n---\n", PostKind.bad_front_matter, 2),
        (b"---\ntitle: a\ntitle: b\n---\n", PostKind.key_twice, 3),
        (b"---\na: \x00\n---\n", PostKind.bad_front_matter, None),
        (b"---\na: !!python/object/apply:os.system ['x']\n---\n", None, None),
        (b"---\na: &a [x, *a]\n---\n", PostKind.bad_front_matter, 2),
        (b"---\n" + b"a: {" * 5000 + b"\n---\n", PostKind.bad_front_matter, None),
        (b"---\na: " + b"[" * 60 + b"]" * 60 + b"\n---\n", PostKind.bad_front_matter, 2),
        (b"---\nx: " + b"y" * 70_000 + b"\n---\n", PostKind.bad_front_matter, 1),
        (b"+++\ntitle = \n+++\n", PostKind.bad_front_matter, 2),
        (b"+++\na = 1\na = 2\n+++\n", PostKind.bad_front_matter, None),
        (b"+++\na = " + b"[" * 5000 + b"\n+++\n", PostKind.bad_front_matter, None),
        (b'{"title": \n}', PostKind.bad_front_matter, 2),
        (b'{"a": 1, "a": 2}', PostKind.key_twice, None),
        (b'{"a": ' * 100_000, PostKind.bad_front_matter, None),
        (b"---\ntitle: a\n---\n" + b"x" * 2 * 1024 * 1024, PostKind.too_large, None),
        (b"", PostKind.no_front_matter, None),
        (b"{% include x %}\n", PostKind.no_front_matter, None),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_told_with_its_line(tmp_path, text, kind, line):
    found = post(tmp_path, text)
    if kind is None:
        assert isinstance(found, ReadPost)
        return
    assert isinstance(found, Skipped)
    assert (found.path, found.problem.kind) == ("post.md", kind)
    if line:
        assert found.problem.line == line
    assert found.problem.level is (Level.note if kind is PostKind.no_front_matter else Level.error)
    assert found.problem.message


def test_aliases_that_multiply_are_refused(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    found = post(tmp_path, f"---\n{bomb}---\n")
    assert found.problem.kind is PostKind.bad_front_matter
    assert "aliases" in found.problem.message


def test_nothing_outside_of_the_folder_is_read(tmp_path):
    (tmp_path / "secret.png").write_bytes(PNG)
    root = tmp_path / "site"
    text = "---\ntitle: a\n---\n![a](../secret.png) ![b](/../secret.png) ![c](link.png) ![d](%2e%2e/secret.png) ![e](in.png)\n"
    site(root, files={"post.md": text, "in.png": PNG})
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "linked.md").symlink_to(tmp_path / "secret.png")
    (root / "folder").symlink_to(tmp_path)
    found = read(root)
    assert list(found["post.md"].images) == ["in.png"]
    assert kinds(found["post.md"]).count("image_outside") == 4
    assert found["linked.md"].problem.kind is PostKind.outside
    assert found["folder"].problem.kind is PostKind.outside
    assert read_post_file(tmp_path / "secret.png", root).problem.kind is PostKind.outside


def test_images_get_new_addresses(tmp_path):
    text = "---\ntitle: a\n---\n![a](x.png \"t\") [![b](<my pic.png>)](/) ![c][id] ![id] `![n](x.png)`\n\n[id]: x.png 'T'\n"
    found = post(tmp_path, text, **{"x.png": PNG, "my pic.png": PNG})
    assert list(found.images) == ["x.png", "my pic.png"]
    new = with_images(found.body, {"x.png": "/files/1.png", "my pic.png": "/files/2.png"})
    assert new == (
        "![a](/files/1.png \"t\") [![b](</files/2.png>)](/) ![c][id] ![id] `![n](x.png)`\n\n[id]: /files/1.png 'T'\n"
    )


def test_every_kind_has_a_sentence():
    assert set(SENTENCES) == set(PostKind)


@pytest.mark.parametrize("kind", PostKind)
def test_every_message_of_the_sites_above_can_be_formatted(kind):
    values = dict.fromkeys(
        ["key", "value", "title", "name", "count", "reference", "detail", "limit", "other", "facts", "old", "new"],
        "x",
    )
    assert "%(" not in str(SENTENCES[kind]) % values


LINES = st.sampled_from(
    ["---", "+++", "title: a", "date: 2024-05-06", "title = 'a'", "{", "}", "[taxonomies]", "tags: [a, *b]", "&a", "# H", "```",
     "{% highlight x %}", "{% endhighlight %}", "{{< figure src=a >}}", "<img src='../a'>", "![a](b)", "<!-- more -->", "<!--",
     "{{</* x */>}}", "[x]: y", "`", "aliases: {a: b}", "draft: maybe", "author: 3", "lang: [x]", "\x00", "text"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.text(max_size=300) | st.lists(LINES, max_size=14).map("\n".join),
    name=st.sampled_from(["a.md", "index.de.md"]),
)
def test_no_text_raises(tmp_path, text, name):
    site(tmp_path, files={name: text.encode("utf-8", "surrogatepass")})
    found = read_post_file(tmp_path / name, tmp_path)
    problems = found.problems if isinstance(found, ReadPost) else (found.problem,)
    assert all(problem.message for problem in problems)
    assert isinstance(found, Skipped) or len(found.summary) <= 300


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_raise(tmp_path, data):
    site(tmp_path, files={"a.md": b"---\n" + data + b"\n---\n"})
    assert read_post_file(tmp_path / "a.md", tmp_path)

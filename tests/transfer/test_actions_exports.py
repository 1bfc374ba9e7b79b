"""Exports of Ghost and WordPress, imported by the command and seen on the pages; links and old addresses of all importers."""

import io
import json
import re
from xml.sax.saxutils import escape

import pytest
import sqlalchemy as sa
from flask import g
from PIL import Image

from jobboard.cli import main
from jobboard.core.db import session
from jobboard.posts.actions import withdraw_to_draft
from jobboard.posts.models import Post, PostState
from jobboard.posts.models_writing import OldPath
from tests.factories import make_article

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)


def picture(colour="red"):
    target = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def run(app, tmp_path):
    """Runs `jobboard import posts NAME` on a folder with these files; a traceback fails the test."""

    def command(name, files, *options, code=0):
        for key in list(g):  # what requests before left in the test's app context
            g.pop(key)
        for path, content in files.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        if (tmp_path / "pictures").is_dir():
            options = ("--pictures", str(tmp_path / "pictures"), *options)
        result = app.test_cli_runner().invoke(main, ["import", "posts", str(tmp_path / name), *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == code, result.output
        return result.output.splitlines()

    return command


def run_twice(run, queries, name, files, *options):
    """What the first run printed, after a second that wrote nothing and told the same."""
    first = run(name, files, *options)
    with queries() as log:
        second = run(name, {}, *options)
    assert [statement for statement in log if WRITES.match(statement)] == []
    assert second[:-1] == first[:-1]
    new = re.search(r"(\d+) new, 0 changed, 0 unchanged", first[-1])[1]
    assert second[-1] == first[-1].replace(f"{new} new, 0 changed, 0 unch", f"0 new, 0 changed, {new} unch")
    return first


def by_reference(reference):
    return session().execute(sa.select(Post).where(Post.reference == reference)).scalar_one()


def ghost_post(number, slug, html="<p>Text</p>", **values):
    given = {"id": f"p{number}", "slug": slug, "title": slug.title(), "html": html, "status": "published"}
    return given | {"published_at": "2024-05-06T10:00:00.000Z", "visibility": "public"} | values


def ghost(*posts, **tables):
    return json.dumps({"db": [{"meta": {"version": "5.80.0"}, "data": {"posts": posts, **tables}}]})


GHOST = ghost(
    ghost_post(
        1,
        "moving",
        '<p>See <a href="__GHOST_URL__/second/#why">the second</a>, <a href="/gone/">this</a>, <a href="/en/">home</a>.</p>'
        '<figure class="kg-card"><img src="__GHOST_URL__/content/images/size/w600/2024/05/a.png" alt="Rack">'
        "<figcaption>Ours</figcaption></figure>"
        '<pre><code class="language-js">let a = "&lt;a href=\'/second/\'&gt;";\n\n\n</code></pre>'
        '<img src="https://elsewhere.example/b.png" alt="Far">',
        title="Moving & more",
        custom_excerpt="In <short>.",
        feature_image="__GHOST_URL__/content/images/top.png",
    ),
    ghost_post(2, "second", None, plaintext="One\n\nTwo <b>", published_at="2024-05-07 10:00:00"),
    ghost_post(3, "idea", status="draft", published_at=None),
    ghost_post(4, "paid", visibility="paid"),
    ghost_post(5, "about", type="page"),
    ghost_post(6, "letter", status="sent"),
    users=[{"id": "u1", "name": "Ada Lovelace"}, {"id": "u2", "name": "Bo"}],
    tags=[{"id": "t1", "name": "Databases"}, {"id": "t2", "name": "#internal", "visibility": "internal"}],
    posts_authors=[
        {"post_id": "p1", "author_id": "u2", "sort_order": 1},
        {"post_id": "p1", "author_id": "u1", "sort_order": 0},
        {"post_id": "p2", "author_id": "nobody"},
    ],
    posts_tags=[{"post_id": "p1", "tag_id": "t1"}, {"post_id": "p1", "tag_id": "t2"}, {"post_id": "p1", "tag_id": "x"}],
    posts_meta=[{"id": "m1", "post_id": "p1", "feature_image_alt": "Top"}],
    settings=[{"key": "locale", "value": "en-US"}],
)


def test_ghost_export_is_on_the_site_when_it_was_imported(client, run, queries):
    files = {"blog.json": GHOST, "pictures/2024/05/a.png": picture(), "pictures/top.png": picture("blue")}
    assert run_twice(run, queries, "blog.json", files) == [
        "note    moving: The picture “https://elsewhere.example/b.png” does not lie in the folder of pictures; "
        "it became a link.",
        "note    second: The export has no HTML of this post, so only its plain text was taken.",
        "note    paid: Not for everybody at its source (“paid”); imported as a draft.",
        "note    letter: Not for everybody at its source (“sent by mail only”); imported as a draft.",
        "note    blog.json: 1 × “page”: no posts.",
        "note    moving: The link to “/gone/” is one to the old site, and no imported post stood there.",
        "6 looked at: 5 new, 0 changed, 0 unchanged, 1 left out. 3 old addresses lead here. Notes: 6. Errors: 0.",
    ]
    post = by_reference("ghost:p1")
    assert [author.name for author in post.authors] == ["Ada Lovelace", "Bo"]
    assert [category.slug for category in post.categories] == ["databases"]
    assert (post.texts[0].title, post.texts[0].summary, post.texts[0].locale) == ("Moving & more", "In <short>.", "en")
    page = client.get("/moving/?ref=feed", follow_redirects=True)
    assert page.request.path == "/en/articles/moving/"
    top, rack = re.findall(r'<img src="(/files/[^"]+)" alt="(?:Top|Rack)"', page.text)
    assert client.get(top).content_type == client.get(rack).content_type == "image/png"
    assert 'href="/en/articles/second/#s-why"' in page.text
    assert 'href="https://elsewhere.example/b.png"' in page.text
    assert "```js\nlet a = \"<a href='/second/'>\";\n```" in post.texts[0].markdown
    assert "Two &lt;b&gt;" in client.get("/en/articles/second/").text
    for slug in ("idea", "paid", "letter"):
        assert client.get(f"/en/articles/{slug}/").status_code == 404
        assert client.get(f"/{slug}/").status_code == 404


def item(number, slug, content="", *, title="", kind="post", status="publish", extra="", link=None):
    link = f"https://blog.example/2024/05/{slug}/" if link is None else link
    return f"""<item><title>{escape(title or slug.title())}</title><link>{link}</link><dc:creator>ada</dc:creator>
<content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date>2024-05-06 12:00:00</wp:post_date><wp:post_date_gmt>2024-05-06 10:00:00</wp:post_date_gmt>
<wp:post_name>{slug}</wp:post_name><wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{extra}</item>"""


def wordpress(*items, before=""):
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}<!-- made by WordPress -->
<rss version="2.0" xmlns:content="c" xmlns:dc="d" xmlns:excerpt="e" xmlns:wp="w"><channel>
<link>https://www.blog.example</link><language>de-DE</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
<wp:author><wp:author_login>ada</wp:author_login><wp:author_display_name>Ada Lovelace</wp:author_display_name></wp:author>
{"".join(items)}</channel></rss>"""


WORDPRESS = wordpress(
    item(
        1,
        "umzug",
        "Erster Absatz\nmit Umbruch.\n\n<!--more-->Siehe <a href='https://www.blog.example/2024/05/zweiter#x'>hier</a>"
        ' und <a href="http://blog.example/?p=2">dort</a> und <a href="https://blog.example/impressum-alt/">da</a>.\n\n'
        '[caption id="a" align="left" width="3"]<a href="https://blog.example/wp-content/uploads/2024/a.png">'
        '<img src="https://blog.example/wp-content/uploads/2024/a-300x200.png" alt="Bild" /></a> Unser [Bild][/caption]'
        '\n\n[gallery ids="1,2"]\n<pre>x\n\n\ny [gallery]</pre>\n<!DOCTYPE html> &amp; fertig',
        title="Umzug & Mehr",
        extra="""<category domain="category" nicename="technik"><![CDATA[Technik]]></category>
<category domain="post_tag" nicename="db">Datenbanken</category>
<category domain="category" nicename="uncategorized">Uncategorized</category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>""",
    ),
    item(2, "zweiter", "<!-- wp:paragraph -->\n<p>Blöcke</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:quote --><blockquote>"
         "<p>Zitat</p></blockquote><!-- /wp:quote -->", extra="<excerpt:encoded>Kurz &amp;amp; gut</excerpt:encoded>"),
    item(3, "", "Entwurf", title="Entwurf", status="draft", link="https://blog.example/?p=3"),
    item(4, "privat", status="private"),
    item(5, "geheim", extra="<wp:post_password>x</wp:post_password>"),
    item(6, "weg", status="trash"),
    item(7, "seite", kind="page"),
    item(8, "menue", kind="nav_menu_item"),
    item(9, "oben", kind="attachment", status="inherit",
         extra="<wp:attachment_url>https://blog.example/wp-content/uploads/oben.png</wp:attachment_url>"),
)  # fmt: skip


def test_wordpress_export_is_on_the_site_when_it_was_imported(client, run, queries):
    files = {"blog.xml": WORDPRESS, "pictures/2024/a.png": picture(), "pictures/oben.png": picture("blue")}
    assert run_twice(run, queries, "blog.xml", files) == [
        "note    umzug: “gallery” is a command of the old system; it stays in the text as it is (1 times).",
        "note    privat: Not for everybody at its source (“private”); imported as a draft.",
        "note    geheim: Not for everybody at its source (“password”); imported as a draft.",
        "note    blog.xml: 1 × “page”: no posts.",
        "note    blog.xml: 1 × “nav_menu_item”: no posts.",
        "note    blog.xml: 1 × “attachment”: no posts.",
        "note    Weg: Thrown away or never saved at its source (“trash”).",
        "note    umzug: The link to “https://blog.example/impressum-alt/” is one to the old site, "
        "and no imported post stood there.",
        "9 looked at: 5 new, 0 changed, 0 unchanged, 4 left out. 3 old addresses lead here. Notes: 8. Errors: 0.",
    ]
    post = by_reference("wordpress:blog.example:1")
    text = post.texts[0]
    assert (text.title, text.locale, text.summary) == ("Umzug & Mehr", "de", "Erster Absatz mit Umbruch.")
    assert [author.name for author in post.authors] == ["Ada Lovelace"]
    assert [category.slug for category in post.categories] == ["technik", "datenbanken"]
    assert (
        "Erster Absatz\\\nmit Umbruch.\n\nSiehe [hier](/de/articles/zweiter/#s-x) und [dort](/de/articles/zweiter/) und"
        in text.markdown
    )
    assert '\n\n*Unser \\[Bild\\]*\n\n\\[gallery ids="1,2"\\]\n\n```\nx\n\n\ny [gallery]\n```' in text.markdown
    assert text.markdown.endswith("& fertig\n")
    page = client.get("/2024/05/umzug/", follow_redirects=True)
    assert page.request.path == "/de/articles/umzug/"
    assert len(set(re.findall(r'<img src="(/files/[^"]+)"', page.text))) == 2
    assert re.search(r'<a href="(/files/[^"]+)"[^>]*><img src="\1" alt="Bild"', page.text)
    second = by_reference("wordpress:blog.example:2").texts[0]
    assert (second.summary, second.markdown) == ("Kurz & gut", "Blöcke\n\n> Zitat\n")
    assert by_reference("wordpress:blog.example:3").state is PostState.draft
    for path in ("/2024/05/privat/", "/2024/05/geheim/", "/2024/05/seite/"):
        assert client.get(path).status_code == 404


DEEP = "<div>" * 3000
BOMB = '<!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY d "&b;&b;&b;">]>'
HOSTILE = {
    "broken.json": (b'{"db": [', "This is not the JSON export of Ghost."),
    "nested.json": (b"[" * 99_999, "This is not the JSON export of Ghost."),
    "number.json": (b"7", "This is not the JSON export of Ghost."),
    "bytes.json": (b"\xff\xfe\xfd", "This is not the JSON export of Ghost."),
    "posts.json": (b'{"data": {"posts": {"a": 1}}}', "This is not the JSON export of Ghost."),
    "broken.xml": (b"<rss>\n<channel>", "Line 2 is no XML that can be read: no element found"),
    "feed.xml": (b"<rss><channel/></rss>", "This is not the XML export of WordPress."),
    "empty.xml": (b"", "is no XML that can be read"),
    "bomb.xml": (wordpress(before=BOMB).encode(), "declares a document type"),
    "wide.xml": (wordpress(before=BOMB).replace("UTF-8", "UTF-16").encode("utf-16"), "declares a document type"),
    "outside.xml": (
        wordpress(before='<!DOCTYPE rss SYSTEM "file:///etc/passwd">').encode(),
        "declares a document type",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_export_is_refused_in_a_sentence(run, name):
    content, sentence = HOSTILE[name]
    [line] = run(name, {name: content}, code=1)
    assert line.startswith("Error: Nothing was imported. ")
    assert sentence in line
    assert session().execute(sa.select(sa.func.count(Post.id))).scalar_one() == 0


def test_hostile_entries_are_told_and_the_others_imported(client, run):
    posts = [
        7,
        ghost_post(1, "kind", html=["no", "text"]),
        {"slug": "without identity"},
        ghost_post(2, "huge", "x" * 2_100_000),
        ghost_post(3, "deep", f'{DEEP}<script>alert(1)</script><img src="../../../etc/passwd"><p>Deep \ud800</p>'),
        ghost_post(4, "twice", "<p>a</p>"),
        ghost_post(4, "twice", "<p>b</p>"),
        ghost_post(5, "when", published_at="never"),
        ghost_post(6, "../../desk", published_at=-(10**30)),
        ghost_post(7, "", title=""),
        ghost_post(8, "en"),
    ]
    circle = [{"post_id": "p3", "tag_id": "t", "sort_order": {}}, {"post_id": ["p3"]}, None]
    tags = [{"id": "t", "name": "T", "parent_id": "t"}]
    lines = run("blog.json", {"blog.json": ghost(*posts, tags=tags, posts_tags=circle), "pictures/a": b""}, code=1)
    assert [line.partition(":")[0] for line in lines if line.startswith("error")] == [
        "error   post 1", "error   post 2", "error   post 3", "error   huge", "error   twice",
    ]  # fmt: skip
    assert "note    when: “never” at “date” is not a date." in lines
    assert "note    en: It stood at /en/, where a page of this site stands; nothing leads from there." in lines
    assert lines[-1].startswith("11 looked at: 6 new, 0 changed, 0 unchanged, 5 left out. 3 old addresses lead here.")
    text = by_reference("ghost:p3").texts[0]
    assert text.markdown == "[passwd](../../../etc/passwd)\n\nDeep \N{REPLACEMENT CHARACTER}\n"
    assert by_reference("ghost:p6").texts[0].slug == "desk"
    assert client.get("/deep/").location == "/en/articles/deep/"


def test_command_says_what_it_wants(run):
    assert "Name a folder, a Ghost export" in run("blog.txt", {"blog.txt": ""}, code=2)[-1]
    assert "--pictures is for exports" in run("folder", {"folder/a.md": "", "pictures/a": b""}, code=2)[-1]


def test_nothing_is_kept_in_a_dry_run(client, run):
    assert run("blog.json", {"blog.json": GHOST}, "--dry-run", "--quiet")[-1] == "Dry run: nothing was kept."
    assert session().execute(sa.select(sa.func.count(OldPath.id))).scalar_one() == 0
    assert client.get("/moving/").status_code == 404


JEKYLL = {
    "_config.yml": "lang: en\nurl: https://www.blog.example\nbaseurl: /blog\n",
    "_posts/2024-05-06-first.md": """---
title: First
redirect_from: [/old/first/, /en/articles/elsewhere/]
---
[a]({% post_url 2024-05-07-second %}) [b]({{ site.baseurl }}{% link _posts/2024-05-07-second.md %}#part)
[c](https://blog.example/blog/2024/05/07/second.html) [d][ref] [e](../07/second.html)

[lost]({% post_url 2020-01-01-none %})
`[code](/blog/2024/05/07/second.html)` [^1] [other](https://other.example/blog/2024/05/07/second.html)

[ref]: /blog/2024/05/07/second.html
[^1]: Note
""",
    "_posts/2024-05-07-second.md": "---\ntitle: Second\nredirect_from: /old/first\n---\n"
    "[back](2024-05-06-first.md)\n\n## Part\n",
}
JEKYLL = {f"site/{name}": content for name, content in JEKYLL.items()}


def test_links_of_a_folder_lead_to_the_new_addresses(client, run, queries):
    make_article("Second", slug="second")
    session().commit()
    lines = run_twice(run, queries, "site", JEKYLL)
    assert lines == [
        "note    _posts/2024-05-06-first.md:8: The link to “@/2020-01-01-none” is one to the old site, "
        "and no imported post stood there.",
        "note    _config.yml: Not Markdown.",
        "note    _posts/2024-05-07-second.md: It stood at /blog/old/first, which leads to another text already.",
        "3 looked at: 2 new, 0 changed, 0 unchanged, 1 left out. 4 old addresses lead here. Notes: 3. Errors: 0.",
    ]
    text = by_reference("file:_posts/2024-05-06-first").texts[0]
    new = "/en/articles/second-2/"
    assert f"[a]({new}) [b]({new}#s-part)\n[c]({new}) [d][ref] [e]({new})" in text.markdown
    assert f"\n[ref]: {new}\n[^1]: Note" in text.markdown
    assert "`[code](/blog/2024/05/07/second.html)`" in text.markdown
    page = client.get("/blog/2024/05/06/first.html", follow_redirects=True).text
    targets = {target for target in re.findall(r'href="(/en/articles/[^"#]+)', page) if "second" in target}
    assert new in targets
    assert '<h2 id="s-part"' in client.get(new).text
    assert "[back](/en/articles/first/)" in by_reference("file:_posts/2024-05-07-second").texts[0].markdown


def lead(path, post):
    session().add(OldPath(path=path, text_id=post.texts[0].id))
    session().commit()


def test_old_address_leads_on_with_what_was_asked_for(client):
    lead("/2024/größe", make_article("First", slug="first"))
    for path in ("/2024/größe", "/2024/größe/", "/2024/gr%C3%B6%C3%9Fe/index.html"):
        answer = client.get(f"{path}?a=1&b=%2F", headers={"Accept-Language": "de"})
        assert (answer.status_code, answer.location) == (301, "/en/articles/first/?a=1&b=%2F"), path
        assert answer.headers["Cache-Control"] == "public, no-cache"
    assert client.head("/2024/größe").status_code == 301
    assert client.post("/2024/größe").status_code == 404
    assert client.get("/2024/other").status_code == 404
    assert client.get("/2024/gr%00").status_code == 404
    assert client.get("/" + "x" * 3000).status_code == 404


def test_old_address_is_asked_for_only_where_nothing_stands(client, queries):
    post = make_article("First", slug="first")
    for path in ("/en", "/en/articles/first", "/en/articles/second", "/sitemap.xml", "/desk"):
        lead(path, post)
    with queries() as log:
        assert client.get("/en/").status_code == client.get("/en/articles/first/").status_code == 200
        assert client.get("/sitemap.xml").status_code == 200
        assert client.get("/desk/").location != "/en/articles/first/"
    assert not [statement for statement in log if "old_path" in statement]
    assert client.get("/en/articles/second/").location == "/en/articles/first/"
    make_article("Second", slug="second")
    session().commit()
    assert client.get("/en/articles/second/").status_code == 200


def test_old_address_of_a_draft_leads_nowhere_and_goes_with_its_post(client):
    post = make_article("First", slug="first")
    lead("/old", post)
    withdraw_to_draft(post)
    session().commit()
    assert client.get("/old").status_code == 404
    session().delete(post)
    session().commit()
    assert session().execute(sa.select(sa.func.count(OldPath.id))).scalar_one() == 0

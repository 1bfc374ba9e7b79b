"""Blogs as strangers have them: Hugo with permalinks and two languages, Jekyll with patterns and defaults, Zola with its names.

What is told is looked at as a whole: nothing is lost silently, and nothing is told that is not so.
"""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core.db import session
from jobboard.posts.models import Phase, Post
from jobboard.posts.models_writing import OldPath
from jobboard.transfer.actions import Told
from jobboard.transfer.actions_posts import import_posts
from tests.transfer.test_actions_posts import picture, tree

STAYS = "“%s” is a command of the old system; it stays in the text as it is (1 times)."
NOW = dt.datetime(2025, 3, 3, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon(app):
    with time_machine.travel(NOW, tick=False), app.test_request_context():
        yield


def imported(root):
    """The report of an import, after a dry run that said the same."""
    dry = import_posts(root, "en", dry_run=True)
    report = import_posts(root, "en")
    assert report == dry
    assert report.messages_of(Told.error) == []
    return report


def notes(report):
    return {f"{one.where}: {one.sentence}" for one in report.messages_of(Told.note)}


def post(key):
    return session().execute(sa.select(Post).where(Post.reference == f"file:{key}")).scalar_one()


def old(key, locale="en"):
    text = next(one for one in post(key).texts if one.locale == locale)
    return set(session().execute(sa.select(OldPath.path).where(OldPath.text_id == text.id)).scalars())


def links(key, locale="en"):
    return re.findall(r'<a href="([^"#]+)', post(key).text(locale).html)


HUGO = {
    "hugo.toml": """baseURL = "https://blog.tidenhub.example/"
defaultContentLanguage = "en"
timeZone = "Europe/Berlin"
[permalinks.page]
posts = "/:year/:month/:slug/"
"/" = "/:section/:title"
[languages.de]
contentDir = "content/deutsch"
[languages.de.permalinks]
posts = "/:2006/:contentbasename/"
""",
    "content/posts/_index.md": "---\ntitle: Posts\n---\n",
    "content/posts/first/index.md": """+++
title = "Our First Post: Hello!"
date = 2024-05-06T00:30:00+02:00
authors = ["Ada Lovelace", "Grace Hopper"]
categories = ["Operations"]
aliases = ["/old/first/", "old-first"]
+++

A [link]({{< ref "second.md" >}}) and an [anchor]({{< relref "posts/second#setup" >}}).

{{< figure src="diagram.png" alt="A diagram" caption="How it works" >}}

![Root](/images/abs.png) ![Host](https://blog.tidenhub.example/images/abs.png)

<img src="diagram.png" srcset="diagram.png 1x, diagram@2x.png 2x" alt="Set">

<picture><source srcset="/images/abs.webp"><img src="/images/abs.png" alt="P"></picture>

<a href="{{< ref "/posts/second" >}}">In HTML</a> and <https://blog.tidenhub.example/2024/06/second-thing/>.

```go {linenos=table,hl_lines=[2]}
func main() {
	fmt.Println("{{< not a shortcode >}}") // <b> [x](/2024/06/second-thing/)
}
```

    indented {{ code }} <div> [x](/2024/06/second-thing/)

{{< youtube abc123 >}}
""",
    "content/posts/first/diagram.png": picture("blue"),
    "content/posts/second.md": """---
title: "Second Thing"
date: 2024-06-01
lastmod: 2024-07-01T10:00:00Z
---
[first](../../05/our-first-post-hello/)
[host](https://www.blog.tidenhub.example/2024/05/our-first-post-hello/#top) [gone](/about/) [ref][one]

## Setup

[one]: {{< ref "first" >}}
""",
    "content/deutsch/posts/second.md": """---
title: Zweite Sache
date: 2024-06-01
---
[eins](/2024/05/our-first-post-hello/)
""",
    "content/posts/json.md": '{\n "title": "JSON",\n "date": "2024-08-01T12:00:00+02:00"\n}\nBody.\n',
    "content/posts/future.md": "---\ntitle: Future\ndate: 2031-09-01T08:00:00+02:00\n---\nx\n",
    "content/posts/expired.md": "---\ntitle: Expired\ndate: 2020-09-01\nexpiryDate: 2021-01-01\n---\nx\n",
    "content/posts/multi.en.md": "---\ntitle: Multi\ndate: 2024-01-03\n---\n[s](second.md)\n",
    "content/posts/multi.de.md": "---\ntitle: Mehr\ndate: 2024-01-03\n---\ndeutsch\n",
    "static/images/abs.png": picture("yellow"),
}


def test_blog_of_hugo(tmp_path, app):
    report = imported(tree(tmp_path / "blog", HUGO))
    assert notes(report) == {
        "hugo.toml: Not Markdown.",
        "content/posts/_index.md: The text of a section, not a post.",
        f"content/posts/first/index.md:29: {STAYS % 'youtube'}",
        "content/posts/first/index.md:17: The layout of “<picture>” was left out, its content stays (1 times).",
        "content/posts/second.md:7: The link to “/about/” is one to the old site, and no imported post stood there.",
        "content/posts/expired.md: Not for everybody at its source (“expiryDate 2021-01-01”); imported as a draft.",
    }
    first, second = post("posts/first"), post("posts/second")
    assert [one.name for one in first.authors] == ["Ada Lovelace", "Grace Hopper"]
    assert first.publish_at == dt.datetime(2024, 5, 5, 22, 30, tzinfo=dt.UTC)
    assert second.publish_at == dt.datetime(2024, 5, 31, 22, tzinfo=dt.UTC)
    assert {text.locale for text in second.texts} == {"en", "de"}
    assert old("posts/first") == {"/2024/05/our-first-post-hello", "/old/first", "/posts/old-first"}
    assert old("posts/second") == {"/2024/06/second-thing"}
    assert old("posts/second", "de") == {"/de/2024/second"}
    assert old("posts/multi", "de") == {"/de/2024/multi"}
    assert post("posts/future").phase(NOW) is Phase.scheduled
    assert post("posts/expired").phase(NOW) is Phase.draft
    home, other = f"/en/articles/{first.text('en').slug}/", f"/en/articles/{second.text('en').slug}/"
    assert links("posts/first") == [other, other, other, other]
    assert links("posts/second") == [home, home, "/about/", home]
    assert links("posts/second", "de") == [home]
    assert links("posts/multi") == [other]
    markdown = first.text("en").markdown
    assert (
        '```go {2}\nfunc main() {\n\tfmt.Println("{{< not a shortcode >}}") // <b> [x](/2024/06/second-thing/)\n}\n```'
        in markdown
    )
    assert "\n    indented {{ code }} <div> [x](/2024/06/second-thing/)\n" in markdown
    assert len(first.images) == 2
    assert first.text("en").html.count("<img ") == 5
    with app.test_client() as client:
        assert client.get("/2024/05/our-first-post-hello/").location == home


JEKYLL = {
    "_config.yml": """url: https://www.tidenhub.example
baseurl: /blog
timezone: Europe/Berlin
lang: en
permalink: /:categories/:year/:i_month/:title/
defaults:
  - scope: {path: "", type: posts}
    values: {layout: post, author: ada}
  - scope: {path: "_posts/team"}
    values: {author: grace}
  - scope: {path: "", type: pages}
    values: {author: nobody}
""",
    "_data/authors.yml": "ada: {name: Ada Lovelace}\ngrace:\n  name: Grace Hopper\n",
    "_posts/2024-05-06-Moving-to-postgres.md": """---
title: "Moving: to PostgreSQL"
categories: [Web Dev, Databases]
tags: postgres sql
date: 2024-05-06 00:30:00 +0200
---
[a]({% post_url 2024-06-01-second %}) [b]({{ site.baseurl }}{% post_url 2024-06-01-second %}#top)

<figure>
  <img src="{{ site.url }}{{ site.baseurl }}/assets/graph.png" alt="g">
</figure>

{% include figure.html src="/assets/graph.png" caption="By include" %}
{% include figure image_path="/assets/graph.png" alt="mm" caption="Minimal" %}

{% highlight ruby linenos %}
puts "{{ page.title }}"
{% endhighlight %}

* list

      deep {{ x }} <div>

{% gist 1234 %}

<a href="{% link _posts/2024-06-01-second.markdown %}">c</a> <https://tidenhub.example/blog/2024/6/second/>
""",
    "_posts/2024-06-01-second.markdown": "---\ntitle: Second\n---\n[m](/blog/web%20dev/databases/2024/5/Moving-to-postgres/)\n",
    "_posts/team/2024-06-02-third.md": "---\ntitle: Third\npermalink: /:year/W:week/:slug.html\n---\nx\n",
    "_posts/2024-06-03-fourth.md": "---\ntitle: Fourth\npermalink: pretty\n---\nx\n",
    "_posts/2024-06-05-utf16.md": "---\ntitle: Grüße\n---\nx\n".encode("utf-16"),
    "_posts/2024-06-06-bom.md": b"\xef\xbb\xbf---\r\ntitle: Bom\r\npermalink: /:path/x\r\n---\r\nx\r\n",
    "assets/graph.png": picture(),
}


def test_blog_of_jekyll(tmp_path):
    report = imported(tree(tmp_path / "blog", JEKYLL))
    assert notes(report) == {
        "_config.yml: Not Markdown.",
        "_data/authors.yml: Not Markdown.",
        "_posts/2024-05-06-Moving-to-postgres.md:9: The layout of “<figure>” was left out, its content stays (1 times).",
        f"_posts/2024-05-06-Moving-to-postgres.md:24: {STAYS % 'gist'}",
        "_posts/2024-06-06-bom.md: The address “/:path/x” is a pattern; the old address is not known.",
    }
    moving, second = "_posts/2024-05-06-Moving-to-postgres", "_posts/2024-06-01-second"
    assert old(moving) == {"/blog/web dev/databases/2024/5/Moving-to-postgres"}
    assert old(second) == {"/blog/2024/6/second"}
    assert old("_posts/team/2024-06-02-third") == {"/blog/2024/W22/third.html"}
    assert old("_posts/2024-06-03-fourth") == {"/blog/2024/06/03/fourth"}
    assert [one.name for one in post("_posts/team/2024-06-02-third").authors] == ["Grace Hopper"]
    assert [one.name for one in post(second).authors] == ["Ada Lovelace"]
    assert post("_posts/2024-06-05-utf16").text("en").title == "Grüße"
    assert links(moving) == ["/en/articles/second/"] * 4
    assert links(second) == [f"/en/articles/{post(moving).text('en').slug}/"]
    markdown = post(moving).text("en").markdown
    assert '```ruby\nputs "{{ page.title }}"\n```' in markdown
    assert "      deep {{ x }} <div>\n" in markdown
    assert post(moving).text("en").html.count("<img ") == 3


ZOLA = {
    "config.toml": 'base_url = "https://z.example/b"\n[slugify]\npaths_keep_dates = false\n[languages.de]\n',
    "content/blog/_index.md": "+++\n+++\n",
    "content/blog/2024-05-06-Über Größe.md": """+++
title = "Über Größe"
[taxonomies]
tags = ["rust"]
[extra]
author = "Ada Lovelace"
+++
[other](@/blog/other/index.md#part) [de](@/blog/other/index.de.md) <https://z.example/b/special/other>

{{ image(path="pic.png", alt="x") }}

{% quote(author="me") %}
Wise.
{% end %}

```rust,linenos,hl_lines=1 3-4
fn main() { println!("{{ x }}"); }
```
""",
    "content/blog/pic.png": picture("red"),
    "content/blog/other/index.md": """+++
title = "Other"
date = 2024-05-07
path = "special/other"
aliases = ["old/other.html"]
+++
""",
    "content/blog/other/index.de.md": '+++\ntitle = "Andere"\ndate = 2024-05-07\n+++\nx\n',
    "templates/index.html": "x",
}


def test_blog_of_zola(tmp_path):
    report = imported(tree(tmp_path / "blog", ZOLA))
    assert notes(report) == {
        "config.toml: Not Markdown.",
        "templates: A folder of templates, themes or built pages; not looked into.",
        "content/blog/_index.md: The text of a section, not a post.",
        f"content/blog/2024-05-06-Über Größe.md:12: {STAYS % 'quote'}",
    }
    greatness = "blog/2024-05-06-Über Größe"
    assert old(greatness) == {"/b/blog/uber-grosse"}
    assert old("blog/other") == {"/b/special/other", "/b/old/other.html"}
    assert old("blog/other", "de") == {"/b/de/blog/other"}
    other = post("blog/other")
    home, german = f"/en/articles/{other.text('en').slug}/", f"/de/articles/{other.text('de').slug}/"
    assert links(greatness) == [home, german, home]
    assert '```rust {1,3-4}\nfn main() { println!("{{ x }}"); }\n```' in post(greatness).text("en").markdown
    assert post(greatness).text("en").html.count("<img ") == 1


@pytest.mark.parametrize(
    ("config", "name", "front", "path"),
    [
        ("[permalinks]\nposts = '/:section/:filename/'", "posts/A b, c.md", "", "/posts/a-b-c"),
        ("[permalinks]\nposts = '/:sections[1:]/:slug/'", "posts/x/y/a.md", "slug: S", "/s"),
        ("[permalinks]\nposts = '/:sections[last]/:title/'", "posts/deep/a.md", "title: Ä & B", "/deep/ä-b"),
        ("[permalinks]\nposts = '/:monthname/:day/:yearday/:weekdayname/:slugorfilename/'", "posts/a.md", "",
            "/May/06/127/Monday/a"),
        ("[permalinks]\nposts = '/:unheard/:slug/'", "posts/a.md", "", None),
        ("[[permalinks]]\npattern = '/p/:slug/'\ntarget = {path = '/posts/**', kind = 'page'}", "posts/a.md", "", "/p/t"),
        ("uglyURLs = true", "posts/a.md", "", "/posts/a.html"),
        ("disablePathToLower = true", "posts/A.md", "", "/posts/A"),
        ("defaultContentLanguage = 'en'\ndefaultContentLanguageInSubdir = true", "posts/a.md", "", "/en/posts/a"),
        ("[frontmatter]\ndate = [':filename', ':default']", "posts/2024-05-06-a.md", "", "/posts/a"),
        ("", "posts/2024-05-06-a.md", "", "/posts/2024-05-06-a"),
        ("", "posts/a.md", "url: /:year/x", "/2024/x"),
    ],
)  # fmt: skip
def test_addresses_of_hugo(tmp_path, config, name, front, path):
    text = f"---\n{'' if 'title' in front else 'title: T'}\ndate: 2024-05-06\n{front}\n---\nx\n"
    files = {
        "hugo.toml": f"title = 'x'\n{config}\n",
        f"content/{name}": text,
        "content/posts/deep/_index.md": "---\n---\n",
    }
    report = imported(tree(tmp_path / "blog", files))
    found = session().execute(sa.select(OldPath.path)).scalars().all()
    assert found == ([path] if path else [])
    assert any("is a pattern" in one for one in notes(report)) is (path is None)


@pytest.mark.parametrize("place", ["config/_default/hugo.yaml", "hugo.json", "config.yml"])
def test_settings_of_hugo_are_found_wherever_they_are(tmp_path, place):
    settings = '{"baseURL": "https://a.example/", "permalinks": {"posts": "/p/:slug/"}}'  # JSON is YAML too
    files = {place: settings, "content/posts/a.md": "---\ntitle: T\ndate: 2024-05-06\n---\nx\n"}
    imported(tree(tmp_path / "blog", files))
    assert session().execute(sa.select(OldPath.path)).scalars().all() == ["/p/t"]


@pytest.mark.parametrize(
    ("slugify", "name", "path"),
    [("on", "2024-05-06_A b.md", "/a-b"), ("safe", "2024-05-06-A b?.md", "/A-b"), ("off", "2024-05-06-A b.md", "/A b")],
)
def test_addresses_of_zola(tmp_path, slugify, name, path):
    config = f'base_url = "https://z.example"\n[slugify]\npaths = "{slugify}"\n'
    imported(tree(tmp_path / "blog", {"config.toml": config, f"content/{name}": '+++\ntitle = "T"\n+++\nx\n'}))
    assert session().execute(sa.select(OldPath.path)).scalars().all() == [path]


def test_translation_needs_no_date_of_its_own(tmp_path):
    files = {"a.md": "---\ntitle: A\ndate: 2024-05-06\n---\nx\n", "a.de.md": "---\ntitle: B\n---\ny\n"}
    report = imported(tree(tmp_path / "blog", files))
    assert (report.new, report.left_out, report.messages) == (2, 0, [])

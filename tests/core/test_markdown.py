"""What a text has beyond CommonMark, as it is saved and as it is shown."""

from urllib.parse import unquote

import html5lib
import pytest

from jobboard.core.markdown import quoted, render
from jobboard.core.markdown_page import absolute, contents, on_page, worded


def tree_of(markup):
    return html5lib.parseFragment(markup, namespaceHTMLElements=False)


def words(element):
    return "".join(element.itertext())


@pytest.mark.parametrize(
    ("info", "label", "marked"),
    [
        ("python {2,4-5}", "Python", ["b = 2\n", "\n", "c = 3\n"]),
        ("python{ 2 }", "Python", ["b = 2\n"]),
        ("{1}", None, ["a = 1\n"]),
        ("nosuchlanguage {1}", "nosuchlanguage", ["a = 1\n"]),
        ("python {4-999999}", "Python", ["\n", "c = 3\n"]),
        ("python {5-2,0,x}", "Python", []),
        ("", None, []),
    ],
)
def test_code_has_its_language_and_marked_lines(info, label, marked):
    code = "a = 1\nb = 2\n# <tag>\n\nc = 3\n"
    tree = tree_of(render(f"```{info}\n{code}```").html)
    assert words(tree.find(".//pre")) == code
    assert tree.find(".//pre").get("tabindex") == "0"
    found = tree.find(".//span[@class='code-language']")
    assert (found.text if found is not None else None) == label
    assert [words(one) for one in tree.findall(".//span[@class='hll']")] == marked


def test_code_keeps_its_empty_lines():
    source = "```python {2}\n\nx\n\n```\n\n    y < 1\n"
    blocks = tree_of(render(source).html).findall(".//pre")
    assert [words(one) for one in blocks] == ["\nx\n\n", "y < 1\n"]


def test_scrolling_table_is_named_by_its_columns():
    box = tree_of(render('| A "b" | `c` |\n|---|---|\n| 1 | 2 |').html).find("div")
    assert (box.get("class"), box.get("tabindex"), box.get("role")) == ("table-scroll", "0", "group")
    assert box.get("aria-label") == 'A "b", c'


def test_picture_with_a_title_is_a_figure_with_a_caption():
    tree = tree_of(render('![Bars](/a.png "Errors <i>per</i> month")\n\n![No title](/b.png)').html)
    assert words(tree.find("figure/figcaption")) == "Errors <i>per</i> month"
    assert tree.find("figure/img").attrib == {"src": "/a.png", "alt": "Bars"}
    assert tree.find("p/img").get("alt") == "No title"
    assert render('Words ![x](/a.png "t")').html == '<p>Words <img src="/a.png" alt="x" title="t"></p>\n'


@pytest.mark.parametrize(
    ("locale", "title", "back", "notes"),
    [("en", "Warning", "Back to the text", "Footnotes"), ("fr", "Warning", "Back to the text", "Footnotes")],
)
def test_callout_and_footnotes_are_worded_in_the_language_of_the_text(app, locale, title, back, notes):
    source = "> [!WARNING]\n> Mind *this*[^1]\n\nAgain[^1]\n\n[^1]: A note"
    with app.test_request_context("/en/"):
        tree = tree_of(worded(render(source).html, locale))
    callout = tree.find("div[@class='callout is-warning']")
    assert callout.get("role") == "note"
    assert [words(one) for one in callout.findall("p")] == [title, "Mind this[1]"]
    section = tree.find("section")
    assert section.get("aria-label") == notes
    targets = {one.get("id") for one in tree.iter() if one.get("id")}
    links = [one for one in section.iter("a") if one.get("class") == "footnote-backref"]
    assert [one.get("aria-label") for one in links] == [back, back]
    assert {one.get("href") for one in links} == {"#fnref1", "#fnref1:1"} == {f"#{one}" for one in targets - {"fn1"}}


@pytest.mark.parametrize(
    "source", ["> [!OTHER]\n> x", "> [!NOTE] x", "> x\n> [!NOTE]", "> - [!NOTE]", "> [!note]\n> x", "[!NOTE]\nx"]
)
def test_other_quotations_stay_what_they_are(source):
    assert "callout" not in render(source).html


def test_callout_may_hold_blocks_and_nothing():
    result = render("> [!TIP]\n>\n> - a\n>\n> > [!NOTE]\n\nAfter").html
    tree = tree_of(result)
    assert words(tree.find("div/ul/li")).strip() == "a"
    assert tree.find("div/div").get("class") == "callout is-note"
    assert words(tree.findall("p")[-1]) == "After"


def test_headings_lead_to_themselves_on_the_page_only(app):
    html = render("## A `b` & c\n\n## [Link](/x)\n\n##\n").html
    assert "heading-link" not in html
    assert "heading-link" not in quoted(html)
    with app.test_request_context("/en/"):
        tree = tree_of(on_page(html, "en"))
    assert [words(one) for one in tree.findall("h2/a[@class='heading-link']")] == ["A b & c"]
    assert tree.find("h2").get("id") == tree.find("h2/a").get("href")[1:]
    assert [one.get("href") for one in tree.findall("h2")[1].iter("a")] == ["/x"]


def test_long_text_has_contents_and_a_short_one_none():
    html = render("## A\n\n### A1 `x`\n\n## B & C\n\n## D\n\n#### deep").html
    found = contents(html, 3)
    assert [(one.words, one.is_sub) for one in found] == [("A", False), ("A1 x", True), ("B & C", False), ("D", False)]
    assert found[2].url == "#s-b-c"
    assert contents(html, 2) == contents(render("## A\n\n## B").html, 9) == ()


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("#why-how", "#s-why-how"),
        ("#why--how", "#s-why-how"),
        ("#s-why-how", "#s-why-how"),
        ("#why-how-1", "#s-why-how-1"),
        ("#gr%C3%B6%C3%9Fe", "#s-größe"),
        ("#elsewhere", "#elsewhere"),
        ("/en/#why-how", "/en/#why-how"),
    ],
)
def test_link_within_a_text_leads_to_the_heading_by_any_of_its_names(written, leads_to):
    source = f"[See]({written})\n\n## Why & how\n\n### Why & how\n\n## Größe\n"
    tree = tree_of(render(source).html)
    assert [unquote(one.get("href")) for one in tree.iter("a")] == [leads_to]


def test_box_of_a_task_is_named_by_its_words():
    html = render("- [ ] Open <b>\n- [x] Done, [see](/en/)\n").html
    tree = tree_of(html)
    labels = list(tree.iter("label"))
    assert [words(one).strip() for one in labels] == ["Open <b>", "Done, see"]
    assert [[control.get("type") for control in one.iter("input")] for one in labels] == [["checkbox"]] * 2


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        ('[a](/en/x) and `<a href="/en/y">`', ["https://jobs.example/en/x"]),
        (
            '[a](/en/x "t > u") [b](//other.example/) [c](#s-x)',
            ["https://jobs.example/en/x", "https://other.example/", "https://jobs.example/en/articles/b/#s-x"],
        ),
        ('![p > q](/files/a/b.png "c")', ["https://jobs.example/files/a/b.png"]),
        ("[out](https://example.org/a)", ["https://example.org/a"]),
    ],
)
def test_text_that_is_read_elsewhere_has_whole_addresses(source, addresses):
    html = render(source).html
    tree = tree_of(absolute(html, "https://jobs.example/en/articles/b/"))
    found = [one.get("href") or one.get("src") for one in tree.iter() if one.tag in {"a", "img"}]
    assert found == addresses
    assert words(tree) == words(tree_of(html)), "what only looks like an address stays as it was written"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            "![A pier](https://other.example/a.png)",
            '<p><a href="https://other.example/a.png" rel="noopener">A pier</a></p>',
        ),
        (
            "![](//other.example/a.png)",
            '<p><a href="https://other.example/a.png" rel="noopener">//other.example/a.png</a></p>',
        ),
        ("![A pier](pier.png)", "<p>A pier</p>"),
        ("[![A pier](https://other.example/a.png)](/en/)", '<p><a href="/en/" rel="noopener">A pier</a></p>'),
        ("![A pier](/files/a/b.png)", '<p class="lone"><img src="/files/a/b.png" alt="A pier"></p>'),
    ],
)
def test_a_picture_of_another_host_is_a_link_and_never_a_hole(source, html):
    assert render(source).html.strip() == html


def test_a_picture_in_a_line_stays_in_it_and_one_alone_may_be_wider():
    assert '<p class="lone"><img' in render("![Pier](/files/a/b.png)").html
    assert "<p>Press <img" in render("Press ![play](/files/a/b.png) to start").html
    assert "<figure><img" in render('![Pier](/files/a/b.png "At low tide")').html


def test_a_table_without_headings_has_no_empty_ones():
    assert "<th" not in render("|  |  |\n|--|--|\n| a | b |").html
    assert render("| h |  |\n|--|--|\n| a | b |").html.count("<th") == 3, "thead and two cells"


@pytest.mark.parametrize("info", ["rust,ignore", "rust", "rust,no_run {1}"])
def test_what_stands_behind_a_comma_is_for_a_compiler(info):
    assert '<span class="code-language">Rust</span>' in render(f"```{info}\nfn x() {{}}\n```").html

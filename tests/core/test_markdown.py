"""What a text has beyond CommonMark, as it is saved and as it is shown."""

import html5lib
import pytest

from jobboard.core.markdown import quoted, render
from jobboard.core.markdown_page import contents, on_page, worded


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

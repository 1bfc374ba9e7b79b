"""Texts of the old system become Markdown of this site; code stays untouched."""

import time

import pytest

from jobboard.transfer.markup_body import converted, first_paragraph, plain_summary, split_more
from jobboard.transfer.markup_headings import with_own_anchors
from jobboard.transfer.markup_images import references
from jobboard.transfer.markup_post_problems import PostKind


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{% highlight python %}\nx = 1\n{% endhighlight %}", "```python\nx = 1\n```"),
        ("{%- highlight c++ linenos -%}a{%- endhighlight -%}", "```c++\na\n```"),
        ("{% highlight x %}\n```\n{% endhighlight %}", "````x\n```\n````"),
        ('{{< highlight go "hl_lines=2" >}}\nx\n{{< / highlight >}}', "```go {2}\nx\n```"),
        ("{{% highlight sh %}}x{{% /highlight %}}", "```sh\nx\n```"),
        ("[x]({{ site.baseurl }}{% post_url 2024-05-06-x %})", "[x](@/2024-05-06-x)"),
        ("[x]({% link _posts/a.md %}) {% link b %}", "[x](@/_posts/a.md) {% link b %}"),
        ('[x]({{< relref path="/a.md#b" >}})', "[x](@/a.md#b)"),
        ("{% highlight python %}\nno end", "{% highlight python %}\nno end"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("```\n{% raw %}\n{{ x }}\n{% endraw %}\n```", "```\n{{ x }}\n```"),
        ("```\n{{</* a */>}}\n<img src=a>\n{% b %}\n```", "```\n{{< a >}}\n<img src=a>\n{% b %}\n```"),
        ("~~~ x\n<b>\n~~~", "~~~ x\n<b>\n~~~"),
        ("- ```\n  <b>\n  ```", "- ```\n  <b>\n  ```"),
        ("`<b> {{ x }}`", "`<b> {{ x }}`"),
        ("![a]({{ site.baseurl }}/a.png)", "![a](/a.png)"),
        ("![a]({{ '/a.png' | relative_url }})", "![a](/a.png)"),
        (
            '<img alt="A [b]" src="{{ site.url }}/a b.png" title=\'T "q"\' width=3 />',
            '![A \\[b\\]](</a b.png> "T \\"q\\"")',
        ),
        ('{{< figure src="a.png" caption="C" >}}', '![C](a.png "C")'),
        ("a <!-- hidden\n--> b", "a  b"),
        ("<https://example.org> a < b", "<https://example.org> a < b"),
        ("<b>a</b> <em>b</em> <b>c", "**a** *b* <b>c"),
        ('<a href="https://example.org/(x)"><img src="a.png"></a>', "[![](a.png)](<https://example.org/(x)>)"),
        ('<a name="x"></a>Text', "Text"),
        ("a<br>\nb<br/>c", "a\\\nb\\\nc"),
        ("| a<br>b |", "| a b |"),
        (
            "<div>\n    <div class=x>\n        <h4>Hi <i>you</i></h4>\n        Text\n    </div>\n</div>\n    code",
            "#### Hi *you* | Text |     code",
        ),
    ],
)
def test_text_is_converted(old, new):
    found = converted(old).markdown
    assert found == new or " | ".join(line for line in found.splitlines() if line) == new


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\n{{< youtube x >}}\n{{< youtube y >}}", [(PostKind.shortcode, "youtube", 2, 2)]),
        ("{% post_url 2024-05-06-x %}", [(PostKind.shortcode, "post_url", 1, 1)]),
        ("{% note() %}x{% end %}", [(PostKind.shortcode, "note", 1, 1)]),
        ("{{ page.title }}", [(PostKind.shortcode, "page.title", 1, 1)]),
        ("x\n{: .lead}", [(PostKind.shortcode, "{: }", 2, 1)]),
        ("\n\n<div class=x>a</div>", [(PostKind.html_left_out, "div", 3, 1)]),
        ("<iframe src=x></iframe>", [(PostKind.html, "iframe", 1, 1)]),
        ("List<String> and a<b", [(PostKind.html, "string", 1, 1)]),
        ("<img alt=x>", [(PostKind.html, "img", 1, 1)]),
        ("a <!-- b -->", [(PostKind.comment_left_out, "", 1, 1)]),
        ("```\n{{< youtube x >}}\n```", []),
    ],
)
def test_what_stays_is_told_with_its_line(text, found):
    body = converted(text)
    assert [(each.kind, each.name, each.line, each.count) for each in body.findings] == found


def test_lines_count_from_the_start_of_the_file():
    assert converted("a\n{{< x >}}", first_line=10).findings[0].line == 11


@pytest.mark.parametrize(
    ("text", "before", "whole"),
    [
        ("a\n\n<!--more-->\n\nb", "a", "a\n\nb"),
        ("a <!-- More --> b", "a", "a b"),
        ("a\nb", "", "a\nb"),
        ("<!-- more -->\nb", "", "b"),
    ],
)
def test_more_mark_is_taken_out(text, before, whole):
    found_before, found_whole = split_more(text)
    assert found_before == before
    assert found_whole.split() == whole.split()
    assert "--" not in found_whole


def test_own_separator_of_jekyll():
    assert split_more("a\n\n===\n\nb", "===") == ("a", "a\n\n\n\nb")


def test_first_paragraph_has_words():
    assert first_paragraph("# H\n\n- list\n\n![x](y)\n\nA `b` *c*\nd [e](f).") == "A b c d e."
    assert first_paragraph("```\ncode\n```") == first_paragraph("") == ""
    assert plain_summary("A **b** & c") == "A b & c"


def test_references_outside_of_code():
    assert references("![a](a_(1).png) `![b](b)` ``` ![c](c)\n\n    ![d](d)\n\n```\n![e](e)\n```\n![f][g]\n\n[g]: <h i>") == [
        "a_(1).png", "c", "h i",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "piece",
    [
        "{% highlight x %}",
        "{{< ",
        "{% ",
        "<a ",
        "![",
        "![a](",
        "`",
        "<!--",
        "[a]: ",
        "{{</* ",
        "```\n",
        "``",
        "[",
        "![[a]",
    ],
)
def test_hostile_texts_take_no_long_time(piece):
    text = (piece * (200_000 // len(piece)))[:200_000]
    started = time.process_time()
    converted(text)
    references(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("## Why {#because}\n\n[up](#because)", "## Why\n\n[up](#s-why)"),
        ("### *Two* words {: #x .big}\n", "### *Two* words\n"),
        ("```\n## Why {#because}\n```\n\n[up](#because)", "```\n## Why {#because}\n```\n\n[up](#because)"),
        ("Words {#because}", "Words {#because}"),
    ],
)
def test_headings_with_an_id_of_their_own_are_found_by_their_words(text, markdown):
    assert with_own_anchors(text) == markdown

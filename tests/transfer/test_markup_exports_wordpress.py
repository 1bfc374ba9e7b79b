"""Code in texts of WordPress, as its editors and plugins write it, comes over as code."""

import pytest

from jobboard.transfer.markup_exports_wordpress import _as_html
from jobboard.transfer.markup_shapes_html import markdown_of


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ('[sourcecode language="bash"]\nif true; then\n\n  ls\nfi\n[/sourcecode]', "bash", "if true; then\n\n  ls\nfi"),
        ('[code lang="php"]<?php echo "<b>$x</b>"; ?>[/code]', "php", '<?php echo "<b>$x</b>"; ?>'),
        ("[python]\nprint(&quot;a &lt; b&quot;)\n[/python]", "python", 'print("a < b")'),
        ("[code]a\n b[/code]", "", "a\n b"),
        (
            '<!-- wp:syntaxhighlighter/code {"language":"ruby"} -->\n<pre class="wp-block-syntaxhighlighter-code">puts 1</pre>'
            "\n<!-- /wp:syntaxhighlighter/code -->",
            "ruby",
            "puts 1",
        ),
        ('<pre lang="go">\nx := 1\n</pre>', "go", "x := 1"),
    ],
)
def test_code_is_kept_as_code(text, language, code):
    markup, findings = _as_html(f"Before\n\n{text}\n\nAfter")
    assert markdown_of(markup) == f"Before\n\n```{language}\n{code}\n```\n\nAfter"
    assert findings == ()


def test_a_command_inside_of_code_stays_as_it_is():
    markup, findings = _as_html("<pre>[php]1[/php]</pre>")
    assert "[php]1[/php]" in markdown_of(markup)
    assert findings == ()

"""Words that staff write with placeholders: a closed list, one pass, never code."""

import pytest
from markupsafe import Markup

from jobboard.mail.markup_templates import PLACEHOLDERS, UnknownPlaceholder, as_html, filled, placeholders_of

VALUES = dict.fromkeys(PLACEHOLDERS, "") | {
    "name": "Robin",
    "opening": "Operator",
    "page_link": "https://example.org/page",
}

#: Nothing of this is a placeholder: it arrives as it was typed.
STAYS = [
    "{{7*7}}",
    "{{ 7*7 }}",
    "{{ 7 * '7' }}",
    "{{ name.upper() }}",
    "{{ name|upper }}",
    "{{ name | safe }}",
    "{{ name.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ config.items() }}",
    "{{ config['SECRET_KEY'] }}",
    "{{ self.__init__.__globals__ }}",
    "{{ request.application.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ namespace(a=1) }}",
    "{{ [].append(1) }}",
    "{{ 'a' ~ 'b' }}",
    "{{ 1 if 1 else 2 }}",
    "{{ name[0] }}",
    "{{ (name) }}",
    "{{ -name }}",
    "{{ name, opening }}",
    "{{ name=1 }}",
    "{{ !name }}",
    "{{ name? }}",
    "{{ @name }}",
    "{{ $name }}",
    "{{ /name }}",
    "{{ #name }}",
    "{{ 1name }}",
    "{{}}",
    "{{ }}",
    "{{",
    "}}",
    "{{ name }",
    "{ name }",
    "{name}",
    "{ { name } }",
    "{{\nname\n}}",
    "{{ name\n}}",
    "{% if name %}x{% endif %}",
    "{% for x in range(9) %}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% set x = 1 %}",
    "{%- raw -%}{%- endraw -%}",
    "{# a comment #}",
    "# for x in y",
    "<%= name %>",
    "<% name %>",
    "${name}",
    "${7*7}",
    "$name",
    "#{name}",
    "%(name)s",
    "%s %d %n",
    "{0.__class__}",
    "[[name]]",
    "[[private-link:application:7:00000000000000000000000000000000]]",
    "\\{\\{ name \\}\\}",
    "&lt;b&gt; &amp;",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "javascript:alert(1)",
]
#: Looks like a placeholder and is none: refused by name.
REFUSED = [
    "config",
    "self",
    "request",
    "g",
    "session",
    "cycler",
    "__class__",
    "_name",
    "names",
    "Robin",
    "größe",
    "имя",
    "page_link_2",
    "true",
    "None",
    "name name",
    "page link to it",
    "email",
]


def test_the_tables_are_long_enough():
    assert len(STAYS) >= 60
    assert len(set(STAYS)) == len(STAYS)


@pytest.mark.parametrize("text", STAYS)
def test_what_is_no_placeholder_stays_text(text):
    assert filled(text, VALUES) == text
    assert placeholders_of(text) == set()
    html = "".join(as_html(text, VALUES))
    assert Markup(html).unescape() == text.strip("\n") or "<br>" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html


@pytest.mark.parametrize("name", REFUSED)
def test_unknown_placeholders_are_refused_with_their_name(name):
    with pytest.raises(UnknownPlaceholder) as refused:
        filled(f"a {{{{ {name} }}}} b", VALUES)
    assert refused.value.name == name


@pytest.mark.parametrize("written", ["{{ name }}", "{{name}}", "{{  name}}", "{{ Name }}", "{{ NAME }}"])
def test_placeholders_are_filled_however_they_are_spaced(written):
    assert filled(f"Hello {written},", VALUES) == "Hello Robin,"


@pytest.mark.parametrize("written", ["{{ page_link }}", "{{ page link }}", "{{ page-link }}", "{{ Page Link }}"])
def test_the_link_may_be_written_in_two_words(written):
    assert placeholders_of(written) == {"page_link"}
    assert as_html(written, VALUES) == ['<a href="https://example.org/page">https://example.org/page</a>']


def test_more_braces_stay_around_a_placeholder():
    assert filled("{{{ name }}}", VALUES) == "{Robin}"


@pytest.mark.parametrize(
    "name", ["{{ page_link }}", "{{ config }}", "{{7*7}}", "{% x %}", "<b>Rob</b>", "https://evil.example"]
)
def test_what_is_filled_in_is_not_looked_at_again(name):
    values = VALUES | {"name": name}
    assert filled("Hello {{ name }}", values) == f"Hello {name}"
    [html] = as_html("Hello {{ name }}", values)
    assert "<a" not in html, "applicants choose their name: it becomes no link in a mail of ours"
    assert "<b>" not in html
    assert html.unescape() == f"Hello {name}"


def test_text_becomes_paragraphs_lines_and_links():
    text = "Hello,\nread https://example.org/a?b=1&c=2, please (https://example.org/d).\n\n \n\nBye & <b>"
    assert as_html(text, VALUES) == [
        'Hello,<br>\nread <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>, please '
        '(<a href="https://example.org/d">https://example.org/d</a>).',
        "Bye &amp; &lt;b&gt;",
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x.example", "data:text/html,x", "http://"])
def test_other_addresses_become_no_links(address):
    assert "<a" not in "".join(as_html(address, VALUES))


def test_words_can_stand_for_the_link():
    [html] = as_html("{{ page_link }}", VALUES | {"page_link": "(only for you)"}, has_link=False)
    assert html == "(only for you)"

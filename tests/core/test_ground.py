"""Forms, tokens, limits, Markdown, languages, the database: what every room stands on."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import aliased

from jobboard.applications.models import Application, Note
from jobboard.core import i18n, limits, tokens
from jobboard.core.access import NotDeclared
from jobboard.core.base import Amount, UtcDateTime
from jobboard.core.db import Page, UnscopedQuery, page_number, session, writing
from jobboard.core.forms import clean_line, clean_text, is_web_address
from jobboard.core.markdown import excerpt, render
from jobboard.people.models import Person
from tests.factories import make_person


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Zoë   Nowak ", "Zoë Nowak"),
        ("Zoe\u0308", "Zoë"),
        ("שלום כהן", "שלום כהן"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("a\r\nBcc: b@example.org", "a Bcc: b@example.org"),
        ("nul\x00", "nul"),
        ("\ud800", "\ufffd"),
    ],
)
def test_line_is_cleaned_and_nothing_else_lost(typed, cleaned):
    assert clean_line(typed) == cleaned


@given(st.text())
def test_cleaned_text_can_always_be_stored_and_cleaning_is_stable(text):
    once = clean_text(text)
    once.encode()
    assert clean_text(once) == once
    assert "\r" not in once


@pytest.mark.parametrize("text", ["https://example.org/a?b=c", "http://münchen.example"])
def test_web_address_is_one(text):
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text", ["", "example.org", "javascript:alert(1)", "https://", "https://a b", "http://[", 'https://x"y']
)
def test_other_texts_are_no_web_address(text):
    assert not is_web_address(text)


def test_link_tokens_are_bound_to_purpose_subject_and_epoch(app):
    token = tokens.link_token("application", 7, 1)
    assert len(token) == 43
    assert token == tokens.link_token("application", 7, 1)
    others = {
        tokens.link_token("alert", 7, 1),
        tokens.link_token("application", 8, 1),
        tokens.link_token("application", 7, 2),
    }
    assert token not in others
    assert len(others) == 3


def test_form_token_is_good_for_its_form_only(app):
    text = tokens.issue_form_token("apply", 7)
    assert tokens.read_form_token(text, "apply", 7).nonce
    for wrong in [
        (text, "apply", 8),
        (text, "other", 7),
        (text + "x", "apply", 7),
        ("", "apply", 7),
        (None, "apply", 7),
    ]:
        with pytest.raises(tokens.BadFormToken):
            tokens.read_form_token(*wrong)
    with pytest.raises(tokens.BadFormToken):
        tokens.read_form_token("é\ud800", "apply", 7)


def test_signed_value_comes_back_unaltered_or_not_at_all(app):
    text = tokens.sign("file", "42")
    assert tokens.unsign("file", text) == "42"
    assert tokens.unsign("other", text) is None
    assert tokens.unsign("file", text[:-1]) is None


def test_limit_counts_per_key_and_forgets(app):
    with app.test_request_context():
        assert [limits.is_allowed("2 per minute", "try", "a") for _ in range(3)] == [True, True, False]
        assert limits.is_allowed("2 per minute", "try", "b")
        assert limits.is_used_up("2 per minute", "try", "a")


def test_limit_goes_on_when_its_store_is_away(app, tmp_path):
    from limits.storage import storage_from_string
    from limits.strategies import FixedWindowRateLimiter

    gone = storage_from_string("redis://127.0.0.1:1", wrap_exceptions=True)
    working = app.extensions["limiter"]
    app.extensions["limiter"] = FixedWindowRateLimiter(gone)
    try:
        with app.test_request_context():
            assert limits.is_allowed("1 per minute", "away", "a")
            assert not limits.is_allowed("1 per minute", "away", "a")
    finally:
        app.extensions["limiter"] = working


@pytest.mark.parametrize(
    ("addresses", "host"),
    [
        (["2a01:4f8::1", "2a01:4f8::2:1:2:3", "2A01:04F8:0:0:ffff::", "2a01:4f8:0:0:1:2:3:4"], "2a01:4f8::/64"),
        (["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"], "2001:db8:1:2::/64"),
        (["192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207"], "192.0.2.7"),
        (["fe80::1%eth0", "fe80::2"], "fe80::/64"),
        (["somebody"], "somebody"),
        ([None, ""], "unknown"),
    ],
)
def test_one_host_has_one_name_however_its_address_is_written(app, addresses, host):
    found = set()
    for address in addresses:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            found.add(limits.caller())
    assert found == {host}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "![a](javascript:alert(1))",
    '<a href="x" onclick="alert(1)">b</a>',
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "[a](vbscript:x)",
    "[a]( java\nscript:alert(1))",
    "<style>*{display:none}</style>",
    "```html\n<script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|---|",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    '# <b onmouseover="alert(1)">x</b>',
    "![x](//evil.example/beacon.png)",
    "![x](https://evil.example/beacon.png)",
    '![x](https://evil.example/b.png "<img src=x onerror=alert(1)>")',
    '![x](/a.png "</figcaption><script>alert(1)</script>")',
    "> [!NOTE]\n> <script>alert(1)</script>",
    '> [!NOTE"><script>alert(1)</script>]\n> x',
    '| <b onclick="alert(1)"> " onfocus="alert(1) |\n|---|\n| x |',
    '```python {1} " onfocus="alert(1)\nx\n```',
    "```<script>alert(1)</script> {1}\nx\n```",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_markdown_is_harmless(source):
    import html5lib

    tree = html5lib.parseFragment(render(source).html, namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in {"script", "style", "iframe", "svg", "object", "form"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not (
                name in {"href", "src"} and value.strip().lower().startswith(("javascript", "data", "vbscript"))
            )
            assert not (name == "src" and not value.startswith("/"))


@given(st.text(max_size=400))
def test_any_text_can_be_rendered(text):
    render(text)


def test_markdown_has_what_articles_need():
    source = """# Title

## Part

Text[^1] ~~old~~

- [x] done

| a |
|---|
| b |

```sql
SELECT 1
```

[^1]: Note
"""
    result = render(source)
    for piece in ("<h2 id=", "<h3 id=", "footnote-ref", "<s>old</s>", "checkbox", "<table>", 'class="highlight"'):
        assert piece in result.html
    assert result.minutes == 1


def test_excerpt_ends_at_a_word():
    assert excerpt("short") == "short"
    assert excerpt("one two three four", 12) == "one two…"


@pytest.mark.parametrize(
    ("code", "text"),
    [("en", "€52,000"), ("de", "52.000\xa0€")],
)
def test_money_shows_cents_only_when_there_are_some(app, code, text):
    with app.test_request_context(), i18n.force_locale(code):
        assert i18n.money(Decimal(52000), "EUR") == text
        assert "50" in i18n.money(Decimal("17.50"), "EUR")


def test_words_of_languages_countries_and_lists(app):
    with app.test_request_context(), i18n.force_locale("de"):
        assert i18n.language_name("en") == "Englisch"
        assert i18n.country_name("AT") == "Österreich"
        assert i18n.listed(["A", "B", "C"]) == "A, B und C"
    with app.test_request_context(), i18n.force_locale("en"):
        assert i18n.listed(["A", "B", "C"]) == "A, B, and C"
        assert i18n.language_name("not a tag") == "not a tag"
        assert i18n.pick({"de": "nur deutsch"}) == "nur deutsch"
        assert i18n.pick({}) == ""


def test_moment_is_told_with_its_zone(app):
    summer = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
    with app.test_request_context(), i18n.force_locale("de"):
        text = i18n.day_and_time(summer)
    assert "14:00" in text
    assert "1. Juli 2026" in text
    assert "MESZ" in text
    with app.test_request_context(), i18n.force_locale("en"):
        assert i18n.day_and_time(summer).replace("\N{NARROW NO-BREAK SPACE}", " ") == "July 1, 2026, 2:00 PM CEST"


@pytest.mark.parametrize("value", ["2026-03-29T00:30:00+00:00", "2026-10-25T00:30:00+00:00"])
def test_moments_survive_the_database(app, value):
    moment = dt.datetime.fromisoformat(value)
    zone = dt.timezone(dt.timedelta(hours=5))
    found = session().execute(sa.select(sa.literal(moment.astimezone(zone), UtcDateTime()))).scalar_one()
    assert found == moment
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        session().execute(sa.select(sa.literal(dt.datetime(2026, 1, 1), UtcDateTime())))  # noqa: DTZ001 - the point


def test_amounts_keep_their_cents(app):
    assert session().execute(sa.select(sa.literal(Decimal("17.45"), Amount()))).scalar_one() == Decimal("17.45")


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(Application),
        sa.select(sa.func.count(Application.id)),
        sa.select(aliased(Application).id),
        sa.select(Person.id).where(Person.id.in_(sa.select(Note.by_id))),
        sa.text("SELECT count(*) FROM application"),
        sa.delete(Application),
    ],
)
def test_query_of_applications_without_a_scope_raises(app, statement):
    with pytest.raises(UnscopedQuery):
        session().execute(statement)
    session().execute(statement, execution_options={"scope": "test", "synchronize_session": False})


def test_get_that_did_not_declare_it_cannot_write(app):
    with app.test_request_context("/health/live"):
        app.preprocess_request()
        with pytest.raises(NotDeclared), writing():
            pass
        with pytest.raises(NotDeclared), writing(trace="a view"):
            pass


def test_changes_made_before_writing_are_refused(app):
    make_person()
    session().add(Person(name="Early", slug="early"))
    with pytest.raises(RuntimeError, match="inside"), writing():
        pass
    session().rollback()


def test_failed_write_leaves_nothing(app):
    with pytest.raises(sa.exc.IntegrityError), writing() as current:
        current.add_all([Person(name="Nobody", slug="nobody"), Person(name="Nobody", slug="nobody")])
    assert session().execute(sa.select(Person).where(Person.slug == "nobody")).first() is None


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2), (None, 1), ("", 1), ("0", 1), ("-3", 1), ("x", 1), ("9" * 5000, 1)]
)
def test_page_number_is_a_number(text, number):
    assert page_number(text) == number


def test_page_says_what_it_shows():
    page = Page(list("abc"), 3, 10, 23, str)
    assert (page.pages, page.first, page.last) == (3, 21, 23)
    empty = Page([], 1, 10, 0, str)
    assert (empty.pages, empty.first, empty.last) == (1, 0, 0)

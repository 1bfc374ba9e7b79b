"""Formulas and diagrams on pages, in feeds, found by search, and what those who write are told about them."""

import json

import html5lib
import pytest

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.posts.markup_checklist import article_checklist
from tests.factories import make_article, make_offer
from tests.pages import form_of, html_problems, page_of, words_of

TEXT = """## Load $\\rho$

It costs $5 and $10, and $\\rho = \\lambda / \\mu$.

$$
W = \\frac{1}{\\mu - \\lambda}
$$

| Load | Wait |
|:-----|-----:|
| $0.5$ | 2 |

```mermaid "How a request travels"
flowchart LR
  reader[Browser] --> desk{Schalter?}
```

```mermaid
sequenceDiagram
  A->>B: hello
```
"""


def article(markdown=TEXT, **given):
    post = make_article("Queues", slug="queues", markdown=markdown, **given)
    session().commit()
    return post


@pytest.mark.parametrize(
    ("language", "formula", "source", "name"),
    [
        ("en", "Formula", "The diagram as text", "Sequence diagram"),
        ("de", "Formel", "Das Diagramm als Text", "Sequenzdiagramm"),
    ],
)
def test_article_with_formulas_and_diagrams_is_valid_and_worded(client, language, formula, source, name):
    article(locale=language)
    answer = client.get(f"/{language}/articles/queues/")
    assert html_problems(answer) == []
    page = page_of(answer)
    boxes = [one.get("aria-label") for one in page.iter("div") if one.get("class") in {"formula", "diagram-box"}]
    assert boxes == [formula, "How a request travels", name]
    assert [words_of(one) for one in page.iter("summary")] == [source, source]
    assert [one.get("class") for one in page.iter("td")] == [None, "at-end"]
    assert "$5 and $10" in answer.text
    assert " style=" not in answer.text


def test_opening_may_hold_them_too(client):
    make_offer("Engineer", slug="engineer", markdown=TEXT)
    session().commit()
    assert "<math" in (page := client.get("/en/jobs/engineer/")).text
    assert html_problems(page) == []


def test_feeds_have_formulas_and_the_source_of_diagrams(client):
    article()
    (item,) = json.loads(client.get("/en/feed.json").text)["items"]
    content = html5lib.parseFragment(item["content_html"], namespaceHTMLElements=False)
    assert len(list(content.iter("{http://www.w3.org/1998/Math/MathML}math"))) == 4
    assert "svg" not in item["content_html"]
    assert "reader[Browser] --&gt; desk{Schalter?}" in item["content_html"]
    assert client.get("/en/feed.atom").text.count("How a request travels") == 1


@pytest.mark.parametrize("words", ["frac", "Schalter", "travels", "lambda"])
def test_search_finds_the_words_of_both(client, words):
    article()
    assert "/en/articles/queues/" in client.get(f"/en/search/?q={words}").text


@pytest.mark.parametrize(
    ("source", "language", "words"),
    [
        (r"$\frac{$", "en", "This formula cannot be read, so its source is shown:"),
        (r"$\frac{$", "de", "Diese Formel lässt sich nicht lesen, deshalb steht ihr Quelltext da:"),
        ("```mermaid\nflowchart LR\n a--\n```", "en", "This diagram cannot be read, so its source is shown:"),
    ],
)
def test_preview_says_what_is_wrong_and_saving_works(client, sign_in, source, language, words):
    sign_in("author")
    post = article("Words")
    url = f"/desk/posts/{post.id}/en/"
    form = form_of(client.get(url), having="version")
    headers = {"Accept-Language": language}
    data = {**form, "markdown": source, "locale": "en"}
    answer = client.post("/desk/editor/preview/", data=data, headers=headers)
    assert words in answer.text
    assert "Unterminated" in answer.text or "Expected closing token" in answer.text
    assert client.post(url, data=data).status_code == 303
    page = client.get("/en/articles/queues/")
    assert page.status_code == 200
    assert "is-undrawn" in page.text
    assert words not in page.text


def test_checklist_names_what_is_not_drawn_and_diagrams_without_a_name(client):
    post = article(TEXT + "\n$\\nope$ and $\\frac{$\n")
    with client.application.test_request_context("/desk/"):
        found = {item.name: item.text for item in article_checklist(post, clock.now()).items}
    assert found["drawn-en"] == "2 formulas and diagrams are shown as their source; the preview says why."
    assert found["alt-en-diagrams"].startswith("A diagram has no name")


def test_original_beside_a_translation_shows_its_diagrams_under_other_ids(client, sign_in):
    sign_in("author")
    post = article()
    page = client.get(f"/desk/posts/{post.id}/de/")
    assert 'id="quoted-dg-' in page.text
    assert html_problems(page) == []

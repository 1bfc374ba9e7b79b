"""Formulas and diagrams: what is one, what may stand in a page of it, and what becomes of those that cannot be drawn."""

import html
import json
import re

import html5lib
import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobboard.core import markdown_mathml
from jobboard.core.markdown import plain, quoted, render
from jobboard.core.markdown_drawn import Problem
from jobboard.core.markdown_maker import made_by
from jobboard.core.markdown_mathml import NotMathML, formula
from jobboard.core.markdown_page import in_feed, notices, on_page
from jobboard.core.markdown_svg import ATTRIBUTES, MARKERS, SHAPES, NotADrawing, drawing
from jobboard.files import actions_drawn
from jobboard.files.actions_drawn import draw
from jobboard.files.answers import Answer
from jobboard.files.checker import Checker, CheckerGone, checker

MATHML, SVG = "{http://www.w3.org/1998/Math/MathML}", "{http://www.w3.org/2000/svg}"
FLOW = "flowchart LR\n  a[Reader's browser] -->|GET| b{Kept?}\n  b -.-> c[(Wörter)]\n"


@pytest.fixture(scope="module", autouse=True)
def drawing_app():
    """Texts are drawn as in the site; nothing here needs its database."""
    app = Flask("drawing")
    app.extensions["draw"] = draw
    with app.app_context():
        yield


def tree_of(markup):
    return html5lib.parseFragment(markup)


def names_in(markup):
    """Every element of a page with its namespace, as a browser parses it."""
    return {one.tag for one in tree_of(markup).iter() if isinstance(one.tag, str)}


def fence(source, info="mermaid"):
    return f"```{info}\n{source}\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10, not US$ 5 or 10$.",
        "50.000 US$/Jahr bis 60.000 US$, in $, € oder US-$.",
        "$120,000–$150,000 (about $10 less than $140k)",
        "Set $HOME/bin:$PATH and $1 or $2.",
        'From $10, "US$" or $ 5 $ on. $$$ $$',
        r"Escaped \$x\$ and `$y$`",
        "$5 per hour and 6$ per word$",
        "A $x, y",
    ],
)
def test_money_and_variables_stay_words(text):
    rendered = render(text)
    assert "<math" not in rendered.html
    assert not rendered.troubles
    assert rendered.text == re.sub(r"\\(\$)", r"\1", text).replace("`", "")


@pytest.mark.parametrize(
    ("text", "tex", "is_block"),
    [
        ("so $x^2$.", "x^2", False),
        ("($n$)", "n", False),
        ("**$2^{10} = 1024$**", "2^{10} = 1024", False),
        (r"$\text{busy time} / \text{all time}$", r"\text{busy time} / \text{all time}", False),
        (r"$\$5 < x$", r"\$5 < x", False),
        ("in $$a$$ line", "a", False),
        ("| $a_1$ |\n|---|\n| x |", "a_1", False),
        ("$$\na\n= b\n$$", "a\n= b", True),
        ("Words\n$$\na\n$$\nwords", "a", True),
        ("> $$a$$", "a", True),
        ("```math\n\\frac{a}{b}\n```", r"\frac{a}{b}", True),
    ],
)
def test_formula_is_mathml_with_its_source(text, tex, is_block):
    rendered = render(text)
    math = next(tree_of(rendered.html).iter(f"{MATHML}math"))
    assert (math.get("display") == "block") is is_block
    assert "".join(math.find(f"{MATHML}semantics/{MATHML}annotation").itertext()) == tex
    assert " ".join(tex.split()) in rendered.text
    assert not rendered.troubles
    assert rendered.made_by == made_by()


def test_formula_of_its_own_scrolls_in_a_named_box(app):
    with app.test_request_context("/en/"):
        page = on_page(render("$$x$$").html, "en")
    box = tree_of(page).find("{http://www.w3.org/1999/xhtml}div")
    assert (box.get("class"), box.get("tabindex"), box.get("role"), box.get("aria-label")) == (
        *("formula", "0", "group"),
        "Formula",
    )


def test_lines_of_equations_are_set_without_numbers():
    markup = render("$$\n\\begin{align} a &= b \\label{one} \\\\ c &= d \\nonumber \\end{align}\n$$").html
    assert markup.count("<mtr>") == 2
    assert "(1)" not in plain(markup.replace("annotation", "x"))
    assert 'class="at-end tight-end"' in markup
    assert " style=" not in markup


ALLOWED = {MATHML + name for name in ("math", "semantics", "annotation", *markdown_mathml.ELEMENTS)}


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\begin{equation} a \label{x} \end{equation} \eqref{x}",
        r"</annotation></semantics></math><script>alert(1)</script>",
        r"a<b>c&lt;i&amp;d",
        r"\color{red}x\style{a}{b}\class{a}{b}\html{x}",
        r"\cancel{x}",
        r"\newcommand{\a}{\a\a}\a",
        r"\newcommand{\a}[1]{#1#1#1#1#1#1#1#1#1#1}\a{\a{\a{\a{\a{\a{\a{x}}}}}}}",
        "\x00\x01\ud7ff",
    ],
)
def test_nothing_but_mathml_comes_out_of_hostile_formulas(tex):
    markup = render(f"Before ${tex}$ after").html
    found = names_in(markup)
    assert found <= ALLOWED | {f"{{http://www.w3.org/1999/xhtml}}{name}" for name in ("p", "code", "br")} | {
        "DOCUMENT_FRAGMENT"
    }
    assert not [one for one in tree_of(markup).iter() if one.attrib.keys() & {"href", "style", "onerror", "src", "id"}]
    assert "Before" in markup
    assert "after" in markup


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=r"\{}^_&<>$ab1(/'\"=! #%~|" + "é", min_size=1, max_size=60))
@example(r"\mathrm{<style>}")
@example(r"{\tt <!--}")
def test_any_formula_leaves_a_page_that_is_parsed_as_it_was_meant(tex):
    markup = render(f"```math\n{tex}\n```\n\nEnd").html
    tree = tree_of(markup)
    assert "".join(tree[-1].itertext()) == "End"
    assert html5lib.serialize(tree_of(html5lib.serialize(tree))) == html5lib.serialize(tree)
    allowed = {"math", "semantics", "annotation", *markdown_mathml.ELEMENTS, "div", "pre", "code", "span", "p"}
    assert {one.tag.rpartition("}")[2] for one in tree.iter()} <= allowed | {"DOCUMENT_FRAGMENT"}


@pytest.mark.parametrize(
    "markup",
    [
        "<math><mtext><img src=x></mtext></math>",
        "<math><mi>x</mi><script>1</script></math>",
        "<math><annotation-xml encoding='text/html'><p>x</p></annotation-xml></math>",
        "<math><mglyph></mglyph></math>",
        "<math><semantics><mi>x</mi></semantics></math>",
        "<math><mi>x</mi></math><math><mi>y</mi></math>",
        "<math><mi>x</mi>",
        "<math><mi>x</math></mi>",
        "<math><!-- x --></math>",
        "<math><![CDATA[x]]></math>",
        "<math><?x?></math>",
        "<!doctype x><math></math>",
        "words",
        "",
        "<mi>x</mi>",
        "<math>" + "<mrow>" * 300 + "</mrow>" * 300 + "</math>",
    ],
)
def test_what_is_no_formula_is_refused(markup):
    with pytest.raises(NotMathML):
        formula(markup, "x", is_block=False)


def test_attributes_of_formulas_are_named_ones_with_plain_values():
    made = formula(
        '<math onclick="x"><mo stretchy="true" form="prefix" href="x" style="color:red" lspace="0.1em">(</mo>'
        '<mspace width="expression(1)"/><mi mathvariant="normal" id="a" class="b">x</mi></math>',
        "x",
        is_block=False,
    )
    assert '<mo stretchy="true" form="prefix" lspace="0.1em">(</mo><mspace></mspace><mi mathvariant="normal">' in made
    assert "onclick" not in made


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (FLOW, "flowchart"),
        ('graph TD\n subgraph one [A b]\n a-->b\n end\n style a fill:#f00\n click a href "javascript:x"', "flowchart"),
        (
            "sequenceDiagram\n autonumber\n actor U\n U->>+S: x\n loop a\n S-->>-U: y\n end\n Note over U,S: n",
            "sequence",
        ),
        ("stateDiagram-v2\n [*] --> A\n A --> [*] : go", "state"),
        ("classDiagram\n A <|-- B : is\n A : +int id\n A : do(x)", "class"),
        ("erDiagram\n A ||--o{ B : has\n A { int id PK }", "er"),
    ],
)
def test_diagram_is_svg_of_named_parts(source, kind):
    rendered = render(fence(source, 'mermaid "How <it> works"'))
    assert not rendered.troubles
    figure = next(tree_of(rendered.html).iter("{http://www.w3.org/1999/xhtml}figure"))
    assert f"is-{kind}" in figure.get("class").split()
    assert figure.find("{*}div").get("aria-label") == "How <it> works" == figure.find("{*}figcaption").text
    inside = [one for one in figure.iter() if one.tag.startswith(SVG)]
    assert {one.tag.removeprefix(SVG) for one in inside} <= SHAPES | {"svg"}
    allowed = {*ATTRIBUTES, *MARKERS, "id", "class", "fill", "stroke", "font-size", "aria-hidden"}
    assert {name for one in inside for name in one.attrib} <= allowed
    assert not re.search(r"javascript|style=|url\((?!#dg-)|#f00", rendered.html.partition("<details")[0])
    ids = [one.get("id") for one in inside if one.get("id")]
    assert {found for one in inside for found in re.findall(r"#([\w-]+)", " ".join(one.attrib.values()))} == set(ids)
    assert html.escape(source, quote=False) in rendered.html.partition("<details")[2]


def test_name_of_a_diagram_may_stand_in_it_or_be_missing(app):
    inner = render(fence("sequenceDiagram\n accTitle: A way\n accDescr: And back\n A->>B: x")).html
    assert 'aria-label="A way: And back"' in inner
    nameless = render(fence(FLOW)).html
    with app.test_request_context("/de/"):
        assert 'aria-label="Flussdiagramm"' in on_page(nameless, "de")
        assert "Das Diagramm als Text" in on_page(nameless, "de")
        assert 'aria-label="Flowchart"' in on_page(nameless, "en")


def test_two_of_the_same_and_a_quoted_one_share_no_id():
    text = fence(FLOW) + "\n" + fence(FLOW)
    made = render(text).html
    ids = re.findall(r' id="([^"]+)"', made + quoted(made))
    assert len(ids) == len(set(ids)) > 3
    assert quoted(made).count("<svg") == 2
    assert "<math" in quoted(render("$x$").html)


def test_words_of_formulas_and_diagrams_are_found_and_what_is_twice_is_not():
    text = render("## A $x$\n\n" + fence(FLOW, 'mermaid "The way"') + r"so $\frac{1}{2}$").text
    assert text.startswith("A x ")
    assert "Reader's browser" in text
    assert "Wörter" in text
    assert "The way" in text
    assert text.endswith(r"so \frac{1}{2}")
    assert "flowchart" not in text


def test_feed_has_the_source_of_a_diagram_and_no_picture(app):
    made = render(fence(FLOW, 'mermaid "The way"') + "\n$x$").html
    with app.test_request_context("/en/"):
        shown = in_feed(made, "en")
    assert "<svg" not in shown
    assert "details" not in shown
    assert "<figcaption>The way<pre" in shown
    assert "<math" in shown


@pytest.mark.parametrize(
    ("text", "problem", "words"),
    [
        (r"$\frac{$", Problem.not_understood, r"\frac{"),
        (r"$\unknown x$", Problem.not_understood, r"\unknown x"),
        (r"$\cancel{x}$", Problem.not_supported, r"\cancel{x}"),
        ("$" + "x" * 4001 + "$", Problem.too_large, "x" * 120 + "…"),
        (fence("flowchart LR\n a--"), Problem.not_understood, "flowchart LR…"),
        (fence('pie\n "a" : 3'), Problem.not_supported, "pie…"),
        (fence("%" * 20_001), Problem.too_large, "%" * 120 + "…"),
    ],
)
def test_what_cannot_be_drawn_is_shown_as_it_was_written(app, text, problem, words):
    rendered = render(f"{text}\n\nand $y$")
    assert [one.problem for one in rendered.troubles] == [problem]
    assert rendered.html.count("<math") == 1
    assert "is-undrawn" in rendered.html
    source = text.strip().strip("`").removeprefix("mermaid").strip()
    assert html.escape(source, quote=False) in rendered.html
    assert rendered.made_by
    with app.test_request_context("/en/"):
        (notice,) = notices(rendered)
    assert notice.source == words
    assert notice.words.endswith("source is shown:") or "source of this one" in notice.words


def test_formula_that_ends_the_process_harms_no_other():
    sources = [f"x_{number}" for number in range(9)] + [r"\sqrt" * 500_000]
    orders = [actions_drawn.Wanted(source) for source in sources]
    before = checker().start().pid
    found = draw(orders)
    assert [one.problem for one in found.values()] == [None] * 9 + [Problem.not_supported]
    assert checker().start().pid == before


def test_without_the_libraries_the_source_is_shown_and_nobody_is_bothered(monkeypatch):
    monkeypatch.setattr(actions_drawn, "version_of", lambda _name: "")
    rendered = render("$x^9$\n\n" + fence(FLOW))
    assert '<code class="formula-source">$x^9$</code>' in rendered.html
    assert "flowchart LR" in rendered.html
    assert not re.search("<math|<svg|is-undrawn", rendered.html)
    assert not rendered.troubles
    assert rendered.made_by == made_by()


@pytest.mark.parametrize("gone", [True, False])
def test_when_nobody_can_draw_the_text_is_to_be_rendered_again(monkeypatch, gone):
    def ask(*_order, **_how):
        if gone:
            raise CheckerGone
        return Answer(data=json.dumps([[True, "<math>", 3]]).encode())

    monkeypatch.setattr(actions_drawn, "_kept", {})
    monkeypatch.setattr(Checker, "ask", ask)
    rendered = render("$q$")
    assert rendered.troubles[0].problem is (Problem.not_now if gone else Problem.not_supported)
    assert bool(rendered.made_by) is not gone


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<svg",
        "<!DOCTYPE svg [<!ENTITY a 'x'>]><svg/>",
        '<svg xmlns="http://www.w3.org/2000/svg" aria-roledescription="flowchart-v2"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" aria-roledescription="flowchart-v2" viewBox="0 0 1e9 1"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" aria-roledescription="flowchart-v2" viewBox="a b c d"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" aria-roledescription="pie" viewBox="0 0 1 1"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" aria-roledescription="er" viewBox="0 0 1 1">'
        + "<g>" * 100
        + "<path/>"
        + "</g>" * 100
        + "</svg>",
        '<svg xmlns="http://www.w3.org/2000/svg" aria-roledescription="er" viewBox="0 0 1 1">'
        '<g id="a"><use href="#a"/></g></svg>',
    ],
)
def test_what_is_no_diagram_is_refused(markup):
    with pytest.raises(NotADrawing):
        drawing(markup, "dg")


def test_only_shapes_numbers_and_own_classes_of_a_drawing_pass():
    made = drawing(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'aria-roledescription="flowchart-v2" viewBox="0 0 9 9" onload="x">'
        '<script>alert(1)</script><style>@import "x"</style><image href="x"/><foreignObject><p>x</p></foreignObject>'
        '<a xlink:href="javascript:x"><rect x="1" y="url(x)" onclick="x" class="node evil" fill="url(#x)"/></a>'
        '<path d="M0 0 url(x)" marker-end="url(#m)"/><path d="M0,0 1.23456 3" marker-end="url(https://x/#m)"/>'
        '<set attributeName="href" to="x"/><animate/><use href="https://x/#y"/>'
        '<text style="text-anchor:middle">a &lt;b&gt;</text>'
        '<marker id="m" refX="1"><circle r="2"/></marker></svg>',
        "dg-1",
    ).svg
    assert made.partition(">")[2] == (
        '<marker id="dg-1-0" refX="1"><circle r="2"></circle></marker><rect x="1" class="d-node"></rect>'
        '<path marker-end="url(#dg-1-0)"></path><path d="M0,0 1.23 3"></path>'
        '<text fill="currentColor" stroke="none" text-anchor="middle">a &lt;b&gt;</text></svg>'
    )

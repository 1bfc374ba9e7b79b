"""Public lists of other systems become openings without a mapping."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from jobboard.cli import main
from jobboard.core.db import session
from jobboard.openings.models import Contract, Hours, JobOffer, Level, PayPeriod, Workplace
from jobboard.transfer.markup_shapes import Shape, ShapeError, read_shape
from jobboard.transfer.markup_shapes_html import body_of, markdown_of

GREENHOUSE = {
    "jobs": [
        {
            "id": 127817,
            "internal_job_id": 144381,
            "title": "Harbour engineer (m/w/d)",
            "updated_at": "2026-01-14T10:55:28-05:00",
            "first_published": "2026-01-10T10:00:00-05:00",
            "requisition_id": "50",
            "location": {"name": "Hamburg, Germany"},
            "absolute_url": "https://boards.example/tidenhub/jobs/127817",
            "language": "de",
            "metadata": None,
            "content": "&lt;p&gt;Build &amp;amp; mend &lt;strong&gt;piers&lt;/strong&gt;.&lt;/p&gt;",
            "departments": [{"id": 13583, "name": "Operations", "parent_id": None, "child_ids": []}],
            "offices": [{"id": 8787, "name": "Hamburg", "location": "Hamburg, Germany"}],
        },
        {
            "id": 2,
            "title": "Cook",
            "updated_at": "2026-01-14T10:55:28Z",
            "location": {"name": ""},
            "absolute_url": "https://boards.example/2",
            "content": "",
            "departments": [{"id": 0, "name": "No Department"}],
        },
    ],
    "meta": {"total": 2},
}
LEVER = [
    {
        "id": "5ac21346-8e0c-4494-8e7a-3eb92ff77902",
        "text": "Database engineer",
        "categories": {
            "commitment": "Full-time",
            "location": "Berlin",
            "team": "Data",
            "allLocations": ["Berlin", "Vienna"],
        },
        "createdAt": 1767225600000,
        "workplaceType": "remote",
        "description": "<div>We keep data.</div>",
        "lists": [{"text": "What you do & learn", "content": "<li>Backups</li><li>Restores</li>"}],
        "additional": "<p>Come by.</p>",
        "hostedUrl": "https://jobs.example/5ac",
        "applyUrl": "https://jobs.example/5ac/apply",
        "salaryRange": {"currency": "EUR", "interval": "per-year-salary", "min": 60000, "max": 72000},
    }
]
PERSONIO = """<?xml version="1.0" encoding="UTF-8"?>
<workzag-jobs><position>
<id>1067</id><subcompany>Fördetext eG</subcompany><office>Wien</office>
<additionalOffices><office>Graz</office></additionalOffices>
<department>Vertrieb</department><name>Vertrieb Donau</name>
<jobDescriptions><jobDescription><name>Aufgaben</name><value><![CDATA[<ul><li>Reden</li></ul>]]></value></jobDescription>
</jobDescriptions>
<employmentType>permanent</employmentType><seniority>entry-level</seniority><schedule>part-time</schedule>
<yearsOfExperience>1-2</yearsOfExperience><createdAt>2026-01-05T09:00:00+00:00</createdAt>
</position></workzag-jobs>"""
FILES = {
    "greenhouse": json.dumps(GREENHOUSE).encode(),
    "lever": json.dumps(LEVER).encode(),
    "personio": PERSONIO.encode(),
}


def imported(app, tmp_path, shape, *options):
    path = tmp_path / "list"
    path.write_bytes(FILES[shape])
    done = app.test_cli_runner().invoke(main, ["import", "openings", str(path), "--shape", shape, *options])
    assert done.exit_code == 0, done.output
    session().expire_all()
    return done.output, {offer.reference: offer for offer in session().execute(sa.select(JobOffer)).scalars()}


def test_greenhouse(own_app, tmp_path):
    output, offers = imported(own_app, tmp_path, "greenhouse")
    assert "2 looked at: 2 new" in output
    offer = offers["greenhouse:127817"]
    text = offer.text("de")
    assert (text.title, text.locale) == ("Harbour engineer", "de")
    assert "<strong>piers</strong>" in text.html
    assert "Build &amp; mend" in text.html
    assert [one.name["de"] for one in offer.categories] == ["Operations"]
    assert [row.place.city for row in offer.places] == ["Hamburg"]
    assert offer.publish_at == dt.datetime(2026, 1, 10, 15, tzinfo=dt.UTC)
    assert offer.apply_url == "https://boards.example/tidenhub/jobs/127817"
    other = offers["greenhouse:2"]
    assert (other.text("en").locale, list(other.categories), list(other.places)) == ("en", [], [])


def test_lever(own_app, tmp_path):
    _output, offers = imported(own_app, tmp_path, "lever", "--language", "de")
    [offer] = offers.values()
    assert (offer.hours, offer.contract, offer.workplace) == (Hours.full_time, None, Workplace.remote)
    assert (offer.pay_min, offer.pay_max, offer.pay_currency, offer.pay_period) == (60000, 72000, "EUR", PayPeriod.year)
    assert [row.place.city for row in offer.places] == ["Berlin", "Vienna"]
    assert offer.publish_at == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert offer.original_locale == "de"
    assert "<li>Restores</li>" in offer.text("de").html
    assert "What you do &amp; learn" in offer.text("de").html


def test_personio(own_app, tmp_path):
    _output, offers = imported(own_app, tmp_path, "personio", "--language", "de")
    [offer] = offers.values()
    assert (offer.contract, offer.hours, offer.level) == (Contract.permanent, Hours.part_time, Level.entry)
    assert offer.organisation == "Fördetext eG"
    assert [row.place.city for row in offer.places] == ["Vienna", "Graz"]
    assert "<h2" in offer.text("de").html
    assert "Aufgaben" in offer.text("de").html


@pytest.mark.parametrize("shape", list(FILES))
def test_second_time_changes_nothing(own_app, tmp_path, shape):
    imported(own_app, tmp_path, shape)
    output, _offers = imported(own_app, tmp_path, shape)
    assert "0 new, 0 changed" in output


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"jobs": [{}]}',
        b"<a/>",
        b"\xff",
        b'<!DOCTYPE a [<!ENTITY b "c">]><workzag-jobs/>',
        b"[" * 9999,
    ],
)
def test_what_is_no_such_list_is_told(app, shape, data):
    with pytest.raises(ShapeError, match=shape.value.title()):
        read_shape(data, shape, "en")


def test_empty_list_is_one(app):
    assert read_shape(b"[]", Shape.lever, "en")[0] == read_shape(b'{"jobs": []}', Shape.greenhouse, "en")[0] == b"[]"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two &amp; <b>three</b></p>", "One\n\nTwo & **three**"),
        ("<h1>Head</h1><ul><li>a</li><li><p>b</p></li></ul>end", "## Head\n\n- a\n- b\n\nend"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n   - b\n2. c"),
        ('<a href="https://example.org/a b">x</a> <a href="<">y</a>', "[x](<https://example.org/a b>) y"),
        ("2 * 3 * 4 and [x](y) and # no", "2 \\* 3 \\* 4 and \\[x\\](y) and \\# no"),
        ("<script>alert(1)</script><style>a{}</style>text", "text"),
        ("<p>a<br>b</p><br><p></p><p><strong> </strong></p>", "a\\\nb"),
        ("no end <b>of <i>marks", "no end **of *marks***"),
        ("<blockquote><p>said</p><pre>\n a\n\n\n b\n</pre></blockquote>", "> said\n>\n> ```\n>  a\n>\n>\n>  b\n> ```"),
        (
            '<figure><img src="/a.png" alt="A"><figcaption>Of us</figcaption></figure>after',
            "![A](/a.png)\n\n*Of us*\n\nafter",
        ),
        (
            '<pre class="x"><code class="language-python">def f():\n\n\n    return "`*_" &lt; 1\n</code></pre>',
            '```python\ndef f():\n\n\n    return "`*_" < 1\n```',
        ),
        ("<pre>```\na\n```</pre>", "````\n```\na\n```\n````"),
        ("<p>x <code>a_b `c`</code> <kbd></kbd></p>", "x `` a_b `c` ``"),
        (
            "<table><thead><tr><th>a<th>b</tr></thead><tr><td>1|2<td><p>x</p><p>y</p></table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 | x y |",
        ),
        ("<table><tr><td>1</td></tr></table>", "|  |\n| --- |\n| 1 |"),
        ("<ul><li><p>a</p><pre>x\n\ny</pre></li><li>c<li>d</ul>", "- a\n\n  ```\n  x\n\n  y\n  ```\n- c\n- d"),
        ("<ol start=3><li>c</ol><hr>", "3. c\n\n---"),
        ("<p>- no list</p><p>1. nor<br>+ this</p>", "\\- no list\n\n1\\. nor\\\n\\+ this"),
        ("<b>foo </b>bar <del>x</del>", "**foo** bar ~~x~~"),
        ('<a href="/x"><div>Title</div><div>more</div></a>after', "[Title more](/x)after"),
        ('<a href="big.jpg"><img src="small.jpg" alt="s"></a>', "[![s](small.jpg)](big.jpg)"),
        ('<a href="/x"></a><i><b>x</i></b>', "***x***"),
        ('<iframe src="https://example.org/v"></iframe>', "[https://example.org/v](https://example.org/v)"),
        ("<blockquote>" * 500 + "deep", "> " * 20 + "deep"),
        ("<b>" * 5000 + "deep", "**" * 20 + "deep" + "**" * 20),
        ("</b></td></li></pre></blockquote>x", "x"),
        ("", ""),
    ],
)
def test_html_becomes_markdown(html, markdown):
    assert body_of(html, lambda _source: True).markdown == markdown


def test_images_of_openings_are_left_out():
    assert markdown_of('<p>a <img src="https://example.org/a.png" alt="x"></p>') == "a"


def test_command_wants_a_mapping_or_a_shape(own_app, tmp_path):
    path = tmp_path / "list"
    path.write_bytes(FILES["lever"])
    done = own_app.test_cli_runner().invoke(main, ["import", "openings", str(path)])
    assert done.exit_code == 2
    assert "Give either --mapping or --shape." in done.output

"""Openings imported, imported again and changed at their source: through the importer, seen on the pages."""

import datetime as dt
import json
import re

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core.db import session, writing
from jobboard.openings.models import JobOffer, Level, Place
from jobboard.posts.actions import withdraw_to_draft
from jobboard.posts.models import Phase, Post, PostState
from jobboard.transfer.actions import Told
from jobboard.transfer.actions_openings import import_openings
from jobboard.transfer.markup_mapping import FIELDS, Mapping
from jobboard.transfer.markup_openings import read_openings
from tests.factories import make_article, make_person

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
NOW = dt.datetime(2025, 3, 3, 12, tzinfo=dt.UTC)
ROW = {
    "reference": "a-1",
    "title": "Data engineer",
    "locale": "en",
    "published": "2025-02-01T08:00:00Z",
    "closes": "2025-06-30",
    "locations": ["Hamburg, Germany"],
    "active": True,
}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def source(*rows, fields=None):
    """Rows whose columns are called as the fields are."""
    names = fields or {name for row in rows for name in row}
    assert names <= FIELDS.keys()
    mapping = Mapping.read('zone = "Europe/Berlin"\n[fields]\n' + "\n".join(f'{name} = "{name}"' for name in names))
    return read_openings(json.dumps(rows).encode(), mapping, "json")


def put(*rows, **options):
    return import_openings(source(*rows), **options)


def numbers(report):
    return (report.new, report.changed, report.unchanged, report.left_out)


def sentences(report, told=Told.note):
    return [f"{message.where}: {message.sentence}" for message in report.messages_of(told)]


def offer(reference="a-1"):
    session().expire_all()
    return session().execute(sa.select(JobOffer).where(JobOffer.reference == reference)).scalar_one()


def page(client, language="en", reference="a-1"):
    text = offer(reference).texts[0]
    return client.get(f"/{language}/jobs/{text.slug}/")


def test_opening_stands_on_its_page_and_in_the_list_when_imported(app, client):
    report = put(ROW)
    assert (numbers(report), report.messages) == ((1, 0, 0, 0), [])
    assert page(client).status_code == 200
    assert "Hamburg, Germany" in page(client).text
    assert "Data engineer" in client.get("/de/jobs/").text


WHOLE = {
    **ROW,
    "summary": "Pipes for data.",
    "body": "# You\n\nknow **SQL**.",
    "categories": ["Data", "Platform"],
    "authors": ["Alma Berg", "Chidi Okonkwo"],
    "organisation": "Example GmbH",
    "organisation_url": "https://example.org/",
    "workplace": "remote",
    "remote_countries": ["Austria", "DE"],
    "contract": "permanent",
    "hours": "full_or_part_time",
    "weekly_hours": 38.5,
    "level": "senior",
    "languages": ["de:B2", "en:C1:nice"],
    "pay_min": 60000,
    "pay_max": "72000.50",
    "pay_currency": "EUR",
    "pay_period": "year",
    "pay_note": "and a bonus",
    "starts_on": "2025-09-01",
    "updated": "2025-02-03T08:00:00Z",
    "apply_url": "https://example.org/apply",
    "response_days": 14,
}
EDGES = [
    {**WHOLE, "reference": "whole"},
    {**ROW, "reference": "draft", "published": ""},
    {**ROW, "reference": "inactive draft", "published": "", "active": False},
    {**ROW, "reference": "inactive", "active": False},
    {**ROW, "reference": "later", "published": "2026-01-01", "closes": ""},
    {**ROW, "reference": "closed tomorrow, it says", "active": False, "updated": "2025-03-04"},
    {**ROW, "reference": "many places", "locations": ["Wien", "Munich", "Springfield", "Remote", "DACH", "Georgia"]},
    {**ROW, "reference": "nul and surrogate", "title": "A\x00B", "body": "x\x00y \ud800"},
    {**ROW, "reference": "no latin letter", "title": "工程师", "categories": ["技術", "営業"]},
]


def test_second_import_writes_nothing_when_nothing_has_changed(app, queries):
    assert numbers(put(*EDGES)) == (9, 0, 0, 0)
    with queries() as log:
        report = put(*EDGES)
    assert numbers(report) == (0, 0, 9, 0)
    assert [statement for statement in log if WRITES.match(statement)] == []


@pytest.mark.parametrize(
    ("change", "names", "seen"),
    [
        ({"title": "Data architect"}, ["title"], "Data architect"),
        ({"summary": "All new."}, ["summary"], ""),
        ({"body": "All *new*."}, ["body"], "<em>new</em>"),
        ({"locations": ["Graz, Austria"]}, ["locations"], "Graz, Austria"),
        ({"closes": "2025-07-15"}, ["closes"], "July 15, 2025, 11:59"),
        ({"published": "2025-02-02T08:00:00Z"}, ["published"], ""),
        ({"contract": "freelance"}, ["contract"], "Freelance"),
        ({"level": ""}, ["level"], ""),
        ({"remote_countries": ["CH"]}, ["remote_countries"], "Remote in Germany and Switzerland"),
        ({"languages": ["de:C1", "en:C1:nice"]}, ["languages"], "German C1"),
        ({"pay_max": "80000"}, ["pay_max"], "80,000"),
        ({"pay_note": ""}, ["pay_note"], ""),
        ({"authors": ["Alma Berg"]}, ["authors"], "Alma Berg"),
        ({"categories": ["Platform", "Data"]}, ["categories"], "Platform"),
        ({"weekly_hours": 40}, ["weekly_hours"], "40 hours a week"),
        ({"response_days": 7}, ["response_days"], "within 7 days"),
        ({"updated": "2025-02-20T08:00:00Z"}, ["updated"], ""),
    ],
)
def test_exactly_that_is_updated_when_one_fact_changes(app, client, change, names, seen):
    put(WHOLE, {**ROW, "reference": "other"})
    slug, uid = offer().texts[0].slug, offer().uid
    report = put({**WHOLE, **change}, {**ROW, "reference": "other"})
    assert numbers(report) == (0, 1, 1, 0)
    assert sentences(report, Told.changed) == [f"row 1 (a-1): {', '.join(names)}"]
    assert (offer().texts[0].slug, offer().uid) == (slug, uid)
    assert seen in page(client).text
    assert numbers(put({**WHOLE, **change}, {**ROW, "reference": "other"})) == (0, 0, 2, 0)


def test_opening_answers_410_when_it_becomes_inactive_and_200_when_active_again(app, client):
    put(ROW)
    report = put({**ROW, "active": False})
    assert sentences(report, Told.changed) == ["row 1 (a-1): active"]
    assert page(client).status_code == 410
    assert "Data engineer" not in client.get("/en/jobs/").text
    assert sentences(put(ROW), Told.changed) == ["row 1 (a-1): active"]
    assert page(client).status_code == 200


def test_inactive_opening_is_closed_at_once_when_its_source_dates_that_later(app, client):
    put({**ROW, "active": False, "closed": "2025-12-01"})
    assert page(client).status_code == 410
    assert offer().closed_at == NOW


def test_opening_closes_when_only_a_date_of_closing_is_given(app):
    unsaid = {name: value for name, value in ROW.items() if name != "active"}
    put({**unsaid, "closed": "2025-03-02"}, {**unsaid, "reference": "planned", "closed": "2025-03-05"})
    assert [offer(name).phase(NOW) for name in ("a-1", "planned")] == [Phase.closed, Phase.open]
    report = put({**unsaid, "closed": ""}, {**unsaid, "reference": "planned", "closed": "soon"})
    assert numbers(report) == (0, 1, 0, 1)
    assert offer().phase(NOW) is Phase.open
    assert "“soon” is not a date" in sentences(report, Told.error)[0]


def test_closing_date_of_an_active_opening_is_told_and_left_out(app):
    report = put({**ROW, "closed": "2025-02-20"})
    assert "active, so the date of its closing" in sentences(report)[0]
    assert offer().phase(NOW) is Phase.open


def test_what_the_source_has_no_column_for_stays_when_imported_again(app):
    put(ROW)
    with writing():
        row = offer()
        row.level, row.response_days, row.closed_at = Level.senior, 10, NOW
        row.texts[0].summary, row.texts[0].notice = "Written here.", "Why English."
        row.authors.append(make_person("Written Here"))
        row.pay_note = {"de": "hier geschrieben"}
    slim = {name: value for name, value in ROW.items() if name not in {"active", "locations", "closes"}}
    report = put({**slim, "title": "Data architect"})
    assert sentences(report, Told.changed) == ["row 1 (a-1): title"]
    row = offer()
    assert (row.level, row.response_days, row.closed_at) == (Level.senior, 10, NOW)
    assert (row.texts[0].summary, row.texts[0].notice) == ("Written here.", "Why English.")
    assert (row.pay_note, len(row.authors), len(row.places)) == ({"de": "hier geschrieben"}, 1, 1)
    assert row.closes_at is not None
    put({**slim, "pay_note": "mehr"})
    assert offer().pay_note == {"de": "hier geschrieben", "en": "mehr"}


def test_last_change_is_the_sources_when_it_tells_one_and_else_the_import(app):
    put({**ROW, "updated": "2025-02-10T08:00:00Z"})
    assert offer().updated_at == dt.datetime(2025, 2, 10, 8, tzinfo=dt.UTC)
    put({**ROW, "title": "Data architect", "updated": "2025-02-12T08:00:00Z"})
    assert offer().updated_at == dt.datetime(2025, 2, 12, 8, tzinfo=dt.UTC)
    put({**ROW, "title": "Data steward"})
    assert offer().updated_at == NOW


def test_opening_stays_a_draft_when_it_was_taken_back_here(app):
    put(ROW)
    with writing():
        withdraw_to_draft(offer())
    report = put(ROW)
    assert (numbers(report), offer().state) == ((0, 0, 1, 0), PostState.draft)
    assert sentences(report) == ["row 1 (a-1): It was taken back to a draft here and stays one."]


def test_draft_is_published_when_its_source_dates_it(app):
    put({**ROW, "published": ""})
    assert offer().phase(NOW) is Phase.draft
    assert sentences(put(ROW), Told.changed) == ["row 1 (a-1): published"]
    assert offer().phase(NOW) is Phase.open
    report = put({**ROW, "published": ""})
    assert (numbers(report), offer().phase(NOW)) == ((0, 0, 1, 0), Phase.open)


def test_deadline_before_a_publication_decided_here_is_an_error_of_its_row(app):
    undated = {name: value for name, value in ROW.items() if name != "published"}
    put(undated)
    with writing():
        row = offer()
        row.state, row.publish_at = PostState.published, NOW
    report = put({**undated, "closes": "2025-01-31", "title": "New"}, {**undated, "reference": "b"})
    assert numbers(report) == (1, 0, 0, 1)
    assert "row 1 (a-1): The deadline" in sentences(report, Told.error)[0]
    assert offer().texts[0].title == "Data engineer"


def test_html_in_a_text_is_told_because_it_is_shown_as_text(app, client):
    report = put(
        {**ROW, "body": "<p>Do <b>this</b></p>"}, {**ROW, "reference": "b", "body": "a < b > c, <https://x.y>"}
    )
    assert sentences(report) == [
        "row 1 (a-1), body: The text holds HTML (“<p>”), which is shown as it is written; texts are Markdown."
    ]
    assert "&lt;p&gt;Do" in page(client).text


def test_place_without_a_country_is_stored_shown_and_found(app, client):
    report = put({**ROW, "locations": ["Springfield"]}, {**ROW, "reference": "b"})
    assert sentences(report) == ["row 1 (a-1), locations: “Springfield” names no country."]
    assert offer().places[0].place.key == "?/Springfield"
    assert "Springfield" in page(client).text
    found = client.get("/en/jobs/", query_string={"place": "?/Springfield"})
    assert found.status_code == 200
    assert "1 opening" in found.text
    assert "Springfield" in found.text


def test_city_is_one_place_with_a_name_in_each_language(app, client):
    put({**ROW, "locations": ["Wien"]}, {**ROW, "reference": "b", "locations": ["Vienna, Austria", "Tokyo, Japan"]})
    names = {place.key: place.names for place in session().execute(sa.select(Place)).scalars()}
    assert names["AT/Vienna"] == {"en": "Vienna", "de": "Wien"}
    assert names["JP/Tokyo"] == {"en": "Tokyo", "de": "Tokio"}
    assert len(names) == 2
    assert "Vienna, Austria" in page(client, reference="b").text
    assert "Wien" in client.get("/de/jobs/").text
    assert "Tokio" in client.get("/de/jobs/").text


def test_text_moves_when_its_source_calls_its_language_otherwise(app):
    put(ROW)
    report = put({**ROW, "locale": "de-DE"})
    assert sentences(report, Told.changed) == ["row 1 (a-1): locale"]
    assert [(text.locale, text.title) for text in offer().texts] == [("de", "Data engineer")]
    assert offer().original_locale == "de"
    assert numbers(put({**ROW, "locale": "de"})) == (0, 0, 1, 0)


def test_categories_and_people_are_made_once_however_they_are_written(app):
    put(
        {**ROW, "categories": ["Front end", "技術"], "authors": ["Alma Berg"]},
        {**ROW, "reference": "b", "categories": ["FRONT  END", "営業"], "authors": ["alma  berg"]},
    )
    one, two = offer(), offer("b")
    assert [category.slug for category in one.categories] == ["front-end", "category"]
    assert [category.slug for category in two.categories] == ["front-end", "category-2"]
    assert one.authors[0] is two.authors[0]


def test_person_of_the_site_gets_an_authors_page_when_a_byline_names_them(app, client):
    person = make_person("Ada Nowak", slug="ada")
    session().commit()
    put({**ROW, "authors": ["Ada Nowak"]})
    assert offer().authors == [person]
    assert client.get("/en/authors/ada/").status_code == 200


def test_reference_of_something_else_is_an_error_of_its_row(app):
    make_article(reference="a-1")
    session().commit()
    report = put(ROW, {**ROW, "reference": "b"})
    assert numbers(report) == (1, 0, 0, 1)
    assert sentences(report, Told.error) == [
        "row 1 (a-1): Something here that is no opening has this reference already."
    ]


def test_second_row_of_a_reference_is_left_out_and_told(app):
    report = put(ROW, {**ROW, "title": "Another"}, {**ROW, "reference": ""})
    assert numbers(report) == (1, 0, 0, 2)
    assert sentences(report, Told.error) == [
        "row 2 (a-1), reference: The reference “a-1” is also that of row 1.",
        "row 3, reference: “reference” is empty, and nothing can be imported without it.",
    ]
    assert offer().texts[0].title == "Data engineer"


def test_nothing_is_kept_when_the_import_breaks_in_the_middle(app):
    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(ROW, {**ROW, "reference": "b"}, {**ROW, "reference": "c"}, progress=stop)
    assert session().execute(sa.select(sa.func.count(Post.id))).scalar_one() == 0


def test_nothing_is_kept_in_a_dry_run_although_everything_was_tried(app):
    report = put(ROW, {**ROW, "reference": "b"}, dry_run=True)
    assert numbers(report) == (2, 0, 0, 0)
    assert session().execute(sa.select(sa.func.count(Post.id))).scalar_one() == 0
    assert session().execute(sa.select(sa.func.count(Place.id))).scalar_one() == 0
    assert numbers(put(ROW, {**ROW, "reference": "b"})) == (2, 0, 0, 0)


def test_every_row_is_accounted_for_when_some_cannot_be_read(app):
    rows = [ROW, "no object", {**ROW, "reference": "b", "closes": "tomorrow"}, {**ROW, "reference": "c", "level": "x"}]
    mapping = Mapping.read("[fields]\n" + "\n".join(f'{name} = "{name}"' for name in [*ROW, "level"]))
    report = import_openings(read_openings(json.dumps(rows).encode(), mapping, "json"))
    assert (numbers(report), report.total) == ((2, 0, 0, 2), 4)
    assert [where.split(" (")[0] for where in sentences(report, Told.error)] == [
        "row 2: This is not an object with keys and values: “no object”",
        "row 3",
    ]
    assert len(sentences(report)) == 1

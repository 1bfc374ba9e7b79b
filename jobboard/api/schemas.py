"""The description of the public API: an OpenAPI 3.1 document, with the values and limits that the code itself checks by.

It is documentation, written in English like `docs/`: what it describes names things in every language of the site.
"""

import enum
from typing import Any, cast

import sqlalchemy as sa

from jobboard.api.forms import MOST_LIMIT, USUAL_LIMIT
from jobboard.api.queries import LONGEST_CURSOR
from jobboard.openings.models import CEFR, Contract, Hours, JobOffer, Level, PayPeriod, Workplace
from jobboard.openings.queries_filters import FACETS, LONGEST_QUERY, MOST_VALUES, SPEAKS, Sort
from jobboard.timeline.queries_filters import CHECKS, LONGEST_SLUG

Schema = dict[str, Any]

DESCRIPTION = """\
Everything that readers of this site see of its openings and articles, for programs. It reads only and needs no key. Lists
take the same parameters as their pages (`/en/jobs/?workplace=remote` is `/openings?workplace=remote` here): values of one
parameter widen the choice, different parameters narrow it. What cannot be understood is refused with every mistake named.

A list is read to its end by following `next` (also told as `Link: <…>; rel="next"`): what is published or closed meanwhile
shifts nothing. Answers have an `ETag`; asked again with `If-None-Match` they cost next to nothing when nothing has changed.
"""
MEANINGS = {
    "category": "The address of a category, such as `engineering`.",
    "contract": "For how long, and in which relation.",
    "hours": "Openings that can be either are found under both.",
    "workplace": "Where the work is done.",
    "place": "`DE/Heidelberg`, `DE`, `US/CA`; `remote:DE` is remote from Germany, `remote` remote with no country named.",
    "level": "The experience it needs.",
    "pay": "So much a year at least, gross, in this currency: `50000-EUR-year`. Other periods are converted.",
    "closing": "Closing within so many days.",
}
OF_ARTICLES = {
    "category": "The address of a category.",
    "author": "The address of an author.",
    "year": "The year of publishing, in the site's time zone.",
    "month": "A month of the year; only together with `year`.",
    "lang": "Texts in this language (BCP 47).",
}


def openapi(name: str, url: str) -> Schema:
    """The document, for a site of this name whose API stands at this address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name}: openings and articles", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": url}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "headers": {
                "Link": {
                    "description": "The next part, the list as a page, this description (RFC 8288).",
                    "schema": TEXT,
                },
                "ETag": {"description": "For `If-None-Match` (RFC 9110).", "schema": TEXT},
            },
            "responses": {
                "NotModified": {"description": "Nothing has changed since the answer with this `ETag`."},
                "BadCall": _failure("What was asked cannot be understood."),
                "NotFound": _failure("There is none, or none yet."),
                "Gone": _failure("It was open once and is closed."),
                "Other": _failure("Anything else that went wrong."),
            },
        },
    }


def _paths() -> Schema:
    filters, none = _opening_filters(), list[Schema]()
    orders = {"type": "string", "enum": [sort.value for sort in Sort]}
    sort = _parameter("sort", orders, "`relevance` where words are looked for, and only there; else `newest`.")
    articles = [*_article_filters(), *_paging()]
    return {
        "/openings": _get("listOpenings", "Open openings", [*filters, sort, *_paging()], "Openings"),
        "/openings/counts": _get("countOpenings", "How many openings each choice would show", filters, "Counts"),
        "/openings/{id}": _get("getOpening", "One opening", [_id()], "Opening", "NotFound", "Gone"),
        "/articles": _get("listArticles", "Articles, the newest first", articles, "Articles"),
        "/articles/{id}": _get("getArticle", "One article", [_id()], "Article", "NotFound", "Gone"),
        "/categories": _get("listCategories", "Categories with something open", none, "Categories"),
        "/openapi.json": _get("getDescription", "This document", none, ""),
    }


def _get(name: str, summary: str, parameters: list[Schema], schema: str, *failures: str) -> Schema:
    answer = _refer(schema) if schema else {"type": "object"}
    headers = {"ETag": {"$ref": "#/components/headers/ETag"}}
    if name in {"listOpenings", "listArticles"}:
        headers["Link"] = {"$ref": "#/components/headers/Link"}
    responses: Schema = {
        "200": {"description": summary, "headers": headers, "content": {"application/json": {"schema": answer}}}
    }
    codes = {"304": "NotModified", "400": "BadCall", "404": "NotFound", "410": "Gone", "default": "Other"}
    always = ("NotModified", "BadCall", "Other")
    for code, failure in codes.items():
        if failure in (*always, *failures):
            responses[code] = {"$ref": f"#/components/responses/{failure}"}
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}}


def _failure(words: str) -> Schema:
    return {"description": words, "content": {"application/problem+json": {"schema": _refer("Problem")}}}


def _parameter(name: str, schema: Schema, words: str = "") -> Schema:
    return {"name": name, "in": "query", "schema": schema, **({"description": words} if words else {})}


def _several(item: Schema) -> Schema:
    return {"type": "array", "items": item, "maxItems": MOST_VALUES}


def _id() -> Schema:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def _opening_filters() -> list[Schema]:
    """A facet without a pattern here is described by its values, if they are fixed."""
    words = {"type": "string", "maxLength": LONGEST_QUERY, "pattern": "^[^\\u0000]*$"}
    found = [_parameter("q", words, "Words to look for, in any form; in quotation marks as they stand.")]
    patterns = {
        "category": "^[a-z0-9-]{1,120}$",
        "place": "^(remote(:[A-Z]{2})?|([A-Z]{2}|\\?)(/[^\\u0000-\\u001f]{1,190})?)$",
        "pay": "^[1-9][0-9]{0,8}-[A-Z]{3}-year$",
        "closing": "^[1-9][0-9]{0,2}$",
    }
    for facet in FACETS:
        one: Schema = {"type": "string"}
        if facet.is_column:
            one["enum"] = list(cast("sa.Enum", JobOffer.__table__.c[facet.name].type).enums)
        elif facet.name in patterns:
            one["pattern"] = patterns[facet.name]
        found.append(_parameter(facet.name, one if facet.is_single else _several(one), MEANINGS.get(facet.name, "")))
    spoken = {"type": "string", "pattern": "^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*:[abcABC][12]$"}
    meaning = (
        "A language the applicant speaks and its CEFR level (`de:B2`): all that an opening requires must be among them."
    )
    return [*found, _parameter(SPEAKS, _several(spoken), meaning)]


def _article_filters() -> list[Schema]:
    patterns = {
        "category": f"^[a-z0-9-]{{1,{LONGEST_SLUG}}}$",
        "author": f"^[a-z0-9-]{{1,{LONGEST_SLUG}}}$",
        "year": "^(19[7-9][0-9]|[2-8][0-9]{3})$",
        "month": "^(0?[1-9]|1[0-2])$",
        "lang": "^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$",
    }
    schemas: dict[str, Schema] = {name: {"type": "string", "pattern": pattern} for name, pattern in patterns.items()}
    schemas["lang"]["maxLength"] = 35
    return [_parameter(name, schemas[name], OF_ARTICLES[name]) for name in CHECKS if name != "kind"]


def _paging() -> list[Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": USUAL_LIMIT}
    cursor = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": LONGEST_CURSOR}
    return [
        _parameter("limit", limit, "Entries of one answer."),
        _parameter("cursor", cursor, "Where to go on; only ever as it stands in `next`."),
        _parameter("content", {"type": "boolean", "default": False}, "Whether entries hold their whole texts as HTML."),
    ]


def _one_of(members: type[enum.Enum]) -> Schema:
    return {"type": "string", "enum": [member.value for member in members]}


def _known_or_not(schema: Schema) -> Schema:
    """A value that may be unknown."""
    if "enum" in schema:
        return {"type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


TEXT: Schema = {"type": "string"}
URL: Schema = {"type": "string", "format": "uri"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
LANGUAGE: Schema = {"type": "string", "description": "BCP 47"}
COUNTRY: Schema = {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"}
NAMES: Schema = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "By language (BCP 47)",
}


def _object(members: Schema, *optional: str, **more: Any) -> Schema:
    """An object of which every member is there but the optional ones."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": members, "required": required, **more}


def _refer(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _schemas() -> dict[str, Schema]:
    counted = _object({"value": TEXT, "count": COUNT, "names": NAMES})
    mistake = _object({"parameter": TEXT, "detail": TEXT})
    problem = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "errors": _list_of(mistake)}
    return {
        "Openings": _page_of("Opening"),
        "Articles": _page_of("Article"),
        "Categories": _object({"total": COUNT, "items": _list_of(_refer("Category"))}),
        "Counts": _object({"total": COUNT, "facets": _list_of(_object({"name": TEXT, "values": _list_of(counted)}))}),
        "Opening": _object(_of_every_post("role") | _of_openings()),
        "Article": _object(_of_every_post("reading_minutes")),
        "Category": _object(
            {"slug": TEXT, "names": NAMES, "descriptions": NAMES, "url": URL, "articles": COUNT, "openings": COUNT}
        ),
        "Author": _object({"name": TEXT, "slug": TEXT, "url": URL, "picture": _known_or_not(URL)}),
        "Problem": _object(problem, "detail", "errors", description="RFC 9457"),
    }


def _page_of(name: str) -> Schema:
    return _object({"total": COUNT, "items": _list_of(_refer(name)), "next": _known_or_not(URL)})


def _of_every_post(own: str) -> Schema:
    """What openings and articles both have; `own` is what only texts of their kind do."""
    owns = {
        "role": TEXT | {"description": "The title without the site's gender marker."},
        "reading_minutes": {"type": "integer", "minimum": 1},
    }
    text = {"language": LANGUAGE, "title": TEXT, own: owns[own], "summary": TEXT, "url": URL, "html": TEXT}
    return {
        "id": {"type": "string", "format": "uuid", "description": "Permanent, also in feeds."},
        "url": URL | {"description": "Its own address in this API."},
        "language": LANGUAGE | {"description": "The one it was written in (BCP 47)."},
        "texts": _list_of(_object(text, "html"))
        | {"minItems": 1, "description": "The original first, then translations."},
        "published_at": MOMENT,
        "updated_at": MOMENT | {"description": "The last change that matters to readers."},
        "authors": _list_of(_refer("Author")),
        "categories": _list_of(_object({"slug": TEXT, "names": NAMES})),
    }


def _of_openings() -> Schema:
    place = {
        "place": TEXT | {"description": "Its value as a filter."},
        "country": _known_or_not(COUNTRY),
        "region": _known_or_not(TEXT),
        "city": _known_or_not(TEXT),
        "names": NAMES,
    }
    pay = {
        "min": _known_or_not(NUMBER),
        "max": _known_or_not(NUMBER),
        "currency": TEXT | {"description": "ISO 4217"},
        "period": _one_of(PayPeriod),
        "notes": NAMES,
    }
    need = {"language": LANGUAGE, "level": _one_of(CEFR), "required": {"type": "boolean"}}
    return {
        "closes_at": _known_or_not(MOMENT),
        "organisation": _object({"name": TEXT, "url": _known_or_not(URL)}),
        "contract": _known_or_not(_one_of(Contract)),
        "hours": _known_or_not(_one_of(Hours)),
        "weekly_hours": _known_or_not(NUMBER),
        "workplace": _known_or_not(_one_of(Workplace)),
        "places": _list_of(_object(place)),
        "remote_countries": _list_of(COUNTRY)
        | {"description": "From where a remote opening can be done; none: not told."},
        "level": _known_or_not(_one_of(Level)),
        "languages": _list_of(_object(need)),
        "pay": _or_null(_object(pay, description="Gross")),
        "starts_on": _known_or_not({"type": "string", "format": "date"}),
        "response_days": _known_or_not(COUNT | {"description": "Within how many days applicants hear back."}),
        "contact": _or_null(_object({"name": TEXT})),
        "apply_url": URL,
        "direct_apply": {"type": "boolean", "description": "Whether one applies on this site."},
    }

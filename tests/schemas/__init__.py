"""What other people's machines demand of what we write for them, as schemas, and the check against one."""

import datetime as dt
import json
import re
import uuid
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import xmlschema

HERE = Path(__file__).parent
#: Types of schema.org that one schema knows together.
OF_THE_BLOG = frozenset({"BlogPosting", "BreadcrumbList", "Organization", "ProfilePage", "WebSite"})


@cache
def _xml(name: str) -> xmlschema.XMLSchema11:
    return xmlschema.XMLSchema11(HERE / f"{name}.xsd")


FORMATS = jsonschema.FormatChecker(["date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: Any) -> bool:
    """A moment by RFC 3339, which wants its zone."""
    return not isinstance(value, str) or dt.datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: Any) -> bool:
    return not isinstance(value, str) or str(uuid.UUID(value)) == value


@FORMATS.checks("uri", raises=ValueError)
def _is_address(value: Any) -> bool:
    """A whole address of the web (RFC 3986)."""
    return not isinstance(value, str) or (
        urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).hostname)
    )


def closed(schema: Any) -> Any:
    """The same schema, whose objects have no members but those it names: what is not described is not told."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(one) for name, one in schema.items()}
    return {**found, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else found


@cache
def _json(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((HERE / f"{name}.json").read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=FORMATS)


def schema_of(kind: str) -> str:
    """The schema that knows a type of schema.org ("JobPosting": "job_posting"); "" where none does."""
    if kind in OF_THE_BLOG:
        return "blog"
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
    return name if name and (HERE / f"{name}.json").is_file() else ""


def xml_problems(name: str, text: str) -> list[str]:
    """What an XML text does not have of the schema `<name>.xsd`."""
    return [f"{error.path}: {error.reason}" for error in _xml(name).iter_errors(text)]


def json_problems(name: str, data: Any) -> list[str]:
    """What a JSON value does not have of the schema `<name>.json`."""
    return [f"{error.json_path}: {error.message}" for error in _json(name).iter_errors(data)]

"""What other people's machines demand of what we write for them, as schemas, and the check against one."""

import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

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

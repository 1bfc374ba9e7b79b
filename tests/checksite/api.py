"""The public API: each answer is as its description says, and what it names is there."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema

from jobboard.api.schemas import openapi
from tests.checksite.fetching import Answer
from tests.checksite.links import Link
from tests.schemas import FORMATS, closed

if TYPE_CHECKING:
    from tests.checksite.reading import Visit

PREFIX = "/api/v1"
MEND = "mend jobboard/api/exports.py or schemas.py"
#: Members that are addresses, and the kind of link each is.
ADDRESSES = {"url": "link", "next": "link", "apply_url": "link", "picture": "image"}


def read_api(answer: Answer, visit: "Visit") -> None:
    """An answer of the API."""
    visit.counts["API"] = 1
    data: Any = json.loads(answer.text)
    for problem in problems(answer.path, data):
        visit.fault("API", "", problem, MEND)
    if "paths" not in data:
        visit.links += [Link(kind, url, name) for name, kind, url in _addresses(data)]
        return
    base = data["servers"][0]["url"]
    visit.links += [Link("link", base + path, "paths") for path in data["paths"] if "{" not in path]


def problems(path: str, data: Any) -> list[str]:
    """What the answer of an address does not have of what the description says it has."""
    checker = _checker(path.partition("?")[0])
    if checker is None:
        return ["is not described"]
    return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(data)]


@cache
def _described() -> dict[str, Any]:
    described: dict[str, Any] = closed(openapi("a site", f"http://127.0.0.1{PREFIX}"))
    return described


@cache
def _checker(path: str) -> jsonschema.Draft202012Validator | None:
    described = _described()
    for name, ways in described["paths"].items():
        if re.fullmatch(PREFIX + re.sub(r"\{\w+\}", "[0-9a-f-]+", name), path):
            schema = ways["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            whole = {"components": described["components"], **schema}
            return jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
    return None


def _addresses(data: Any) -> Iterator[tuple[str, str, str]]:
    """(member, kind of link, address) of everything that is one, at any depth."""
    if isinstance(data, list):
        for one in data:
            yield from _addresses(one)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name in ADDRESSES and isinstance(value, str):
                yield name, ADDRESSES[name], value
            elif isinstance(value, list | dict):
                yield from _addresses(value)

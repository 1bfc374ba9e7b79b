"""The block of facts in front of a text: YAML, TOML or JSON, read without trusting it. Pure."""

import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import yaml

from jobboard.transfer.markup_post_problems import PostKind

#: Longer than any real one. It also bounds what PyYAML's pace of about 100 kB a second can cost.
MAX_BLOCK = 64 * 1024
MAX_ALIASES = 20
MAX_DEPTH = 30

OPEN = re.compile(r"(?P<mark>---|\+\+\+)[ \t]*\n")
CLOSE = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}


class BlockError(ValueError):
    """A block that cannot be read; the line counts from the start of the file."""

    def __init__(self, kind: PostKind, line: int | None, **values: str) -> None:
        super().__init__(kind.value)
        self.kind, self.line, self.values = kind, line, values


@dataclass(frozen=True, slots=True)
class Block:
    """Front matter and the text behind it.

    YAML gives only texts, lists and dictionaries, as written ("007", "no"); TOML and JSON give their own types.
    """

    table: dict[str, Any]
    body: str
    #: The line of the file (from 1) at which the body begins.
    body_line: int


def read_block(text: str) -> Block | None:
    """Split a text with "\\n" line ends into front matter and body; None without front matter. Raises `BlockError`."""
    if re.match(r"\{\s*[\"\n}]", text):
        return _json_block(text)
    if not (opened := OPEN.match(text)):
        return None
    mark = opened["mark"]
    if not (closed := CLOSE[mark].search(text, opened.end())):
        raise BlockError(PostKind.bad_front_matter, 1, detail=f"{mark} is not closed")
    source = text[opened.end() : closed.start()]
    if len(source) > MAX_BLOCK:
        raise BlockError(PostKind.bad_front_matter, 1, detail=f"longer than {MAX_BLOCK // 1024} kB")
    table = read_yaml(source, 2) if mark == "---" else read_toml(source, 2)
    return Block(table, text[closed.end() :].removeprefix("\n"), text.count("\n", 0, closed.end()) + 2)


def _json_block(text: str) -> Block:
    try:
        table, end = json.JSONDecoder(object_pairs_hook=_unique).raw_decode(text)
    except json.JSONDecodeError as error:
        raise BlockError(PostKind.bad_front_matter, error.lineno, detail=error.msg) from error
    except (ValueError, RecursionError) as error:
        raise _failed(error, 1) from error
    return Block(
        table, text[end:].lstrip("\n"), text.count("\n", 0, end + len(text[end:]) - len(text[end:].lstrip("\n"))) + 1
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _value in pairs]
        raise BlockError(PostKind.key_twice, None, key=next(name for name in names if names.count(name) > 1))
    return table


def read_toml(source: str, first_line: int = 1) -> dict[str, Any]:
    """A TOML table. Raises `BlockError`."""
    try:
        return tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        raise _failed(error, first_line + int(found[1]) - 1 if found else None) from error


def read_yaml(source: str, first_line: int = 1) -> dict[str, Any]:
    """A YAML mapping of texts, lists and mappings. Raises `BlockError`, also for too many aliases or levels."""
    try:
        loader = _Loader(source)
        try:
            table = loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _failed(error.problem or error.context, first_line + mark.line if mark else None) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, BlockError):
            raise BlockError(error.kind, first_line + (error.line or 0), **error.values) from error
        raise _failed(error, None) from error
    if table in (None, ""):
        return {}
    if not isinstance(table, dict):
        raise BlockError(PostKind.bad_front_matter, first_line, detail="not a table of keys and values")
    return {str(key): value for key, value in table.items()}


def _failed(error: object, line: int | None) -> BlockError:
    if isinstance(error, BlockError):
        return error
    detail = "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())[:200]
    return BlockError(PostKind.bad_front_matter, line, detail=detail)


class _Loader(yaml.BaseLoader):
    """Makes texts, lists and dictionaries only; guards against aliases that multiply, depth and repeated keys."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.alias_count = 0
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Counts aliases and levels, which PyYAML does not bound."""
        if self.check_event(yaml.AliasEvent):
            self.alias_count += 1
        self.depth += 1
        if self.alias_count > MAX_ALIASES or self.depth > MAX_DEPTH:
            detail = "too many aliases" if self.alias_count > MAX_ALIASES else "nested too deeply"
            raise BlockError(PostKind.bad_front_matter, self.line, detail=detail)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses a key that stands twice: one of its values would be lost."""
        seen = set()
        for key_node, _value in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    raise BlockError(PostKind.key_twice, key_node.start_mark.line, key=key_node.value)
                seen.add(key_node.value)
        return super().construct_mapping(node, deep)

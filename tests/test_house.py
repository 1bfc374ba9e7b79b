"""The house rules, checked: every import runs downward, names and sizes are kept, nothing hides in a room's door."""

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "jobboard"
TEMPLATES = ROOT.parent / "templates"

#: Lowest first. A room may know itself and the rooms before it (decision 1).
ROOMS = [
    "core",
    "audit",
    "mail",
    "files",
    "search",
    "hooks",
    "people",
    "site",
    "stats",
    "posts",
    "openings",
    "timeline",
    "applications",
    "interviews",
    "talents",
    "alerts",
    "transfer",
    "api",
]
#: The shelves of a room, lowest first (decision 2); `<shelf>_<topic>` stands on the shelf's place.
SHELVES = [
    "models",
    "queries",
    "markup",
    "exports",
    "actions",
    "forms",
    "schemas",
    "feeds",
    "views",
    "desk",
    "tasks",
    "commands",
]
#: Files of the ground that are no shelves: seams to the outside. Everything in `core` is ground.
SEAMS = {
    "mail": {"transport"},
    "files": {
        *("storage", "checks", "clamd"),
        *("answers", "checker", "probe", "probe_pdf", "probe_office", "probe_drawn", "probe_picture", "probe_text"),
    },
    "hooks": {"client"},
    "search": {"index", "sqlite", "postgres", "words", "spelling"},
}
#: What is no room, by name (decision 3): only the factory and the command line know the rooms.
NO_ROOMS = {"__init__", "config", "cli", "migrations"}
BAD_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
#: Equal places of the ground count as one shelf below all.
GROUND = -1
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW, LONGEST_TEMPLATE = 400, 50, 40, 150


def files() -> list[Path]:
    """Every Python file of the package at any depth, but the history of the schema."""
    return sorted(path for path in ROOT.rglob("*.py") if "versions" not in path.parts)


def module_of(path: Path) -> str:
    """The dotted name below the package: "posts.queries"; a package's own file is named "posts"."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(tree: ast.AST) -> set[str]:
    """The names below `jobboard` a tree imports, also inside functions; what is only for typing does not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body.clear()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "absolute imports only"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name == "jobboard" or name.startswith("jobboard.")}


def place(name: str) -> tuple[int, int]:
    """Where a module stands: its room, then its shelf. Raises `AssertionError` for one that stands nowhere."""
    room, *rest = name.split(".")
    assert room in ROOMS, f"{room} is no room"
    shelf = rest[0] if rest else ""
    if room == "core" or shelf in SEAMS.get(room, ()):
        return ROOMS.index(room), GROUND
    word = shelf.split("_")[0]
    assert word in SHELVES, f"{name}: {word or 'a whole room'} is no shelf"
    return ROOMS.index(room), SHELVES.index(word)


def shelf_circle(sources: dict[str, ast.AST]) -> list[str] | None:
    """The modules of one circle among files of the same shelf (`markup_places` and `markup_places_names`), or None.

    Between shelves the arrows exclude circles; inside one a file may use its neighbours as long as none uses it back.
    """
    graph = {}
    for module, tree in sources.items():
        targets = {".".join(name.split(".")[1:3]) for name in imports(tree)}
        graph[module] = {name for name in targets if name in sources and name != module}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as circle:
        return list(circle.args[1])
    return None


def violations(module: str, tree: ast.AST) -> Iterator[str]:
    """What is wrong with a module's imports, in words."""
    if module.split(".", maxsplit=1)[0] in NO_ROOMS or module in ROOMS:
        return  # the factory knows all rooms; a room's own file is empty (tested below)
    room, shelf = place(module)
    for full in sorted(imports(tree)):
        if full in {"jobboard", "jobboard.create_app"}:
            yield "a room may not know the factory"
            continue
        target = full.removeprefix("jobboard.")
        first = target.split(".")[0]
        if first in NO_ROOMS:
            if first != "migrations" or ROOMS[room] != "site":
                yield f"{target}: only the factory may know this"
            continue
        to_room, to_shelf = place(target)
        if to_room > room:
            yield f"{target}: a lower room may not know a higher one"
        elif to_room == room and to_shelf > shelf and shelf != GROUND:
            yield f"{target}: stands above"
        elif to_room < room and to_shelf > shelf and shelf != GROUND:
            yield f"{target}: that shelf is above this one"


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_run_downward(path: Path):
    assert not list(violations(module_of(path), ast.parse(path.read_text()))), path


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("openings.models", "from jobboard.applications.models import Stage"),
        ("applications.actions", "def f():\n    from jobboard.applications.views import bp"),
        ("core.markdown", "from jobboard.posts.models import Post"),
        ("posts.queries", "import jobboard"),
        ("mail.actions", "from jobboard.config import Settings"),
        ("posts.actions", "from jobboard.people.views import bp"),
        ("posts.models", "from jobboard.search.sqlite import FTS\nimport jobboard.posts.queries"),
    ],
)
def test_planted_violations_are_found(module: str, source: str):
    assert list(violations(module, ast.parse(source)))


def test_files_of_one_shelf_are_no_circle():
    assert shelf_circle({module_of(path): ast.parse(path.read_text()) for path in files()}) is None


def test_planted_circle_is_found():
    planted = {
        "posts.views": "from jobboard.posts.views_old import x",
        "posts.views_old": "import jobboard.posts.views",
    }
    assert shelf_circle({module: ast.parse(source) for module, source in planted.items()})


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_file_is_short(path: Path):
    lines = len(path.read_text().splitlines())
    assert lines <= LONGEST_FILE, f"{lines} lines: which room or shelf is missing?"


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef, int]]:
    """Every function of a file with the lines of its body, docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield node, (node.end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_functions_are_short(path: Path):
    for node, lines in functions(path):
        decorators = [ast.unparse(item) for item in node.decorator_list]
        is_view = any(text.startswith("bp.") for text in decorators)
        limit = LONGEST_VIEW if is_view else LONGEST_FUNCTION
        assert lines <= limit, f"{node.name}: {lines} lines"
        if is_view:
            others = [text for text in decorators if not text.startswith("bp.")]
            assert len(others) == 1, f"{node.name}: @bp… and @access, nothing else"


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_names_are_ours(path: Path):
    names = set(path.relative_to(ROOT).with_suffix("").parts)
    allowed = {"base"} if path == ROOT / "core" / "base.py" else set()
    assert not names & (BAD_NAMES - allowed)


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_inside_functions_have_a_reason(path: Path):
    lines = path.read_text().splitlines()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    assert re.search(r"# (slow import|optional)", lines[inner.lineno - 1]), (node.name, inner.lineno)


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/__init__.py")), ids=lambda path: path.parent.name)
def test_room_has_no_hidden_code(path: Path):
    if path.parent.name not in NO_ROOMS:
        assert path.read_text().strip() == ""


def test_only_the_ground_knows_the_extensions():
    for path in files():
        names = {
            alias.name if isinstance(node, ast.Import) else node.module or ""
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        roots = {name.split(".")[0] for name in names}
        module = module_of(path)
        assert "flask_sqlalchemy" not in roots or module == "core.db", path
        assert "obstore" not in roots or module == "files.storage", path
        assert "smtplib" not in roots or module == "mail.transport", path
        assert "limits" not in roots or module == "core.limits", path


def test_nothing_reads_the_clock_but_the_clock():
    for path in files():
        if module_of(path) in {"core.clock", "core.work"}:
            continue
        assert not re.search(r"datetime\.now\(|\.utcnow\(|date\.today\(|time\.time\(", path.read_text()), path


def test_every_day_is_one_of_a_zone_that_is_named():
    """A day of the machine's zone or of UTC is for an hour or more another one than the site's: red at night only."""
    for path in [*files(), *Path(__file__).parent.rglob("*.py")]:
        code = path.read_text()
        assert not re.search(r"\.astimezone\(\)|\bnow\(\)(?: [+-] [\w.]+\([^)]*\))?\)?\.date\(\)", code), path


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.*")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template_is_short_and_strict(path: Path):
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_TEMPLATE
    if "mail" in path.relative_to(TEMPLATES).parts:
        return  # mail programs know no other style than inline
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text), "the policy forbids inline style and script"
    assert not re.search(r"(src|href)=[\"']https?://", text), "nothing from elsewhere"
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert all("src=" in tag or "application/ld+json" in tag for tag in scripts)

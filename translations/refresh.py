"""Bring the message catalogs up to date with the sources: extract, merge, and give English its own words.

Run by `make translations`. Untranslated German messages are printed; the test suite fails while there are any.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
    "_counted": (1, 2),  # the same in `openings.markup_page`
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}


def extracted() -> Catalog:
    """Every message of the sources, in a stable order and without dates or line numbers, so that diffs are words."""
    with (HERE / "babel.cfg").open() as file:
        method_map, options = parse_mapping_cfg(file)
    catalog = Catalog(project="Jobboard", charset="utf-8", fuzzy=False)
    found = []
    for folder in ("jobboard", "templates"):
        mapping = [
            (pattern.removeprefix(f"{folder}/"), method) for pattern, method in method_map if pattern.startswith(folder)
        ]
        given = {pattern.removeprefix(f"{folder}/"): value for pattern, value in options.items()}
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder, mapping, given, KEYWORDS, ("Translators:",), strip_comment_tags=True
        ):
            found.append((f"{folder}/{name}", message, comments, context))
    for location, message, comments, context in sorted(found, key=lambda row: (row[0], str(row[1]))):
        catalog.add(message, None, [(location, None)], auto_comments=comments, context=context)
    return catalog


def merged(template: Catalog, language: str) -> Catalog:
    """The language's catalog with exactly the template's messages; English takes the source's words."""
    path = po_path(language)
    with path.open("rb") as file:
        old = read_po(file, locale=language)
    new = Catalog(locale=language, project="Jobboard", charset="utf-8", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        is_same_kind = known is not None and isinstance(known.id, tuple) == isinstance(message.id, tuple)
        kept = known.string if known is not None and is_same_kind and not known.fuzzy else None
        string = message.id if language == "en" else kept
        new.add(message.id, string, message.locations, auto_comments=message.auto_comments, context=message.context)
    return new


def po_path(language: str) -> Path:
    """Where a language's catalog is."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def text_of(catalog: Catalog) -> bytes:
    """A catalog as it is stored: without its dates, which would change with every run."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, omit_header=False, include_lineno=False)
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')
    return b"\n".join(line for line in buffer.getvalue().split(b"\n") if not line.startswith(dated))


def missing(catalog: Catalog) -> list[str]:
    """Messages without a complete translation."""
    strings = ((message.id, message.string) for message in catalog if message.id)
    return [
        str(identity)
        for identity, string in strings
        if not (all(string) if isinstance(string, tuple | list) else string)
    ]


def main() -> int:
    """Write template and catalogs; 1 when something is not translated."""
    template = extracted()
    (HERE / "messages.pot").write_bytes(text_of(template))
    status = 0
    for path in sorted(HERE.glob("*/LC_MESSAGES/messages.po")):
        language = path.parts[-3]
        catalog = merged(template, language)
        path.write_bytes(text_of(catalog))
        for identity in missing(catalog):
            status = 1
            sys.stdout.write(f"{language}: {identity}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())

"""Compiles the message catalogs (.po to .mo) whenever the package is built or installed, so .mo files are never committed."""

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogBuildHook(BuildHookInterface):
    """Hatchling calls `initialize` before it collects the files of a wheel, also for an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling calls it with these
        """Compile each catalog."""
        for po in Path(self.root, "translations").glob("*/LC_MESSAGES/*.po"):
            compiled = po.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime > po.stat().st_mtime:
                continue  # a build beside this one would find a file that comes and goes
            part = po.with_suffix(f".mo.{os.getpid()}")
            with po.open("rb") as source, part.open("wb") as target:
                write_mo(target, read_po(source, locale=po.parts[-3]))
            part.replace(compiled)  # whole or not at all: somebody may be reading the one before

"""Which renderer made a stored text: its fingerprint changes with this software and the libraries it renders with."""

import functools
import hashlib
from importlib import metadata
from pathlib import Path

#: What takes part, the optional ones as far as they are installed.
LIBRARIES = ("markdown-it-py", "mdit-py-plugins", "pygments", "nh3", "math-core", "merman")
#: The files that decide what is stored; `markdown_page` adds to it when it is shown.
HERE = Path(__file__).parent
SOURCES = ("markdown", "markdown_blocks", "markdown_dollars", "markdown_drawn", "markdown_mathml", "markdown_svg")


@functools.cache
def made_by() -> str:
    """The fingerprint of this renderer, 16 characters."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(HERE.joinpath(f"{name}.py").read_bytes())
    digest.update(HERE.parent.joinpath("files", "probe_drawn.py").read_bytes())
    digest.update("\n".join(f"{name} {version_of(name)}" for name in LIBRARIES).encode())
    return digest.hexdigest()[:16]


@functools.cache
def version_of(library: str) -> str:
    """The version of an installed library; "" where it is not installed."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""

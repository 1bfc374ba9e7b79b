"""The JSON export of Ghost: posts with their tags and authors. Pure but for the file and the folder of pictures."""

import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobboard.core.i18n import _
from jobboard.transfer.markup_exports import Entry, Export, ExportError, export_bytes, left_out, other_types, post_of
from jobboard.transfer.markup_frontmatter import ReadPost, Skipped
from jobboard.transfer.markup_frontmatter_sites import language_tag
from jobboard.transfer.markup_post_problems import PostKind
from jobboard.transfer.markup_problems import Level

#: What Ghost writes in place of its own address.
HOME = "__GHOST_URL__"

Row = Mapping[str, Any]


def read_ghost(path: Path, pictures: Path | None) -> Export:
    """The posts of an export; `pictures` is Ghost's `content/images`. Raises `ExportError` and `OSError`."""
    try:
        whole = json.loads(export_bytes(path))
        data = whole["db"][0]["data"] if "db" in whole else whole["data"]
        rows = data["posts"]
        if not isinstance(rows, list):
            raise TypeError(rows)
        tables = _Tables(data)
    except ExportError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ExportError(_("This is not the JSON export of Ghost.")) from error
    posts: list[ReadPost] = []
    others = other_types(path, (str(row.get("type")) for row in rows if isinstance(row, dict) and _is_other(row)))
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict) and _is_other(row):
            continue
        try:
            result = post_of(_entry(row, tables), pictures)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            result = left_out(f"post {number}", PostKind.bad_entry, Level.error, detail=str(error)[:200])
        if isinstance(result, Skipped):
            others.append((1, result))
        else:
            posts.append(result)
    return Export(posts, others)


def _is_other(row: Row) -> bool:
    """Pages are no posts; older exports say so by a flag."""
    return row.get("type", "post") != "post" or bool(row.get("page"))


class _Tables:
    """Users, tags and facts of pictures by what they belong to. What leads nowhere is not there."""

    def __init__(self, data: Row) -> None:
        self._data = data
        self._users = {row["id"]: row for row in self.rows("users")}
        self._tags = {row["id"]: row for row in self.rows("tags")}
        self._authors = self._joined("posts_authors", "author_id")
        self._labels = self._joined("posts_tags", "tag_id")
        self._meta = {row["post_id"]: row for row in self.rows("posts_meta") if "post_id" in row}
        settings = {row.get("key"): row.get("value") for row in data.get("settings") or () if isinstance(row, dict)}
        self.language = language_tag(settings.get("locale") or settings.get("lang") or settings.get("default_locale"))

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table that have an identity."""
        return (row for row in self._data.get(name) or () if isinstance(row, dict) and "id" in row)

    def _joined(self, name: str, key: str) -> dict[Any, list[Any]]:
        """Identities by post, in the order the post has them."""
        rows = [row for row in self._data.get(name) or () if isinstance(row, dict) and {"post_id", key} <= row.keys()]
        found: dict[Any, list[Any]] = {}
        for row in sorted(rows, key=lambda row: _number(row.get("sort_order"))):
            found.setdefault(row["post_id"], []).append(row[key])
        return found

    def authors(self, post: Row) -> tuple[str, ...]:
        """Names, in order."""
        ids = self._authors.get(post["id"]) or [post.get("author_id")]
        return tuple(str(user["name"]) for one in ids if (user := self._users.get(one)) and user.get("name"))

    def tags(self, post: Row) -> tuple[str, ...]:
        """Names of tags that readers see."""
        found = [tag for one in self._labels.get(post["id"], ()) if (tag := self._tags.get(one)) and tag.get("name")]
        return tuple(
            str(tag["name"])
            for tag in found
            if tag.get("visibility", "public") == "public" and not str(tag["name"]).startswith("#")
        )

    def meta(self, post: Row) -> Row:
        """Words and caption of the picture above the text; some exports have them in the post."""
        return {**self._meta.get(post["id"], {}), **post}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _entry(row: Row, tables: _Tables) -> Entry:
    """A row of `posts`."""
    status, meta = str(row.get("status") or "draft"), tables.meta(row)
    audience = str(row.get("visibility") or "public")
    is_public = status in {"published", "scheduled"}
    slug, text = _text(row, "slug"), _text(row, "html")
    findings: list[tuple[PostKind, Mapping[str, str]]] = []
    if not text.strip() and (plain := _text(row, "plaintext").strip()):
        text = "".join(f"<p>{html.escape(part)}</p>" for part in plain.split("\n\n"))
        findings.append((PostKind.plain_text, {}))
    return Entry(
        key=f"ghost:{row['id']}"[:250],
        title=_text(row, "title"),
        slug=slug,
        html=text.replace(HOME, ""),
        excerpt=html.escape(_text(row, "custom_excerpt")),
        old_paths=(f"/{slug}/",) if slug and "/" not in slug and is_public else (),
        published=row.get("published_at"),
        updated=row.get("updated_at"),
        hidden=audience if is_public and audience != "public" else "sent by mail only" if status == "sent" else "",
        is_draft=not is_public,
        authors=tables.authors(row),
        tags=tables.tags(row),
        language=language_tag(row.get("locale")) or tables.language,
        picture=(
            _text(row, "feature_image").replace(HOME, ""),
            _text(meta, "feature_image_alt"),
            _text(meta, "feature_image_caption").replace(HOME, ""),
        ),
        findings=tuple(findings),
    )


def _text(row: Row, name: str) -> str:
    """A text, "" for none. Raises `TypeError` for anything else."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"“{name}” is no text")
    return value

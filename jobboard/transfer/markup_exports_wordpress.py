"""The XML export of WordPress (WXR): posts with categories, tags and authors. Pure but for the file and the pictures."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from jobboard.core.i18n import _
from jobboard.transfer.markup_body import split_more
from jobboard.transfer.markup_exports import Entry, Export, ExportError, export_bytes, left_out, other_types, post_of
from jobboard.transfer.markup_frontmatter import Skipped
from jobboard.transfer.markup_frontmatter_sites import hosts_of, language_tag
from jobboard.transfer.markup_post_problems import PostKind
from jobboard.transfer.markup_problems import Level

NO_MOMENT = "0000-00-00 00:00:00"
#: States of posts that everybody sees, now or at their date.
PUBLIC = frozenset({"publish", "future"})
THROWN_AWAY = frozenset({"trash", "auto-draft", "inherit"})
CODE = re.compile(r"<(pre|code)\b", re.IGNORECASE)
CAPTION = re.compile(
    r"\[caption\b[^\]]*\]\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.{0,2000}?)\[/caption\]",
    re.DOTALL | re.IGNORECASE,
)
#: A command of WordPress or a plugin: with attributes, with an end, or one of its own.
SHORTCODE = re.compile(
    r"\[(?P<name>[a-zA-Z][\w-]{1,40})(?:\s+[\w-]+\s*=[^\]]*)\]|\[/(?P<end>[a-zA-Z][\w-]{1,40})\]"
    r"|\[(?P<known>gallery|audio|video|playlist|embed|contact-form|toc)\]"
)
#: Languages whose name alone is a command for code of theirs (SyntaxHighlighter Evolved).
BRUSHES = (
    "as3|bash|shell|c|cpp|csharp|css|delphi|diff|erlang|fsharp|go|groovy|haskell|html|java|javascript|js|jscript|json|latex|"
    "matlab|objc|perl|php|plain|powershell|py|python|r|rails|ruby|scala|sql|swift|text|vb|xml|yaml"
)
#: Code as commands: `[sourcecode language="bash"]…[/sourcecode]`, `[code]…[/code]`, `[php]…[/php]`.
CODE_COMMAND = re.compile(
    rf"\[(?P<name>sourcecode|code|{BRUSHES})(?P<options>(?:\s[^\]]{{0,300}})?)\](?P<code>.*?)\[/(?P=name)\]",
    re.DOTALL | re.IGNORECASE,
)
CODE_LANGUAGE = re.compile(r"\b(?:lang|language)\s*=\s*[\"']?([\w+#.-]+)")
#: The editor's block for code names its language in a comment before it.
CODE_BLOCK = re.compile(
    r"<!--\s*wp:[\w-]+(?:/code)?\s+\{[^}]*\"language\":\"([\w+#.-]+)\"[^}]*\}\s*-->\s*<pre\b", re.IGNORECASE
)
#: What stands on lines of its own: no break in the text's lines means anything beside it.
BLOCK = r"</?(?:p|div|h[1-6]|ul|ol|li|table|thead|tbody|tr|td|th|blockquote|pre|figure|figcaption|hr|section)\b[^>]*>"


def read_wordpress(path: Path, pictures: Path | None) -> Export:
    """The posts of an export; `pictures` is WordPress' folder of uploads. Raises `ExportError` and `OSError`."""
    channel = _channel(export_bytes(path))
    names = {_text(one, "wp:author_login"): _text(one, "wp:author_display_name") for one in channel.iter("wp:author")}
    files = {
        _text(item, "wp:post_id"): _text(item, "wp:attachment_url")
        for item in channel.iter("item")
        if _text(item, "wp:attachment_url")
    }
    hosts = hosts_of(*(_text(channel, name) for name in ("link", "wp:base_site_url", "wp:base_blog_url")))
    items = list(channel.iter("item"))
    others = other_types(path, (_text(item, "wp:post_type") for item in items if _text(item, "wp:post_type") != "post"))
    posts = []
    for item in items:
        if _text(item, "wp:post_type") != "post":
            continue
        if (status := _text(item, "wp:status")) in THROWN_AWAY:
            where = _text(item, "title")[:80] or _text(item, "wp:post_id")
            others.append((1, left_out(where, PostKind.thrown_away, name=status)))
            continue
        result = post_of(_entry(item, status, channel, names, files), pictures)
        if isinstance(result, Skipped):
            others.append((1, result))
        elif not _text(item, "wp:post_id"):
            others.append((1, left_out(result.path, PostKind.bad_entry, Level.error, detail="wp:post_id")))
        else:
            posts.append(result)
    return Export(posts, others, hosts)


def _channel(data: bytes) -> Element:
    """The channel of the feed. A document type is refused: it is what bombs of entities need, and no export has one."""
    builder, parser = TreeBuilder(), expat.ParserCreate()

    def refuse(*_facts: object) -> None:
        raise ExportError(_("The file declares a document type, which no export of WordPress does; it is not read."))

    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
        root = builder.close()
    except expat.ExpatError as error:
        place = {"line": str(error.lineno), "detail": expat.ErrorString(error.code)}
        raise ExportError(_("Line %(line)s is no XML that can be read: %(detail)s", **place)) from error
    channel = root.find("channel")
    if root.tag != "rss" or channel is None or channel.find("wp:wxr_version") is None:
        raise ExportError(_("This is not the XML export of WordPress."))
    return channel


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _entry(item: Element, status: str, channel: Element, names: Mapping[str, str], files: Mapping[str, str]) -> Entry:
    """An item of the type "post"."""
    author, content = _text(item, "dc:creator"), item.findtext("content:encoded") or ""
    before, whole = split_more(content)
    text, findings = _as_html(whole)
    excerpt = _text(item, "excerpt:encoded") or before
    link = urlsplit(_text(item, "link"))
    # "/?p=12" is the old front page for whoever asks by path alone, and no article's
    path = unquote(link.path) if status == "publish" and not link.query else ""
    is_locked = bool(_text(item, "wp:post_password"))
    home = next(iter(hosts_of(_text(channel, "wp:base_blog_url") or _text(channel, "link"))), "")
    thumbnail = next(
        (
            _text(one, "wp:meta_value")
            for one in item.iter("wp:postmeta")
            if _text(one, "wp:meta_key") == "_thumbnail_id"
        ),
        "",
    )
    return Entry(
        key=f"wordpress:{home}:{_text(item, 'wp:post_id')}"[:250],
        title=html.unescape(_text(item, "title")),
        slug=unquote(_text(item, "wp:post_name")),
        html=text,
        excerpt=_as_html(excerpt)[0],
        old_paths=(path,) if path.strip("/") else (),
        published=_moment(item, "wp:post_date"),
        updated=_moment(item, "wp:post_modified"),
        hidden="password" if is_locked else status if status in {"private", "pending"} else "",
        is_draft=status not in PUBLIC,
        authors=tuple(name for name in (names.get(author) or author,) if name),
        categories=tuple(_labels(item, "category")),
        tags=tuple(_labels(item, "post_tag")),
        language=language_tag(_text(channel, "language")),
        picture=(files.get(thumbnail, ""), "", ""),
        findings=findings,
    )


def _moment(item: Element, name: str) -> str:
    """A moment in UTC; drafts have none, then the one in the old site's zone says at least the day."""
    moments = (_text(item, f"{name}_gmt"), _text(item, name))
    return next((one for one in moments if one and one != NO_MOMENT), "")


def _labels(item: Element, domain: str) -> Iterator[str]:
    """Names of categories or tags; the one every post has that has none says nothing."""
    for one in item.iter("category"):
        if one.get("domain") == domain and one.get("nicename") != "uncategorized":
            yield one.text or ""


def _as_html(content: str) -> tuple[str, tuple[tuple[PostKind, Mapping[str, str]], ...]]:
    """A text of WordPress with its paragraphs as HTML has them, and the commands in it, which stay as they are."""
    counted: Counter[str] = Counter()
    pieces = []
    for piece, is_code in _split_at_code(_with_code(content.replace("\r\n", "\n"))):
        if not is_code:
            names = (match["name"] or match["known"] for match in SHORTCODE.finditer(piece))
            counted.update(name for name in names if name and name != "caption")
        pieces.append(piece if is_code else _paragraphs(piece))
    findings = [(PostKind.shortcode, {"name": name, "count": str(count)}) for name, count in counted.items()]
    return "".join(pieces), tuple(findings)


def _with_code(text: str) -> str:
    """The text with commands for code as HTML has it, and with the language of the editor's blocks on them.

    What stands in a command may be written as HTML or as it is: both are the same code.
    """

    def block(match: re.Match[str]) -> str:
        name = match["name"].lower()
        told = CODE_LANGUAGE.search(match["options"])
        language = told[1] if told else "" if name in {"code", "sourcecode", "plain", "text"} else name
        return f'\n\n<pre lang="{language}">{html.escape(html.unescape(match["code"].strip(chr(10))), quote=False)}</pre>\n\n'

    text = CODE_BLOCK.sub(lambda match: f'<pre lang="{match[1]}"', text)
    pieces = [piece if is_code else CODE_COMMAND.sub(block, piece) for piece, is_code in _split_at_code(text)]
    return "".join(pieces)


def _split_at_code(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is code, which nobody looks into."""
    at, lower = 0, text.lower()
    while match := CODE.search(text, at):
        if (end := lower.find(f"</{match[1].lower()}", match.end())) < 0:
            break
        yield text[at : match.start()], False
        yield text[match.start() : end], True
        at = end
    yield text[at:], False


def _paragraphs(text: str) -> str:
    """Empty lines as paragraphs and single ones as breaks, as WordPress shows what was typed without blocks."""
    text = CAPTION.sub(r"<figure>\1<figcaption>\2</figcaption></figure>", text)
    first, *others = text.split("<!--")  # editors mark their blocks by comments
    text = first + "".join(part.partition("-->")[2] for part in others)
    text = re.sub(rf"\s{{0,20}}({BLOCK})\s{{0,20}}", r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r"\n\s*\n", "<p>", text)
    return text.replace("\n", "<br>")

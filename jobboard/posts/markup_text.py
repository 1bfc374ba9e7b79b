"""The text of a post as it stands on its page: its pictures in several sizes, its words in its language."""

import html
import re
from collections.abc import Mapping

from markupsafe import Markup

from jobboard.core.markdown_page import on_page
from jobboard.files.answers import SIZES
from jobboard.files.markup import size_path
from jobboard.files.models import StoredFile
from jobboard.posts.models import PostText

#: An image whose address is that of a public picture (`files.markup.picture_path`).
IMAGE = re.compile(r'<img src="([^"]*/files/([0-9a-f]{2}/[0-9a-f]{64})/[^"]*)"([^>]*)>')
#: How wide a picture stands in an article (prose.css).
WIDTH = "(min-width: 50rem) 46rem, 92vw"


def shown_text(text: PostText) -> Markup:
    """A post's text for its page. Asks for the post's pictures only where the text shows one."""
    if not IMAGE.search(text.html):
        return on_page(text.html, text.locale)
    files = {image.file.key: image.file for image in text.post.images}
    return on_page(with_sizes(text.html, files), text.locale)


def with_sizes(saved: str, files: Mapping[str, StoredFile]) -> str:
    """Saved HTML whose images know their proportions, wait until they are near, and come as small as the screen allows."""
    return IMAGE.sub(lambda found: _picture(found, files[found[2]]) if found[2] in files else found[0], saved)


def _picture(found: re.Match[str], row: StoredFile) -> str:
    webp, avif = (_srcset(row, kind) for kind in ("webp", "avif"))
    sizes = f' srcset="{webp}" sizes="{WIDTH}"' if webp else ""
    lead = f'<img src="{found[1]}"{sizes}{found[3]}'
    image = f'{lead} width="{row.width}" height="{row.height}" loading="lazy" decoding="async">'
    if not avif:
        return image
    return f'<picture><source type="image/avif" srcset="{avif}" sizes="{WIDTH}">{image}</picture>'


def _srcset(row: StoredFile, kind: str) -> str:
    made = [one for one in SIZES if one.name in (row.sizes or ()) and one.kind == kind and not one.is_square]
    return ", ".join(
        f"{html.escape(size_path(row.key, one.name))} {min(one.width, row.width or one.width)}w" for one in made
    )

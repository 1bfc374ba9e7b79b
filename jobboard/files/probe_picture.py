"""PNG and JPEG as documents: whole pictures with not too many pixels, written anew. Runs in the checking process."""

import io

# All of them now: a process with limits cannot load anything any more.
from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from jobboard.files.answers import BOX, Answer, fitted
from jobboard.files.probe_text import is_second_thing

PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
Image.preinit()
Image.MAX_IMAGE_PIXELS = None  # ours is below, with a word of its own
#: Scans of A4 at 600 dots per inch have 35 million. A JPEG is decoded at a fraction of its size, a PNG cannot be.
MOST_PIXELS = {"JPEG": 80_000_000, "PNG": 36_000_000}


def check_png(data: bytes, _number: int) -> Answer:
    """Whether all of it can be decoded."""
    return _check(data, "PNG")


def check_jpeg(data: bytes, _number: int) -> Answer:
    """Whether all of it can be decoded."""
    return _check(data, "JPEG")


def _check(data: bytes, kind: str) -> Answer:
    if is_second_thing(data, kind.lower()):
        return Answer("not_what_it_says")
    with Image.open(io.BytesIO(data), formats=[kind]) as found:
        if found.width * found.height > MOST_PIXELS[kind]:
            return Answer("too_many_pixels")
        turned = found.getexif().get(0x0112, 1) in {5, 6, 7, 8}
        size = fitted(found.height, found.width) if turned else fitted(found.width, found.height)
        _load(found)
    return Answer(pages=(size,), page_count=1)


def show(data: bytes, _number: int) -> Answer:
    """The picture upright, within the box, without anything that was in the file besides its pixels."""
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as found:
        _load(found)
        turned = ImageOps.exif_transpose(_small(found))
    size = fitted(*turned.size)
    if size is None:
        return Answer("broken")
    return Answer(data=encoded(_on_white(turned).resize(size, Image.Resampling.LANCZOS)))


def _load(found: Image.Image) -> None:
    found.draft("RGB", BOX)  # a JPEG at 1/2, 1/4 or 1/8 of its size, still larger than the box
    found.load()


def _small(found: Image.Image) -> Image.Image:
    """At most four times the box: what comes next makes copies."""
    factor = max(1, min(found.width // (2 * BOX[0]), found.height // (2 * BOX[1])))
    if factor == 1:
        return found
    smaller = found.resize((found.width // factor, found.height // factor), Image.Resampling.NEAREST)
    smaller.info.update(found.info)
    return smaller


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        return white
    return picture.convert("RGB")


def encoded(picture: Image.Image) -> bytes:
    """The bytes of a picture that was drawn here."""
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=80, method=2)
    return target.getvalue()

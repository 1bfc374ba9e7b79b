"""PNG and JPEG as documents: whole pictures with not too many pixels, written anew. Runs in the checking process."""

import io

# All of them now: a process with limits cannot load anything any more.
from PIL import AvifImagePlugin, Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from jobboard.files.answers import BOX, SIZES, Answer, Size, fitted
from jobboard.files.probe_text import is_second_thing

PLUGINS = (AvifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
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


def resize(data: bytes, number: int) -> Answer:
    """A smaller copy of a public picture, never larger than it. Where Pillow came without AVIF that one is broken."""
    size = SIZES[number]
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as found:
        width, height = _copied(size, *found.size)
        found.draft("RGB", (width, height))
        found.load()
        modes = {"P": "RGBA", "LA": "RGBA", "1": "L", "CMYK": "RGB"}
        picture = _smaller(found, width, height)
        picture = picture.convert(modes[picture.mode]) if picture.mode in modes else picture
        cut = _middle(*picture.size) if size.is_square else None
        small = picture.resize((width, height), Image.Resampling.LANCZOS, box=cut)
    target = io.BytesIO()
    if size.kind == "avif":
        small.save(target, "AVIF", quality=62, speed=7, max_threads=1)  # there may be no more processes in here
    else:
        small.save(target, "WEBP", quality=82, method=4)
    return Answer(data=target.getvalue())


def _smaller(found: Image.Image, width: int, height: int) -> Image.Image:
    """At most about three times this size: what comes next makes copies."""
    factor = min(found.width // (2 * width), found.height // (2 * height))
    if factor < 2:
        return found
    if found.mode in {"P", "1"}:  # colours of a palette have nothing between them
        return found.resize((found.width // factor, found.height // factor), Image.Resampling.NEAREST)
    return found.reduce(factor)


def _copied(size: Size, width: int, height: int) -> tuple[int, int]:
    """How large the copy of a picture is."""
    if size.is_square:
        side = min(size.width, width, height)
        return side, side
    return min(size.width, width), max(1, round(height * min(size.width, width) / width))


def _middle(width: int, height: int) -> tuple[float, float, float, float]:
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


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

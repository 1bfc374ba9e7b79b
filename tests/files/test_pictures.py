"""Pictures are written anew or refused with a sentence; nothing a file holds ends in a traceback."""

import io

import pytest
from PIL import Image

from jobboard.files.checks import PictureRefused, clean_picture


def photo():
    """A JPEG that lies on its side and says who took it."""
    target, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "hello"
    Image.new("RGB", (4, 3)).save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_photo_stands_upright_and_tells_nothing_when_it_was_cleaned():
    data, content_type, ending, width, height = clean_picture(photo())
    assert (content_type, ending, width, height) == ("image/jpeg", "jpg", 3, 4)
    assert b"hello" not in data


@pytest.mark.parametrize("tag", [0x0100, 0x011A, 0x0154])
def test_photo_is_refused_when_its_camera_data_is_damaged(tag):
    data = photo().replace(b"\x01\x0e\x00\x02", tag.to_bytes(2) + b"\x00\x02")
    with pytest.raises(PictureRefused, match="PNG, JPEG or WebP"):
        clean_picture(data)

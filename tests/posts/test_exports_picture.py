"""The picture beside a link: what its type cannot write is left out, and never drawn as boxes."""

import pytest

from jobboard.posts.exports_picture import FILES, FONTS, share_picture, writable


@pytest.mark.parametrize(
    "text",
    ["Linux & Ärger – “so”…", "Łódź €", "Ξένιος Ζεύς", "Ἀθῆναι", "Адміністратор №5", "Kỹ sư phần mềm", "a\u00a0b"],
)
def test_scripts_of_europe_are_written(text):
    assert writable(text) == " ".join(text.split())


@pytest.mark.parametrize("text", ["技術者", "مهندس شبكات", "日本 Linux", "מנהל", "क्षेत्र"])
def test_text_with_letters_that_the_type_lacks_is_left_out(text):
    assert writable(text) == ""
    assert share_picture(text, "Acme", ["Kiel", text]) == share_picture("", "Acme", ["Kiel"])
    assert share_picture("Linux", "Acme", ["Kiel"]) != share_picture("", "Acme", ["Kiel"])


def test_emoji_go_and_the_words_stay():
    assert writable("Ship it 🚀 now 👩‍💻") == "Ship it now"
    assert share_picture("Ship it 🚀", "Acme", []) == share_picture("Ship it", "Acme", [])


def test_every_file_is_there():
    assert all((FONTS / file).is_file() for file in FILES)

"""Pictures: what they draw, that nothing in them is markup of somebody else's, and what they say in words."""

import re
from xml.etree import ElementTree as ET

import pytest

from jobboard.core.i18n import force_locale
from jobboard.stats.markup import Bar, columns, rows, share

NASTY = '<script>alert("1")</script>&amp;'


def drawn(picture):
    return ET.fromstring(str(picture))  # well-formed, or it raises


def of_class(tree, name):
    return [one for one in tree.iter() if one.get("class") == name]


@pytest.mark.parametrize("draw", [columns, rows])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 31])
def test_picture_has_a_name_words_and_a_bar_for_each_number(app, draw, count):
    with app.test_request_context(), force_locale("en"):
        tree = drawn(
            draw("views", "Views", [Bar(f"Day {number}", number + 1, str(number + 1)) for number in range(count)])
        )
    names = {one.get("id"): one.text for one in tree.iter() if one.get("id")}
    assert tree.get("role") == "img"
    assert next(names[name] for name in tree.get("aria-labelledby").split()) == "Views"
    bars = of_class(tree, "chart-bar")
    assert len(bars) == count
    assert [one.find("title").text for one in bars] == [f"Day {number}: {number + 1}" for number in range(count)]
    for bar in bars:
        assert float(bar.get("x").rstrip("%")) + float(bar.get("width").rstrip("%")) <= 100.01
        assert float(bar.get("height")) > 0


@pytest.mark.parametrize("draw", [columns, rows])
def test_words_of_others_are_only_words(app, draw):
    with app.test_request_context():
        picture = draw("hosts", NASTY, [Bar(NASTY, 3, NASTY)])
    assert "<script" not in picture
    assert NASTY in "".join(drawn(picture).itertext())


@pytest.mark.parametrize("draw", [columns, rows])
@pytest.mark.parametrize("bars", [[], [Bar("a", 0, "0"), Bar("b", 0, "0")]])
def test_nothing_to_draw_is_no_picture(app, draw, bars):
    with app.test_request_context():
        assert draw("views", "Views", bars) is None


def test_policy_holds_in_pictures(app):
    with app.test_request_context():
        for picture in (columns("a", "A", [Bar("x", 1, "1")]), rows("b", "B", [Bar("x", 1, "1")])):
            assert not re.search(r"style=|\bon\w+=|href=|url\(", picture)


@pytest.mark.parametrize(("most", "lines"), [(1, "1"), (3, "123"), (4, "1234"), (9, "5 10"), (70, "20 40 60 80")])
def test_lines_stand_at_round_numbers(app, most, lines):
    with app.test_request_context(), force_locale("en"):
        tree = drawn(columns("views", "Views", [Bar("a", most, str(most)), Bar("b", 1, "1")]))
    scale = [one.text for one in of_class(tree, "chart-scale") if one.text]
    assert scale == (lines.split() if " " in lines else list(lines))
    heights = [float(one.get("height")) for one in of_class(tree, "chart-bar")]
    assert heights[0] >= heights[1] >= 2, "the smallest can be seen"


@pytest.mark.parametrize(("part", "whole", "words"), [(1, 4, ""), (2, 5, "40%"), (0, 0, ""), (5, 5, "100%")])
def test_few_cases_have_no_share(app, part, whole, words):
    with app.test_request_context(), force_locale("en"):
        assert share(part, whole) == words

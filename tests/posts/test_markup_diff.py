"""What changed between two texts, in lines and words."""

from hypothesis import given
from hypothesis import strategies as st

from jobboard.posts.markup_diff import changes, diff

TEXTS = st.text(alphabet="ab \n.é", max_size=60)


def said(before: str, after: str) -> list[str]:
    """A diff as lines: "+ words [changed]"."""
    marks = {"added": "+", "removed": "-", "same": " "}
    return [
        f"… {line.count}" if line.kind == "gap"
        else f"{marks[line.kind]} " + "".join(f"[{text}]" if is_changed else text for is_changed, text in line.parts)
        for line in diff(before, after)
    ]  # fmt: skip


def test_words_within_a_line_are_told():
    assert said("It broke on Sunday.", "It broke on Monday.") == ["- It broke on [Sunday].", "+ It broke on [Monday]."]


def test_another_line_is_told_as_a_whole():
    assert said("Forty servers", "We sell tickets for 23 ferries") == [
        "- [Forty servers]",
        "+ [We sell tickets for 23 ferries]",
    ]


def test_unchanged_lines_far_away_are_counted():
    lines = [str(number) for number in range(20)]
    assert said("\n".join(lines), "\n".join([*lines[:10], "new", *lines[10:]])) == [
        "… 8", "  8", "  9", "+ [new]", "  10", "  11", "… 8",
    ]  # fmt: skip


def test_only_fields_that_differ_are_named():
    found = changes(
        {"title": "Title", "summary": "Summary"}, {"title": "A", "summary": "B"}, {"title": "A", "summary": "C"}
    )
    assert [change.label for change in found] == ["Summary"]


@given(TEXTS, TEXTS)
def test_lines_lead_from_one_text_to_the_other(before, after):
    lines = diff(before, after)
    assert bool(lines) == (before != after)
    if lines and not any(line.kind == "gap" for line in lines):
        old = [line for line in lines if line.kind != "added"]
        new = [line for line in lines if line.kind != "removed"]
        assert "\n".join("".join(text for _c, text in line.parts) for line in old) == before
        assert "\n".join("".join(text for _c, text in line.parts) for line in new) == after


def test_hostile_texts_are_compared_in_bounded_steps():
    assert diff("a " * 100_000, "b " * 100_000)[0].kind == "removed"
    assert len(diff("x\n" * 3000, "y\n" * 3000)) > 3000

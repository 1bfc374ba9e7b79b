"""Titles down to the bare role."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.transfer.markup_titles import strip_title


@pytest.mark.parametrize(
    ("title", "role", "removed"),
    [
        ("Linux system administrator", "Linux system administrator", []),
        ("Software Engineer (New Grad)\t", "Software Engineer (New Grad)", []),
        ("Job offer: Sales Manager", "Sales Manager", ["Job offer:"]),
        ("Job offer: Clerk (w/m/nb, remote in Germany)", "Clerk", ["Job offer:", "(w/m/nb, remote in Germany)"]),
        ("Job offer: Clerk (w/m/…, remote in Germany)", "Clerk", ["Job offer:", "(w/m/…, remote in Germany)"]),
        (
            "Job offers: Software Developers (w/m/nb, remote in Germany) and Office Manager (w/m/nb, Heidelberg)",
            "Software Developers and Office Manager",
            ["Job offers:", "(w/m/nb, remote in Germany)", "(w/m/nb, Heidelberg)"],
        ),
        ("Stellenangebot: Buchhalter:in (m/w/d)", "Buchhalter:in", ["Stellenangebot:", "(m/w/d)"]),
        ("Wir suchen: Koch (M/W/D) in Vollzeit", "Koch in Vollzeit", ["Wir suchen:", "(M/W/D)"]),
        ("We are hiring – Designer (all genders)", "Designer", ["We are hiring –", "(all genders)"]),
        ("Entwickler (w/m/div.)", "Entwickler", ["(w/m/div.)"]),
        ("Developer (f/m/x)", "Developer", ["(f/m/x)"]),
        ("Developer [m|w|d]", "Developer", ["[m|w|d]"]),
        ("Developer (gn*)", "Developer", ["(gn*)"]),
        ("Pflegekraft (alle Geschlechter)", "Pflegekraft", ["(alle Geschlechter)"]),
        ("Developer m/w/d", "Developer", ["m/w/d"]),
        ("Developer - m/f/d", "Developer", ["m/f/d"]),
        ("Developer (C/D)", "Developer (C/D)", []),
        ("Engineer (A/D, D/A)", "Engineer (A/D, D/A)", []),
        ("Software Engineer I - C/C++", "Software Engineer I - C/C++", []),
        ("Senior/Staff Engineer", "Senior/Staff Engineer", []),
        ("New Grad 2025: Software Engineer", "New Grad 2025: Software Engineer", []),
        ("Jobs platform engineer", "Jobs platform engineer", []),
        ("(m/w/d)", "", ["(m/w/d)"]),
        ("", "", []),
    ],
)  # fmt: skip
def test_prefix_and_gender_marker_are_taken_off_and_told(title, role, removed):
    assert strip_title(title) == (role, removed)


@given(st.text(max_size=200) | st.lists(st.sampled_from([*"mwdf/()[]:,- ", "Job:", "gn*"]), max_size=40).map("".join))
def test_no_title_raises_and_what_is_not_told_stays(title):
    role, removed = strip_title(title)
    assert role == role.strip()
    assert removed or role == " ".join(title.split())

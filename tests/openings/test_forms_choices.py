"""Long selects are what WTForms makes of them, whatever is chosen and however it is spelt."""

import lxml.html
import pytest
from wtforms import Form, SelectField

from jobboard.core.forms import SelectChoice
from jobboard.openings.forms_choices import LongSelect

CHOICES = [
    SelectChoice("", "–"),
    SelectChoice("DE", "Germany", optgroup="In use here"),
    SelectChoice("CI", "Côte d’Ivoire", optgroup='All <"countries">'),
    SelectChoice('"><script>', "<b>&amp;", optgroup='All <"countries">'),
    SelectChoice("&amp;", "twice", optgroup='All <"countries">'),
]


class Plain(Form):
    """WTForms' own."""

    country = SelectField("Country", choices=CHOICES)


class Long(Form):
    """Ours."""

    country = SelectField("Country", choices=CHOICES, widget=LongSelect())


def shape(markup):
    """Everything a browser makes of a select."""
    select = lxml.html.fromstring(markup)
    return [(one.tag, dict(one.attrib), one.text, one.getparent().get("label")) for one in select.iter()]


@pytest.mark.parametrize("chosen", [None, "", "DE", "CI", '"><script>', "&amp;", "none of them"])
def test_long_select_is_the_one_of_wtforms(chosen):
    plain, long = (kind(data={"country": chosen}).country for kind in (Plain, Long))
    assert shape(long(id="x", aria_describedby="y")) == shape(plain(id="x", aria_describedby="y"))
    assert long.choices == CHOICES


def test_two_of_a_form_have_each_their_own_choice():
    one, two = Long(data={"country": "DE"}), Long(data={"country": "CI"})
    assert [str(form.country()).count("selected") for form in (one, two, one)] == [1, 1, 1]
    assert 'selected value="DE"' in one.country()
    assert 'selected value="CI"' in two.country()

"""What an import has to tell people, row by row: enumerated, with parameters and a sentence each. Pure."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobboard.core.i18n import lazy


class Level(enum.Enum):
    """What becomes of the row."""

    error = "error"  # it is not imported
    note = "note"  # it is imported, but something was not understood or was changed


class Kind(enum.Enum):
    """What there is to tell."""

    # the file
    not_text = "not_text"
    not_json = "not_json"
    not_csv = "not_csv"
    too_large = "too_large"
    no_list = "no_list"
    no_rows = "no_rows"
    column_twice = "column_twice"
    no_such_column = "no_such_column"
    unknown_column = "unknown_column"
    # the row
    not_an_object = "not_an_object"
    too_many_cells = "too_many_cells"
    too_few_cells = "too_few_cells"
    missing = "missing"
    too_long = "too_long"
    reference_twice = "reference_twice"
    reference_taken = "reference_taken"
    wrong_kind = "wrong_kind"
    bad_url = "bad_url"
    bad_locale = "bad_locale"
    bad_moment = "bad_moment"
    bad_truth = "bad_truth"
    bad_choice = "bad_choice"
    bad_language = "bad_language"
    bad_amount = "bad_amount"
    bad_country = "bad_country"
    bad_currency = "bad_currency"
    pay_incomplete = "pay_incomplete"
    pay_reversed = "pay_reversed"
    no_published = "no_published"
    closed_unknown = "closed_unknown"
    active_but_closed = "active_but_closed"
    closes_too_early = "closes_too_early"
    title_stripped = "title_stripped"
    html_as_text = "html_as_text"
    mixed_workplaces = "mixed_workplaces"
    # places: the names of `markup_places.Reason` behind "place_"
    place_no_country = "place_no_country"
    place_unknown_text = "place_unknown_text"
    place_several_places = "place_several_places"
    place_several_workplaces = "place_several_workplaces"
    place_state_or_country = "place_state_or_country"
    place_ambiguous_name = "place_ambiguous_name"
    place_wider_area = "place_wider_area"
    place_detail_left_out = "place_detail_left_out"
    place_part_of_region = "place_part_of_region"


SENTENCES: Mapping[Kind, Any] = {
    Kind.not_text: lazy("The file is not UTF-8 text (byte %(position)s). Save it as UTF-8."),
    Kind.not_json: lazy("The file is not valid JSON: %(detail)s"),
    Kind.not_csv: lazy("The file is not valid CSV at line %(line)s: %(detail)s"),
    Kind.too_large: lazy("The file is larger than %(limit)s MB."),
    Kind.no_list: lazy("There is no list of openings at “%(key)s”. Say with “items” in the mapping where the list is."),
    Kind.no_rows: lazy("The file holds no openings."),
    Kind.column_twice: lazy("The column “%(column)s” stands twice; it is not clear which one is meant."),
    Kind.no_such_column: lazy(
        "The mapping names the column “%(column)s”, which the file does not have. It has: %(columns)s. "
        "For a column that is only sometimes there, write optional = true."
    ),
    Kind.unknown_column: lazy(
        "The column “%(column)s” (in %(count)s rows, such as “%(value)s”) is not in the mapping and was not imported. "
        "Add it under [fields], or under [ignore] with a reason."
    ),
    Kind.not_an_object: lazy("This is not an object with keys and values: “%(value)s”"),
    Kind.too_many_cells: lazy("The row has more cells than the header."),
    Kind.too_few_cells: lazy("The row has fewer cells than the header; the missing ones count as empty."),
    Kind.missing: lazy("“%(field)s” is empty, and nothing can be imported without it."),
    Kind.too_long: lazy("“%(field)s” is longer than %(limit)s characters."),
    Kind.reference_twice: lazy("The reference “%(value)s” is also that of row %(other)s."),
    Kind.reference_taken: lazy("Something here that is no opening has this reference already."),
    Kind.wrong_kind: lazy("“%(value)s” is not of the kind that “%(field)s” takes."),
    Kind.bad_url: lazy("“%(value)s” is not a web address that starts with https:// or http://."),
    Kind.bad_locale: lazy("“%(value)s” is not a language tag such as “en” or “de-AT”."),
    Kind.bad_moment: lazy("“%(value)s” is not a date in the format “%(format)s”."),
    Kind.bad_truth: lazy("“%(value)s” says neither yes nor no. List it under “true” or “false” of the field."),
    Kind.bad_choice: lazy("“%(value)s” is not in the table of values for “%(field)s”; the fact was left open."),
    Kind.bad_language: lazy("“%(value)s” is not a language with a level such as “de:B2”; it was left out."),
    Kind.bad_amount: lazy("“%(value)s” is not an amount; the fact was left open."),
    Kind.bad_country: lazy("“%(value)s” is not a country; it was left out."),
    Kind.bad_currency: lazy("“%(value)s” is not a currency such as “EUR”; the pay was left out."),
    Kind.pay_incomplete: lazy("The pay was left out, because its currency or period is not known."),
    Kind.pay_reversed: lazy("The pay was left out, because it ends (%(high)s) below its start (%(low)s)."),
    Kind.no_published: lazy("There is no date of publication; a new opening becomes a draft."),
    Kind.closed_unknown: lazy("The opening is inactive, but nothing says since when; it closes at the import."),
    Kind.active_but_closed: lazy("The opening is active, so the date of its closing (%(closed)s) was left out."),
    Kind.closes_too_early: lazy("The deadline (%(closes)s) is not after the publication (%(published)s)."),
    Kind.title_stripped: lazy("Taken out of the title, because the site adds its own: %(removed)s"),
    Kind.html_as_text: lazy("The text holds HTML (“%(tag)s”), which is shown as it is written; texts are Markdown."),
    Kind.mixed_workplaces: lazy("The places name different workplaces (%(places)s); imported as: %(workplace)s"),
    Kind.place_no_country: lazy("“%(text)s” names no country."),
    Kind.place_unknown_text: lazy("“%(text)s” was not understood as a place."),
    Kind.place_several_places: lazy("“%(text)s” was read as several places."),
    Kind.place_several_workplaces: lazy("“%(text)s” names several workplaces; none was taken."),
    Kind.place_state_or_country: lazy("The letters in “%(text)s” stand for a state and for a country; please check."),
    Kind.place_ambiguous_name: lazy("“%(text)s” is the name of more than one place; it was left open."),
    Kind.place_wider_area: lazy("“%(text)s” is wider than a country; no country was taken from it."),
    Kind.place_detail_left_out: lazy("“%(text)s” was left out of the place."),
    Kind.place_part_of_region: lazy("“%(text)s” was read as the whole region."),
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Something to tell about a row (1 is the first opening; 0 the whole file) and, where known, its column."""

    row: int
    reference: str | None
    column: str | None
    level: Level
    kind: Kind
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence for people, in the language of the running page or command."""
        return str(SENTENCES[self.kind]) % self.values


def shortened(value: object, length: int = 80) -> str:
    """A value as it can stand in a sentence: one line of at most `length` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= length else text[: length - 1] + "…"

"""Every text a person sees is complete in every language, and the catalogs are as fresh as the sources."""

import re

import polib
import pytest

from translations.refresh import HERE, extracted, missing, po_path, text_of

LANGUAGES = sorted(path.parts[-3] for path in HERE.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")


def test_template_is_fresh():
    assert (HERE / "messages.pot").read_bytes() == text_of(extracted()), "run `make translations`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalog_has_exactly_the_messages_of_the_sources(language):
    catalog = polib.pofile(str(po_path(language)))
    template = {
        (message.id[0] if isinstance(message.id, tuple) else message.id, message.context) for message in extracted()
    }
    assert {(entry.msgid, entry.msgctxt) for entry in catalog} == {
        (text, context) for text, context in template if text
    }
    assert not catalog.fuzzy_entries()
    assert not catalog.untranslated_entries()
    assert not catalog.obsolete_entries()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_their_source(language):
    for entry in polib.pofile(str(po_path(language))):
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            wanted = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
            found = set(PLACEHOLDER.findall(text))
            # A singular may leave the number out ("one day").
            assert found <= wanted, entry.msgid
            assert wanted <= found or (entry.msgid_plural and wanted - found == {"%(num)d"}), entry.msgid


def test_german_is_typeset_as_german():
    for entry in polib.pofile(str(po_path("de"))):
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            assert '"' not in re.sub(r"<[^>]+>", "", text), f"German quotes are „…“: {text}"
            assert " - " not in text, f"a dash is –: {text}"
            assert "..." not in text, f"an ellipsis is …: {text}"


def test_missing_translation_is_found():
    catalog = extracted()
    assert missing(catalog), "the template itself is untranslated, so the check must see that"

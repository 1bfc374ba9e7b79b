"""What an import of posts has to tell people, file by file: enumerated, with parameters and a sentence each. Pure."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobboard.core.i18n import lazy
from jobboard.transfer.markup_problems import Level


class PostKind(enum.Enum):
    """What there is to tell about a file of a site."""

    # why a file is no post; nothing is wrong
    not_markdown = "not_markdown"
    no_front_matter = "no_front_matter"
    section = "section"
    page = "page"
    other_folder = "other_folder"
    # why a file could not be read
    outside = "outside"
    unreadable = "unreadable"
    too_large = "too_large"
    not_text = "not_text"
    bad_front_matter = "bad_front_matter"
    key_twice = "key_twice"
    same_language_twice = "same_language_twice"
    reference_taken = "reference_taken"
    bad_image = "bad_image"
    # what was not understood or changed
    no_date = "no_date"
    bad_date = "bad_date"
    bad_truth = "bad_truth"
    bad_language = "bad_language"
    wrong_kind = "wrong_kind"
    no_title = "no_title"
    permalink_pattern = "permalink_pattern"
    shortcode = "shortcode"
    html = "html"
    html_left_out = "html_left_out"
    comment_left_out = "comment_left_out"
    missing_image = "missing_image"
    image_outside = "image_outside"
    remote_image = "remote_image"
    unused = "unused"
    of_original = "of_original"
    draft_translation = "draft_translation"
    draft_original = "draft_original"
    stays_published = "stays_published"
    taken_back = "taken_back"
    old_address_ours = "old_address_ours"
    old_address_taken = "old_address_taken"
    old_address_long = "old_address_long"
    lost_link = "lost_link"
    # of exports
    other_type = "other_type"
    bad_entry = "bad_entry"
    thrown_away = "thrown_away"
    not_public = "not_public"
    plain_text = "plain_text"
    picture_elsewhere = "picture_elsewhere"
    embedded = "embedded"
    flat_table = "flat_table"


SENTENCES: Mapping[PostKind, Any] = {
    PostKind.not_markdown: lazy("Not Markdown."),
    PostKind.no_front_matter: lazy("No front matter, so no post."),
    PostKind.section: lazy("The text of a section, not a post."),
    PostKind.page: lazy("A page of the site, not a post."),
    PostKind.other_folder: lazy("A folder of templates, themes or built pages; not looked into."),
    PostKind.outside: lazy("Leads outside of the folder that is imported."),
    PostKind.unreadable: lazy("Cannot be read: %(detail)s"),
    PostKind.too_large: lazy("Larger than %(limit)s MB."),
    PostKind.not_text: lazy("Not UTF-8 text. Save it as UTF-8."),
    PostKind.bad_front_matter: lazy("The front matter cannot be read: %(detail)s"),
    PostKind.key_twice: lazy("“%(key)s” stands twice in the front matter; it is not clear which one is meant."),
    PostKind.same_language_twice: lazy("Another file (%(other)s) is the same post in the same language."),
    PostKind.reference_taken: lazy("Something here that is no article has the reference “%(reference)s” already."),
    PostKind.bad_image: lazy("The image “%(reference)s” was left out: %(detail)s"),
    PostKind.no_date: lazy("No date; imported as a draft."),
    PostKind.bad_date: lazy("“%(value)s” at “%(key)s” is not a date."),
    PostKind.bad_truth: lazy("“%(value)s” at “%(key)s” is neither true nor false; imported as a draft."),
    PostKind.bad_language: lazy("“%(value)s” is not a language tag such as “en” or “de-AT”."),
    PostKind.wrong_kind: lazy("The value of “%(key)s” is of another kind than expected and was left out."),
    PostKind.no_title: lazy("No title; taken from the text or the file's name: “%(title)s”"),
    PostKind.permalink_pattern: lazy("The address “%(value)s” is a pattern; the old address is not known."),
    PostKind.shortcode: lazy(
        "“%(name)s” is a command of the old system; it stays in the text as it is (%(count)s times)."
    ),
    PostKind.html: lazy("HTML is shown as text: “<%(name)s>” (%(count)s times)."),
    PostKind.html_left_out: lazy("The layout of “<%(name)s>” was left out, its content stays (%(count)s times)."),
    PostKind.comment_left_out: lazy("HTML comments were left out (%(count)s times)."),
    PostKind.missing_image: lazy("The image “%(reference)s” was not found."),
    PostKind.image_outside: lazy(
        "The image “%(reference)s” lies outside of the folder that is imported; it was refused."
    ),
    PostKind.remote_image: lazy("The image “%(reference)s” lies on another site and will not be shown."),
    PostKind.unused: lazy("Nothing was taken from “%(key)s” (in %(count)s files)."),
    PostKind.of_original: lazy("Taken from the original (%(other)s) and not from this translation: %(facts)s"),
    PostKind.draft_translation: lazy("A draft, and a translation of a post that is none (%(other)s); left out."),
    PostKind.draft_original: lazy("The original (%(other)s) is a draft, so this translation is one, too."),
    PostKind.stays_published: lazy("A draft at its source, but published here; it stays published."),
    PostKind.taken_back: lazy("It was taken back to a draft here and stays one."),
    PostKind.old_address_ours: lazy("It stood at %(old)s, where a page of this site stands; nothing leads from there."),
    PostKind.old_address_taken: lazy("It stood at %(old)s, which leads to another text already."),
    PostKind.old_address_long: lazy("The old address “%(old)s” is too long to lead here."),
    PostKind.lost_link: lazy("The link to “%(name)s” is one to the old site, and no imported post stood there."),
    PostKind.other_type: lazy("%(count)s × “%(name)s”: no posts."),
    PostKind.bad_entry: lazy("This post cannot be read: %(detail)s"),
    PostKind.thrown_away: lazy("Thrown away or never saved at its source (“%(name)s”)."),
    PostKind.not_public: lazy("Not for everybody at its source (“%(name)s”); imported as a draft."),
    PostKind.plain_text: lazy("The export has no HTML of this post, so only its plain text was taken."),
    PostKind.picture_elsewhere: lazy(
        "The picture “%(reference)s” does not lie in the folder of pictures; it became a link."
    ),
    PostKind.embedded: lazy("What “<%(name)s>” shows became a link (%(count)s times)."),
    PostKind.flat_table: lazy(
        "A table has merged cells or tables inside, which Markdown does not know (%(count)s times)."
    ),
}


@dataclass(frozen=True, slots=True)
class PostProblem:
    """Something to tell about a file: its path below the folder, the line (from 1) where known, and what."""

    path: str
    line: int | None
    level: Level
    kind: PostKind
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence for people, in the language of the running page or command."""
        return str(SENTENCES[self.kind]) % self.values

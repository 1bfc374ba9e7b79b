"""An application as somebody sees it who may not know yet who it is from: fields are replaced, content is not."""

import dataclasses
import re

from jobboard.applications.models import Application, Document
from jobboard.applications.queries_names import number_name
from jobboard.core.forms import shown_phone
from jobboard.core.i18n import _


@dataclasses.dataclass(frozen=True)
class Face:
    """Who an application is from, for one person: with the name, or with its number instead."""

    row: Application
    is_hidden: bool

    @property
    def name(self) -> str:
        """What the application is called."""
        return number_name(self.row.id) if self.is_hidden else self.row.name

    @property
    def email(self) -> str:
        """The applicant's address; "" while it is hidden."""
        return "" if self.is_hidden else self.row.email

    @property
    def phone(self) -> str:
        """The applicant's telephone as people write it; "" while it is hidden, or when there is none."""
        return "" if self.is_hidden else shown_phone(self.row.phone)

    def document(self, document: Document) -> str:
        """What a document is called: its own name says more often than not whose it is."""
        if not self.is_hidden:
            return document.file.name
        ids = [one.id for one in self.row.documents]
        ending = document.file.name.rpartition(".")[2].lower()
        place = ids.index(document.id) + 1 if document.id in ids else document.id
        return _("Document %(number)d.%(ending)s", number=place, ending=ending)

    def download(self, document: Document) -> str:
        """The name under which a document is saved."""
        return f"{self.name} - {self.document(document)}" if self.is_hidden else document.file.name

    def masked(self, text: str) -> str:
        """Words of ours about the application (a mail's subject, what a mail server said) without what is hidden."""
        if not self.is_hidden:
            return text
        for document in self.row.documents:
            text = text.replace(document.file.name, self.document(document))
        known = [word for word in (self.row.name, self.row.email, self.row.new_email, self.row.phone) if word]
        pattern = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        return re.sub(pattern, lambda _found: self.name, text, flags=re.IGNORECASE)

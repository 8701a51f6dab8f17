"""What a person says, and whom they name in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from committee.models import Member
from roadmap.forms.saved import SavedForm, TextField
from roadmap.rules.comments import mentioned
from roadmap.selectors import comments as selectors
from roadmap.services.comments import Remark

MOST_MENTIONS = 20


class CommentForm(SavedForm):
    """One text; what does not name exactly one person is named itself, and the text stays."""

    text = TextField(
        label=_("Your comment"),
        rows=4,
        help_text=_(
            "Mention somebody by @ and what stands before the @ of their e-mail, such as "
            "@kominfo: they are told in their next letter."
        ),
    )

    def clean_text(self) -> str:
        """Find everybody mentioned; kept beside the text for the one who saves it."""
        text: str = self.cleaned_data["text"]
        wanted = mentioned(text)
        if len(wanted) > MOST_MENTIONS:
            raise forms.ValidationError(_("Mention at most 20 people."))
        found = selectors.people_named(wanted)
        wrong = [_complaint(name, people) for name, people in found.items() if len(people) != 1]
        if wrong:
            raise forms.ValidationError(wrong)
        self.cleaned_data["mentions"] = _each_once(people[0] for people in found.values())
        return text


def _complaint(name: str, people: list[Member]) -> str:
    if not people:
        sentence = gettext(
            "Nobody here is written @%(name)s; choose from the list, or put a space after the @."
        )
        return sentence % {"name": name[:60]}
    sentence = gettext("More than one person is written @%(name)s; write one of: %(addresses)s.")
    addresses = ", ".join(f"@{one.email.lower()}" for one in people[:5])
    return sentence % {"name": name[:60], "addresses": addresses}


def _each_once(people: Iterable[Member]) -> list[Member]:
    return list({one.pk: one for one in people}.values())


def remark_of(cleaned: Mapping[str, Any]) -> Remark:
    """Read a remark out of a valid form."""
    return Remark(cleaned["text"], cleaned["mentions"])

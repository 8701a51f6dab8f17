"""What is sent to order a steering pack: the day, since when, and the language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from committee.models import Meeting
from committee.rules.days import before
from roadmap.forms.saved import DayField
from roadmap.selectors import pack as selectors
from roadmap.selectors import since as since_selectors
from roadmap.selectors.since import Since
from roadmap.templatetags.roadmap import day as in_full


class PackForm(forms.Form):
    """Everything has a first value, so that one press orders the usual pack."""

    day = DayField(label=_("As of"))
    since = forms.ChoiceField(
        label=_("Compared with"),
        required=False,
        help_text=_("A day named below comes before a meeting chosen here."),
    )
    since_day = DayField(label=_("or with the day"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, today: date, held: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        meetings = [(f"meeting:{one.number}", f"{one}, {in_full(one.date)}") for one in held]
        since = self.fields["since"]
        assert isinstance(since, forms.ChoiceField)
        since.choices = [("", _("The last meeting before that day")), *meetings]

    def clean_day(self) -> date:
        """Read a day that is over as one to look back at.

        :raises ValidationError: for a day that lies ahead.
        """
        return read_day(self.cleaned_data["day"], self.today)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("day")
        if day is None or self.errors:
            return cleaned
        chosen = cleaned.get("since_day")
        asked = chosen.isoformat() if chosen else cleaned.get("since", "")
        found = since_of(asked, day)
        if found is None:
            self.add_error("since_day" if chosen else "since", NOT_BEFORE)
        else:
            cleaned["compared"] = found
        return cleaned


NOT_BEFORE = _("Choose a meeting held, or a day, before the day of the pack.")


def read_day(day: date, today: date) -> date:
    """Give today as it is and an earlier day as one to look back at.

    :raises ValidationError: for a day that lies ahead.
    """
    if day > today:
        raise forms.ValidationError(_("This day lies ahead; nothing is known of it yet."))
    return before(day, today) or today


def since_of(text: str, day: date) -> Since | None:
    """Give what to compare a day with; None for what does not come before it."""
    if not text:
        return selectors.default_since(day)
    found = since_selectors.read(text, day)
    return found if found is not None and found.day < day else None

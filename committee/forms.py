"""Shapes of what people enter about themselves and about each other."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS as WEEKDAYS_LONG
from django.utils.translation import gettext_lazy as _

from committee import sheets
from committee.enums import Role
from committee.models import Institution, Member, Seat
from committee.rules import permissions
from committee.rules.permissions import Actor
from committee.selectors.enrolment import named

# Letters leave on working days alone; days count from 1, a Monday.
WEEKDAYS = [(str(number + 1), WEEKDAYS_LONG[number]) for number in range(5)]
LONGEST_LIST = 200_000
# Who may stand in for an owner must be able to report.
DEPUTIES = (Role.MEMBER, Role.SECRETARIAT, Role.CHAIR)


def one_line(text: str) -> None:
    """Refuse a name with line breaks or other control characters: names go into mail headers.

    :raises ValidationError: if so.
    """
    if not text.isprintable():
        raise forms.ValidationError(_("Write this on one line, without control characters."))


class AwayMixin(forms.ModelForm):
    """Two dates or none, in order; and a deputy who is somebody else, and active."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("paused_from"), cleaned.get("paused_until")
        if start and not end and "paused_until" not in self.errors:
            self.add_error("paused_until", _("Say until which day you are away."))
        if end and not start and "paused_from" not in self.errors:
            self.add_error("paused_from", _("Say from which day you are away."))
        if start and end and end < start:
            self.add_error("paused_until", _("This day lies before the first day away."))
        return cleaned

    def clean_name(self) -> str:
        one_line(self.cleaned_data["name"])
        return str(self.cleaned_data["name"])

    def offer_deputies(self) -> None:
        """Offer everybody who may report, but the person themselves."""
        people = Member.objects.filter(is_active=True, role__in=DEPUTIES)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people.exclude(pk=self.instance.pk).order_by("name", "pk")
        field.empty_label = _("nobody")


class ProfileForm(AwayMixin):
    """What a person decides about their own mail and screen."""

    letter_hour = forms.TypedChoiceField(
        label=_("Hour of the daily letter"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
    )
    letter_days = forms.MultipleChoiceField(
        label=_("Days of the letter"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("On a public holiday none leaves; what waits comes on your next day."),
        error_messages={"required": _("Choose at least one day.")},
    )

    class Meta:
        model = Member
        fields: ClassVar = [
            "name",
            "language",
            "time_zone",
            "letter_hour",
            "letter_days",
            "mentions_by_mail",
            "paused_from",
            "paused_until",
            "deputy",
        ]
        labels: ClassVar = {
            "mentions_by_mail": _("Mail me when somebody mentions me"),
            "paused_from": _("First day away"),
            "paused_until": _("Last day away"),
            "deputy": _("Deputy while away"),
        }
        help_texts: ClassVar = {
            "deputy": _("Gets your reminders while you are away, and may report on your actions."),
            "mentions_by_mail": _(
                "Without it a mention stands under your bell only. What concerns your own actions"
                " always comes by mail."
            ),
        }
        widgets: ClassVar = {
            "language": forms.RadioSelect,
            "paused_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "paused_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["letter_days"] = list(self.instance.letter_days)
        self.offer_deputies()

    def clean_letter_days(self) -> str:
        """Write the days as they are kept: `135` for Monday, Wednesday and Friday."""
        return "".join(sorted(self.cleaned_data["letter_days"]))


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=[("id", "Bahasa Indonesia"), ("en", "English")])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class InviteForm(forms.ModelForm):
    """Whom to invite; `actor` and `today` are set by the admin page that shows the form."""

    actor: Actor
    today: date

    class Meta:
        model = Member
        fields: ClassVar = ["email", "name", "role", "institution", "language"]
        help_texts: ClassVar = {
            "email": _("The invitation goes there, with a link to choose a password."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [
            (role.value, role.label) for role in Role if permissions.may_invite(self.actor, role)
        ]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["institution"].queryset = (  # type: ignore[attr-defined]
            Institution.objects.valid_on(self.today).order_by("code")
        )

    def clean_name(self) -> str:
        one_line(self.cleaned_data["name"])
        return str(self.cleaned_data["name"])

    def clean_email(self) -> str:
        """Keep addresses in lower case: one person, one account."""
        email = str(self.cleaned_data["email"]).lower()
        if Member.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody with this address has an account already."))
        return email


class MemberForm(AwayMixin):
    """What the secretariat or an admin may correct about a member."""

    class Meta:
        model = Member
        fields: ClassVar = [
            "email",
            "name",
            "institution",
            "language",
            "time_zone",
            "letter_hour",
            "paused_from",
            "paused_until",
            "deputy",
            "is_active",
        ]
        help_texts: ClassVar = {
            "is_active": _(
                "An open account is closed by handing over; a closed one is opened here."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "deputy" in self.fields:  # shown as plain text to whoever may only read
            self.offer_deputies()

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Member.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody with this address has an account already."))
        return email


class SeatForm(forms.ModelForm):
    class Meta:
        model = Seat
        fields: ClassVar = [
            "member", "workstream", "kind", "is_acting", "from_date", "until_date",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if cleaned.get("is_acting") and end is None and "until_date" not in self.errors:
            self.add_error("until_date", _("Say until which day this official acts."))
        if start and end and end < start:
            self.add_error("until_date", _("This day lies before the first day of the seat."))
        return cleaned


class InstitutionForm(forms.ModelForm):
    class Meta:
        model = Institution
        fields: ClassVar = [
            "code", "title", "title_en", "kind", "committee_role",
            "valid_from", "valid_until", "successor",
        ]  # fmt: skip
        help_texts: ClassVar = {
            "valid_until": _("Nobody chooses it for something new after this day."),
            "successor": _("The institution it became or was merged into on the day after."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "successor" in self.fields:  # shown as plain text to whoever may only read
            others = Institution.objects.exclude(pk=self.instance.pk).order_by("code")
            self.fields["successor"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("This day lies before its first day."))
        if cleaned.get("successor") and end is None and "valid_until" not in self.errors:
            self.add_error("valid_until", _("Say on which day it ended to become another."))
        return cleaned


class EnrolForm(forms.Form):
    """A list of people: a file, or its text to be mended and sent again."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV or XLSX, at most 500 people."),
        error_messages={"empty": _("This file is empty; choose another.")},
    )
    text = forms.CharField(
        label=_("Lines"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "wrap": "off", "spellcheck": "false"}),
        help_text=_("The text of the list, to be mended here; a file chosen above replaces it."),
    )
    digest = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read the file or the text; `text` is what was read, and `sheet` its rows."""
        cleaned = super().clean() or {}
        if self.errors.pop("digest", None):  # no mark of ours: as good as none, so it is shown anew
            cleaned["digest"] = ""
        if self.errors:
            return cleaned
        upload = cleaned.get("file")
        if not upload and not cleaned["text"].strip():
            raise forms.ValidationError(_("Choose a file, or write at least one line."))
        try:
            if upload:
                cleaned["text"] = sheets.text_of(upload.name or "", upload.read())
            if len(cleaned["text"]) > LONGEST_LIST:
                raise forms.ValidationError(_("This is more than a list of people; split it."))
            cleaned["sheet"] = sheets.read_text(cleaned["text"], named)
        except sheets.NotAccepted as refused:
            self.add_error("file" if upload else "text", str(refused.fault.label))
        return cleaned

"""The first hour, one thing at a time: an institution, a person, a workstream, an action."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from committee import parts
from committee.enums import CommitteeRole, InstitutionKind, Role
from committee.forms import one_line
from committee.models import Institution, Member, Workstream
from committee.parts import Unreadable
from committee.rules.permissions import INVITED_BY_SECRETARIAT
from committee.services import Invitation
from roadmap.enums import Precision
from roadmap.forms.people import OWNERS, PersonField
from roadmap.forms.saved import DayField, SavedForm
from roadmap.services.actions import ActionDraft
from roadmap.services.setup import WorkstreamDraft

INVITED = [role for role in Role if role in INVITED_BY_SECRETARIAT]


def possible_leads() -> QuerySet[Member]:
    """Give those whose role lets them report: a lead does."""
    return Member.objects.filter(is_active=True, role__in=OWNERS).order_by("name", "pk")


class CodedForm(SavedForm):
    """One thing with a code; the same code with another name is somebody else's."""

    model: ClassVar[type[Institution] | type[Workstream]]
    longest: ClassVar[int]

    code = forms.CharField(label=_("Code"), help_text=_("Capital letters, digits and _."))
    title = forms.CharField(label=_("Name (Indonesian)"), max_length=300)
    title_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)

    def clean_code(self) -> str:
        try:
            return str(parts.code(self.longest)(self.cleaned_data["code"]))
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        there = self.model.objects.filter(code=cleaned.get("code", "")).first()
        if there is not None and there.title != cleaned.get("title"):
            sentence = gettext("This code belongs to %(name)s already; choose another.")
            self.add_error("code", sentence % {"name": there.title})
        return cleaned


class InstitutionForm(CodedForm):
    model = Institution
    longest = 30

    kind = forms.ChoiceField(label=_("Kind"), choices=InstitutionKind.choices)
    committee_role = forms.ChoiceField(
        label=_("Role in the committee"), choices=CommitteeRole.choices
    )


class MemberForm(SavedForm):
    name = forms.CharField(label=_("Name"), max_length=150, validators=[one_line])
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=parts.LONGEST_ADDRESS,
        help_text=_("The invitation goes there, with a link to choose a password."),
    )
    institution = forms.ModelChoiceField(
        label=_("Institution"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("none yet"),
    )
    role = forms.TypedChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in INVITED],
        coerce=Role,
        help_text=_("Other roles are an admin's to give."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("id", "Bahasa Indonesia"), ("en", "English")]
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        there = Member.objects.filter(email=cleaned.get("email", "")).first()
        if there is not None and there.name != cleaned.get("name"):
            sentence = gettext("This address is %(name)s's already; choose another.")
            self.add_error("email", sentence % {"name": there.name})
        return cleaned


class WorkstreamForm(CodedForm):
    model = Workstream
    longest = 10

    lead_institution = forms.ModelChoiceField(
        label=_("Lead institution"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("none yet"),
    )
    lead = forms.ModelChoiceField(
        label=_("Coordinator"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=_("nobody yet"),
        help_text=_("Gets a lead seat from today: they look after its actions and milestones."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = possible_leads()  # type: ignore[attr-defined]


class ActionForm(SavedForm):
    """The least an action needs; the rest is written on its own page."""

    workstream = forms.ModelChoiceField(
        label=_("Workstream"), queryset=Workstream.objects.order_by("order"), empty_label=None
    )
    title = forms.CharField(label=_("Title (Indonesian)"), max_length=300)
    owner = PersonField(label=_("Owner"), required=False, empty_label=_("nobody yet"))
    due_date = DayField(
        label=_("Due date"),
        required=False,
        help_text=_("Later only the secretariat can move it, with a reason."),
    )


def lines_of(cleaned: dict[str, Any]) -> list[dict[str, Any]]:
    """Give what was sent as lines: those that were pasted, or the one thing filled in."""
    return list(cleaned.get("lines", [cleaned]))


def institution_of(values: dict[str, Any]) -> Institution:
    names = ("code", "title", "title_en", "kind", "committee_role")
    return Institution(**_only(values, names))


def invitation_of(values: dict[str, Any]) -> Invitation:
    return Invitation(**_only(values, ("name", "email", "institution", "role", "language")))


def workstream_of(values: dict[str, Any]) -> WorkstreamDraft:
    names = ("code", "title", "title_en", "lead_institution")
    return WorkstreamDraft(Workstream(**_only(values, names)), values["lead"])


def action_of(values: dict[str, Any]) -> ActionDraft:
    names = ("workstream", "title", "owner", "due_date")
    return ActionDraft({"due_precision": Precision.DAY} | _only(values, names))


def _only(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}

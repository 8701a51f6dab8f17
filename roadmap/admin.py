"""Django admin for actions, milestones and reminder rules.

Descriptive fields alone: status, progress and due date change on the pages that write history,
and each row here links to its page. Adding starts on those pages too.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee import clock
from committee.admin import GuardedAdmin
from committee.models import Institution
from committee.rules.permissions import Actor
from roadmap.forms.saved import ManyField
from roadmap.models import ActionItem, Milestone, PeriodRule, ReminderRule
from roadmap.rules import permissions, telling
from roadmap.rules.permissions import ActionFacts
from roadmap.rules.refusals import Refused
from roadmap.selectors import reminder_rules as rules
from roadmap.services import periods
from roadmap.services.actions import ActionDraft, edit_action
from roadmap.services.changes import Attempt, Stale
from roadmap.services.milestones import MilestoneDraft, edit_milestone
from roadmap.services.reminder_rules import save_rule


class VersionedForm(forms.ModelForm):
    """Refuse a form made from an older version, with what was typed still in it."""

    version_read = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "version_read" in self.fields:
            self.initial["version_read"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("version_read", self.instance.version) != self.instance.version:
            raise forms.ValidationError(
                _("Somebody else saved this meanwhile. Compare with its page, then save again.")
            )
        return cleaned


class ActionForm(VersionedForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, due = cleaned.get("start_date"), self.instance.due_date
        if start and due and start > due:
            self.add_error("start_date", _("The due date lies before the start date."))
        return cleaned


class ListField(ManyField):
    widget = forms.SelectMultiple


class WordedAdmin(GuardedAdmin):
    """Rows whose service may refuse what the form let pass."""

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Word a refusal that came up between the form's check and the save."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal.reason.label))
        except Stale:
            messages.error(request, _("Somebody else saved this meanwhile; nothing was changed."))
        return HttpResponseRedirect(request.path)


class PagedAdmin(WordedAdmin):
    """Rows that have a page of their own, where everything with a history is changed."""

    @admin.display(description=gettext_lazy("its page"))
    def page(self, row: Any) -> str:
        words = _("Change status, progress, dates and owner on its page")
        return format_html('<a href="{}">{}</a>', row.get_absolute_url(), words)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, form_class=ListField, **kwargs)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Leave lists to the service, which has saved them with the rest."""


def _attempt(request: Any, form: Any) -> Attempt:
    version = form.cleaned_data["version_read"]
    return Attempt(by=request.user, at=request.clock, version=version)


@admin.register(ActionItem)
class ActionAdmin(PagedAdmin):
    form = ActionForm
    described: ClassVar = (
        "title",
        "title_en",
        "output",
        "output_en",
        "lead_institution",
        "start_date",
        "weight",
        "source",
        "confidence",
    )
    lists: ClassVar = ("contributors", "challenges")
    readonly_fields = (
        "code",
        "workstream",
        "page",
        "status",
        "progress",
        "outlook",
        "owner",
        "due_date",
        "first_due_date",
        "times_moved",
        "created_on",
    )
    filter_horizontal = ("contributors", "challenges")
    list_display = (
        "code",
        "title",
        "workstream",
        "status",
        "progress",
        "due_date",
        "owner",
        "page",
    )
    list_filter = ("workstream", "status", "due_basis", "lead_institution")
    list_select_related = ("workstream", "owner")
    search_fields = ("code", "title", "title_en", "owner__name")
    ordering = ("workstream__order", "number")

    def may_change(self, actor: Actor, row: Any) -> bool:
        facts = ActionFacts(workstream_id=row.workstream_id if row else 0)
        return permissions.may_edit_action(actor, facts)

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        fields = [*self.readonly_fields, *self.described, *self.lists]
        return [*fields, "version_read"] if self.has_change_permission(request, obj) else fields

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        draft = ActionDraft(
            fields={name: form.cleaned_data[name] for name in self.described},
            supporting=list(Institution.objects.filter(code__in=obj.supporting_codes)),
            challenges=list(form.cleaned_data["challenges"]),
            contributors=list(form.cleaned_data["contributors"]),
        )
        edit_action(action=obj, attempt=_attempt(request, form), draft=draft)


@admin.register(Milestone)
class MilestoneAdmin(PagedAdmin):
    form = VersionedForm
    described: ClassVar = ("title", "title_en", "source", "confidence")
    readonly_fields = (
        "workstream",
        "page",
        "due_date",
        "first_due_date",
        "times_moved",
        "achieved_date",
        "closing",
        "known_from",
    )
    filter_horizontal = ("actions",)
    list_display = ("title", "workstream", "due_date", "achieved_date", "closing", "page")
    list_filter = ("workstream", "closing")
    list_select_related = ("workstream",)
    search_fields = ("title", "title_en")
    ordering = ("due_date", "pk")

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_edit_milestone(actor, row.workstream_id if row else None)

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        fields = [*self.readonly_fields, *self.described, "actions"]
        return [*fields, "version_read"] if self.has_change_permission(request, obj) else fields

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        draft = MilestoneDraft(
            fields={name: form.cleaned_data[name] for name in self.described},
            actions=list(form.cleaned_data["actions"]),
        )
        edit_milestone(milestone=obj, attempt=_attempt(request, form), draft=draft)


class ReminderRuleForm(forms.ModelForm):
    """Refuse a rule that makes no sense, or tells again what another tells."""

    class Meta:
        model = ReminderRule
        fields: ClassVar = [
            "slug", "subject", "amount", "unit", "repeat", "audience", "workstream", "is_active",
        ]  # fmt: skip
        help_texts: ClassVar = {
            "amount": gettext_lazy("So many units after the date; with a minus sign, before it."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        rule = ReminderRule(pk=self.instance.pk, **cleaned)
        for fault in telling.faults(rules.rule_of(rule), rules.beside(rule)):
            self.add_error(fault.field, str(fault.reason.label))
        return cleaned


@admin.register(ReminderRule)
class ReminderRuleAdmin(WordedAdmin):
    form = ReminderRuleForm
    described: ClassVar = ("subject", "amount", "unit", "repeat", "audience", "workstream")
    fixed_fields = ("slug",)
    readonly_fields = ("in_words", "reaches")
    list_display = ("slug", "in_words", "is_active")
    list_filter = ("subject", "audience", "workstream", "is_active")
    list_select_related = ("workstream",)
    search_fields = ("slug",)
    ordering = ("subject", "amount", "pk")

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_rules(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_rules(actor)

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        """Say what a rule does where there is one."""
        fields = ("slug", *self.described, "is_active")
        return (*self.readonly_fields, *fields) if obj is not None else fields

    @admin.display(description=gettext_lazy("what it does"))
    def in_words(self, row: Any) -> str:
        return rules.sentence(row)

    @admin.display(description=gettext_lazy("whom it reaches in the next 7 days"))
    def reaches(self, row: Any) -> str:
        if not row.is_active:
            return _("Nobody: it is switched off.")
        return rules.reach_words(rules.reached_this_week(row.pk, clock.read().now))

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        save_rule(by=request.user, rule=obj, today=request.clock.today)


@admin.register(PeriodRule)
class PeriodRuleAdmin(GuardedAdmin):
    fields = ("code", "month", "opens_before", "closes_after", "is_active")
    fixed_fields = ("code",)
    list_display = ("code", "month", "opens_before", "closes_after", "is_active")
    ordering = ("month", "pk")

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_periods(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_periods(actor)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        periods.save_rule(by=request.user, rule=obj, today=request.clock.today)

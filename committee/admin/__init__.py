"""Django admin for people, seats, institutions and letters.

Nothing is deleted here, and nothing is saved but through a service. Who may do what is asked of
rules/permissions.py; a service enforces it once more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee import erasing, services
from committee.admin import enrolment
from committee.admin.guarded import GuardedAdmin, secure
from committee.enums import Role
from committee.forms import InstitutionForm, InviteForm, MemberForm, RoleForm, SeatForm
from committee.http import sent_only
from committee.models import (
    ACTING,
    Heartbeat,
    Institution,
    Letter,
    Member,
    Seat,
    Workstream,
)
from committee.rules import permissions
from committee.rules.permissions import Actor

__all__ = ["GuardedAdmin", "secure"]


@admin.register(Institution)
class InstitutionAdmin(GuardedAdmin):
    form = InstitutionForm
    # History names institutions by their code.
    fixed_fields = ("code",)
    list_display = ("code", "title", "kind", "committee_role", "valid_until", "successor")
    list_filter = ("kind", "committee_role")
    list_select_related = ("successor",)
    search_fields = ("code", "title", "title_en")
    ordering = ("code",)

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_institutions(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_institutions(actor)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        services.save_institution(by=request.user, institution=obj, today=request.clock.today)


@admin.register(Workstream)
class WorkstreamAdmin(GuardedAdmin):
    fields = ("code", "order", "title", "title_en", "lead_institution")
    # Action codes begin with it.
    fixed_fields = ("code",)
    list_display = ("code", "title", "order", "lead_institution")
    list_select_related = ("lead_institution",)
    search_fields = ("code", "title", "title_en")
    ordering = ("order",)

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_institutions(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_institutions(actor)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        services.save_workstream(by=request.user, workstream=obj, today=request.clock.today)


MOST_SEATS = 40  # of one member, past ones too


class SeatInline(admin.TabularInline):
    """A member's seats; one ends by its last day, and stays on record."""

    model = Seat
    form = SeatForm
    fields = ("workstream", "kind", "is_acting", "from_date", "until_date")
    extra = 0
    max_num = MOST_SEATS

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        # Of a page that claims to hold more, Django would draw a thousand more all the same.
        return super().get_formset(request, obj, **kwargs, absolute_max=MOST_SEATS)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return permissions.may_use_admin(request.actor)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return permissions.may_manage_seats(request.actor)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return permissions.may_manage_seats(request.actor)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Seat)
class SeatAdmin(GuardedAdmin):
    form = SeatForm
    fixed_fields = ("member", "workstream", "kind")
    list_display = ("member", "workstream", "kind", "acting", "from_date", "until_date")
    list_filter = ("kind", "is_acting", "workstream")
    list_select_related = ("member", "workstream")
    search_fields = ("member__name", "member__email")
    ordering = ("workstream__order", "-from_date", "pk")

    @admin.display(description=gettext_lazy("acting"), ordering="is_acting")
    def acting(self, seat: Seat) -> str:
        return ACTING if seat.is_acting else ""

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_seats(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_seats(actor)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        services.save_seat(by=request.user, seat=obj, today=request.clock.today)


@admin.register(Member)
class MemberAdmin(GuardedAdmin):
    """People come by invitation and leave by deactivation; their role has a page of its own."""

    form = MemberForm
    readonly_fields = ("role_and_link", "last_login", "joined_at")
    list_display = ("name", "email", "role", "institution", "is_active", "last_login")
    list_filter = ("role", "is_active", "institution")
    list_select_related = ("institution",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    change_form_template = "admin/committee/member/change_form.html"
    change_list_template = "admin/committee/member/change_list.html"

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_members(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        if row is None:
            return permissions.may_manage_members(actor)
        return permissions.may_invite(actor, Role(row.role))

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        if obj is None:
            return InviteForm.Meta.fields
        return [
            "name",
            "role_and_link",
            *MemberForm.Meta.fields[:1],
            *MemberForm.Meta.fields[2:],
            "last_login",
            "joined_at",
        ]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Let an account be opened again here; closing it hands over first, on its own page."""
        if obj is None:
            return ()
        closing = ("is_active",) if obj.is_active else ()
        return (*self.readonly_fields, *closing)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            bound = {"actor": request.actor, "today": request.clock.today}
            kwargs["form"] = type("BoundInviteForm", (InviteForm,), bound)
        return super().get_form(request, obj, change, **kwargs)

    def get_inlines(self, request: Any, obj: Any) -> Any:
        return [] if obj is None else [SeatInline]

    @admin.display(description=gettext_lazy("role"))
    def role_and_link(self, member: Member) -> str:
        link = reverse("admin:committee_member_role", args=[member.pk])
        return format_html(
            '{} · <a href="{}">{}</a>', member.get_role_display(), link, _("Change the role")
        )

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        today = request.clock.today
        if change:
            services.update_member(
                by=request.user, member=obj, changes=form.cleaned_data, today=today
            )
            return
        given = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        invitation = services.Invitation(**given)
        obj.pk = services.invite(by=request.user, invitation=invitation, today=today).pk
        messages.info(request, _("The invitation is on its way to %s.") % obj.email)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        for seat in formset.save(commit=False):
            services.save_seat(by=request.user, seat=seat, today=request.clock.today)

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        return [
            path("enrol/", _wrapped(wrap, self.enrol), name="committee_member_enrol"),
            path("<int:pk>/role/", _wrapped(wrap, self.role), name="committee_member_role"),
            path(
                "<int:pk>/invite/",
                _wrapped(wrap, sent_only(self.invite_again)),
                name="committee_member_invite",
            ),
            path("<int:pk>/erase/", _wrapped(wrap, self.erase), name="committee_member_erase"),
            path(
                "<int:pk>/second-factor/",
                _wrapped(wrap, sent_only(self.reset_second_factor)),
                name="committee_member_reset",
            ),
            *super().get_urls(),
        ]

    def enrol(self, request: Any) -> HttpResponse:
        """Invite and change many people by a list."""
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return enrolment.page(request, context)

    def reset_second_factor(self, request: Any, pk: int) -> HttpResponse:
        """Let somebody in again who lost their second factor."""
        member = get_object_or_404(Member, pk=min(pk, 2**63 - 1))
        services.reset_second_factor(by=request.user, member=member, today=request.clock.today)
        self.log_change(request, member, [{"changed": {"fields": ["second factor: reset"]}}])
        messages.success(request, _("The second step of %s was reset.") % member.name)
        return _back_to(member)

    def role(self, request: Any, pk: int) -> HttpResponse:
        """Show and change one member's role; admins alone, and never their own."""
        member = get_object_or_404(Member, pk=min(pk, 2**63 - 1))
        if not permissions.may_change_role(request.actor, member.pk):
            raise PermissionDenied
        form = RoleForm(request.POST or None, initial={"role": member.role})
        if request.method == "POST" and form.is_valid():
            role = Role(form.cleaned_data["role"])
            services.change_role(
                by=request.user, member=member, role=role, today=request.clock.today
            )
            self.log_change(request, member, [{"changed": {"fields": [f"role: {role.value}"]}}])
            messages.success(request, _("The role was changed."))
            return _back_to(member)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "member": member,
            "title": _("Change the role"),
        }
        return render(
            request,
            "admin/committee/member/role.html",
            context,
            status=422 if form.errors else 200,
        )

    def erase(self, request: Any, pk: int) -> HttpResponse:
        """Say what erasing somebody who has left takes away, and do it once confirmed."""
        member = get_object_or_404(Member, pk=min(pk, 2**63 - 1))
        if not permissions.may_erase(request.actor, member.pk, is_active=member.is_active):
            raise PermissionDenied
        if request.method == "POST":
            erasing.erase_member(by=request.user, member=member, today=request.clock.today)
            messages.success(request, _("Name and address were erased."))
            return _back_to(member)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "member": member}
        context["title"] = _("Erase name and address")
        return render(request, "admin/committee/member/erase.html", context)

    def invite_again(self, request: Any, pk: int) -> HttpResponse:
        """Send the invitation once more."""
        member = get_object_or_404(Member, pk=min(pk, 2**63 - 1))
        services.invite_again(by=request.user, member=member, today=request.clock.today)
        messages.success(request, _("The invitation is on its way to %s.") % member.email)
        return _back_to(member)


def _wrapped(wrap: Callable[..., Any], view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        return wrap(view)(*args, **kwargs)

    return run


def _back_to(row: Model) -> HttpResponse:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return HttpResponseRedirect(reverse(name, args=[row.pk]))


@admin.register(Letter)
class LetterAdmin(GuardedAdmin):
    fields = (
        "kind",
        "recipient",
        "policy_date",
        "state",
        "address",
        "subject",
        "text",
        "sent_at",
        "not_before",
        "expires_at",
        "tries",
        "in_doubt",
        "last_code",
        "last_error",
        "message_id",
    )
    list_display = ("policy_date", "recipient", "kind", "state", "subject", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("recipient",)
    search_fields = ("recipient__name", "recipient__email", "subject")
    date_hierarchy = "policy_date"
    ordering = ("-policy_date", "-pk")

    def get_queryset(self, request: Any) -> QuerySet[Letter]:
        return super().get_queryset(request)


@admin.register(Heartbeat)
class HeartbeatAdmin(GuardedAdmin):
    fields = ("name", "at", "note")
    list_display = ("name", "at", "note")
    ordering = ("name",)

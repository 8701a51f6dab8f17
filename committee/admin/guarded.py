"""What every page of Django admin builds on: who comes in, and that nothing is deleted there."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from committee import floods, second_factor
from committee.rules import permissions
from committee.rules.permissions import Actor


def secure(site: admin.AdminSite) -> None:
    """Let in staff alone, by the one sign-in page; for others the whole admin is not there."""
    site.site_header = site.site_title = "Peta Jalan"
    site.index_title = gettext_lazy("Administration")
    # An unknown address below admin/ is as unknown as any other.
    site.final_catch_all_view = False
    # Groups and allauth's addresses would be a second place for rights, unguarded.
    others = [m for m, page in site._registry.items() if not isinstance(page, GuardedAdmin)]
    site.unregister(others)
    unguarded = site.admin_view

    def admin_view(view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        inner = unguarded(view, cacheable)

        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not site.has_permission(request):
                raise Http404
            if (refusal := second_factor.refuse_admin(request)) is not None:
                return refusal
            if floods.is_hasty(request):
                return floods.too_many(request)
            return inner(request, *args, **kwargs)

        return update_wrapper(run, view)

    site.admin_view = admin_view  # type: ignore[method-assign, assignment]
    complete = site.autocomplete_view

    def autocomplete_view(request: HttpRequest) -> Any:
        """Serve the fields that a form completes, and no other a reader may think of."""
        if request.method == "GET" and not _completes(site, request):
            raise PermissionDenied
        return complete(request)

    site.autocomplete_view = autocomplete_view  # type: ignore[method-assign]
    site.login = _sign_in  # type: ignore[method-assign, assignment]
    site.password_change = _change_password  # type: ignore[method-assign, assignment]
    site.password_change_done = _change_password  # type: ignore[method-assign, assignment]


def _completes(site: admin.AdminSite, request: HttpRequest) -> bool:
    app, model, field = (
        request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")
    )
    pages = [
        page for one, page in site._registry.items() if one._meta.label_lower == f"{app}.{model}"
    ]
    return any(field in page.autocomplete_fields for page in pages)


@login_not_required
def _sign_in(request: Any, extra_context: Any = None) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("admin:index"))
    if not request.user.is_staff:
        raise Http404
    return redirect("admin:index")


def _change_password(request: Any, extra_context: Any = None) -> HttpResponse:
    return redirect("account_change_password")


class GuardedAdmin(admin.ModelAdmin):
    """Read-only unless a class says otherwise; no row is ever deleted."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def may_add(self, actor: Actor) -> bool:
        return False

    def may_change(self, actor: Actor, row: Any) -> bool:
        return False

    def has_module_permission(self, request: Any) -> bool:
        return permissions.may_use_admin(request.actor)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return permissions.may_use_admin(request.actor)

    def has_add_permission(self, request: Any) -> bool:
        return self.may_add(request.actor)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return self.may_change(request.actor, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        """Lead to the row's own part of the ledger: Django's log tells less, and can be changed."""
        wanted = {"kind": self.opts.label_lower, "key": object_id}
        return redirect(f"{reverse('roadmap:audit')}?{urlencode(wanted)}")

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Filter a list by what it offers alone: a password's letters are asked for by nobody."""
        offered = {*self.list_filter, self.date_hierarchy}
        is_offered = lookup.partition("__")[0] in offered
        return is_offered and super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Close what was fixed when the row was made."""
        fixed = self.fixed_fields if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    fixed_fields: ClassVar[tuple[str, ...]] = ()

"""A reader's own way of looking at a list, kept under a name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committee.models import Member
from roadmap.enums import ViewPage


class SavedView(models.Model):
    """A page with its filters under a name; whoever knows its address may open it.

    `query` holds the filters as an address writes them, without a page number.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=100)
    page = models.CharField(_("page"), max_length=12, choices=ViewPage)
    query = models.CharField(max_length=1000, blank=True)
    slug = models.CharField(max_length=22, unique=True)
    is_start = models.BooleanField(_("start page"), default=False)
    created_on = models.DateField()
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
            models.CheckConstraint(
                condition=Q(page__in=ViewPage.values), name="saved_view_page_is_known"
            ),
            models.UniqueConstraint(fields=["member", "name"], name="saved_view_name_is_used_once"),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(is_start=True),
                name="saved_view_starts_for_a_member_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("roadmap:saved-view", args=[self.slug])

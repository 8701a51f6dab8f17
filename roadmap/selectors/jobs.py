"""Ordered packs: the list of them, the newest first."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator

from roadmap.enums import JobKind
from roadmap.models import Job

PAGE_SIZE = 25


def packs(page: Any) -> Page[Job]:
    """Give one page of the packs ordered."""
    found = Job.objects.filter(kind=JobKind.PACK).select_related("ordered_by")
    return Paginator(found.order_by("-pk"), PAGE_SIZE).get_page(page)

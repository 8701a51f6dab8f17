"""Parts of pages drawn again only when what they show differs."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def drawn(template: str, thing: Hashable) -> SafeString:
    """Draw a thing of plain values; the same thing in the same language is drawn once.

    Nothing else may decide what the template shows: not the reader, not the request.
    """
    return _drawn(template, thing, get_language(), get_script_prefix())


@lru_cache(maxsize=512)
def _drawn(template: str, thing: Hashable, _language: str | None, _prefix: str) -> SafeString:
    return render_to_string(template, {"thing": thing})

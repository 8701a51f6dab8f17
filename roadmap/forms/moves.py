"""A form that names another due date, read before it is sent: which day, and nothing refused."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from roadmap.forms.saved import SavedForm
from roadmap.rules.dates import period_end

NAMED = ("due_date", "due_precision")


def wished_day(form: SavedForm) -> date | None:
    """Give the last day of what is wished for, of a form that may be wrong elsewhere."""
    form.is_valid()
    cleaned = form.cleaned_data
    if not cleaned.get("due_date") or not cleaned.get("due_precision"):
        return None
    return period_end(cleaned["due_date"], cleaned["due_precision"])


def as_typed(form: SavedForm) -> SavedForm:
    """Give a form back for a look ahead: a day that is wrong is named, what is missing is not."""
    typed = {name: form.data.get(name) for name in form.fields}
    return form if form.has_error("due_date") else type(form)(initial=typed)


def named(query: QueryDict) -> dict[str, str]:
    """Give the date that an address names, for a look ahead without sending anything."""
    return {name: str(query[name]) for name in NAMED if query.get(name)}

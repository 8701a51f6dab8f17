"""What happens when somebody presses save: one place for every refusal.

Saved: the view answers. Bad input or refused: 422 with the form. Somebody saved first: 409 with
both values and the form, whose new version makes saving again a decision; struck meanwhile: 422.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from committee.http import MemberRequest
from roadmap.forms.saved import Compared, SavedForm
from roadmap.rules.refusals import Refused
from roadmap.services.changes import Attempt, Stale
from umkm.rules.refusals import Refused as NoFigure

Change = Callable[[dict[str, Any], Attempt], Any]


# What differs between two sendings of the same text.
BESIDE = ("version", "token")


@dataclass(frozen=True, slots=True)
class Saving:
    """What came of it: the form to show again, or the result of the change."""

    form: SavedForm
    status: int = 200
    result: Any = None
    compared: list[Compared] = field(default_factory=list)

    @property
    def is_saved(self) -> bool:
        return self.status == 200


def save(request: MemberRequest, form: SavedForm, change: Change, *, version: int = 0) -> Saving:
    """Try a change with what was typed; `version` is the one in force when it was asked."""
    if not form.is_valid():
        return Saving(form.mended(version), 422)
    cleaned = form.cleaned_data
    token = _token_of(request, form, cleaned["token"])
    attempt = Attempt(request.user, request.clock, cleaned["version"], token)
    try:
        return Saving(form, 200, change(cleaned, attempt))
    except Stale as stale:
        return Saving(form.renewed(stale.current.version), 409, None, form.compare(stale.current))
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return Saving(form, 422)
    except NoFigure as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return Saving(form, 422)
    except ObjectDoesNotExist:  # struck between the opening of this request and its locks
        form.add_error(None, _("Somebody else saved this meanwhile; nothing was changed."))
        return Saving(form, 422)


def _token_of(request: MemberRequest, form: SavedForm, given: UUID) -> UUID:
    """Bind a one-time token to what was sent: only the same again is a repeat.

    Somebody whose answer was lost on the way adds a sentence and saves once more: that is a new
    try, and must not be taken for the first.
    """
    asked = [name for name in form.fields if name not in BESIDE]
    texts = [(name, request.POST.getlist(form.add_prefix(name))) for name in asked]
    files = [(name, str(file), getattr(file, "size", 0)) for name, file in request.FILES.items()]
    return uuid5(given, repr((texts, files)))

"""What happens when somebody presses save: one place for every refusal.

Saved: the view answers. Bad input or refused: 422 with the form. Somebody saved first: 409 with
both values and the form, whose new version makes saving again a decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from committee.http import MemberRequest
from roadmap.forms.saved import Compared, SavedForm
from roadmap.rules.refusals import Refused
from roadmap.services.changes import Attempt, Stale

Change = Callable[[dict[str, Any], Attempt], Any]


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
    attempt = Attempt(request.user, request.clock, cleaned["version"], cleaned["token"])
    try:
        return Saving(form, 200, change(cleaned, attempt))
    except Stale as stale:
        return Saving(form.renewed(stale.current.version), 409, None, form.compare(stale.current))
    except Refused as refused:
        form.add_error(None, str(refused.reason.label))
        return Saving(form, 422)

"""Why a letter reaches somebody, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.rules.why import Cause, Part, Passed, Why


def why_words(why: Why, names: Mapping[int, str]) -> str:
    """Say it in one phrase: `secretariat: the action has no owner; the workstream has no lead`."""
    told_as = _part(why.part)
    if why.stands_in_for is not None:
        values = {"name": names.get(why.stands_in_for, "—"), "part": told_as}
        told_as = _("in place of %(name)s (%(part)s), who is away") % values
    if not why.passed:
        return told_as
    return f"{told_as}: {'; '.join(_passed(one, names) for one in why.passed)}"


def _part(part: Part) -> str:
    words = {
        Part.OWNER: pgettext("why told", "owner"),
        Part.LEAD: pgettext("why told", "lead of the workstream"),
        Part.DEPUTY: pgettext("why told", "deputy lead of the workstream"),
        Part.SECRETARIAT: pgettext("why told", "secretariat"),
        Part.CHAIR: pgettext("why told", "chair"),
        Part.NOTICE: pgettext("why told", "it concerns them"),
    }
    return words[part]


def _passed(one: Passed, names: Mapping[int, str]) -> str:
    if one.cause == Cause.NOBODY:
        return _nobody(one.part)
    values = {"part": _part(one.part), "name": names.get(one.person_id or 0, "—")}
    if one.cause == Cause.UNREACHABLE:
        return _("%(name)s (%(part)s) has no address or no open account") % values
    return _("%(name)s (%(part)s) is away, and no deputy is there") % values


def _nobody(part: Part) -> str:
    if part == Part.OWNER:
        return _("the action has no owner")
    return _("the workstream has no lead")

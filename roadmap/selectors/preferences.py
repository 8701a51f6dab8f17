"""What somebody's letter settings come to, in a sentence or two for their profile page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committee.clock import Moment
from committee.enums import SeatKind
from committee.models import Member, Seat, Workstream
from roadmap.models import ActionItem
from roadmap.rules import preferences
from roadmap.rules.preferences import Away
from roadmap.selectors import countdowns
from roadmap.selectors.countdowns import Roster, habit


def effects(member: Member, moment: Moment) -> list[str]:
    """Say when somebody's next letter may leave, and who is told while they are away."""
    away = away_of(member)
    found = [_next_letter(member, moment, away)]
    if away is not None and not away.is_over(moment.today):
        found.append(_while_away(member, away, max(away.first, moment.today)))
    return found


def away_of(member: Member) -> Away | None:
    if member.paused_from is None or member.paused_until is None:
        return None
    return Away(member.paused_from, member.paused_until)


def _next_letter(member: Member, moment: Moment, away: Away | None) -> str:
    found = preferences.next_letter(moment.now, habit(member), away)
    if found is None:
        return _("No letter leaves before the day you are back.")
    theirs = found.astimezone(ZoneInfo(member.time_zone))
    values = {
        "day": date_format(theirs, "l j F Y"),
        "hour": f"{theirs:%H:%M}",
        "zone": member.get_time_zone_display(),
    }
    return (
        _("Your next letter: %(day)s, %(hour)s %(zone)s, if there is something new to say.")
        % values
    )


def _while_away(member: Member, away: Away, on: date) -> str:
    """Name who is told on the first day away that is still to come."""
    told = _told_instead(member, countdowns.roster(), on)
    values = {
        "first": date_format(away.first, "j F Y"),
        "last": date_format(away.last, "j F Y"),
        "names": ", ".join(told),
        "deputy": member.deputy.name if member.deputy else "",
    }
    return _away_words(member.deputy, told) % values


def _away_words(deputy: Member | None, told: Sequence[str]) -> str:
    if not told:
        return _(
            "While you are away, %(first)s to %(last)s, nobody can be told: name a deputy who is"
            " here."
        )
    if deputy is None:
        return _(
            "While you are away, %(first)s to %(last)s, %(names)s gets your reminders, for you"
            " have named no deputy."
        )
    if list(told) == [deputy.name]:
        return _("While you are away, %(first)s to %(last)s, %(deputy)s gets your reminders.")
    return _(
        "While you are away, %(first)s to %(last)s, %(names)s gets your reminders, for %(deputy)s"
        " cannot be told then."
    )


def _told_instead(member: Member, roster: Roster, on: date) -> list[str]:
    """Name who is told about somebody's work on a day; the secretariat as such, once."""
    staff = roster.on(on)
    desks = [staff.desk(place) for place in _places(member, on)] or [staff.everywhere]
    found = set(preferences.readers(member.pk, desks, staff.people))
    office = found.intersection(staff.everywhere.secretariat) - {member.deputy_id}
    names = [one.name for one in roster.members if one.pk in found - office]
    return [*names, _("the secretariat")] if office else names


def _places(member: Member, on: date) -> list[int]:
    """Give the workstreams in which somebody owns open work, or sits as lead or deputy."""
    owned = ActionItem.objects.open().filter(owner=member).values("workstream")
    seats = Seat.objects.held_on(on).filter(member=member).exclude(kind=SeatKind.CONTRIBUTOR)
    places = Workstream.objects.filter(Q(pk__in=owned) | Q(pk__in=seats.values("workstream")))
    return list(places.order_by("order", "pk").values_list("pk", flat=True))

"""The people of a rehearsal: one per role, one per institution that leads something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from committee.enums import Role, SeatKind
from committee.models import Institution, Member, RehearsalClock, Seat, Workstream

PASSWORD = "peta-jalan"  # noqa: S105 - printed on the first page of every rehearsal
DOMAIN = "demo.test"
# The day the roadmap became a regulation: seats are held from then on.
SEATED = date(2017, 8, 3)
STAFF = (
    ("ketua", "Ketua Komite Pengarah", Role.CHAIR),
    ("sekretariat", "Manajemen Pelaksana", Role.SECRETARIAT),
    ("penasihat", "Penasihat Komite", Role.ADVISER),
    ("pembaca", "Pembaca Kementerian", Role.VIEWER),
    ("admin", "Admin Sistem", Role.ADMIN),
)


def address(name: str) -> str:
    return f"{name.lower()}@{DOMAIN}"


def begin(day: date, now: datetime | None = None) -> None:
    """Make this database a rehearsal that opens on a day."""
    RehearsalClock.objects.create(day=day, target=day, since=now or timezone.now())


def make_staff() -> None:
    """Add the demo accounts that no institution leads with; those there stay as they are."""
    add([_member(name, full, role) for name, full, role in STAFF])


def make_leads(institutions: Iterable[Institution]) -> None:
    """Add one member per institution, named by its code."""
    add(
        [
            _member(place.code, f"Perwakilan {place.code.replace('_', ' ')}", Role.MEMBER, place)
            for place in institutions
        ]
    )


def add(members: list[Member]) -> None:
    there = set(Member.objects.values_list("email", flat=True))
    missing = [member for member in members if member.email not in there]
    # One slow hash for all of them: they share the password anyway.
    secret = make_password(PASSWORD) if missing else ""
    for member in missing:
        member.password = secret
    Member.objects.bulk_create(missing, batch_size=500)


def _member(name: str, full: str, role: Role, place: Institution | None = None) -> Member:
    return Member(email=address(name), name=full, role=role, institution=place, is_demo=True)


def seat_leads() -> None:
    """Seat each workstream's lead institution's member, where nobody was ever seated."""
    seated = set(Seat.objects.values_list("workstream", flat=True))
    by_place = {
        m.institution_id: m for m in Member.objects.filter(is_demo=True) if m.institution_id
    }
    Seat.objects.bulk_create(
        Seat(member=member, workstream=place, kind=SeatKind.LEAD, from_date=SEATED)
        for place in Workstream.objects.exclude(pk__in=seated)
        if (member := by_place.get(place.lead_institution_id or 0))
    )

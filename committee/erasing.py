"""Erases who somebody was, on a lawful request, and leaves what they did."""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from committee import access, ledger
from committee.models import Letter, Member
from committee.rules import permissions


@transaction.atomic
def erase_member(*, by: Member, member: Member, today: date) -> Member:
    """Erase a name, an address and the letters kept as proof; deeds stay, under a number.

    :raises PermissionDenied: if this person may not, or the account is still open.
    """
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    fresh = Member.objects.get(pk=by.pk)
    actor = access.actor_of(fresh, today)
    if not permissions.may_erase(actor, member.pk, is_active=member.is_active):
        raise PermissionDenied
    ledger.acts(fresh)
    member.name = f"Anggota {member.pk}"
    member.email = f"anggota-{member.pk}@dihapus.invalid"
    member.refused_at, member.refused_why = None, ""
    member.set_unusable_password()
    member.save()
    Letter.objects.filter(recipient=member).update(address="", subject="", text="")
    Authenticator.objects.filter(user=member).delete()
    ledger.bump_revision()
    return member

"""Which reminder rules make sense, alone and beside the others: each fault with its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

from roadmap.enums import Audience, Refusal, RuleSubject
from roadmap.rules.reminders import Rule

# Amounts a rule may count: half a year ahead, a year after.
LEAST, MOST = -180, 365
LONGEST_REPEAT = 365
OWN, ABOVE = Audience.OWNER, (Audience.LEAD, Audience.SECRETARIAT, Audience.CHAIR)
# Who can be told of what: a milestone's and a period's own is whoever answers for the workstream,
# its lead first; a submission waits for those who verify.
AUDIENCES = {
    RuleSubject.ACTION: (OWN, *ABOVE),
    RuleSubject.MILESTONE: (OWN, Audience.SECRETARIAT, Audience.CHAIR),
    RuleSubject.UPDATE: (OWN, Audience.LEAD, Audience.SECRETARIAT),
    RuleSubject.VERIFICATION: (Audience.SECRETARIAT, Audience.CHAIR),
    RuleSubject.PERIOD: (OWN,),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a rule cannot stand, and which field to change."""

    field: str
    reason: Refusal


def faults(rule: Rule, others: Iterable[Rule] = ()) -> list[Fault]:
    """Find what is wrong with a rule; `others` are the active rules beside it."""
    found = [*_amount_faults(rule), *_repeat_faults(rule), *_audience_faults(rule)]
    if not found and any(tell_the_same(rule, other) for other in others):
        found.append(Fault("amount", Refusal.RULE_TWICE))
    return found


def _amount_faults(rule: Rule) -> Iterable[Fault]:
    if not LEAST <= rule.amount <= MOST:
        yield Fault("amount", Refusal.RULE_AMOUNT)
    elif rule.subject == RuleSubject.UPDATE and rule.amount < 1:
        yield Fault("amount", Refusal.RULE_AFTER_REPORT)
    elif rule.subject == RuleSubject.VERIFICATION and rule.amount < 0:
        yield Fault("amount", Refusal.RULE_AFTER_SUBMISSION)
    elif rule.subject == RuleSubject.PERIOD and rule.amount > 0:
        yield Fault("amount", Refusal.RULE_BEFORE_CLOSING)


def _repeat_faults(rule: Rule) -> Iterable[Fault]:
    if rule.repeat is None:
        return
    if not 1 <= rule.repeat <= LONGEST_REPEAT:
        yield Fault("repeat", Refusal.RULE_REPEAT)
    elif rule.amount < 0 or rule.subject == RuleSubject.PERIOD:
        yield Fault("repeat", Refusal.RULE_REPEATS_AFTER)


def _audience_faults(rule: Rule) -> Iterable[Fault]:
    if rule.audience not in AUDIENCES[rule.subject]:
        yield Fault("audience", Refusal.RULE_AUDIENCE)
    elif _is_escalation(rule) and rule.amount < 1:
        yield Fault("amount", Refusal.RULE_ESCALATES_AFTER)


def _is_escalation(rule: Rule) -> bool:
    dated = rule.subject in (RuleSubject.ACTION, RuleSubject.MILESTONE)
    return dated and rule.audience != Audience.OWNER


def tell_the_same(one: Rule, other: Rule) -> bool:
    """Tell whether two rules would ever tell one stage to one audience in one workstream."""
    same = (one.subject, one.audience) == (other.subject, other.audience)
    meet = one.place is None or other.place is None or one.place == other.place
    if not (same and meet):
        return False
    if one.amount == 0 == other.amount:
        return True  # the day itself, in either unit
    return one.unit == other.unit and _share_a_stage(one, other)


def _share_a_stage(one: Rule, other: Rule) -> bool:
    """Compare the amounts two rules of one unit count to, repeats included."""
    if one.repeat and other.repeat:
        return (one.amount - other.amount) % gcd(one.repeat, other.repeat) == 0
    single, series = (other, one) if one.repeat else (one, other)
    ahead = single.amount - series.amount
    return ahead % series.repeat == 0 and ahead >= 0 if series.repeat else ahead == 0

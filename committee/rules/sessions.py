"""How long one sign-in lasts."""

from __future__ import annotations


def is_over(
    signed_in: float | None, seen: float | None, *, now: float, idle: float, longest: float
) -> bool:
    """Tell whether a session has ended: idle for too long, or too old however busy.

    One that does not say when it began has ended; all are given in seconds.
    """
    if signed_in is None or seen is None:
        return True
    return now - seen >= idle or now - signed_in >= longest


def is_fresh(signed_in: float | None, *, now: float, lasts: float) -> bool:
    """Tell whether somebody signed in a moment ago."""
    return signed_in is not None and now - signed_in < lasts

"""The checksum of facts: what two papers have in common when they say the same.

Facts are written in one way only (sorted names, ISO days, no spaces), so that the same facts give
the same checksum on any machine, in any year. A field marked `TODAYS` is left out: names may be
improved later, and a paper made again then would carry the new ones.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

TODAYS: dict[str, bool] = {"todays": True}
# Of a percentage: databases sum in their own order, and differ far behind the comma. What they
# agree on is rounded first, so that no sum stands on the edge between two digits.
AGREED, PLACES = 6, 1


def canonical(facts: Any) -> str:
    """Write facts in the one way a checksum is taken of."""
    return json.dumps(plain(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def checksum(facts: Any) -> str:
    """Give the SHA-256 of facts, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def plain(facts: Any) -> Any:
    """Turn facts into what JSON can hold; what is today's only is left out."""
    if is_dataclass(facts):
        kept = (field for field in fields(facts) if "todays" not in field.metadata)
        return {field.name: plain(getattr(facts, field.name)) for field in kept}
    if isinstance(facts, (list, tuple)):
        return [plain(one) for one in facts]
    if isinstance(facts, dict):
        return {str(name): plain(value) for name, value in facts.items()}
    return _value(facts)


def _value(fact: Any) -> Any:
    if isinstance(fact, Enum):
        return fact.value
    if isinstance(fact, float):
        return round(round(fact, AGREED), PLACES)
    if isinstance(fact, datetime):
        raise TypeError("a moment is no fact of a day")
    return date(fact.year, fact.month, fact.day).isoformat() if isinstance(fact, date) else fact

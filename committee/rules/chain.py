"""The chain of the ledger: each entry is sealed with the seal of the one before it.

Standard library only. `python chain.py FILE [HEAD]` checks an exported ledger on a machine that
has nothing of this project, and names the first entry that is not as it was written.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

BEGINNING = "0" * 64
SEALED = (
    *("number", "at", "actor", "role", "place", "verb", "object_type", "object_id"),
    *("before", "after", "request_id"),
)


def canonical(values: Any) -> str:
    """Write values in the one form that is sealed: keys in order, no spaces, text as it is."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def seal(previous: str, entry: Mapping[str, Any]) -> str:
    """Seal an entry on top of the seal before it: SHA-256 of both, as hexadecimal digits."""
    sealed = canonical({name: entry[name] for name in SEALED})
    return hashlib.sha256(f"{previous}{sealed}".encode()).hexdigest()


def first_broken(entries: Iterable[Mapping[str, Any]], head: str = "") -> str:
    """Say which entry is the first that is not as it was written; nothing if all are.

    :param entries: in the order of their numbers.
    :param head: a seal known from elsewhere (a letter, a backup), which must be among theirs.
    """
    previous, expected, seen = BEGINNING, 1, not head
    for entry in entries:
        if entry["number"] != expected:
            return f"entry {expected} is missing"
        if entry["prev_hash"] != previous or entry["hash"] != seal(previous, entry):
            return f"entry {expected} is not as it was written"
        previous, expected = entry["hash"], expected + 1
        seen = seen or previous == head
    return "" if seen else f"entry {expected} or a later one is missing: the known head is not here"


def main(words: list[str]) -> int:
    """Check an exported file; the exit code is 1 if an entry is broken."""
    with open(words[0], encoding="utf-8") as file:
        broken = first_broken(map(json.loads, file), *words[1:])
    print(broken or "every entry is as it was written")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

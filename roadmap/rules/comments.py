"""How long a comment may be edited, and who is named in it.

A person is named by what stands before the @ of their e-mail, `@kominfo`, or by the whole
address where two share that. Who that is, selectors/comments.py knows.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

EDITABLE_FOR = timedelta(minutes=15)
# An e-mail address in a sentence mentions nobody: something stands before its @.
MENTION = re.compile(r"(?<![\w@.+-])@([\w.+-]+(?:@[\w.-]+)?)")


def may_still_edit(written_at: datetime, now: datetime) -> bool:
    """Say whether a comment is young enough to be edited; at 15 minutes it no longer is."""
    return now - written_at < EDITABLE_FOR


def mentioned(text: str) -> list[str]:
    """Give the names written with an @, each once, in lower case and in order."""
    found = (match.rstrip(".-+").lower() for match in MENTION.findall(text))
    return list(dict.fromkeys(filter(None, found)))

"""What a container asks about itself: `python roadmap/config/healthcheck.py URL [plan|drain]`.

Run by path and without Django, because it runs every few seconds. With a name it asks the web
service how long ago that part of the machinery did its round.
"""

import json
import os
import sys
from urllib.request import Request, urlopen

LONGEST_SILENCE_SECONDS = 300


def main(address: str, part: str = "") -> int:
    # Django answers to its allowed hosts only, and 127.0.0.1 need not be one of them.
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip(" .*") or "localhost"
    request = Request(f"{address}/health/", headers={"Host": host})  # noqa: S310
    with urlopen(request, timeout=4) as answer:  # noqa: S310
        ages = json.load(answer)
    age = ages[f"seconds_since_{part}"] if part else 0
    return 0 if age is not None and age < LONGEST_SILENCE_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A parser in a process of its own, with little time and memory: documents come from anywhere.

`python -P -m app.pages.confined KIND CHARSET` reads the document from stdin and answers JSON.
"""

import json
import logging
import resource
import subprocess
import sys

from app.pages.errors import PageUnreadable
from app.pages.parsers import PARSERS, Parsed

SECONDS = 30
MEMORY = 1 << 30
MOST_CHARACTERS = 2_000_000


def parse_confined(kind: str, content: bytes, charset: str, seconds: float = SECONDS) -> Parsed:
    """Raises PageUnreadable."""
    command = [sys.executable, "-P", "-m", "app.pages.confined", kind, charset]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise PageUnreadable(f"takes more than {seconds:g} s to read") from error
    if done.returncode != 0:
        raise PageUnreadable("takes too much time or memory to read, or is damaged")
    answer = json.loads(done.stdout)
    if "problem" in answer:
        raise PageUnreadable(answer["problem"])
    return answer["title"], answer["text"]


def main(kind: str, charset: str = "") -> None:
    # Before the imports of parsers could take any: they are within the limits.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable(logging.CRITICAL)
    try:
        title, text = PARSERS[kind](sys.stdin.buffer.read(), charset)
        answer = {"title": title, "text": text[:MOST_CHARACTERS]}
    except PageUnreadable as error:
        answer = {"problem": str(error)}
    except Exception as error:  # noqa: BLE001 (whatever a parser makes of a document that means harm)
        answer = {"problem": f"cannot be read ({type(error).__name__})"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])

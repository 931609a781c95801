"""A command at a terminal of its own, with a person who types."""

import os
import pty
from collections.abc import Mapping
from pathlib import Path


def typed(words: list[str], cue: str, keys: str, *, env: Mapping[str, str], cwd: Path) -> tuple[int, str]:
    """Types `keys` once the command has shown `cue`; its exit code, and all that it showed."""
    process, terminal = pty.fork()
    if not process:
        os.chdir(cwd)
        os.execve(words[0], words, dict(env))
    shown = b""
    while chunk := read(terminal):
        shown += chunk
        if cue.encode() in shown and keys:
            os.write(terminal, keys.encode())
            keys = ""
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode(errors="replace")


def read(terminal: int) -> bytes:
    """Nothing when the other end is closed, which Linux calls an error."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""

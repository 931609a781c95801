"""A program of two processes: `python numbered.py wait|fail`."""

import asyncio
import os
import signal
import sys

from app.cli.exits import FAILED
from app.cli.processes import Processes, stop_without_parent


def wait(number: int) -> None:
    asyncio.run(wait_for_the_end(number))
    say("stopped")


def say(word: object) -> None:
    # In one write: print makes several, between which another process may come.
    os.write(sys.stdout.fileno(), f"{word} {os.getpid()}\n".encode())


async def wait_for_the_end(number: int) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    stop_without_parent(stopping)
    say(number)
    await stopping.wait()


def fail(number: int) -> None:
    if number == 1:
        sys.exit(FAILED)
    wait(number)


if __name__ == "__main__":
    sys.exit(Processes(2, {"wait": wait, "fail": fail}[sys.argv[1]], warm="json").run())

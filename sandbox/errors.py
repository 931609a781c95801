"""Failures of ours. A failure of the program is never an exception: it is an `ExecResult`.

SandboxError
├── SandboxUnavailable   nothing here can confine a program
│   ├── ImageMissing     the engine answers, the image is not built
│   ├── PackagesMissing  nothing is built with the packages that a task asks for
│   ├── PackagesRefused  they cannot be had
│   ├── WheelSpoiled     a file of the wheel cache is not the one that was fetched
│   └── GpuUnavailable   there is no device to give, or no way to give it
├── InputUnusable        the input folder cannot be given to a program
├── SandboxBroken        the sandbox itself failed during a run; the run may be tried again
└── SandboxStuck         something of a run is still there and will not go away
"""

NEEDS_DOCKER = "a GPU can be given to programs by Docker Engine only: choose the sandbox docker"


class SandboxError(Exception):
    """The sandbox failed."""

    def __init__(self, message: str = "") -> None:
        # One line, whatever an engine or a kernel said: it is shown to a user as it is.
        super().__init__(" ".join((message or self.__doc__ or "").split()))


class SandboxUnavailable(SandboxError):
    """Nothing here can confine a program. Install bubblewrap (apt-get install bubblewrap) or Docker."""


class ImageMissing(SandboxUnavailable):
    """Docker Engine answers, but the sandbox image is not built. Run `autoiot images build`."""


class GpuUnavailable(SandboxUnavailable):
    """A GPU was asked for, and there is none to give here."""


class PackagesMissing(SandboxUnavailable):
    """The packages that the task asks for are not built. Run `autoiot images build --task FILE`."""


class PackagesRefused(SandboxUnavailable):
    """The packages cannot be had from the index."""


class WheelSpoiled(SandboxUnavailable):
    """A file of the wheel cache is not the one that was fetched. Run `autoiot images build` again."""


class InputUnusable(SandboxError):
    """The input folder cannot be given to a program."""


class SandboxBroken(SandboxError):
    """The sandbox stopped without a result. Run `autoiot resume` to try again."""


class SandboxStuck(SandboxError):
    """A container of an earlier run cannot be removed. Run: docker ps --filter label=autoiot.sandbox"""

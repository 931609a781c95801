"""Small computers that programs are written for, as far as a sandbox can stand for them.

Figures are those of the makers: the Raspberry Pi 4 Model B and Jetson Nano product pages, and Intel's for the N100.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Platform:
    words: str
    """For a model and for a person."""
    cpus: float
    memory_mb: int
    """What is left beside its operating system."""


PLATFORMS: Mapping[str, Platform] = MappingProxyType(
    {
        "raspberry-pi-4": Platform(
            "a Raspberry Pi 4 Model B with 4 GB of memory: four Cortex-A72 cores at 1.5 GHz, no GPU to compute with",
            4,
            3072,
        ),
        "jetson-nano": Platform(
            "a Jetson Nano with 4 GB of memory: four Cortex-A57 cores at 1.43 GHz, and a GPU of 128 Maxwell cores that"
            " shares it",
            4,
            3072,
        ),
        "small-x86": Platform("a small x86 box such as an Intel N100 with 8 GB of memory: four cores, no GPU", 4, 6144),
    }
)

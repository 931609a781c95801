"""The candidates of a run, in memory."""

from collections.abc import Iterable

from graph.values import Version


class MemoryArchive:
    def __init__(self, versions: Iterable[Version] = ()) -> None:
        self.versions = {version.version: version for version in versions}
        self.saved: list[Version] = []

    async def save(self, version: Version) -> None:
        self.saved.append(version)
        self.versions[version.version] = version

    async def all(self) -> list[Version]:
        return [self.versions[number] for number in sorted(self.versions)]

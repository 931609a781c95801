"""The result of a job, from a zip archive of a server into a folder of its own."""

import contextlib
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterable
from pathlib import Path, PurePosixPath

from app.client.errors import BundleRefused

RESULT = "result.json"
"""What a folder with a result holds."""
PART = ".fetching-"
MOST_BYTES = 8 << 30
MOST_FILES = 100_000
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def refuse_taken(target: Path, *, replace: bool, is_zip: bool) -> None:
    """Before anything is fetched. Raises BundleRefused."""
    if not target.parent.is_dir():
        raise BundleRefused(f"--to {target}: its folder does not exist")
    if not target.exists() and not target.is_symlink():
        return
    if is_zip and target.is_file():
        if not replace:
            raise BundleRefused(f"{target}: a file is there already; --replace puts this result in its place")
        return
    is_ours = target.is_dir() and ((target / RESULT).is_file() or not any(target.iterdir()))
    if is_zip or not is_ours:
        raise BundleRefused(f"{target}: it is there already, with other things; choose another place with --to")
    if not replace and any(target.iterdir()):
        raise BundleRefused(f"{target}: a result is there already; --replace puts this one in its place")


@contextlib.contextmanager
def workplace(target: Path) -> Generator[Path]:
    """A folder beside `target`, gone afterwards. Raises BundleRefused where there is no place to write."""
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=PART, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        # Not the name of a file in it, which nobody has chosen.
        raise BundleRefused(
            f"{target}: the result cannot be put there: {error.strerror}; nothing is changed"
        ) from error


def save(chunks: Iterable[bytes], target: Path) -> None:
    """As one file, which appears when it is complete. Raises BundleRefused."""
    with workplace(target) as folder:
        write(chunks, folder / "part")
        (folder / "part").replace(target)


def write(chunks: Iterable[bytes], place: Path) -> None:
    """Raises OSError."""
    with place.open("xb") as file:
        file.writelines(chunks)


def unpack(archive: Path, target: Path) -> None:
    """As a folder, which appears when it is complete, in place of one that is there. Raises BundleRefused."""
    with workplace(target) as part:
        (part / "new").mkdir()
        try:
            with zipfile.ZipFile(archive) as opened:
                write_all(opened, part / "new")
        except DAMAGE as error:
            raise BundleRefused(f"the archive that came is damaged: {error}") from error
        if target.exists():
            target.rename(part / "old")
        (part / "new").rename(target)


def write_all(archive: zipfile.ZipFile, into: Path) -> None:
    members = archive.infolist()
    # What a member says of its size holds: no more than that is read of it.
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        raise BundleRefused("the archive that came holds more than a result can")
    for member in members:
        place = into / safe_name(member)
        if member.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, place.open("xb") as file:
            shutil.copyfileobj(source, file)


def safe_name(member: zipfile.ZipInfo) -> PurePosixPath:
    """Below the folder, whatever the archive says. Raises BundleRefused."""
    name = PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    is_plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
    outside = name.is_absolute() or ".." in name.parts or "\\" in member.filename or not name.parts
    if outside or not is_plain or not member.filename.isprintable():
        raise BundleRefused(f"the archive that came holds {member.filename[:80]!a}, which does not belong there")
    return name

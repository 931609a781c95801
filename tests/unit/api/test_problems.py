"""Every failure of ours has a meaning for whoever asked, the most telling one."""

import pytest

from app.api.problems import status_of
from app.datasets.errors import DatasetTaken, DatasetUnknown, DiskFull, UploadBroken, UploadTooLarge
from app.jobs.lifecycle import ChangeRefused
from app.keys.errors import KeyInvalid, KeyUnknown, LastAdminKey, QuotaExceeded
from graph.errors import DatasetInvalid, RunUnknown, TaskInvalid
from sandbox.errors import ImageMissing, SandboxUnavailable


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (UploadBroken, 400),
        *((kind, 404) for kind in (RunUnknown, DatasetUnknown, KeyUnknown)),
        *((kind, 409) for kind in (ChangeRefused, DatasetTaken, LastAdminKey)),
        (UploadTooLarge, 413),
        *((kind, 422) for kind in (TaskInvalid, DatasetInvalid, KeyInvalid)),
        (QuotaExceeded, 429),
        *((kind, 503) for kind in (SandboxUnavailable, ImageMissing, DiskFull)),
    ],
)
def test_what_a_failure_means(kind: type[Exception], status: int) -> None:
    assert status_of(kind("a line")) == status

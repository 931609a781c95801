"""A person at the server: `hand-in` uploads the records and follows a job to its end, `look` finds it again later."""

# ruff: noqa: T201
import io
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))
from fakes.served import body, followed

SECONDS_TO_START = 120


def hand_in(client: httpx2.Client, scratch: Path) -> None:
    archive = Path(shutil.make_archive(str(scratch / "records"), "zip", scratch / "records"))
    client.put("/v1/datasets/records/archive", content=archive.read_bytes()).raise_for_status()
    job = client.post("/v1/jobs", json=body()).raise_for_status().json()["id"]
    followed(client, job, 0, "status", "finished")
    (scratch / "job").write_text(job)
    look(client, scratch)


def look(client: httpx2.Client, scratch: Path) -> None:
    job = (scratch / "job").read_text()
    shown = client.get(f"/v1/jobs/{job}").raise_for_status().json()
    assert shown["status"] == "finished", shown
    assert shown["test"]["f1"] > 0.9, shown
    bundle = client.get(f"/v1/jobs/{job}/bundle").raise_for_status().content
    print(f"job {job}: f1 {shown['test']['f1']:.4f}, {len(zipfile.ZipFile(io.BytesIO(bundle)).namelist())} files")


def wait_for(client: httpx2.Client) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            client.get("/readyz").raise_for_status()
            return
        except httpx2.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


if __name__ == "__main__":
    does = {"hand-in": hand_in, "look": look}[sys.argv[1]]
    headers = {"Authorization": f"Bearer {os.environ['AUTOIOT_KEY']}"}
    with httpx2.Client(base_url=sys.argv[2], headers=headers, timeout=60) as opened:
        wait_for(opened)
        does(opened, Path(sys.argv[3]))

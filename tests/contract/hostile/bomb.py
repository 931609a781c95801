"""Leaves an archive of little size that unpacks to half a gigabyte."""

import sys
import zipfile

with zipfile.ZipFile(f"{sys.argv[2]}/result.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a", "w") as file:
    for _ in range(512):
        file.write(bytes(1 << 20))

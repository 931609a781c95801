"""Never ends."""

import os

# One write: print sends the end of the line on its own, which a kill can come before.
os.write(1, b"started\n")
while True:
    pass

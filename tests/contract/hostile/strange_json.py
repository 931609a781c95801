"""Leaves numbers that are none, keys that are twice there, and JSON as deep as the sea."""

import sys

for name, text in (
    ("nan.json", '{"a": NaN, "a": Infinity}'),
    ("deep.json", "[" * 200_000),
    ("long.json", "9" * 100_000),
):
    with open(f"{sys.argv[2]}/{name}", "w") as file:
        file.write(text)

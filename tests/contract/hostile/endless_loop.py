"""Never ends."""

print("started", flush=True)
while True:
    pass

"""Takes four times the memory that it may have."""

blocks = [bytearray(b"x") * (32 << 20) for _ in range(32)]
print("got", len(blocks) * 32, "MiB")

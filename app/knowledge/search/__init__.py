"""Where terms are looked up: engines behind one port, asked side by side."""

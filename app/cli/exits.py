"""Exit codes of the commands."""

NO_PROGRAM = 1
"""The work was done, and no candidate ran to its end."""
UNREAD = 1
FAILED = 2
"""There is something to put right; one line on stderr says what."""
INTERRUPTED = 130

"""Imports what a job will need, so that every process forked from this one has it at once.

multiprocessing's fork server imports this module by name, once for all the processes of `autoiot worker --processes`.
"""

from app.cli.imports import import_for_good

import_for_good(
    "docker",
    "matplotlib.figure",
    "sklearn.metrics",
    "app.cli.working",
    "app.queue.team",
    "app.report.page",
    "graph.scoring.registry",
)

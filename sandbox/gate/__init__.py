"""A filter in front of Docker Engine: lets through what a sandbox needs, and nothing else."""

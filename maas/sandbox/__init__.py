"""The outside world in miniature, as real HTTP servers; used by the demo and the tests, imported by nothing else."""

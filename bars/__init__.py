"""The bars of the project that take longer than a test may: `python -m bars.<name>` prints `BAR <name> PASS|FAIL …`."""

"""Whether a sales interface does what the transaction relies on: tried for real, at its sandbox."""

"""The market of the stories, in which everything that somebody may own is owned by somebody."""

from tests.features.conftest import emptied_ledger, market, monday

__all__ = ["emptied_ledger", "market", "monday"]

"""Writers: what operators without a system of their own have entered, as the feeds that everybody reads."""

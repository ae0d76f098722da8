"""Writers: the register, and what operators without a system of their own have entered, as others read it."""

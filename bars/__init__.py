"""The bars: what must hold whatever happens, checked for real; `make bars`. One module for each group."""

"""How each kind of interface is asked, and what is made of its answers. No row leaves or enters here, only values."""

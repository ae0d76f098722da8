"""How we talk to those who move money: one folder per provider."""

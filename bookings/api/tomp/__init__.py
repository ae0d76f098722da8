"""The TOMP-API 2.0 server: every hosted operator is sold by it to licensed third-party providers (docs/tomp.md)."""

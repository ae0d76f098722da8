"""A transport operator that sells its trips by TOMP-API 1.6, written from its published description."""

from maas.sandbox.tomp1.twin import Twin1

__all__ = ["Twin1"]

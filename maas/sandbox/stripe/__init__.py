"""A Stripe twin: the part of api.stripe.com that the product calls, as a small stateful server.

Written from Stripe's public API reference and checked against its published fixtures. Run it with any ASGI server
(`create_app`), or call it without a socket through `StripeTwin.handle`.
"""

from maas.sandbox.stripe.app import create_app
from maas.sandbox.stripe.twin import Answer, Request, StripeTwin

__all__ = ["Answer", "Request", "StripeTwin", "create_app"]

"""Which network addresses an outsider may make this server call: public unicast ones only."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052
# What Python's `is_global` lets through although nothing of the public internet lives there.
_NEVER = [
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared space of carriers, RFC 6598
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, RFC 4291
        "64:ff9b:1::/48",  # local NAT64, RFC 8215
        "100::/64",  # discard
        "2001::/23",  # protocol assignments; Teredo is unwrapped before
        "2001:db8::/32",
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
    )
]


def _unwrapped(address: Address) -> Iterator[Address]:
    # An IPv6 address that carries an IPv4 address reaches that one: both must be public.
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    else:
        yield address


def is_public(text: str) -> bool:
    """Whether an IP address, as a resolver gives it, is a public unicast address. Anything unreadable is not."""
    try:
        found = list(_unwrapped(ip_address(text.partition("%")[0])))
    except ValueError:
        return False
    return all(
        address.is_global and not address.is_multicast and not any(address in block for block in _NEVER)
        for address in found
    )


def is_loopback(text: str) -> bool:
    """Whether an IP address is this machine's own."""
    try:
        return ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False

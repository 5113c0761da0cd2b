"""Which addresses of the internet are public, so that a list of links cannot reach into the network it is read from."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from lookscape.errors import RefusedError, UnavailableError

Address = IPv4Address | IPv6Address

# Global unicast is all of IPv6 that is handed out (RFC 4291, 2.4); what else `ipaddress` calls global is not a host.
_UNICAST = IPv6Network("2000::/3")

# Addresses that carry an IPv4 address: NAT64 (RFC 6052) reaches public hosts, 6to4 (RFC 3056) has been retired.
_NAT64 = IPv6Network("64:ff9b::/96")
_RETIRED = IPv6Network("2002::/16")

# Documentation (RFC 9637), protocol assignments (RFC 6890) and the retired 6to4 relays (RFC 7526), which older Python
# versions take for public.
_SPECIAL_V6 = IPv6Network("3fff::/20")
_SPECIAL_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


def is_public(address: Address) -> bool:
    """Whether this is the address of one host anybody can reach: not private, loopback, link-local, shared (carrier
    NAT), multicast, reserved, nor an IPv6 address that carries such an IPv4 address.
    """
    if isinstance(address, IPv4Address):
        special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL_V4)
        return address.is_global and not special
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and address in _UNICAST and address not in _RETIRED and address not in _SPECIAL_V6


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, in the order to try them.

    Raises RefusedError when any of them is not public (unless allowed), UnavailableError when there is none,
    socket.gaierror when the name server may answer later.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            raise
        raise UnavailableError(f"the host {host} is not known") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        for address in addresses:
            if not is_public(ip_address(address)):
                raise RefusedError(f"{host} is at {address}, which is not a public address")
    return addresses

"""Rate limits: how often something may be tried. No address is stored: keys are hashed with a key that changes daily."""

import contextlib
import functools
import ipaddress
from typing import cast

from flask import Flask, current_app, request
from limits import parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from jobboard.core import clock
from jobboard.core.tokens import keyed_hash


def init_app(app: Flask, redis_url: str) -> None:
    """Choose the counters' store: Redis when there are several web processes, else this process's memory."""
    store = cast("Storage", storage_from_string(redis_url, wrap_exceptions=True)) if redis_url else MemoryStorage()
    app.extensions["limiter"] = FixedWindowRateLimiter(store)
    app.extensions["limiter_fallback"] = FixedWindowRateLimiter(MemoryStorage())


def is_allowed(limit: str, name: str, *keys: str, cost: int = 1) -> bool:
    """Count one try of `name` for `keys`; False when `limit` (such as "5 per 15 minutes") is used up.

    `cost` is how much of the limit the try takes, such as its megabytes.

    When Redis is away the count goes on in this process: a limit that is a little too generous beats a site that is down.
    """
    item, hashed = _parsed(limit), _hashed(keys)
    try:
        return bool(current_app.extensions["limiter"].hit(item, name, hashed, cost=cost))
    except StorageError:
        current_app.logger.warning("rate limit store is away, counting in memory")
        return bool(current_app.extensions["limiter_fallback"].hit(item, name, hashed, cost=cost))


def is_used_up(limit: str, name: str, *keys: str) -> bool:
    """Whether the limit is reached, without counting a try."""
    item, hashed = _parsed(limit), _hashed(keys)
    try:
        return not current_app.extensions["limiter"].test(item, name, hashed)
    except StorageError:
        return not current_app.extensions["limiter_fallback"].test(item, name, hashed)


def forget(limit: str, name: str, *keys: str) -> None:
    """Begin counting again, because the one who tried turned out to be in the right."""
    item, hashed = _parsed(limit), _hashed(keys)
    for limiter in (current_app.extensions["limiter"], current_app.extensions["limiter_fallback"]):
        with contextlib.suppress(StorageError):
            limiter.clear(item, name, hashed)


def caller() -> str:
    """The network host a request comes from: the /64 for IPv6, where one household has 2^64 addresses.

    The same address can be written in many ways, and an IPv4 one as IPv6. What is none (a socket's name) counts as it is.
    """
    text = request.remote_addr or "unknown"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address), 64), strict=False))
    return str(address)


#: The limits stand in the code, so they are few.
_parsed = functools.cache(parse)


def _hashed(keys: tuple[str, ...]) -> str:
    return keyed_hash(f"limit:{clock.now():%Y-%m-%d}", "\0".join(keys))

"""Judges addresses given as settings."""

from urllib.parse import urlsplit


def is_issuer(address: str) -> bool:
    """Tell whether a provider may be asked there: by https, or on this very machine."""
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    is_plain = not (parts.query or parts.fragment or parts.username)
    return bool(parts.hostname) and is_plain and (parts.scheme == "https" or is_here)

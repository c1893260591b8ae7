"""Addresses of files on other computers: what counts as one, and how it is shown without its secrets."""

import re

SCHEMES = ("http://", "https://", "s3://")
_ADDRESS = re.compile(
    r"""(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)   # https://
    (?:[^\s/@'"]*@)?                               # user:password@
    (?P<place>[^\s?'"]*)                           # host/path
    (?:\?[^\s'"]*?(?=[:,;.)]?(?:\s|$|['"])))?      # ?token=...
    """,
    re.VERBOSE,
)
_QUERY = re.compile(r"""\?[\w.%~-]+=[^\s'",]*""")  # left of an address of which only the file name is told


def is_remote(path: str) -> bool:
    """Return whether a path is the address of a file that is fetched over a network.

    Examples
    --------
    >>> is_remote("s3://bucket/ndvi.tif"), is_remote("/data/ndvi.tif")
    (True, False)
    """
    return path.lower().startswith(SCHEMES)


def without_secrets(text: str) -> str:
    """Return a text whose addresses have lost their user, password and query.

    Examples
    --------
    >>> without_secrets("https://me:pass@example.org/a.tif?token=1 cannot be read")
    'https://example.org/a.tif cannot be read'
    """
    return _QUERY.sub("", _ADDRESS.sub(r"\g<scheme>\g<place>", text)) if "://" in text or "?" in text else text

"""Fetch documents from the web: politely, within limits, and not from local networks.

It obeys robots.txt (RFC 9309, https://www.rfc-editor.org/rfc/rfc9309), and makes one request a
second to each host.
"""

import contextlib
import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from analysis.documents.media import UnreadableError
from analysis.documents.reader import BYTES_AT_MOST
from analysis.study.vocabulary import GONE, NOT_GIVEN

REDIRECTS_AT_MOST = 5
TRIES = 3
PAUSE = 1.0
"""Seconds between two requests to one host."""
_ROBOTS_AT_MOST = 512_000
_RETRY_STATUSES = (429, 500, 502, 503, 504)
_LONGEST_WAIT = 60.0
_REFUSED = {
    401: ("the page asks for a login (401)", NOT_GIVEN),
    403: ("the site refuses to give it (403)", NOT_GIVEN),
    404: ("nothing is there (404)", GONE),
    410: ("it was taken down (410)", GONE),
    429: ("the site asks for fewer requests (429)", ""),
    451: ("it is withheld for legal reasons (451)", NOT_GIVEN),
}
"""By HTTP status: why there is no document, and what that says about the document. Any other HTTP
status says only that the site fails."""
_PERMANENT_STATUSES = (301, 308)
_NOT_THE_DOCUMENT = (
    (re.compile(r"captcha|are you a (?:human|robot)|checking your browser|just a moment", re.I),
     "a page that tests for robots came in its place"),
    (re.compile(r"<input[^>]+type=[\"']?password", re.I), "a page to log in came in its place"),
    (re.compile(r"<title>[^<]*(?:404|not found|page (?:can(?:no|')t|cannot) be found|error)", re.I),
     "a page that reports an error came in its place"),
    (re.compile(r"<title>[^<]*(?:cookie consent|before you continue|accept cookies)", re.I),
     "a page that asks for consent came in its place"),
)  # fmt: skip


class NotFetchedError(UnreadableError):
    """An address gave no document; the message says why in one line.

    Attributes:
        status: what that says about the document: :data:`~analysis.study.vocabulary.GONE`, or
            :data:`~analysis.study.vocabulary.NOT_GIVEN`; empty: nothing, since the site was not
            reached or did not work.
        host: the host, if it cannot be reached.
    """

    def __init__(self, why: str, status: str = "", host: str = ""):
        """Set the message, what it says about the document, and the host that cannot be reached."""
        super().__init__(why)
        self.status, self.host = status, host


@dataclass(frozen=True)
class Fetched:
    """A document from the web.

    Attributes:
        content: its bytes, decompressed.
        address: where it came from, after redirects; with a query string only where it needs one.
        moved_to: the address to which the requested one permanently redirects; empty: it does not.
    """

    content: bytes
    address: str
    moved_to: str = ""


def system_resolver(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, as the system resolves it."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


@dataclass
class Fetcher:
    """Fetches documents; the resolver, clock and sleep function can be replaced.

    Attributes:
        contact: the contact for owners of sites, sent in the user agent.
        allow_local: whether addresses of this machine and of private networks are allowed.
        resolver: returns the IP addresses of a host.
        clock: returns the seconds of a clock that only runs forward.
        sleep: waits for a number of seconds.
        seconds: time limit, in seconds, on connecting and on each wait for data.
        at_most: the most bytes that a document may have, decompressed.
        at_most_seconds: the most seconds that a whole document may take.
    """

    contact: str
    allow_local: bool = False
    resolver: Callable[[str, int], list[str]] = system_resolver
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    seconds: float = 30
    at_most: int = BYTES_AT_MOST
    at_most_seconds: float = 600
    _next: dict[str, float] = field(default_factory=dict)
    _robots: dict[str, Protego | None] = field(default_factory=dict)
    _unreachable: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open a client that takes no proxy or password from the environment."""
        self._client = httpx.Client(
            transport=_CheckedTransport(self),
            trust_env=False,
            follow_redirects=False,
            timeout=self.seconds,
            headers={"User-Agent": f"policygap (+{self.contact})", "Accept-Language": "en"},
        )

    def __enter__(self) -> "Fetcher":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._client.close()

    def fetch(self, address: str) -> Fetched:
        """Return the document at an address.

        Args:
            address: an ``http`` or ``https`` address.

        Raises:
            NotFetchedError: there is none; the message says why in one line.
        """
        moves, moved_to, is_permanent = 0, "", True
        while True:
            _check_scheme(address)
            if not self._allowed(address):
                raise NotFetchedError("robots.txt of the site asks not to fetch it", NOT_GIVEN)
            response, content = self._get(address, self.at_most)
            if not response.has_redirect_location:
                break
            moves += 1
            if moves > REDIRECTS_AT_MOST:
                why = f"it redirects more than {REDIRECTS_AT_MOST} times"
                raise NotFetchedError(why, NOT_GIVEN)
            address = urljoin(address, response.headers["location"])
            is_permanent = is_permanent and response.status_code in _PERMANENT_STATUSES
            moved_to = address if is_permanent else moved_to
        if response.status_code != 200:
            other = f"the site answers with status {response.status_code}", ""
            raise NotFetchedError(*_REFUSED.get(response.status_code, other))
        _check_is_document(content)
        bare = self._without_query(address, content)
        moved_to = bare if moved_to == address else moved_to
        return Fetched(content, bare, moved_to)

    def _without_query(self, address: str, content: bytes) -> str:
        """Drop the query of an address, which may name a person, if that gives the same bytes."""
        bare = urlsplit(address)._replace(query="").geturl()
        if bare != address and self._allowed(bare):
            with contextlib.suppress(NotFetchedError):
                response, same = self._get(bare, self.at_most)
                if response.status_code == 200 and same == content:
                    return bare
        return address

    def _get(self, address: str, at_most: int) -> tuple[httpx.Response, bytes]:
        host = urlsplit(address).netloc
        if host in self._unreachable:
            raise NotFetchedError(self._unreachable[host], host=host)
        reason = ""
        for attempt in range(1, TRIES + 1):
            self._wait_for(host)
            try:
                response, content = self._stream(address, at_most)
            except httpx.TimeoutException:
                reason = f"the site does not answer within {self.seconds:g} seconds"
            except (httpx.ConnectError, OSError):
                reason = f"{host} cannot be reached: is there a network?"
                self._unreachable[host] = reason
                raise NotFetchedError(reason, host=host) from None
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
                why = f"{host} is not a name of a host, or what follows it is not an address: correct it"
                raise NotFetchedError(why) from None
            except httpx.HTTPError as error:
                reason = f"the site breaks off ({type(error).__name__})"
            else:
                if response.status_code not in _RETRY_STATUSES or attempt == TRIES:
                    return response, content
                self.sleep(_retry_after(response, 2.0**attempt))
                continue
            if attempt < TRIES:
                self.sleep(2.0**attempt)
        raise NotFetchedError(reason)

    def _stream(self, address: str, at_most: int) -> tuple[httpx.Response, bytes]:
        parts, size, started = [], 0, self.clock()
        with self._client.stream("GET", address) as response:
            for part in response.iter_bytes():
                size += len(part)
                if size > at_most:
                    raise NotFetchedError(f"it has more than {_size(at_most)}", NOT_GIVEN)
                if self.clock() - started > self.at_most_seconds:
                    raise NotFetchedError(f"it takes more than {self.at_most_seconds:g} seconds")
                parts.append(part)
        return response, b"".join(parts)

    def _wait_for(self, host: str) -> None:
        now = self.clock()
        wait = self._next.get(host, now) - now
        if wait > 0:
            self.sleep(wait)
        self._next[host] = max(now, self._next.get(host, now)) + PAUSE

    def _allowed(self, address: str) -> bool:
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            self._robots[site] = self._read_robots(site)
        rules = self._robots[site]
        return rules is None or rules.can_fetch(address, "policygap")

    def _read_robots(self, site: str) -> Protego | None:
        """Return the robots rules of a site; ``None``: it has none.

        Raises:
            NotFetchedError: the site fails, and so allows nothing.
        """
        address, moves = f"{site}/robots.txt", 0
        response, content = self._get(address, _ROBOTS_AT_MOST)
        while response.has_redirect_location and moves < REDIRECTS_AT_MOST:
            address, moves = urljoin(address, response.headers["location"]), moves + 1
            _check_scheme(address)
            response, content = self._get(address, _ROBOTS_AT_MOST)
        if response.status_code >= 500:
            why = f"robots.txt of the site cannot be read (status {response.status_code})"
            self._unreachable[urlsplit(site).netloc] = why
            raise NotFetchedError(why)
        if response.status_code != 200:
            return None
        return Protego.parse(content.decode("utf-8", "replace"))


class _CheckedTransport(httpx.BaseTransport):
    """Connects to the IP address that was checked: a second look-up may give another one."""

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher
        self._inner = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = self._fetcher.resolver(host, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        if not self._fetcher.allow_local:
            _refuse_local(host, addresses)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def _refuse_local(host: str, addresses: Iterable[str]) -> None:
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if not mapped.is_global or mapped.is_multicast:
            raise NotFetchedError(
                f"{host} is an address of this machine or of a private network; "
                "--allow-local allows that"
            )


def _check_scheme(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_fetched = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # also raised for an impossible port
        raise NotFetchedError("it is not an http or https address") from None
    if not is_fetched:
        raise NotFetchedError("it is not an http or https address")
    if parts.username or parts.password:
        raise NotFetchedError("it holds a user name: take that out of the address")


def _retry_after(response: httpx.Response, default: float) -> float:
    text = response.headers.get("retry-after", "")
    if text.isdigit():
        return min(float(text), _LONGEST_WAIT)
    try:
        then = parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return default
    return min(max(then - time.time(), 0), _LONGEST_WAIT)


def _check_is_document(content: bytes) -> None:
    start = content[:200_000].decode("utf-8", "replace")
    if start.lstrip()[:1] != "<":
        return
    for sign, words in _NOT_THE_DOCUMENT:
        if sign.search(start):
            raise NotFetchedError(words, NOT_GIVEN)


def _size(many: int) -> str:
    return f"{many // 2**20:,} MiB" if many >= 2**20 else f"{many:,} bytes"

"""A web site on this machine, with the pages that a test gives it."""

import contextlib
import http.server
import threading
import time
from collections.abc import Iterator

PAGE = b"<!doctype html><html><title>%s</title><body>%s</body></html>"


class _Site(http.server.BaseHTTPRequestHandler):
    pages: dict

    def do_GET(self):
        bare = self.path.partition("?")[0]
        status, headers, body = self.pages.get(self.path) or self.pages.get(bare, (404, {}, b""))
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the other side may have heard enough
            for start in range(0, len(body), 1000):
                self.wfile.write(body[start : start + 1000])
                time.sleep(0.05 if self.path == "/slow" else 0)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(pages: dict) -> Iterator[str]:
    """Serve pages (path to status, headers and body) while it lasts; give the site's address."""
    handler = type("Site", (_Site,), {"pages": pages})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    # Half a second, as it stands, is how long an idle server takes to notice that it is to end.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

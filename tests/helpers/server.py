"""A small web server of the test's own, that behaves well or badly as told."""

import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """`answers` maps a path to a function of the handler; `seen` counts requests, `headers` keeps the last ones.

    `heads` does the same for HEAD, which is not known (501) at other paths; `asked` counts those.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.heads = {}, {}
        self.seen, self.asked = Counter(), Counter()
        self.headers = {}
        self.times = defaultdict(list)
        self.lock = threading.Lock()
        self.num_open = self.most_open = 0

    @property
    def port(self):
        return self.server_address[1]

    def url(self, path, *, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        with server.lock:
            server.seen[self.path] += 1
            server.headers[self.path] = dict(self.headers)
            server.num_open += 1
            server.most_open = max(server.most_open, server.num_open)
        try:
            server.answers.get(self.path, missing)(self)
        finally:
            with server.lock:
                server.num_open -= 1

    def do_HEAD(self):
        self.server.asked[self.path] += 1
        self.server.heads.get(self.path, unknown)(self)

    def log_message(self, *_):
        pass


def body(data, *, status=200, content_type="image/jpeg", **headers):
    def answer(handler):
        send(handler, data, status=status, content_type=content_type, **headers)

    return answer


def send(handler, data, *, status=200, content_type="image/jpeg", **headers):
    handler.send_response(status)
    headers = {"Content-Type": content_type, "Content-Length": str(len(data))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    for name, value in headers.items():
        if value is not None:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def redirect(to, *, status=302):
    return body(b"", status=status, Location=to)


def missing(handler):
    send(handler, b"not found", status=404, content_type="text/plain")


def unknown(handler):
    send(handler, b"", status=501, content_type="text/plain")


def head(length, **headers):
    def answer(handler):
        send(handler, b"", Content_Length=str(length), **headers)

    return answer


def asked(data, *, etag=None, date=None, **headers):
    """A file that a client may ask about: 304 where its ETag, or else its date, is the known one."""
    validators = {"ETag": etag, "Last_Modified": date}

    def answer(handler):
        known = handler.headers.get("If-None-Match")
        same = known == etag if known else date is not None and handler.headers.get("If-Modified-Since") == date
        if same and (etag or date):
            handler.send_response(304)
            handler.end_headers()
        else:
            send(handler, data, **validators, **headers)

    return answer


@contextmanager
def running():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Servers on loopback that come and go, and ways to a haproxy that has them, for the recorders beside this file. Python's standard
library only."""

import re
import socket
import threading


class Listener:
    """A listening socket on a port that stays its own while it is closed; `serves` has those that come served by `reply`."""

    def __init__(self, serves):
        self.serves, self.sock, self.hold = serves, None, None
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.close()

    def bound(self):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", self.port))
        return s

    def open(self):
        if self.sock:
            return
        self.hold.close()
        self.sock = self.bound()
        self.sock.listen(64)
        if self.serves:
            threading.Thread(target=self.serve, args=(self.sock,), daemon=True).start()

    def serve(self, s):
        while True:
            try:
                c, _ = s.accept()
            except OSError:
                return
            try:
                if self.reply(c):
                    c.close()
            except OSError:
                c.close()

    def reply(self, connection):
        """Answers one that has come; gives whether the connection is closed then."""
        raise NotImplementedError

    def close(self):
        if self.sock:
            self.sock.shutdown(socket.SHUT_RDWR)
            self.sock.close()
            self.sock = None
        self.hold = self.bound()


def command(path, text):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(5)
        s.connect(path)
        s.sendall(text.encode() + b"\n")
        data = b""
        while chunk := s.recv(65536):
            data += chunk
    return data.decode("latin-1")


def form(port, action, server):
    """Sends the statistics page's form and gives what it says of it."""
    body = f"s={server}&b=%233&action={action}"
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.sendall(f"POST / HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        data = b""
        while chunk := s.recv(65536):
            data += chunk
    return re.search(r"st=(\w+)", data.decode("latin-1")).group(1)

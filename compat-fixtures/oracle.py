"""Runs the installed haproxy on loopback for the recorders beside this file. Python's standard library only."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

PROGRAM = os.environ.get("HAPROXY_PROGRAM", "/usr/sbin/haproxy")


def free_port(kind=socket.SOCK_STREAM):
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Oracle:
    """A haproxy that runs until the block ends. `config` may name ports as {port:NAME} and the folder as {dir}."""

    def __init__(self, config, ports=None):
        self.folder = tempfile.mkdtemp(prefix="oracle-")
        self.ports = dict(ports or {})
        while "{port:" in config:
            name = config.split("{port:", 1)[1].split("}", 1)[0]
            self.ports.setdefault(name, free_port())
            config = config.replace("{port:" + name + "}", str(self.ports[name]))
        self.config = config.replace("{dir}", self.folder)
        self.process = None

    def __enter__(self):
        path = os.path.join(self.folder, "haproxy.cfg")
        with open(path, "w", encoding="latin-1") as file:
            file.write(self.config)
        self.errors = open(os.path.join(self.folder, "stderr"), "w+b")
        self.process = subprocess.Popen(
            [PROGRAM, "-db", "-f", path],
            stdin=subprocess.DEVNULL,
            stdout=self.errors,
            stderr=self.errors,
            env={"PATH": "/usr/bin:/usr/sbin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.errors.seek(0)
                raise RuntimeError(self.errors.read().decode("latin-1") + self.config)
            try:
                if "front" in self.ports:
                    self.connect("front").close()
                else:
                    self.command("show info")
                return self
            except OSError:
                time.sleep(0.01)
        raise RuntimeError("haproxy does not come up")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, name="front"):
        connection = socket.create_connection(("127.0.0.1", self.ports[name]), timeout=5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def command(self, text):
        """What the stats socket {dir}/stats answers."""
        with socket.socket(socket.AF_UNIX) as cli:
            cli.settimeout(5)
            cli.connect(os.path.join(self.folder, "stats"))
            cli.sendall(text.encode() + b"\n")
            return read_all(cli).decode("latin-1")


def read_all(connection):
    """Everything until the other side closes; a reset counts as an end."""
    got = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return got
        if not more:
            return got
        got += more


def read_head(connection, already=b""):
    """Everything up to the first empty line, and what came behind it."""
    got = already
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            return got, b""
        got += more
    head, rest = got.split(b"\r\n\r\n", 1)
    return head + b"\r\n\r\n", rest

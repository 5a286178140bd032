"""A mail server of a test: takes every message, keeps it, delivers none (RFC 5321, what is needed)."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import Self, cast


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on loopback while used as a context; `mails` are the messages that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[EmailMessage] = []
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Return Apprise's address of a mail over this server."""
        sender, receiver = "khabar@desk.example", "editor@desk.example"
        return (
            f"mailto://127.0.0.1:{self.server_address[1]}?from={sender}&to={receiver}&mode=insecure"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"DATA":
                self._say("354 go on")
                self._take()
            self._say("221 bye" if command == b"QUIT" else "250 done")

    def _take(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        cast("MailServer", self.server).mails.append(cast("EmailMessage", mail))

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

"""Prefect blocks of our own: mail by SMTP, which Prefect itself has only as a service's."""

from __future__ import annotations

from typing import ClassVar

from prefect.blocks.notifications import AppriseNotificationBlock
from pydantic import Field, SecretStr


class Email(AppriseNotificationBlock):
    """Sends notifications by mail, over any SMTP server.

    The address is Apprise's (https://appriseit.com/services/email/): `mailtos://` for a server that
    encrypts, `mailto://` for one in the same network.
    """

    _block_type_name: ClassVar[str] = "Khabar E-mail"
    _block_type_slug: ClassVar[str] = "khabar-email"

    url: SecretStr = Field(
        default=...,
        title="Mail address and server",
        description="Server, account, sender and receivers, as one address.",
        examples=[
            "mailtos://USER:PASSWORD@mail.example.org:587?from=khabar@example.org&to=desk@example.org"
        ],
    )

    def block_initialization(self) -> None:
        """Send plain text unless the address asks for something else: words are no markup."""
        address = self.url.get_secret_value()
        if "format=" not in address:
            address += f"{'&' if '?' in address else '?'}format=text"
        self._start_apprise_client(SecretStr(address))

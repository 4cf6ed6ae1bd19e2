"""What ``docker-compose.yml`` says, and its services as processes of this machine.

Containers have names, volumes and secrets of their own; here these become ports of 127.0.0.1 and
folders. Everything else, commands and environment, is the file's.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import yaml

from tests.infrastructure.images import ROOT, Image

GIVEN: Final = {
    "TREATYFLOW_BASE_URL": "https://treatyflow.example",
    "TREATYFLOW_ALLOWED_HOSTS": "treatyflow.example",
}
SUPERUSER: Final = "superuser-of-this-test"
# Celery's own, past every formatter.
LAST_WORDS: Final = "worker: Warm shutdown (MainProcess)"
VARIABLE: Final = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")


def read(file: Path = ROOT / "docker-compose.yml") -> dict[str, Any]:
    """Return the file as YAML has it, anchors and merges resolved."""
    said: dict[str, Any] = yaml.safe_load(file.read_text())
    return said


def interpolated(value: Any, given: Mapping[str, str]) -> Any:
    """Return a value with its ``${…}`` replaced, as Compose does; a required one must be given."""
    if isinstance(value, dict):
        return {key: interpolated(one, given) for key, one in value.items()}
    if isinstance(value, list):
        return [interpolated(one, given) for one in value]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if text := given.get(name, ""):
            return text
        assert kind == "-", f"{name} must be given: {rest}"
        return str(rest)

    return VARIABLE.sub(replace, value).replace("$$", "$")


def free_port() -> int:
    """Return a port on which nobody listens at the moment."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


@dataclass
class Stack:
    """The services on this machine: where each name of the file leads to."""

    image: Image
    folder: Path
    given: dict[str, str]
    database_port: int
    redis_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)

    def here(self, text: str) -> str:
        """Return a text of the file with its places as they are here."""
        places = {
            "@db:5432": f"@127.0.0.1:{self.database_port}",
            "redis:6379": f"127.0.0.1:{self.redis_port}",
            "/run/secrets": str(self.folder / "secrets"),
            "/tmp/": f"{self.folder}/",
        }
        # In one go: what was put in must not be taken for what is to be replaced.
        named = re.compile("|".join(map(re.escape, places)))
        return self.image.inside(named.sub(lambda found: places[found[0]], text))

    def service(self, name: str) -> dict[str, Any]:
        """Return a service of the file, with what is given filled in."""
        found: dict[str, Any] = interpolated(read()["services"][name], self.given)
        return found

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a service, its places as they are here."""
        said = self.service(name)["environment"]
        here = {key: self.here(str(value)) for key, value in said.items()}
        if alive := here.get("TREATYFLOW_ALIVE_FILE"):
            here["TREATYFLOW_ALIVE_FILE"] = f"{alive}-{name}"
        return here | {"PORT": str(self.web_port)}


def as_role(superuser_url: str, role: str, folder: Path) -> str:
    """Return the address of the database for a role, with the password that was made for it."""
    name = {"treatyflow": "app_password", "treatyflow_owner": "owner_password"}[role]
    password = (folder / "secrets" / name).read_text()
    parts = urlsplit(superuser_url)
    return urlunsplit(
        parts._replace(netloc=f"{role}:{password}@127.0.0.1:{parts.port}", path="/treatyflow")
    )

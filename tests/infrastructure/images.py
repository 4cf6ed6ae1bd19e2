"""The image without an engine: the Dockerfile's own steps, carried out in an empty directory tree.

What Docker would do with ``/venv``, ``/tools``, ``/app`` and ``/var/lib/treatyflow`` is done below
one folder. Only the account that the image makes is not made on this machine; its number is used.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.__main__ import UNWANTED

ROOT = Path(__file__).resolve().parents[2]
OURS = re.compile(r"(?<![\w./])/(?=(?:venv|tools|app|var/lib/treatyflow)\b)")
AWAY = re.compile(r"connect|resolve|unreachable|timed out|proxy|dns", re.IGNORECASE)


def instructions(file: Path = ROOT / "Dockerfile") -> list[tuple[str, str]]:
    """Return the steps of the Dockerfile: the word and what follows it, without comments."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines).replace("\\\n", " ")
    steps = [line.strip() for line in text.splitlines() if line.strip()]
    return [(step.split(None, 1)[0], " ".join(step.split()[1:])) for step in steps]


def pattern(text: str) -> re.Pattern[str]:
    """Return a line of .dockerignore as an expression over whole paths."""
    words = re.split(r"(\*\*/|\*\*|\*|\?)", text.strip("/"))
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(word, re.escape(word)) for word in words))


def context(root: Path = ROOT) -> list[Path]:
    """Return what ``COPY . .`` takes, relative to ``root``; the last matching line wins."""
    lines = [line.strip() for line in (root / ".dockerignore").read_text().splitlines()]
    rules = [
        (line.startswith("!"), pattern(line.removeprefix("!")))
        for line in lines
        if line and not line.startswith("#")
    ]

    def is_taken(path: Path) -> bool:
        taken = True
        places = [str(path), *(str(parent) for parent in path.parents if parent != Path())]
        for brings_back, rule in rules:
            if any(rule.fullmatch(place) for place in places):
                taken = brings_back
        return taken

    # Nothing of the others is brought back, so they need not be walked through.
    folders = [entry for entry in root.iterdir() if entry.is_dir()]
    walked = [folder for folder in folders if folder.name not in {".git", ".venv", "var"}]
    files = [entry for entry in root.iterdir() if entry.is_file()]
    files += [path for folder in walked for path in folder.rglob("*") if path.is_file()]
    return sorted(path for file in files if is_taken(path := file.relative_to(root)))


@dataclass
class Image:
    """What the Dockerfile made below ``root``."""

    root: Path
    python: str
    environment: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def account(self) -> dict[str, Any]:
        """How to start a process as the image's user; only root can."""
        if os.getuid() != 0:
            return {}
        number = int(self.said["USER"].partition(":")[0])
        return {"user": number, "group": number, "extra_groups": []}

    def at(self, path: str) -> Path:
        """Return where a path of the image is."""
        return self.root / path.lstrip("/")

    def inside(self, text: str) -> str:
        """Return the text with the image's paths as they are here."""
        return OURS.sub(f"{self.root}/", text)

    def command(
        self, words: Sequence[str], environment: Mapping[str, str], **more: Any
    ) -> subprocess.Popen[str]:
        """Start a command as the container would: its user, its folder, its environment alone."""
        return subprocess.Popen(
            words,
            cwd=self.at("/app"),
            env=self.environment | dict(environment),
            stdin=subprocess.DEVNULL,
            text=True,
            **self.account,
            **more,
        )

    def run(
        self, words: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with self.command(words, environment, **pipes) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(list(words), process.returncode, out, err)


def interpreter() -> str:
    """Return a Python that the image's user may execute too, and that can make environments."""
    for candidate in (sys._base_executable, "/usr/bin/python3", "/usr/local/bin/python3"):  # type: ignore[attr-defined]
        real = Path(candidate).resolve()
        if not real.exists():
            continue
        is_open = all(parent.stat().st_mode & 0o005 == 0o005 for parent in real.parents)
        modules = subprocess.run([real, "-c", "import ensurepip, venv"], check=False)
        if is_open and modules.returncode == 0:
            return str(candidate)
    if os.getuid() != 0:
        return sys.executable
    pytest.skip("no Python with its venv module can be executed by another user on this machine")


class Builder:
    """Follows the steps of the Dockerfile, one stage after the other."""

    def __init__(self, root: Path) -> None:
        self.image = Image(root, interpreter())
        self.folder = "/"
        self.before = root.with_name(f"{root.name}-build")
        self.shims = root.with_name(f"{root.name}-bin")
        self.shims.mkdir()
        (self.shims / "python").symlink_to(self.image.python)

    def build(self) -> Image:
        """Carry out every step."""
        for word, rest in instructions():
            getattr(self, f"step_{word.lower()}", self.note)(rest, word=word)
        return self.image

    def note(self, rest: str, *, word: str) -> None:
        """What is told to the engine."""
        self.image.said[word] = rest

    def step_from(self, rest: str, *, word: str) -> None:
        """A new stage: what there was lies beside it, under the paths it was made for."""
        if self.image.root.exists():
            self.image.root.rename(self.before)
        self.image.root.mkdir()
        self.image.environment = {}

    def step_workdir(self, rest: str, *, word: str) -> None:
        """The folder of the steps that follow."""
        self.folder = rest
        self.image.at(rest).mkdir(parents=True, exist_ok=True)

    def step_env(self, rest: str, *, word: str) -> None:
        """Variables of the image."""
        pairs = dict(pair.split("=", 1) for pair in rest.split())
        self.image.environment |= {name: self.image.inside(value) for name, value in pairs.items()}

    def step_copy(self, rest: str, *, word: str) -> None:
        """Files of the folder, or of the stage before."""
        *sources, target = rest.split()
        if sources[0].startswith("--from="):
            # Nobody needs the stage before any more: moving is quicker than copying.
            (self.before / sources[1].lstrip("/")).rename(self.image.at(target))
            return
        names = context() if sources == ["."] else [Path(source) for source in sources]
        for name in names:
            place = self.image.at(self.folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place)

    def step_run(self, rest: str, *, word: str) -> None:
        """A step of the shell; that which makes the account makes the folders alone."""
        if "useradd" in rest:
            made = rest.split(" && ")
            assert [step.split()[0] for step in made] == ["groupadd", "useradd", "install"]
            number = int(made[2].split("-o ")[1].split()[0])
            for folder in map(self.image.at, re.findall(r"/var/\S+", made[2])):
                folder.mkdir(parents=True)
                if os.getuid() == 0:
                    os.chown(folder, number, number)
            return
        inherited = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        done = subprocess.run(
            ["/bin/sh", "-euc", self.image.inside(rest)],
            cwd=self.image.at(self.folder),
            env=inherited | {"PATH": f"{self.shims}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and AWAY.search(done.stderr) and "install" in rest:
            pytest.skip(f"the package index cannot be reached: {done.stderr[-300:]}")
        assert done.returncode == 0, f"{rest}\n{done.stdout}{done.stderr}"


def healthcheck(image: Image) -> list[str]:
    """Return the command of the image's own health check."""
    command: list[str] = json.loads(image.said["HEALTHCHECK"].partition("CMD ")[2])
    return command


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """The image, built once a run; nobody but its maker can write into it."""
    with tempfile.TemporaryDirectory(prefix="treatyflow-image-") as name:
        Path(name).chmod(0o755)
        made = Builder(Path(name) / "root").build()
        if os.getuid() != 0:
            subprocess.run(["chmod", "-R", "a-w", made.at("/app"), made.at("/venv")], check=True)
        yield made
        if os.getuid() != 0:
            subprocess.run(["chmod", "-R", "u+w", made.root], check=True)

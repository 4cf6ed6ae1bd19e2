"""The image: small, without what only tests or builders need, and run by nobody in particular."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.images import ROOT, Image, context, healthcheck, instructions

# Everything but one: named by the test that leaves it out.
WHOLE = {
    "TREATYFLOW_SECRET_KEY": "known-to-this-test-alone-" * 3,
    "TREATYFLOW_ALLOWED_HOSTS": "treatyflow.example",
    "TREATYFLOW_BASE_URL": "https://treatyflow.example",
    "DATABASE_URL": "postgresql://treatyflow@127.0.0.1:1/treatyflow",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}
needs_image = pytest.mark.image


def steps(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def test_what_the_image_takes_from_the_folder_is_what_runs() -> None:
    taken = {str(path) for path in context()}
    assert {path.partition("/")[0] for path in taken} == {
        *("LICENSE", "bin", "manage.py", "notifications", "requirements-uv.lock"),
        *("requirements.lock", "templates", "treatyflow"),
    }
    assert {path for path in taken if path.startswith("bin/")} == {"bin/healthy", "bin/start"}
    assert "notifications/library/treaties/open-skies.yaml" in taken
    assert "treatyflow/settings/production.py" in taken
    assert not [path for path in taken if path.endswith((".po", ".pyc", "/dev.py", "/test.py"))]


def test_every_catalogue_of_words_is_in_it(tmp_path: Path) -> None:
    catalogues = {str(path.relative_to(ROOT)) for path in ROOT.glob("notifications/**/*.mo")}
    assert catalogues <= {str(path) for path in context()}


def test_a_secret_that_lies_in_the_folder_stays_out(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text((ROOT / ".dockerignore").read_text())
    for name in ("secrets/secret_key", ".env", "notifications/.env/x", "manage.py", "tests/t.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [str(path) for path in context(tmp_path)] == ["manage.py", "notifications/.env/x"]


def test_it_is_built_in_two_stages_from_one_base_and_runs_as_nobody_in_particular() -> None:
    bases = [rest.partition(" AS ")[0] for rest in steps("FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert ":" in bases[0], "a base without a tag moves by itself"
    assert steps("USER") == ["10001:10001"]
    assert json.loads(steps("CMD")[0]) == ["bin/start", "web"]
    final = instructions()[[word for word, _ in instructions()].index("USER") :]
    assert not [word for word, _ in final if word in {"RUN", "COPY", "ADD"}]


def test_packages_are_wheels_of_the_hashed_locks_and_nothing_else_is_fetched() -> None:
    fetching = [rest for rest in steps("RUN") if "install" in rest and "useradd" not in rest]
    assert len(fetching) == 2
    for rest in fetching:
        assert "--require-hashes" in rest
        assert "--only-binary :all:" in rest or "--no-build" in rest
    assert not [rest for rest in steps("RUN") if "apt" in rest or "curl" in rest or "wget" in rest]


@needs_image
def test_it_holds_what_runs_and_no_more(image: Image) -> None:
    packages = {
        path.name.partition("-")[0].lower() for path in image.at("/venv").rglob("*.dist-info")
    }
    assert {"django", "celery", "gunicorn", "psycopg", "whitenoise"} <= packages
    assert not packages & {"pytest", "mypy", "ruff", "pip", "uv", "playwright", "djlint"}
    assert not image.at("/tools").exists()
    assert (image.at("/app") / "staticfiles" / "staticfiles.json").is_file()
    compressed = list((image.at("/app") / "staticfiles").rglob("theme.*.css.gz"))
    assert compressed, "static files are collected, named by their digests and compressed"


@needs_image
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become the image's user here")
def test_its_user_can_write_nowhere_but_into_its_data(image: Image) -> None:
    for folder, status in (("/app", 1), ("/venv", 1), ("/var/lib/treatyflow/documents", 0)):
        target = image.at(folder) / "probe"
        done = image.run(["/bin/sh", "-c", f"touch {target} 2>/dev/null && rm {target}"], {})
        assert (done.returncode != 0) is bool(status), folder


@needs_image
def test_its_settings_pass_the_checks_of_a_deployment(image: Image) -> None:
    check = "python manage.py check --deploy --fail-level WARNING"
    done = image.run(["/bin/sh", "-c", check], WHOLE)
    assert done.returncode == 0, done.stderr


@needs_image
@pytest.mark.parametrize("part", ["web", "worker", "beat", "migrate"])
def test_it_refuses_to_start_without_its_environment_in_one_sentence(
    image: Image, part: str
) -> None:
    done = image.run(["bin/start", part], {k: v for k, v in WHOLE.items() if k != "EMAIL_URL"})
    assert done.returncode != 0
    assert done.stderr == (
        "TreatyFlow cannot start: EMAIL_URL is not set: "
        "name an SMTP server, smtp+tls://user:password@host:587.\n"
    )


@needs_image
def test_it_refuses_an_unknown_part(image: Image) -> None:
    done = image.run(["bin/start", "everything"], WHOLE)
    assert (done.returncode, done.stderr) == (2, "start: say web, worker, beat or migrate.\n")


@needs_image
def test_its_health_check_fails_where_nothing_answers(image: Image) -> None:
    done = image.run(healthcheck(image), {"PORT": "1"})
    assert done.returncode != 0


@pytest.mark.parametrize(("minutes", "is_alive"), [(0, True), (2, True), (4, False), (None, False)])
def test_a_sign_of_life_counts_for_three_minutes(
    tmp_path: Path, minutes: int | None, is_alive: bool
) -> None:
    alive = tmp_path / "alive"
    if minutes is not None:
        alive.touch()
        subprocess.run(["touch", "-d", f"{minutes} minutes ago", alive], check=True)
    environment = {"PATH": "/usr/bin:/bin", "TREATYFLOW_ALIVE_FILE": str(alive)}
    done = subprocess.run(["bin/healthy"], cwd=ROOT, env=environment, check=False)
    assert (done.returncode == 0) is is_alive

"""``docker-compose.yml``: a valid file, without a default password, in which every word is kept."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.images import ROOT
from tests.infrastructure.stacks import interpolated, read

FILE = read()
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = ("web", "worker", "beat", "migrate")
LASTING = [name for name in SERVICES if name != "migrate"]
EXAMPLE = (ROOT / ".env.example").read_text()


def schema(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(Path(sys.executable).parent / "check-jsonschema", "--builtin-schema"),
            *("vendor.compose-spec", file),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_fits_the_schema_of_compose_files(tmp_path: Path) -> None:
    done = schema(ROOT / "docker-compose.yml")
    assert done.returncode == 0, done.stdout
    broken = tmp_path / "docker-compose.yml"
    text = (ROOT / "docker-compose.yml").read_text()
    broken.write_text(text.replace("image: postgres:16", "picture: postgres:16"))
    assert schema(broken).returncode == 1


def test_it_has_the_services_of_the_house() -> None:
    assert set(SERVICES) == {*OURS, "db", "redis", "mail"}
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["mail"]


def test_one_image_runs_web_worker_beat_and_migrate_by_the_same_script() -> None:
    for name in OURS:
        assert SERVICES[name]["image"].startswith("treatyflow:")
        assert SERVICES[name]["command"] == ["bin/start", name]
        assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_kept_small_and_its_words_are_limited(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}
    assert not service.get("privileged")


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_started_again_looked_after_and_given_time_to_end(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"])
    assert re.fullmatch(r"\d+[sm]", service["stop_grace_period"])


def test_migrate_runs_once_and_the_others_wait_for_its_success() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "db": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }


def test_migrate_alone_has_the_role_that_owns_the_tables() -> None:
    for name in OURS:
        environment, secrets = SERVICES[name]["environment"], SERVICES[name]["secrets"]
        is_owner = name == "migrate"
        role = "treatyflow_owner" if is_owner else "treatyflow"
        assert environment["DATABASE_URL"] == f"postgresql://{role}@db:5432/treatyflow"
        assert ("owner_password" in secrets) is is_owner
        assert ("app_password" in secrets) is not is_owner
        assert "superuser_password" not in secrets


def test_the_worker_alone_reads_the_mailbox_and_the_pages_alone_take_what_came_back() -> None:
    holders = {
        secret: [name for name in SERVICES if secret in SERVICES[name].get("secrets", [])]
        for secret in ("inbox_url", "bounce_token")
    }
    assert holders == {"inbox_url": ["worker"], "bounce_token": ["web"]}
    assert SERVICES["worker"]["environment"]["INBOX_URL_FILE"] == "/run/secrets/inbox_url"


def test_nothing_secret_stands_in_it_and_there_is_no_default() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|TOKEN|EMAIL_URL|INBOX_URL", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value == f"/run/secrets/{value.rpartition('/')[2]}"
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), f"{name}: {variable}"


def test_every_file_that_a_service_reads_is_handed_to_it() -> None:
    for name, service in SERVICES.items():
        read_by = set(re.findall(r"/run/secrets/(\w+)", str(service)))
        assert read_by == set(service.get("secrets", [])), name
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(FILE["secrets"])
    for name, secret in FILE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}


def test_volumes_and_networks_are_those_that_are_declared() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    named = {mount.partition(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(FILE["volumes"])
    for mount in (mount for mount in mounts if mount.startswith(".")):
        assert (ROOT / mount.split(":")[0]).is_file()
        assert mount.endswith(":ro")
    networks = {network for service in SERVICES.values() for network in service["networks"]}
    assert networks == set(FILE["networks"])


def test_database_and_broker_cannot_be_reached_from_outside() -> None:
    assert FILE["networks"]["inside"] == {"internal": True}
    for name in ("db", "redis", "migrate"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published), "a proxy stands in front"


def test_what_must_survive_lies_in_volumes() -> None:
    assert SERVICES["db"]["volumes"][0] == "db:/var/lib/postgresql/data"
    assert SERVICES["redis"]["volumes"] == ["redis:/data"]
    assert SERVICES["beat"]["volumes"] == ["beat:/var/lib/treatyflow/beat"]
    for name in ("web", "worker", "migrate"):
        assert SERVICES[name]["volumes"] == ["documents:/var/lib/treatyflow/documents"]


def test_what_must_be_given_is_named_and_everything_asked_for_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    assert asked <= set(re.findall(r"(?m)^#(\w+)=", EXAMPLE))
    with pytest.raises(AssertionError, match="TREATYFLOW_BASE_URL must be given: name the address"):
        interpolated(FILE, {"TREATYFLOW_ALLOWED_HOSTS": "treatyflow.example"})


def test_what_the_example_marks_for_env_reaches_every_service_of_ours() -> None:
    marked = set(re.findall(r"(?m)^#(\w+)=.*\(\.env\)", EXAMPLE))
    assert {"TREATYFLOW_DOCUMENT_MEGABYTES", "TREATYFLOW_LEASE_SECONDS"} <= marked
    chosen = dict.fromkeys(marked, "7")
    site = {"TREATYFLOW_BASE_URL": "https://a.example", "TREATYFLOW_ALLOWED_HOSTS": "a.example"}
    services = interpolated(FILE, {**chosen, **site})["services"]
    for name in OURS:
        given = services[name]["environment"]
        assert {key: given[key] for key in marked} == chosen, name


def test_every_variable_that_is_read_anywhere_is_in_the_example() -> None:
    sources = [*(ROOT / "treatyflow").rglob("*.py"), *(ROOT / "bin").iterdir()]
    text = "\n".join(path.read_text() for path in sources)
    reading = r"environment\.(?:text|required|whole_number|switch|words|address)\(\s*\"(\w+)\""
    asked = set(re.findall(reading, text)) | set(re.findall(r"\$\{(TREATYFLOW_\w+):", text))
    assert {"PORT", "DATABASE_URL", "TREATYFLOW_WORKERS", "TREATYFLOW_ALIVE_FILE"} <= asked
    assert asked - set(re.findall(r"(?m)^#(\w+)=", EXAMPLE)) == set()


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    def make() -> str:
        command = ["sh", ROOT / "bin" / "make-secrets", tmp_path]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    first = make()
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    for name in ("inbox_url", "old_secret_key"):
        assert made.pop(name) == "", "optional, but handed to a service: it must be there"
    assert set(made) == set(FILE["secrets"]) - {"email_url", "inbox_url", "old_secret_key"}
    assert len(set(made.values())) == len(made)
    assert all(re.fullmatch(r"[A-Za-z0-9]{64}", text) for text in made.values())
    assert "missing  secrets/email_url" in first
    assert "empty    secrets/inbox_url" in first
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0, "the folder keeps others out"
    assert not any(text in first for text in made.values())

    (tmp_path / "secrets" / "app_password").unlink()
    (tmp_path / "secrets" / "email_url").write_text("smtp://mail:1025")
    inbox = tmp_path / "secrets" / "inbox_url"
    assert inbox.stat().st_mode & 0o644 == 0o644, (
        "for its owner to fill, and for the worker to read"
    )
    (tmp_path / "secrets" / "inbox_url").write_text("imaps://a:b@mail.example/INBOX")
    second = make()
    assert second.count("kept") == len(made) - 1
    assert second.count("written  secrets/app_password") == 1
    assert "missing" not in second
    assert "inbox_url" not in second
    assert (tmp_path / "secrets" / "inbox_url").read_text().startswith("imaps://")
    assert (tmp_path / "secrets" / "secret_key").read_text() == made["secret_key"]

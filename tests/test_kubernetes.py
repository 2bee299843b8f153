"""The manifests for a cluster: no pod may do more than it must, and all that they name exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.processes import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
type Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [row for row in yaml.safe_load_all(path.read_text()) if row]


def listed(folder: Path) -> Row:
    [kustomization] = rows(folder / "kustomization.yaml")
    return kustomization


BASE, OVERLAY = FOLDER / "base", FOLDER / "overlays" / "production"
ALL = [row for name in listed(BASE)["resources"] for row in rows(BASE / name)]
WORKLOADS = {row["metadata"]["name"]: row for row in ALL if row["kind"] in {"Deployment", "Job"}}
SHOP = {"web", "worker", "scheduler", "migrate"}


def of_kind(kind: str) -> dict[str, Row]:
    return {row["metadata"]["name"]: row for row in ALL if row["kind"] == kind}


def pod(name: str) -> Row:
    return dict(WORKLOADS[name]["spec"]["template"]["spec"])


def containers(name: str) -> list[Row]:
    return [*pod(name)["containers"], *pod(name).get("initContainers", [])]


def environment(name: str) -> Iterator[tuple[str, str]]:
    """What a pod's containers are told: the base's file, the overlay's, and its own."""
    for path in (BASE / "shop.env", OVERLAY / "shop.env"):
        yield from (tuple(line.split("=", 1)) for line in path.read_text().splitlines())  # type: ignore[misc]  # two each
    yield from ((entry["name"], entry["value"]) for one in containers(name) for entry in one.get("env", []))


def test_every_part_of_the_shop_is_there() -> None:
    assert set(WORKLOADS) == {*SHOP, "cache"}
    assert all((OVERLAY / name).is_dir() for name in listed(OVERLAY)["resources"])
    commands = {name: containers(name)[0].get("command", [])[2:] for name in SHOP}
    assert commands == {
        "web": [],  # the image's own: gunicorn
        "worker": ["run_worker", "--no-schedule"],
        "scheduler": ["run_scheduler"],
        "migrate": ["migrate", "--noinput"],
    }
    for name in ("worker", "scheduler"):
        assert pod(name)["initContainers"][0]["command"][2:] == ["migrate", "--check"]


@pytest.mark.parametrize("name", [*sorted(SHOP), "cache"])
def test_no_pod_has_a_right_it_does_not_need(name: str) -> None:
    spec = pod(name)
    user = spec["securityContext"]
    assert user["runAsNonRoot"] is True
    assert user["runAsUser"] == user["runAsGroup"] == (999 if name == "cache" else 10001)
    assert user["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert not any("hostPath" in volume for volume in spec["volumes"])
    for container in containers(name):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted <= {volume["name"] for volume in spec["volumes"]}


@pytest.mark.parametrize("name", sorted(SHOP))
def test_every_setting_exists_and_every_secret_is_a_file_that_is_mounted(name: str) -> None:
    known = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "config" / "settings.py").read_text()))
    given = dict(environment(name))
    assert {key.removesuffix("_FILE") for key in given} <= known
    # Nothing that opens anything stands in a manifest: what has a secret has its path.
    assert not {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATABASE_URL", "STRIPE_API_KEY", "BACKUP_KEY"} & set(given)
    generated = {entry["name"]: entry["files"] for entry in listed(OVERLAY)["secretGenerator"]}
    volumes = {volume["name"]: volume["secret"] for volume in pod(name)["volumes"] if "secret" in volume}
    inside = {
        f"{mount['mountPath']}/{Path(file).name}"
        for mount in containers(name)[0]["volumeMounts"]
        if mount["name"] in volumes
        for file in generated[volumes[mount["name"]]["secretName"]]
    }
    assert {value for key, value in given.items() if key.endswith("_FILE")} == inside
    assert all(volume["defaultMode"] == 0o440 for volume in volumes.values())
    assert any("backup_key" in path for path in inside) is (name == "worker")


def test_secrets_are_made_by_the_command_and_never_committed(tmp_path: Path) -> None:
    from config.new_secrets import makers

    files = {Path(file).name for entry in listed(OVERLAY)["secretGenerator"] for file in entry["files"]}
    assert files <= set(makers(tmp_path))
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_pods_are_probed_spread_scaled_and_never_all_away() -> None:
    [web] = pod("web")["containers"]
    paths = {kind: web[kind]["httpGet"]["path"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    for name in ("worker", "scheduler"):
        assert "find /tmp/alive " in pod(name)["containers"][0]["livenessProbe"]["exec"]["command"][-1]
    assert WORKLOADS["web"]["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    for name, budget in of_kind("PodDisruptionBudget").items():
        assert budget["spec"] == {"minAvailable": 1, "selector": {"matchLabels": {"app": name}}}
    assert set(of_kind("PodDisruptionBudget")) == {"web", "worker", "scheduler"}
    for name, scaler in of_kind("HorizontalPodAutoscaler").items():
        assert scaler["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        assert (scaler["spec"]["minReplicas"], "replicas" in WORKLOADS[name]["spec"]) == (2, False)
    assert set(of_kind("HorizontalPodAutoscaler")) == {"web", "worker"}
    for name, row in WORKLOADS.items():
        if row["kind"] == "Deployment":
            assert row["spec"]["selector"]["matchLabels"].items() <= row["spec"]["template"]["metadata"]["labels"].items()
        assert row["metadata"]["namespace"] == "ringback", name


def test_nothing_comes_in_or_goes_out_that_is_not_named() -> None:
    policies = of_kind("NetworkPolicy")
    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    [way_in] = policies["web-from-proxy"]["spec"]["ingress"]
    assert way_in["ports"] == [{"protocol": "TCP", "port": 8000}]
    [way_out] = policies["shop-to-world"]["spec"]["egress"]
    assert {port["port"] for port in way_out["ports"]} == {443, 465, 587}
    # Not to the machine's own metadata service, which would give keys to the cloud away.
    assert all(
        "169.254.0.0/16" in peer["ipBlock"]["except"] for peer in way_out["to"] if peer["ipBlock"]["cidr"] == "0.0.0.0/0"
    )
    [ingress] = of_kind("Ingress").values()
    ways = {way["path"]: way["backend"]["service"]["name"] for way in ingress["spec"]["rules"][0]["http"]["paths"]}
    assert ways == {"/metrics": "nowhere", "/readyz": "nowhere", "/": "web"}
    assert ingress["spec"]["tls"]

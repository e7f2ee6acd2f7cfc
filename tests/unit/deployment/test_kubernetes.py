"""Manifests: held against Kubernetes' and KServe's published schemas, and told to each other's names."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from jupyter_mlops.deployment import PackageWish, load_target
from jupyter_mlops.deployment._kubernetes import manifests

validator = pytest.importorskip("kubernetes_validate", reason="it has Kubernetes' schemas")

KSERVE = json.loads((Path(__file__).parent / "kserve_v1beta1.json").read_text())
SHA = "ab" * 32
NAMES = ("wide", "a" * 40, "m-2nd")


def made(name="wide", size=41_000):
    return {file: manifest for file, (manifest, _) in manifests(name, f"{name}:{SHA[:12]}", SHA, size).items()}


@pytest.mark.parametrize("version", ["1.30", "1.33", "1.36"])
@pytest.mark.parametrize("name", NAMES)
def test_manifests_are_what_kubernetes_says_they_are(name, version):
    for file, manifest in made(name).items():
        if manifest["kind"] in ("Deployment", "Service", "PodDisruptionBudget", "PersistentVolumeClaim"):
            validator.validate(json.loads(json.dumps(manifest)), version, strict=True), file


@pytest.mark.parametrize("name", NAMES)
def test_the_inference_service_is_what_kserve_says_it_is(name):
    jsonschema.validate(made(name)["kserve/inferenceservice.yaml"], KSERVE)


def test_the_schema_would_notice():
    """A fixture that lets everything through proves nothing."""
    manifest = json.loads(json.dumps(made()["kserve/inferenceservice.yaml"]))
    manifest["spec"]["predictor"]["model"]["storageURI"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, KSERVE)
    del manifest["spec"]["predictor"]["model"]["storageURI"], manifest["spec"]["predictor"]["model"]["modelFormat"]
    with pytest.raises(jsonschema.ValidationError, match="modelFormat"):
        jsonschema.validate(manifest, KSERVE)
    broken = json.loads(json.dumps(made()["manifests/deployment.yaml"]))
    broken["spec"]["template"]["spec"]["containers"][0]["readinessProb"] = {}
    with pytest.raises(validator.ValidationError):
        validator.validate(broken, "1.33", strict=True)


def test_the_service_and_the_budget_mean_the_pods():
    found = made()
    pods = found["manifests/deployment.yaml"]["spec"]
    labels = pods["template"]["metadata"]["labels"]
    for selector in (
        pods["selector"]["matchLabels"],
        found["manifests/service.yaml"]["spec"]["selector"],
        found["manifests/poddisruptionbudget.yaml"]["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
        assert SHA[:12] not in selector.values()  # or a new version could not replace the old


def test_the_container_has_no_rights_and_is_watched():
    spec = made()["manifests/deployment.yaml"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]

    assert spec["securityContext"]["runAsNonRoot"]
    assert not spec["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {name: container[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")} == {
        "startupProbe": {"path": "/v2/health/ready", "port": "http"},
        "readinessProbe": {"path": "/v2/health/ready", "port": "http"},
        "livenessProbe": {"path": "/v2/health/live", "port": "http"},
    }
    assert container["image"] == f"wide:{SHA[:12]}"


def test_a_large_model_gets_more_memory_and_room():
    small, large = made(size=41_000), made(size=1_000_000_000)

    def asked(found):
        (container,) = found["manifests/deployment.yaml"]["spec"]["template"]["spec"]["containers"]
        return container["resources"]["requests"]["memory"], container["resources"]["limits"]["memory"]

    def room(found):
        return found["kserve/persistentvolumeclaim.yaml"]["spec"]["resources"]["requests"]["storage"]

    assert (asked(small), asked(large)) == (("256Mi", "512Mi"), ("3256Mi", "6512Mi"))
    assert (room(small), room(large)) == ("64Mi", "2000Mi")


@pytest.mark.parametrize("called", ["Wide model_2", "模型", "2" * 80])
def test_the_folder_is_one_piece(bundles, tmp_path, called, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    package = load_target("kubernetes").package(bundles["mixed"], PackageWish(name=called, directory=tmp_path / "made"))
    read = {
        path.relative_to(tmp_path / "made").as_posix(): yaml.safe_load(path.read_text())
        for path in (tmp_path / "made").rglob("*.yaml")
    }

    assert read == made_of(package, bundles["mixed"])
    listed = read["manifests/kustomization.yaml"]["resources"]
    assert all((tmp_path / "made/manifests" / name).exists() for name in listed)
    assert (tmp_path / f"made/kserve/models/{package.name}/1/model.onnx").exists()
    assert read["kserve/inferenceservice.yaml"]["spec"]["predictor"]["model"]["storageUri"] == (
        f"pvc://{read['kserve/persistentvolumeclaim.yaml']['metadata']['name']}/models"
    )
    assert {"image/Dockerfile", "image/serving/__main__.py"} <= {file.path for file in package.files}
    assert any("No cluster was asked" in note for note in package.notes)


def made_of(package, bundle):
    tag = f"{package.name}:{bundle.sha256[:12]}"
    return {
        file: json.loads(json.dumps(manifest))
        for file, (manifest, _) in manifests(package.name, tag, bundle.sha256, bundle.path.stat().st_size).items()
    }


def test_no_anchors_stand_in_a_manifest(bundles, tmp_path):
    load_target("kubernetes").package(bundles["frame"], PackageWish(name="wide", directory=tmp_path / "made"))
    for path in (tmp_path / "made").rglob("*.yaml"):
        assert "&id" not in path.read_text()
        assert "*id" not in path.read_text()

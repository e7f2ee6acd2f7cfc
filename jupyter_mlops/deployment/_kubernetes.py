"""Manifests for Kubernetes beside what their image is built of, and an InferenceService for KServe.

The Deployment runs our server. KServe brings its own, Triton, which takes the model from a volume in Triton's layout.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ..entities import Bundle, Package
from ._folder import drafted, model_size
from ._image import PORT, USER, write_image
from ._names import dns_label
from ._protocol import PackageWish
from ._triton import write_repository

_MB = 1_000_000
Manifest = Mapping[str, Any]


class KubernetesTarget:
    """Packs manifests."""

    name = "kubernetes"

    def package(self, bundle: Bundle, wish: PackageWish) -> Package:
        """Write an image's folder, the manifests of a Deployment, and those of a KServe InferenceService.

        Raises
        ------
        ExportError
            The server of the image does not answer as the model does, or Triton has no word for a type.
        MissingExtraError
            A library that the server needs is not installed.
        UsageError
            The folder cannot be written.
        """
        name = dns_label(wish.name)
        tag = f"{name}:{bundle.sha256[:12]}"
        size = model_size(bundle)
        with drafted(wish.directory, self.name) as draft:
            checked = write_image(draft, bundle, name, wish.example, "image/")
            for file, (manifest, about) in manifests(name, tag, bundle.sha256, size).items():
                draft.write(file, _yaml(manifest), about)
            write_repository(draft, bundle, name, "kserve/models/")
            files = draft.files
        folder = shlex.quote(str(wish.directory))
        return Package(
            target=self.name,
            name=name,
            directory=wish.directory,
            files=files,
            commands=(
                f"docker build -t {tag} {folder}/image",
                f"kubectl apply --dry-run=server -k {folder}/manifests",
                f"kubectl apply -k {folder}/manifests",
                f"kubectl port-forward service/{name} {PORT}:80",
            ),
            checked=(checked,),
            notes=(
                f"No cluster was asked. Its nodes must find the image: push it, and set its name in {folder}/manifests "
                f"(kubectl kustomize; images: {tag}).",
                f"With KServe instead: kubectl apply -f {folder}/kserve, and copy kserve/models/ to the volume "
                f"{name}-model.",
            ),
        )


def manifests(name: str, image: str, sha256: str, size: int) -> dict[str, tuple[Manifest, str]]:
    """Return each manifest by its file, with what it is for.

    Parameters
    ----------
    name : str
        A label of DNS.
    image : str
        With its tag.
    sha256 : str
        Of the model.
    size : int
        Of the model, in bytes: memory is asked for accordingly.
    """
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "jupyter-mlops"}
    meta = {"name": name, "labels": {**labels, "app.kubernetes.io/version": sha256[:12]}}
    return {
        "manifests/deployment.yaml": (_deployment(meta, labels, image, size), "two replicas of the server"),
        "manifests/service.yaml": (_service(meta, labels), "their address in the cluster"),
        "manifests/poddisruptionbudget.yaml": (_budget(meta, labels), "one of them stays when nodes are drained"),
        "manifests/kustomization.yaml": (
            {
                "apiVersion": "kustomize.config.k8s.io/v1beta1",
                "kind": "Kustomization",
                "resources": ["deployment.yaml", "service.yaml", "poddisruptionbudget.yaml"],
            },
            "all of it, for kubectl apply -k",
        ),
        "kserve/inferenceservice.yaml": (_inference_service(meta, size), "the model in KServe, protocol v2"),
        "kserve/persistentvolumeclaim.yaml": (_claim(meta, size), "the volume that KServe takes the model from"),
    }


def _deployment(meta: Manifest, labels: Manifest, image: str, size: int) -> Manifest:
    pod = {
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 30,
        "containers": [_container(image, size)],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta,
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": meta["labels"]}, "spec": pod},
        },
    }


def _container(image: str, size: int) -> Manifest:
    return {
        "name": "server",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": PORT}],
        "startupProbe": {**_probe("ready"), "periodSeconds": 2, "failureThreshold": 60},
        "readinessProbe": {**_probe("ready"), "periodSeconds": 5},
        "livenessProbe": {**_probe("live"), "periodSeconds": 10, "failureThreshold": 6},
        # Whoever still has its address asks it until the cluster has told everybody.
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
        "resources": _resources(size),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def _probe(what: str) -> Manifest:
    return {"httpGet": {"path": f"/v2/health/{what}", "port": "http"}, "timeoutSeconds": 3}


def _resources(size: int) -> Manifest:
    """Return what a replica asks for: onnxruntime keeps a model about three times while it opens it."""
    needed = 256 + 3 * size // _MB
    return {"requests": {"cpu": "250m", "memory": f"{needed}Mi"}, "limits": {"memory": f"{2 * needed}Mi"}}


def _service(meta: Manifest, labels: Manifest) -> Manifest:
    port = {"name": "http", "port": 80, "targetPort": "http"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"selector": labels, "ports": [port]}}


def _budget(meta: Manifest, labels: Manifest) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": meta,
        "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}},
    }


def _inference_service(meta: Manifest, size: int) -> Manifest:
    model = {
        "modelFormat": {"name": "onnx", "version": "1"},
        "protocolVersion": "v2",
        "storageUri": f"pvc://{meta['name']}-model/models",
        "resources": _resources(size),
    }
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": meta,
        "spec": {"predictor": {"minReplicas": 1, "model": model}},
    }


def _claim(meta: Manifest, size: int) -> Manifest:
    room = f"{max(64, 2 * size // _MB)}Mi"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {**meta, "name": f"{meta['name']}-model"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": room}}},
    }


def _yaml(manifest: Manifest) -> str:
    import yaml  # type: ignore[import-untyped]  # it comes with jupyter_events

    class Plain(yaml.SafeDumper):  # type: ignore[misc]  # without types
        """Writes what stands twice twice: nobody wants anchors in a manifest."""

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
            return True

    return str(yaml.dump(manifest, Dumper=Plain, sort_keys=False))

"""The OpenAPI file says what the routes do."""

import runpy
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "jupyter_mlops" / "server" / "openapi.yaml"


def test_the_openapi_file_says_what_the_routes_do():
    generated = runpy.run_path(str(ROOT / "tools" / "openapi.py"))["text"]()
    assert FILE.read_text() == generated, "Run `make types` and commit what it writes."


def test_every_reference_of_the_openapi_file_leads_somewhere():
    document = yaml.safe_load(FILE.read_text())

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= schemas


def test_the_openapi_file_documents_every_route():
    document = yaml.safe_load(FILE.read_text())

    undocumented = [
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not operation["summary"]
    ]
    assert undocumented == []
    assert {"/api/status", "/api/runs", "/api/runs/{id}", "/api/runs/{id}/log"} <= document["paths"].keys()

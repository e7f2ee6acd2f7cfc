"""An endpoint by HTTP: the Open Inference Protocol v2, MLflow's paths, limits, and what goes wrong."""

import asyncio
import json
import socket
import threading
import time

import numpy as np
import pytest
from endpoint_models import column, echo, total

from jupyter_mlops.deployment.serving import Limits, ModelError, ServedModel
from jupyter_mlops.entities import OnnxTensor

ECHO = echo(column("n", "float32"), column("w", "int64"), column("t", "str"), column("f", "bool"))


def tensor(name, datatype, data, shape=(1, 1), **parameters):
    said = {"name": name, "shape": list(shape), "datatype": datatype}
    if data is not None:
        said["data"] = data
    return said | ({"parameters": parameters} if parameters else {})


INPUTS = [
    tensor("n", "FP32", [1.5]),
    tensor("w", "INT64", [2**62]),
    tensor("t", "BYTES", ["ä"]),
    tensor("f", "BOOL", [True]),
]


def test_v2_tells_the_server_its_health_and_the_model(serve):
    server = serve(total())

    assert server.ask("GET", "/v2").json == {
        "name": "jupyter-mlops",
        "version": "2",
        "extensions": ["binary_tensor_data"],
    }
    assert server.ask("GET", "/v2/health/live").json == {"live": True}
    assert server.ask("GET", "/v2/health/ready").json == {"ready": True}
    assert server.ask("GET", "/v2/models/m/versions/1/ready").json == {"name": "m", "ready": True}
    assert server.ask("GET", "/v2/models/m").json == {
        "name": "m",
        "versions": ["1"],
        "platform": "onnxruntime_onnx",
        "inputs": [
            {"name": "X", "datatype": "FP32", "shape": [-1, 3], "parameters": {"columns": ["a", "b", "c"]}},
        ],
        "outputs": [{"name": "total", "datatype": "FP32", "shape": [-1]}],
    }
    assert server.ask("GET", "/ping").status == server.ask("GET", "/health").status == 200
    assert server.ask("GET", "/version").body == b"1"


def test_v2_answers_tensors_of_every_type(serve):
    answer = serve(ECHO).ask("POST", "/v2/models/m/versions/1/infer", {"id": "7", "inputs": INPUTS})

    assert answer.json == {
        "model_name": "m",
        "model_version": "1",
        "id": "7",
        "outputs": [
            {"name": "n_out", "datatype": "FP32", "shape": [1, 1], "data": [1.5]},
            {"name": "w_out", "datatype": "INT64", "shape": [1, 1], "data": [2**62]},
            {"name": "t_out", "datatype": "BYTES", "shape": [1, 1], "data": ["ä"]},
            {"name": "f_out", "datatype": "BOOL", "shape": [1, 1], "data": [True]},
        ],
    }


def test_v2_takes_nested_data_other_widths_and_chosen_outputs(serve):
    server = serve(total())
    asked = {"inputs": [tensor("X", "FP64", [[1, 2, 3], [4, 5, 6]], (2, 3))], "outputs": [{"name": "total"}]}
    whole = {"inputs": [tensor("X", "INT32", [1, 2, 3, 4, 5, 6], (2, 3))]}

    assert server.ask("POST", "/v2/models/m/infer", asked).json["outputs"][0]["data"] == [6.0, 15.0]
    assert server.ask("POST", "/v2/models/m/infer", whole).json["outputs"][0]["data"] == [6.0, 15.0]


def test_v2_binary_tensors_are_triton_clients(serve):
    """As `tritonclient` writes and reads them."""
    utils = pytest.importorskip("tritonclient.utils")
    texts = np.array([["ä"], [""]], dtype=object)
    parts = {
        "n": np.array([[1.5], [-0.0]], dtype="<f4").tobytes(),
        "w": np.array([[2**62], [-1]], dtype="<i8").tobytes(),
        "t": utils.serialize_byte_tensor(np.char.encode(texts.astype(str), "utf-8").astype(object)).item(),
        "f": np.array([[True], [False]]).tobytes(),
    }
    types = {"n": "FP32", "w": "INT64", "t": "BYTES", "f": "BOOL"}
    inputs = [tensor(name, types[name], None, (2, 1), binary_data_size=len(data)) for name, data in parts.items()]
    head = json.dumps({"inputs": inputs, "parameters": {"binary_data_output": True}}).encode()

    answer = serve(ECHO).ask(
        "POST",
        "/v2/models/m/infer",
        head + b"".join(parts.values()),
        Inference_Header_Content_Length=str(len(head)),
        Content_Type="application/octet-stream",
    )

    length = int(answer.headers["Inference-Header-Content-Length"])
    rest, found = answer.body[length:], {}
    for output in json.loads(answer.body[:length])["outputs"]:
        size = output["parameters"]["binary_data_size"]
        found[output["name"]], rest = rest[:size], rest[size:]
    assert found == {f"{name}_out": data for name, data in parts.items()}
    assert rest == b""
    assert answer.headers["Content-Type"] == "application/octet-stream"


def changed(place, **changes):
    return {"inputs": [each | (changes if number == place else {}) for number, each in enumerate(INPUTS)]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (changed(0, datatype="BYTES"), "Tensor 'n' has datatype BYTES, and the model takes FP32."),
        (changed(1, datatype="FP32"), "Tensor 'w' has datatype FP32, and the model takes INT64."),
        (changed(0, datatype="EVIL"), "Tensor 'n' has datatype EVIL, and the model takes FP32."),
        (changed(0, datatype=None), "Tensor 'n' has datatype None, and the model takes FP32."),
        (changed(0, data=["1"]), "Column 'n', row 0: it holds numbers, and this is a text."),
        (changed(0, data=[1e39]), "Column 'n', row 0: the number is beyond the range of float32."),
        (changed(0, data=[1, 2]), "Tensor 'n' has 2 values, and shape [1, 1] says 1."),
        (changed(0, data=[[[1]]]), "Tensor 'n' has 1 values, and shape [1, 1] says 1."),
        (changed(0, data=None), "Tensor 'n' is a list."),
        (changed(0, shape=[1, 2]), "Tensor 'n' has shape [1, 2], and the model takes [rows, 1]."),
        (changed(0, shape=[1]), "Tensor 'n' has shape [1], and the model takes [rows, 1]."),
        (changed(0, shape=[-1, 1]), "Tensor 'n': shape is a list of whole numbers."),
        (changed(0, shape=[True, 1]), "Tensor 'n': shape is a list of whole numbers."),
        (changed(0, shape="x"), "Tensor 'n': shape is a list of whole numbers."),
        (
            changed(0, shape=[2, 1], data=[1, 2]),
            "The tensors have different numbers of rows: 'n' 2, 'w' 1, 't' 1, 'f' 1.",
        ),
        (changed(0, name="x"), "Tensor 'x' is unknown: the model takes n, w, t, f."),
        ({"inputs": [*INPUTS, INPUTS[0]]}, "Tensor 'n' is there twice."),
        ({"inputs": INPUTS[1:]}, "Tensor 'n' is missing."),
        ({"inputs": 3}, "The body is an object with inputs, a list of tensors."),
        ([], "The body is an object with inputs, a list of tensors."),
        ({"inputs": [3]}, "Tensor 'None' is unknown: the model takes n, w, t, f."),
        ({"inputs": INPUTS, "id": 7}, "id is a text."),
        ({"inputs": INPUTS, "outputs": 3}, "outputs is a list of tensors by name."),
        (
            {"inputs": INPUTS, "outputs": [{"name": "n_out", "parameters": ["binary_data"]}]},
            "Output 'n_out': parameters is an object.",
        ),
        (
            {"inputs": INPUTS, "outputs": [{"name": "x"}]},
            "Output 'x' is unknown: the model gives n_out, w_out, t_out, f_out.",
        ),
        (changed(0, data=None, parameters={"binary_data_size": 4}), "Tensor 'n': binary_data_size is not what follows"),
    ],
)
def test_b36_v2_names_what_is_wrong(serve_echo, body, said):
    answer = serve_echo.ask("POST", "/v2/models/m/infer", body)

    assert answer.status == 400
    assert answer.json["error"].startswith(said)


@pytest.fixture
def serve_echo(serve):
    return serve(ECHO)


@pytest.mark.parametrize(
    ("size", "rest", "said"),
    [
        (4, b"\0\0\0", "binary_data_size is not what follows"),
        (3, b"\0\0\0", "has 3 bytes, and its shape says 4"),
        (4, b"\0\0\0\0\0", "1 bytes follow that belong to no tensor"),
        (-1, b"", "binary_data_size is not what follows"),
    ],
)
def test_b36_bytes_that_do_not_fit_are_told(serve, size, rest, said):
    head = json.dumps({"inputs": [tensor("n", "FP32", None, binary_data_size=size)]}).encode()

    answer = serve(echo(column("n", "float32"))).ask(
        "POST", "/v2/models/m/infer", head + rest, Inference_Header_Content_Length=str(len(head))
    )

    assert answer.status == 400
    assert said in answer.json["error"]


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (b"\x05\0\0\0abc", "its last text is longer than the bytes that are there"),
        (b"\x01\0", "its last text is longer than the bytes that are there"),
        (b"\x01\0\0\0\xff", "value 0: the text is no UTF-8"),
        (b"\x01\0\0\0a\x01\0\0\0b", "does not have the 1 texts that its shape says"),
        (b"", "does not have the 1 texts that its shape says"),
        (b"\x01\0\0\0\0", "the text has characters that a tensor cannot hold"),
    ],
)
def test_b36_texts_as_bytes_that_do_not_fit_are_told(serve, rest, said):
    head = json.dumps({"inputs": [tensor("t", "BYTES", None, binary_data_size=len(rest))]}).encode()

    answer = serve(echo(column("t", "str"))).ask(
        "POST", "/v2/models/m/infer", head + rest, Inference_Header_Content_Length=str(len(head))
    )

    assert answer.status == 400
    assert said in answer.json["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/models/other", 404),
        ("GET", "/v2/models/m/versions/2", 404),
        ("POST", "/v2/models/m/versions/9/infer", 404),
        ("GET", "/", 404),
        ("GET", "/-/switch", 404),
        ("POST", "/-/switch", 404),
        ("GET", "/invocations", 405),
        ("PUT", "/v2", 405),
        ("DELETE", "/invocations", 405),
    ],
)
def test_what_is_not_there_is_told_as_json(serve, method, path, status):
    answer = serve(total()).ask(method, path, {} if method == "POST" else None)

    assert answer.status == status
    assert set(answer.json) <= {"error", "error_code", "message"}
    assert "Server" not in answer.headers


def test_invocations_answer_predictions_and_the_other_outputs(serve):
    server = serve(ECHO)
    row = {"n": 1.5, "w": 7, "t": "x", "f": True}

    assert server.ask("POST", "/invocations", {"dataframe_records": [row]}).json == {
        "predictions": [[1.5]],
        "outputs": {"w_out": [[7]], "t_out": [["x"]], "f_out": [[True]]},
    }
    csv = server.ask("POST", "/invocations", "n,w,t,f\n1.5,7,x,1\n", Content_Type="text/csv; charset=utf-8")
    assert csv.json["predictions"] == [[1.5]]


def test_json_has_no_nan(serve):
    """What JSON has no word for is null: every client can read the answer."""
    answer = serve(echo(column("n", "float32"))).ask(
        "POST", "/invocations", b'{"instances": [[NaN], [Infinity], [null], [2]]}', Content_Type="application/json"
    )

    assert answer.body == b'{"predictions":[[null],[null],[null],[2.0]]}'


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (b"{", {}, 400, "The body is no JSON"),
        (b"\xff", {}, 400, "The body is no JSON"),
        (b"", {}, 400, "The body is no JSON"),
        (b"[" * 100_000, {}, 400, "nested too deeply"),
        (b'{"instances": [[' + b"9" * 5000 + b"]]}", {}, 400, "The body is no JSON"),
        (b"{}", {"Content_Type": "text/plain"}, 415, "Send Content-Type"),
        (b"{}", {"Content_Encoding": "gzip"}, 415, "without Content-Encoding"),
        (b"\xff", {"Content_Type": "text/csv"}, 400, "The CSV is not UTF-8"),
    ],
)
def test_b36_bodies_that_are_none(serve, body, headers, status, said):
    answer = serve(total()).ask("POST", "/invocations", body, **{"Content_Type": "application/json", **headers})

    assert (answer.status, set(answer.json)) == (status, {"error_code", "message"})
    assert said in answer.json["message"]


def test_a_secret_is_demanded_of_everybody(serve):
    server = serve(total(), secret="s" * 64)

    for path in ("/v2", "/metrics", "/openapi.json", "/nowhere"):
        assert server.ask("GET", path).status == 401
        assert server.ask("GET", path, Authorization="Bearer x").status == 401
    assert server.ask("GET", "/v2", Authorization=f"Bearer {'s' * 64}").status == 200
    assert server.ask("GET", "/v2").headers["WWW-Authenticate"] == "Bearer"


def test_a_body_of_100_mb_is_refused_and_heard(serve):
    server = serve(total())

    answer = server.ask("POST", "/invocations", b"x" * 100_000_000, Content_Type="application/json")

    assert answer.status == 413
    assert answer.json["message"] == "A request has at most 10,000,000 bytes. Send it in parts."
    assert server.ask("POST", "/invocations", {"instances": [[1, 2, 3]]}).json == {"predictions": [6.0]}


def test_a_body_in_pieces_has_the_same_limit(serve):
    server = serve(total(), Limits(body_bytes=1000))

    def pieces(count):
        return (b" " * 100 for _ in range(count))

    connection = server.connection()
    connection.request("POST", "/invocations", pieces(11), {"Content-Type": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_more_rows_than_allowed_are_refused(serve):
    server = serve(total(), Limits(rows=2))

    assert server.ask("POST", "/invocations", {"instances": [[1, 2, 3]] * 3}).status == 413
    asked = {"inputs": [tensor("X", "FP32", [1] * 9, (3, 3))]}
    assert server.ask("POST", "/v2/models/m/infer", asked).status == 413


def test_a_slow_client_is_let_go_and_nobody_waits_for_it(serve):
    server = serve(total(), Limits(header_s=0.3, body_s=0.3))

    def dribble(text):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(10)
        client.connect(str(server.path))
        client.sendall(text)
        return client

    head = dribble(b"POST /invocations HTTP/1.1\r\nHost: x\r\n")
    body = dribble(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert server.ask("POST", "/invocations", {"instances": [[1, 2, 3]]}).status == 200
    assert (head.recv(100), body.recv(100)) == (b"", b"")
    head.close()
    body.close()
    until_nobody_is_there(server)


def test_too_many_at_a_time_are_told_when_to_come_back(serve):
    server = serve(total(), Limits(in_flight=0))

    answer = server.ask("POST", "/invocations", {"instances": [[1, 2, 3]]})

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert server.ask("GET", "/v2/health/ready").status == 200, "probes are always answered"


def test_a_thousand_at_a_time_each_get_their_own(serve):
    server = serve(total())

    async def one(number):
        reader, writer = await asyncio.open_unix_connection(str(server.path))
        body = json.dumps({"instances": [[number, 0, 0], [0, number, 1]]}).encode()
        head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: application/json\r\n\r\n"
        writer.write(head.encode() + body)
        lines = await reader.readuntil(b"\r\n\r\n")
        length = int(lines.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        writer.close()
        return lines[9:12], answer["predictions"]

    async def all_of_them():
        return await asyncio.gather(*(one(number) for number in range(1000)))

    answers = asyncio.run(all_of_them())

    assert answers == [(b"200", [float(number), float(number + 1)]) for number in range(1000)]
    assert server.serving.calls < 1000, "some went together"


def test_a_client_that_goes_away_is_forgotten(serve):
    server = serve(total())
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(server.path))
    client.sendall(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    client.close()

    until_nobody_is_there(server)
    assert server.ask("GET", "/v2").status == 200


def until_nobody_is_there(server):
    deadline = time.monotonic() + 10
    while server.serving.metrics.in_flight:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_metrics_count_what_was_asked(serve):
    server = serve(total())
    for body in ({"instances": [[1, 2, 3], [4, 5, 6]]}, {"instances": [[1]]}):
        server.ask("POST", "/invocations", body)

    lines = server.ask("GET", "/metrics").body.decode().splitlines()

    assert 'mlops_endpoint_requests_total{path="invocations",code="200"} 1' in lines
    assert 'mlops_endpoint_requests_total{path="invocations",code="400"} 1' in lines
    assert 'mlops_endpoint_request_seconds_bucket{path="invocations",le="+Inf"} 2' in lines
    assert 'mlops_endpoint_request_seconds_count{path="invocations"} 2' in lines
    assert "mlops_endpoint_rows_total 2" in lines
    assert any(line.startswith('mlops_endpoint_info{model="m",version="1",sha256=') for line in lines)
    figures = server.serving.metrics.figures()
    assert (figures["requests"], figures["errors"], figures["rows"]) == (2, 1, 2)
    assert 0 < figures["p50_s"] <= figures["p95_s"] < 5


def test_the_openapi_document_describes_this_model(serve):
    server = serve(ECHO)
    document = server.ask("GET", "/openapi.json").json

    assert document["info"]["title"] == "m"
    forms = document["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    record = forms[0]["properties"]["dataframe_records"]["items"]
    assert record["required"] == ["n", "w", "t", "f"]
    assert record["properties"] == {
        "n": {"type": ["number", "null"]},
        "w": {"type": "integer"},
        "t": {"type": "string"},
        "f": {"type": "boolean"},
    }
    for path, methods in document["paths"].items():
        if "get" in methods:
            assert server.ask("GET", path).status == 200


def test_another_version_answers_from_one_request_to_the_next(serve, tmp_path):
    server = serve(total())
    (tmp_path / "two.onnx").write_bytes(total(factor=2.0))
    connection = server.connection()

    def ask():
        connection.request("POST", "/invocations", b'{"instances": [[1, 2, 3]]}', {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())["predictions"]

    first = ask()
    server.switch(ServedModel.load(tmp_path / "two.onnx", "m", "2"))

    assert (first, ask()) == ([6.0], [12.0])
    assert server.ask("GET", "/version").body == b"2"
    connection.close()


def test_what_is_worked_on_is_answered_before_the_end(serve):
    server = serve(total())
    gate, model = threading.Event(), server.serving.model
    run = model.run
    model.run = lambda feeds: (gate.wait(10), run(feeds))[1]
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(server.ask("POST", "/invocations", {"instances": [[1, 2, 3]]}))
    )
    asking.start()
    deadline = time.monotonic() + 10
    while not server.serving.metrics.in_flight:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    ending = threading.Thread(target=server.end)
    ending.start()
    gate.set()
    asking.join(10)
    ending.join(10)

    assert answers[0].json == {"predictions": [6.0]}
    assert not server.path.exists()
    with pytest.raises(OSError, match=r"."):
        server.ask("GET", "/v2")


def test_a_file_that_is_no_model_is_not_served(tmp_path):
    (tmp_path / "x.onnx").write_bytes(b"no model")
    (tmp_path / "link.onnx").symlink_to(tmp_path / "x.onnx")

    for path, sha256, said in (
        ("x.onnx", "", "onnxruntime cannot run"),
        ("x.onnx", "0" * 64, "is not the file that was deployed"),
        ("link.onnx", "", "cannot be opened as a file of its own"),
        (".", "", "is no regular file"),
        ("nowhere", "", "cannot be opened"),
    ):
        with pytest.raises(ModelError, match=said):
            ServedModel.load(tmp_path / path, "m", "1", sha256)


def test_a_file_of_another_program_is_what_its_graph_declares(serve):
    """Without our metadata there are no names of columns: the order counts."""
    image = echo(OnnxTensor(name="X", type="float32", shape=(None, 2, 2)), facts={"jupyter_mlops.signature": "{"})
    server = serve(image)

    assert server.ask("GET", "/v2/models/m").json["inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 2, 2]}]
    answer = server.ask("POST", "/invocations", {"instances": [[[1, 2], [3, 4]]]})
    assert answer.json == {"predictions": [[[1.0, 2.0], [3.0, 4.0]]]}


def test_what_the_original_rejects_is_refused(serve):
    facts = {"jupyter_mlops.rejects_missing": '["a"]', "jupyter_mlops.rejects_infinite": '["b"]'}
    server = serve(total(facts=facts))

    missing = server.ask("POST", "/invocations", {"instances": [[None, 1, 2]]})
    elsewhere = server.ask("POST", "/invocations", {"instances": [[1, None, 2]]})

    assert missing.json["message"] == "Column 'a', row 0: it is missing, and the model takes no missing value there."
    assert elsewhere.json == {"predictions": [None]}

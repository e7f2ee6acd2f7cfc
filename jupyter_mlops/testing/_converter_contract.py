"""What every converter must do, as tests. Nothing in it knows how a converter works, only what it promises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..entities import OnnxReport
from ..exceptions import ExportError
from ..export import Conversion, Converter, ExportWish, Table, check_onnx_file, export_model, inputs_of, open_session


@dataclass(frozen=True)
class ExportedModel:
    """A fitted model with rows, of a kind that a converter must be able to convert.

    Parameters
    ----------
    model : object
        Fitted.
    data : object
        At least 20 rows of numbers, as an array of float64.
    """

    model: Any
    data: Any


class ConverterContract:
    """Inherit it, and override `converter` and `exported`. The class must be found by `load_converter`."""

    @pytest.fixture
    def converter(self) -> Converter:
        """The converter under test; a subclass returns its own."""
        raise NotImplementedError

    @pytest.fixture
    def exported(self) -> ExportedModel:
        """A model that the converter suits; a subclass makes it."""
        raise NotImplementedError

    @pytest.fixture
    def report(self, exported: ExportedModel, tmp_path: Path) -> OnnxReport:
        """The report of an export to `tmp_path / "model.onnx"`."""
        return export_model(exported.model, exported.data, tmp_path / "model.onnx", ExportWish(timed=False))

    def test_it_knows_its_own_models_and_no_others(self, converter: Converter, exported: ExportedModel) -> None:
        """Whatever is not a model of its framework is left to other converters."""
        assert converter.suits(exported.model)
        assert not converter.suits(object())
        assert not converter.suits("model")

    def test_its_first_variant_is_the_librarys_own_way(self, converter: Converter, exported: ExportedModel) -> None:
        """Every variant has words of its own: reports tell them apart by these."""
        names = [variant.name for variant in converter.variants(exported.model)]

        assert names
        assert len(set(names)) == len(names)

    def test_a_conversion_takes_what_it_was_told(self, converter: Converter, exported: ExportedModel) -> None:
        """Names of the inputs are kept, the batch is free, and everything is in one piece."""
        variant = converter.variants(exported.model)[0]
        inputs = inputs_of(Table.of(exported.data), variant.precision, whole=True, apart=False)
        proto = converter.convert(Conversion(model=exported.model, inputs=inputs, variant=variant))

        assert [given.name for given in proto.graph.input] == ["X"]
        assert not proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value
        assert not any(tensor.external_data for tensor in proto.graph.initializer)

    def test_what_is_written_is_the_model(
        self, converter: Converter, exported: ExportedModel, report: OnnxReport, tmp_path: Path
    ) -> None:
        """The file answers rows as the original, and the report says who converted it."""
        session = open_session(tmp_path / "model.onnx")
        data = exported.data.astype(report.inputs[0].type)
        answer = session.run([report.outputs[0].name], {"X": data})[0]

        assert report.converter == converter.name
        assert report.parity.differing == 0
        assert report.parity.real.checked == len(exported.data)
        first = getattr(exported.model, report.outputs[0].method)(exported.data)
        assert abs(answer.ravel() - first.ravel()).max() < 1e-3
        assert check_onnx_file(tmp_path / "model.onnx")

    def test_the_report_survives_its_json(self, report: OnnxReport) -> None:
        """Infinite differences too."""
        assert OnnxReport.from_json(report.to_json()) == report

    def test_model_and_rows_are_only_read(self, exported: ExportedModel, tmp_path: Path) -> None:
        """What it says afterwards is what it said before, to the last bit."""
        rows, before = exported.data.copy(), exported.model.predict(exported.data)
        export_model(exported.model, exported.data, tmp_path / "model.onnx", ExportWish(timed=False))

        assert (exported.data == rows).all()
        assert (exported.model.predict(rows) == before).all()

    def test_what_cannot_be_converted_is_refused_and_nothing_written(
        self, exported: ExportedModel, tmp_path: Path
    ) -> None:
        """A class of nobody's has no converter."""
        with pytest.raises(ExportError, match="No converter knows"):
            export_model(object(), exported.data, tmp_path / "none.onnx")
        assert list(tmp_path.iterdir()) == []

"""KMeans: the same cluster for far rows too, and the same distances."""

import pytest
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from unseen_rows import exported


@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans])
@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_the_cluster_of_a_row_is_scikit_learns_however_far_it_is(kind, scaled, X, later, tmp_path):
    clusters = kind(3, n_init=1, random_state=0)
    model = (make_pipeline(StandardScaler(), clusters) if scaled else clusters).fit(X)

    report = exported(model, X, later, tmp_path / "m.onnx")

    assert [output.method for output in report.outputs] == ["predict", "transform"]
    assert report.parity.edge.checked > 50  # the largest numbers of float32 are among them

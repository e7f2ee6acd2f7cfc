"""Where missing values go, in forests whose trees look alike."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from jupyter_mlops.export import InputTensor, open_session
from jupyter_mlops.export._converters._by_skl2onnx import MISSING, converted
from jupyter_mlops.export._protocol import Conversion


@pytest.mark.parametrize("depth", [1, 2])
def test_trees_with_the_same_thresholds_send_missing_values_each_to_its_own_side(depth):
    """Of truths there is one threshold; which side is better for what is missing hangs on the tree's own rows."""
    draw = np.random.default_rng(0)
    rows = np.where(draw.random((300, 3)) < 0.3, np.nan, np.random.default_rng(1).random((300, 3)) < 0.5)
    wanted = (np.nan_to_num(rows[:, 0], nan=0.5) + np.random.default_rng(2).random(300) > 1).astype(int)
    model = RandomForestRegressor(20, max_depth=depth, random_state=0).fit(rows, wanted)
    proto = converted(Conversion(model=model, inputs=(InputTensor("X", "float32", (0, 1, 2)),), variant=MISSING))
    told = open_session(proto.SerializeToString()).run(None, {"X": rows.astype(np.float32)})[0].ravel()

    assert len({tuple(tree.tree_.missing_go_to_left) for tree in model.estimators_}) > 1
    assert np.abs(told - model.predict(rows)).max() < 1e-6

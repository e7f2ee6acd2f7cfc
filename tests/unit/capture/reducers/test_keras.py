"""Keras and TensorFlow: models go on training to the bit, and everything that was shared still is."""

import random

import numpy as np
import pytest

from jupyter_mlops.capture import dump_values

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")
layers = keras.layers
pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]  # keras.export and h5py warn on their own

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = X.sum(axis=1)


def sequential():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="relu"),
            layers.Dropout(0.5),
            layers.BatchNormalization(),
            layers.Dense(1),
        ]
    )


def functional():
    entry = keras.Input((4,))
    branches = [layers.Dense(8)(entry), layers.Dense(8, kernel_regularizer="l2", activity_regularizer="l1")(entry)]
    return keras.Model(entry, layers.Dense(1)(layers.Concatenate()(branches)))


def nested():
    inner = sequential()
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(1)(inner(entry)))


class Own(keras.Model):
    """A model that Keras itself cannot save: its configuration is unknown."""

    def __init__(self, width):
        super().__init__()
        self.stack = [layers.Dense(width), layers.Dropout(0.3), layers.Dense(1)]
        self.notes = {"width": width, "tags": ["a"]}

    def call(self, x, training=False):
        for layer in self.stack:
            x = layer(x, training=training) if isinstance(layer, layers.Dropout) else layer(x)
        return x


def own():
    return Own(8)


def loss_of_mine(true, predicted):
    return keras.ops.mean(keras.ops.square(true - predicted))


def fit(model):
    keras.utils.set_random_seed(7)
    return model.fit(X, Y, epochs=2, verbose=0).history, model.evaluate(X, Y, verbose=0)


@pytest.mark.parametrize("make", [sequential, functional, nested, own])
@pytest.mark.parametrize("settings", [{"optimizer": "adam", "loss": "mse"}, {"optimizer": "sgd", "loss": loss_of_mine}])
def test_training_goes_on_to_the_bit(carry, make, settings):
    keras.utils.set_random_seed(0)
    model = make()
    model.compile(**settings, metrics=["mae"])
    model.fit(X, Y, epochs=2, verbose=0)
    copy = carry(model)
    np.testing.assert_array_equal(copy.predict(X, verbose=0), model.predict(X, verbose=0))
    assert fit(copy) == fit(model)
    for mine, theirs in zip(copy.variables, model.variables, strict=True):
        assert mine.path == theirs.path
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())


def test_what_belongs_together_still_does(carry):
    model = sequential()
    model.compile("adam", "mse")
    history = model.fit(X, Y, epochs=2, verbose=0)
    copies = carry(model=model, optimizer=model.optimizer, layer=model.layers[0], history=history)
    assert copies["optimizer"] is copies["model"].optimizer
    assert copies["layer"] is copies["model"].layers[0]
    assert copies["history"].model is copies["model"]
    assert copies["history"].history == history.history
    assert int(copies["optimizer"].iterations) == int(model.optimizer.iterations) == 4


def test_a_copy_can_be_saved_cloned_extended_and_described(carry, tmp_path):
    model = functional()
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    copy = carry(model)
    assert copy.to_json() == model.to_json()
    assert (copy.name, [layer.name for layer in copy.layers]) == (model.name, [layer.name for layer in model.layers])
    copy.save(tmp_path / "model.keras")
    saved = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(saved.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)
    assert keras.models.clone_model(copy).count_params() == model.count_params()
    head = keras.Model(copy.input, layers.Dense(2)(copy.layers[-2].output))
    assert head.predict(X, verbose=0).shape == (64, 2)
    copy.layers[1].trainable = False
    assert len(copy.trainable_variables) == len(model.trainable_variables) - 2


def test_a_copy_counts_layers_and_draws_numbers_as_if_nothing_had_happened(carry):
    keras.utils.set_random_seed(3)
    model = sequential()
    state = random.getstate()
    carry(model)
    assert random.getstate() == state
    assert layers.Dense(3).name == f"dense_{int(model.layers[-1].name.rpartition('_')[2]) + 1}"


def test_a_model_of_the_notebook_that_overrides_training(notebook):
    notebook.run("""
        import keras
        class Counting(keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = keras.layers.Dense(1)
                self.steps = 0
            def call(self, x): return self.dense(x)
            def train_step(self, data):
                self.steps += 1
                return super().train_step(data)
        model = Counting()
        model.compile("adam", "mse")
    """)
    notebook["model"].fit(X, Y, verbose=0)
    received = notebook.send("model")
    assert type(received["model"]) is received["Counting"]
    steps = received["model"].steps
    received["model"].fit(X, Y, verbose=0)
    assert received["model"].steps > steps


def test_an_uncompiled_and_an_unbuilt_model(carry):
    model, unbuilt = sequential(), keras.Sequential([layers.Dense(2)])
    np.testing.assert_array_equal(carry(model).predict(X, verbose=0), model.predict(X, verbose=0))
    assert carry(unbuilt)(X).shape == (64, 2)


def test_sequences_embeddings_and_schedules(carry):
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    words, labels = rng.integers(0, 10, (32, 5)), rng.integers(0, 2, 32)
    entry = keras.Input((5,))
    state = layers.LSTM(3)(layers.Embedding(10, 4)(entry))
    model = keras.Model(entry, layers.Dense(2, activation="softmax")(state))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.SGD(schedule, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(words, labels, verbose=0)
    copy = carry(model)
    histories = []
    for trained in (copy, model):
        keras.utils.set_random_seed(1)
        histories.append(trained.fit(words, labels, verbose=0).history)
    assert histories[0] == histories[1]


def test_preprocessing_layers_keep_what_they_learned(carry):
    text, lookup, norm = layers.TextVectorization(), layers.StringLookup(vocabulary=["x", "y"]), layers.Normalization()
    text.adapt(["a b c", "b c d"])
    norm.adapt(X)
    copies = carry(text=text, lookup=lookup, norm=norm)
    assert copies["text"](["b d"]).numpy().tolist() == text(["b d"]).numpy().tolist()
    assert copies["text"].get_vocabulary() == text.get_vocabulary()
    assert copies["lookup"](["y"]).numpy().tolist() == [2]
    np.testing.assert_array_equal(copies["norm"](X), norm(X))


def test_parts_of_models_alone(carry):
    parts = {
        "stop": keras.callbacks.EarlyStopping(patience=1),
        "optimizer": keras.optimizers.Adam(0.01),
        "loss": keras.losses.MeanSquaredError(),
        "metric": keras.metrics.AUC(),
        "start": keras.initializers.GlorotUniform(seed=1),
        "policy": keras.dtype_policies.DTypePolicy("mixed_float16"),
        "seeds": keras.random.SeedGenerator(5),
    }
    parts["metric"].update_state([0, 1], [0.2, 0.7])
    copies = carry(**parts)
    assert {name: type(copy) for name, copy in copies.items()} == {name: type(part) for name, part in parts.items()}
    assert float(copies["metric"].result()) == float(parts["metric"].result())
    assert float(copies["optimizer"].learning_rate) == pytest.approx(0.01)
    np.testing.assert_array_equal(copies["seeds"].next(), parts["seeds"].next())


def test_tensors_and_variables(carry):
    variable = tf.Variable(np.arange(100_000.0), trainable=False, name="mine")
    sent = {
        "variable": variable,
        "same": variable,
        "tensor": tf.constant([[1.5, 2.5]]),
        "text": tf.constant(["a", "ü"]),
        "ragged": tf.ragged.constant([[1], [2, 3]]),
        "sparse": tf.sparse.from_dense([[1, 0]]),
        "free": tf.Variable([1.0], shape=tf.TensorShape(None)),
        "dtype": tf.bfloat16,
        "half": tf.cast([1.5], tf.bfloat16),
    }
    copies = carry(**sent)
    assert copies["same"] is copies["variable"]
    assert (copies["variable"].name, copies["variable"].trainable) == ("mine:0", False)
    copies["variable"].assign_add(tf.ones_like(variable))
    assert (copies["variable"][3].numpy(), variable[3].numpy()) == (4.0, 3.0)
    assert copies["text"].numpy().tolist() == [b"a", "ü".encode()]
    assert copies["ragged"].to_list() == [[1], [2, 3]]
    assert tf.sparse.to_dense(copies["sparse"]).numpy().tolist() == [[1, 0]]
    copies["free"].assign([1.0, 2.0])
    assert (copies["dtype"], copies["half"].dtype, copies["tensor"].numpy().tolist()) == (
        (tf.bfloat16, tf.bfloat16, [[1.5, 2.5]])
    )


def test_large_tensors_are_out_of_band():
    pickled = dump_values({"tensor": tf.zeros(100_000), "variable": tf.Variable(tf.zeros(50_000))})
    assert [view.nbytes for view in pickled.buffers] == [400_000, 200_000]


def test_an_assignment_after_packing_does_not_reach_what_is_packed():
    variable = tf.Variable(tf.zeros(100_000))
    pickled = dump_values({"variable": variable})
    variable.assign(tf.ones(100_000))
    assert not np.frombuffer(pickled.buffers[0], "f4").any()


def test_generators_tables_and_compiled_functions(carry, notebook):
    generator = tf.random.Generator.from_seed(3)
    generator.normal([2])
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [5]), -1)
    growing = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    growing.insert(["b"], [7])
    copies = carry(generator=generator, table=table, growing=growing)
    np.testing.assert_array_equal(copies["generator"].normal([2]), generator.normal([2]))
    assert copies["table"].lookup(tf.constant(["a", "z"])).numpy().tolist() == [5, -1]
    assert copies["growing"].lookup(tf.constant(["b", "z"])).numpy().tolist() == [7, -1]
    notebook.run("""
        import tensorflow as tf
        scale = tf.Variable(2.0)
        @tf.function(autograph=False, reduce_retracing=True)
        def double(x): return x * scale
        double(1.0)
    """)
    received = notebook.send("double", "scale")
    received["scale"].assign(3.0)
    assert received["double"](5.0).numpy() == 15.0


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (lambda: tf.data.Dataset.range(3).batch(2), "build it inside the cell, from the arrays or files it reads"),
        (lambda: iter(tf.data.Dataset.range(3)), "call iter() inside the cell"),
        (tf.GradientTape, "make it inside the cell"),
        (tf.Graph, "make it inside the cell"),
        (lambda: tf.distribute.MirroredStrategy(["CPU:0"]), "make it inside the cell"),
    ],
    ids=["dataset", "iterator", "tape", "graph", "strategy"],
)
def test_what_lives_in_the_runtime_is_refused(make, remedy):
    (refusal,) = dump_values({"it": make()}).refused
    assert (refusal.path, refusal.remedy) == ("it", remedy)

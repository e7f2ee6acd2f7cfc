"""TensorFlow's variables, generators and tables: their values, without a copy where the library shows its memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from .._refusals import RefusedValueError

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    from tensorflow.python.distribute import distribute_lib
    from tensorflow.python.eager.polymorphic_function import polymorphic_function
    from tensorflow.python.framework.ops import SymbolicTensor
    from tensorflow.python.ops import lookup_ops, resource_variable_ops

    return {
        resource_variable_ops.BaseResourceVariable: _reduce_variable,
        tf.random.Generator: _reduce_generator,
        tf.dtypes.DType: _reduce_dtype,
        distribute_lib.StrategyBase: _reduce_strategy,
        lookup_ops.MutableHashTable: _reduce_mutable_table,
        lookup_ops.StaticHashTable: _reduce_static_table,
        polymorphic_function.Function: _reduce_function,
        SymbolicTensor: _refuse_symbolic,
    }


def _reduce_variable(variable: Any, _pickler: ValuePickler) -> Any:
    if not hasattr(variable.handle, "numpy"):
        raise RefusedValueError(variable, "it belongs to a graph", "make it inside the cell")
    # Shares the variable's memory; a later assignment makes a new one, because this has a hold on the old.
    value = variable.read_value()
    settings = {
        "trainable": variable.trainable,
        "name": variable.name.partition(":")[0],
        "aggregation": variable.aggregation.name,
        "synchronization": variable.synchronization.name,
        "shape": variable.shape.as_list() if variable.shape.rank is not None else None,
    }
    return rebuild_variable, (value, variable.constraint, settings)


def rebuild_variable(value: Any, constraint: Any, settings: dict[str, Any]) -> Any:
    """Return a variable with its value and settings."""
    return tf.Variable(
        value,
        trainable=settings["trainable"],
        name=settings["name"],
        constraint=constraint,
        shape=tf.TensorShape(settings["shape"]),
        aggregation=tf.VariableAggregation[settings["aggregation"]],
        synchronization=tf.VariableSynchronization[settings["synchronization"]],
    )


def _reduce_generator(generator: Any, _pickler: ValuePickler) -> Any:
    return rebuild_generator, (generator.state.numpy(), generator.algorithm)


def rebuild_generator(state: Any, algorithm: int) -> Any:
    """Return a random generator that goes on where it was."""
    return tf.random.Generator.from_state(state, algorithm)


def _reduce_dtype(dtype: Any, _pickler: ValuePickler) -> Any:
    return tf.as_dtype, (dtype.as_datatype_enum,)


def _reduce_strategy(strategy: Any, _pickler: ValuePickler) -> Any:
    from tensorflow.python.distribute import distribute_lib

    if type(strategy).__name__ == "_DefaultDistributionStrategy":
        return distribute_lib._get_default_strategy, ()
    raise RefusedValueError(strategy, "it holds devices of this process", "make it inside the cell")


def _reduce_mutable_table(table: Any, _pickler: ValuePickler) -> Any:
    keys, values = table.export()
    return rebuild_mutable_table, (table.key_dtype, table.value_dtype, table._default_value, keys, values)


def rebuild_mutable_table(key_dtype: Any, value_dtype: Any, default: Any, keys: Any, values: Any) -> Any:
    """Return a lookup table that can grow."""
    table = tf.lookup.experimental.MutableHashTable(key_dtype, value_dtype, default)
    table.insert(keys, values)
    return table


def _reduce_static_table(table: Any, _pickler: ValuePickler) -> Any:
    keys, values = table.export()
    return rebuild_static_table, (keys, values, table.default_value)


def rebuild_static_table(keys: Any, values: Any, default: Any) -> Any:
    """Return a lookup table that is fixed."""
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default)


def _reduce_function(function: Any, _pickler: ValuePickler) -> Any:
    # Its graphs stay here: it is traced again where it is called.
    settings = {
        "input_signature": function.input_signature,
        "autograph": function._autograph,
        "jit_compile": function._jit_compile,
        "reduce_retracing": function._reduce_retracing,
    }
    return rebuild_function, (function.python_function, settings)


def rebuild_function(function: Any, settings: dict[str, Any]) -> Any:
    """Return a function that TensorFlow compiles."""
    return tf.function(function, **settings)


def _refuse_symbolic(tensor: Any, _pickler: ValuePickler) -> Any:
    raise RefusedValueError(tensor, "it is a place in a graph and has no value", "call the function inside the cell")

"""Calls whose effect on their objects is known by name: what they leave alone, what they change, what they give back.

A name in these tables is a promise about every library that notebooks use it with. What the tables get wrong is found
by digests when a run ends; what they leave out makes a later cell wait without need.
"""

from __future__ import annotations

_PURE = """
abs all any ascii bool bytes callable chr complex dict display divmod enumerate float format frozenset hasattr hash
hex id int isinstance issubclass len list max memoryview min oct ord pow print range repr reversed round set slice
sorted str sum tuple type zip
"""
_WRAPPING = "list tuple set dict zip enumerate reversed sorted iter next filter map getattr vars min max"
_FRESH = """
abs agg aggregate all any argmax argmin argsort astype between clip clone copy corr count cov cumprod cumsum deepcopy
describe diff dot drop drop_duplicates dropna duplicated equals fillna flatten idxmax idxmin isin isna isnull item max
mean median melt memory_usage merge min nlargest nonzero notna nsmallest nunique pivot pivot_table predict
predict_log_proba predict_proba prod quantile rank rename replace reset_index round score set_index shift sort_index
sort_values std sum to_csv to_dict to_json to_list to_parquet to_string tolist transform unique value_counts var
"""
_LOOKING = """
boxplot children detach get groupby head hist info itertuples iterrows items keys named_parameters numpy parameters plot
ravel resample reshape rolling sample select_dtypes squeeze stack state_dict summary tail to_frame to_numpy transpose
unstack values
"""
_PLAIN = "shape size ndim dtype dtypes nbytes columns"
_WRITING = "at shuffle copyto fill_diagonal put put_along_axis place putmask setattr delattr load_state_dict"

_SHOWING = """
asanyarray asarray as_tensor ascontiguousarray atleast_1d atleast_2d from_numpy ravel reshape squeeze swapaxes transpose
"""
_WRITING_DATA = """
append byteswap clear drop_in_place eliminate_zeros extend fill insert insert_column itemset partition pop prune put
replace_column resize setdiag setfield setflags sort sort_indices sum_duplicates update
"""

PURE_BUILTINS = frozenset(_PURE.split())
"""Builtins that leave their arguments as they are: `print(model)` does not change `model`."""

WRAPPERS = frozenset(_WRAPPING.split())
"""Builtins whose result may hold the very objects that they are given."""

MAKES_NEW = frozenset(_FRESH.split())
"""Methods that leave their object as it is, and whose result holds nothing of it."""

LOOKING_METHODS = MAKES_NEW | frozenset(_LOOKING.split())
"""Methods that leave their object as it is; a change to their result may be one to the object (`models.values()`)."""

PLAIN_ATTRIBUTES = frozenset(_PLAIN.split())
"""Attributes that describe their object: it cannot be changed through them."""

CHANGES_FIRST_ARGUMENT = frozenset(_WRITING.split())
"""Functions, by their last name, that write into their first argument even when it is an array."""

CHANGES_DATA = frozenset(_WRITING_DATA.split())
"""Methods that write into arrays, frames, matrices and tensors; what else has a state is promised for being passed."""

SHOWS_ARGUMENT = frozenset(_SHOWING.split())
"""Functions of libraries, such as `np.asarray`, whose result may be their first argument, or show its memory."""

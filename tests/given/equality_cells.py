"""Cells as people write them: each is run plainly and under ``%%train``, and every resulting name must be equal."""

from typing import NamedTuple


class Case(NamedTuple):
    """A setup cell, the cell under test, and expressions over what it leaves behind."""

    name: str
    setup: str
    cell: str
    results: str

    @property
    def needs(self) -> str:
        """The library without which the case makes no sense."""
        for library in ("lightning", "optuna", "torch", "keras", "tensorflow", "xgboost", "lightgbm"):
            if library in self.setup + self.cell:
                return library
        return "sklearn"


DATA = """
import numpy as np, pandas as pd
np.random.seed(0)  # a run does not advance the kernel's random state: see docs/concepts.md
from sklearn.datasets import make_classification, make_regression
X, y = make_classification(300, 8, random_state=0)
Xr, yr = make_regression(200, 6, noise=1.0, random_state=1)
frame = pd.DataFrame(X, columns=[f"f{i}" for i in range(8)]).assign(city=np.resize(["Oslo", "Rome", "Lima"], 300))
"""


def estimator(name: str, module: str, call: str, data: str = "X, y") -> Case:
    """Return the case that fits one estimator and predicts with it."""
    first = data.split(",")[0]
    cell = f"from {module} import {call.split('(')[0]}\nmodel = {call}\nmodel.fit({data})"
    # Threads that predict together add up in any order, so that two plain cells differ too.
    results = "model" if "n_jobs" in call else f"model, model.predict({first})"
    return Case(name, DATA, cell, results)


ESTIMATORS = [
    estimator("logistic_regression", "sklearn.linear_model", "LogisticRegression(C=0.5)"),
    estimator("ridge", "sklearn.linear_model", "Ridge()", "Xr, yr"),
    estimator("sgd_with_global_random_state", "sklearn.linear_model", "SGDClassifier()"),
    estimator("random_forest_unseeded", "sklearn.ensemble", "RandomForestClassifier(20)"),
    estimator("forest_two_jobs", "sklearn.ensemble", "RandomForestRegressor(20, n_jobs=2, random_state=0)", "Xr, yr"),
    estimator("hist_gradient_boosting", "sklearn.ensemble", "HistGradientBoostingClassifier(max_iter=20)"),
    estimator("support_vectors", "sklearn.svm", "SVC(probability=False)"),
    estimator("neighbours", "sklearn.neighbors", "KNeighborsClassifier(3)"),
    estimator("naive_bayes", "sklearn.naive_bayes", "GaussianNB()"),
    estimator("decision_tree", "sklearn.tree", "DecisionTreeClassifier(max_depth=4, random_state=0)"),
    estimator("mlp", "sklearn.neural_network", "MLPClassifier((8,), max_iter=20, random_state=3)"),
    estimator("kmeans", "sklearn.cluster", "KMeans(3, n_init=2, random_state=0)"),
]

SKLEARN = [
    Case(
        "pipeline_with_columns",
        DATA,
        """
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.linear_model import LogisticRegression
columns = make_column_transformer((OneHotEncoder(), ["city"]), remainder=StandardScaler())
model = make_pipeline(columns, LogisticRegression()).fit(frame, y)
probabilities = model.predict_proba(frame)
""",
        "model, probabilities",
    ),
    Case(
        "grid_search",
        DATA,
        """
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier
search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [2, 4]}, cv=3).fit(X, y)
best = search.best_estimator_
""",
        "best, search.best_params_, best is search.best_estimator_, search.cv_results_['mean_test_score']",
    ),
    Case(
        "existing_model_is_refitted",
        DATA
        + """
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(X[:50], y[:50])
same = [model]
""",
        """
model.set_params(C=0.01)
model.fit(X, y)
same.append('seen')
""",
        "model, model.C, same[1:], same[0] is model",
    ),
    Case(
        "partial_fit_in_a_loop",
        DATA
        + """
from sklearn.linear_model import SGDClassifier
model = SGDClassifier(random_state=0)
""",
        """
scores = []
for start in range(0, 300, 100):
    model.partial_fit(X[start:start + 100], y[start:start + 100], classes=[0, 1])
    scores.append(model.score(X, y))
""",
        "model, scores, start",
    ),
    Case(
        "cross_validation",
        DATA,
        """
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
scores = cross_val_score(GaussianNB(), X, y, cv=5)
""",
        "scores",
    ),
    Case(
        "stacking_and_calibration",
        DATA,
        """
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
stack = StackingClassifier([("a", GaussianNB()), ("b", DecisionTreeClassifier(random_state=0))]).fit(X, y)
calibrated = CalibratedClassifierCV(GaussianNB(), cv=3).fit(X, y)
""",
        "stack.predict_proba(X), calibrated.predict_proba(X)",
    ),
]

NUMPY = [
    Case(
        "global_random_state",
        """
import numpy as np
np.random.seed(7)
""",
        """
a = np.random.normal(size=1000)
b = np.random.permutation(50)
""",
        "a, b",
    ),
    Case(
        "generator_object",
        """
import numpy as np
rng = np.random.default_rng(3)
""",
        """
a = rng.normal(size=10)
b = rng.integers(0, 9, 5)
""",
        "a, b, rng.random()",
    ),
    Case(
        "python_random",
        """
import random
random.seed(5)
""",
        """
a = [random.random() for _ in range(5)]
random.shuffle(a)
""",
        "a",
    ),
    Case(
        "array_changed_in_place",
        """
import numpy as np
a = np.zeros(100_000)
view = a
""",
        """
a[10:20] = 5
a += 1
""",
        "a",
    ),
    Case(
        "two_names_one_array",
        """
import numpy as np
a = np.arange(50_000.0)
b = a
""",
        """
a[0] = -1
b[1] = -2
""",
        "a, b, a is b",
    ),
    Case(
        "structured_and_datetime",
        "import numpy as np",
        """
r = np.zeros(3, dtype=[('x', 'f4'), ('t', 'M8[s]')])
r['x'] = [1, 2, 3]
d = np.array(['2026-01-01'], 'M8[D]')
""",
        "r, d",
    ),
    Case(
        "masked_and_fortran",
        "import numpy as np",
        """
m = np.ma.masked_less(np.arange(6), 3)
f = np.asfortranarray(np.eye(300))
""",
        "m.filled(-1), f, f.flags.f_contiguous",
    ),
    Case(
        "linear_algebra",
        """
import numpy as np
A = np.random.default_rng(0).random((60, 60))
""",
        """
u, s, v = np.linalg.svd(A)
residual = np.abs(u * s @ v - A).max() < 1e-9
""",
        "u, s, v, residual",
    ),
    Case(
        "sparse",
        """
import scipy.sparse as sp, numpy as np
S = sp.random(2000, 50, 0.05, random_state=0, format='csr')
""",
        """
T = (S @ S.T).tocsr()
S.data[:] = 2.0
""",
        "T.sum(), S.sum(), S.shape",
    ),
]

PANDAS = [
    Case(
        "group_and_merge",
        DATA,
        """
means = frame.groupby('city').mean()
wide = frame.merge(means, left_on='city', right_index=True, suffixes=('', '_mean'))
""",
        "means, wide",
    ),
    Case(
        "in_place",
        DATA,
        """
frame.drop(columns=['f7'], inplace=True)
frame['f8'] = frame.f0 * 2
frame.loc[0, 'city'] = 'Bonn'
""",
        "frame",
    ),
    Case(
        "arrow_backed",
        """
import pandas as pd
frame = pd.DataFrame({'a': pd.array(['x', None, 'z'] * 50, dtype='string')})
frame['b'] = pd.array(range(150), dtype='int64[pyarrow]')
""",
        """
frame['c'] = frame['a'].str.upper()
total = frame['b'].sum()
""",
        "frame, total",
    ),
    Case(
        "categories_and_dates",
        "import pandas as pd",
        """
t = pd.DataFrame({'k': pd.Categorical(['a', 'b', 'a']), 'd': pd.date_range('2026', periods=3, tz='UTC')}).set_index('d')
monthly = t.resample('D').size()
""",
        "t, monthly",
    ),
    Case(
        "option_from_the_notebook",
        """
import pandas as pd
pd.set_option('display.max_rows', 6)
""",
        """
text = repr(pd.DataFrame({'a': range(100)}))
most = pd.get_option('display.max_rows')
pd.reset_option('display.max_rows')
""",
        "text, most",
    ),
]

PYTHON = [
    Case(
        "functions_and_globals",
        """
factor = 3
def scale(x):
    return x * factor
""",
        """
def twice(x):
    return 2 * scale(x)
values = [twice(i) for i in range(4)]
""",
        "values, twice(5)",
    ),
    Case(
        "global_statement",
        """
count = 0
def bump():
    global count
    count += 1
""",
        """
for _ in range(5):
    bump()
seen = count
""",
        "seen, count",
    ),
    Case(
        "settings_in_a_class",
        DATA
        + """
class CFG:
    folds, columns, history, best = 3, ["f0", "f1"], [], {}
def log(fold, score):
    CFG.history.append(score)
    CFG.best.setdefault(fold, score)
""",
        """
from sklearn.linear_model import Ridge
CFG.columns.remove("f1")
for fold in range(CFG.folds):
    log(fold, Ridge(fold + 1).fit(frame[CFG.columns], y).score(frame[CFG.columns], y))
""",
        "CFG.history, CFG.best, CFG.columns, fold",
    ),
    Case(
        "class_with_state",
        """
class Account:
    rate = 2
    def __init__(self, n):
        self.n = n
    def grow(self):
        self.n *= self.rate
a = Account(5)
same = a
""",
        """
a.grow()
b = Account(a.n)
""",
        "a.n, b.n, isinstance(a, Account), type(b) is Account",
    ),
    Case(
        "dataclass_and_enum",
        "",
        """
from dataclasses import dataclass
from enum import Enum
class Color(Enum):
    RED = 1
@dataclass
class Point:
    x: int
    color: Color = Color.RED
points = [Point(i) for i in range(3)]
""",
        "points == [Point(0), Point(1), Point(2)], points[0].color is Color.RED",
    ),
    Case(
        "generators_inside",
        "",
        """
def squares(n):
    for i in range(n):
        yield i * i
total = sum(squares(10))
first, *rest = squares(4)
""",
        "total, first, rest",
    ),
    Case(
        "closures_and_partials",
        "from functools import partial, reduce",
        """
def adder(n):
    def add(x):
        return x + n
    return add
plus3 = adder(3)
pow2 = partial(pow, 2)
""",
        "plus3(4), pow2(5)",
    ),
    Case(
        "containers_share",
        "",
        """
a = {'x': [1, 2]}
b = [a, a]
b[0]['x'].append(3)
""",
        "a, b, b[0] is b[1], b[0] is a",
    ),
    Case(
        "walrus_match_and_star",
        "data = [1, (2, 3), {'k': 4}]",
        """
found = []
for item in data:
    match item:
        case int(n):
            found.append(n)
        case (left, right):
            found.append(left + right)
        case {'k': value}:
            found.append(value)
if (size := len(found)) > 2:
    head, *tail = found
""",
        "found, size, head, tail, n, left, right, value",
    ),
    Case(
        "delete_a_name",
        """
gone = 1
kept = 2
""",
        """
del gone
kept += 1
""",
        "kept, 'gone' in vars()",
    ),
    Case(
        "exception_caught",
        "",
        """
try:
    1 / 0
except ZeroDivisionError as error:
    message = str(error)
""",
        "message, 'error' in vars()",
    ),
    Case(
        "top_level_await",
        "import asyncio",
        """
async def double(x):
    await asyncio.sleep(0)
    return 2 * x
values = await asyncio.gather(*(double(i) for i in range(4)))
""",
        "values",
    ),
    Case(
        "async_generator",
        "import asyncio",
        """
async def numbers():
    for i in range(3):
        yield i
collected = [i async for i in numbers()]
""",
        "collected",
    ),
    Case(
        "working_directory_and_files",
        """
import os, pathlib, tempfile
os.chdir(tempfile.mkdtemp())
""",
        """
pathlib.Path('a.txt').write_text('hello')
text = open('a.txt').read()
""",
        "text, pathlib.Path('a.txt').exists()",
    ),
    Case(
        "environment_variable",
        """
import os
os.environ['EQUALITY_CASE'] = 'yes'
""",
        "seen = os.environ['EQUALITY_CASE']",
        "seen",
    ),
    Case(
        "decimal_context",
        """
import decimal
decimal.getcontext().prec = 5
""",
        "third = decimal.Decimal(1) / 3",
        "str(third)",
    ),
    Case(
        "lambda_and_sort",
        "rows = [('b', 2), ('a', 3)]",
        """
key = lambda row: row[1]
rows.sort(key=key, reverse=True)
best = max(rows, key=key)
""",
        "rows, best, key((1, 2))",
    ),
    Case(
        "nested_comprehension",
        "n = 4",
        """
table = [[i * j for j in range(n)] for i in range(n)]
flat = {v for row in table for v in row}
""",
        "table, flat",
    ),
    Case(
        "warnings_are_filtered",
        """
import warnings
warnings.simplefilter('ignore')
""",
        """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.warn('x')
seen = len(caught)
""",
        "seen",
    ),
    Case(
        "state_of_classes_and_functions",
        """
REGISTRY = {}
def register(function):
    REGISTRY[function.__name__] = function
    return function
class Run:
    made, names = 0, []
    def __init__(self, name):
        type(self).made += 1
        self.names.append(name)
def double(x, seen=[]):
    double.calls = getattr(double, 'calls', 0) + 1
    seen.append(x)
    return 2 * x
""",
        """
@register
def relu(x):
    return max(x, 0)
runs = [Run(name) for name in 'ab']
doubled = [double(x) for x in range(3)]
""",
        "sorted(REGISTRY), REGISTRY['relu'] is relu, Run.made, Run.names, type(runs[0]) is Run, doubled, double.calls, "
        "double.__defaults__",
    ),
    Case(
        "what_has_ended",
        """
import sys, zipfile
from tqdm.auto import tqdm
with zipfile.ZipFile("rows.zip", "w") as rows:
    rows.writestr("rows.csv", "a,b")
bar = tqdm([1, 2], file=sys.stdout)
total = sum(bar)
""",
        """
with zipfile.ZipFile("rows.zip") as archive, archive.open("rows.csv") as member:
    text = member.read()
steps = tqdm((i * i for i in range(4)), total=4, desc="fit", file=sys.stdout)
squares = list(steps)
names, count = rows.namelist(), bar.n
""",
        "text, squares, names, count, archive.namelist(), member.closed, steps.n, steps.desc, list(steps)",
    ),
    Case(
        "slots_flags_and_generics",
        """
import enum
from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple, Protocol, TypeVar, runtime_checkable
T = TypeVar("T")
@dataclass(slots=True, frozen=True, order=True)
class Point:
    x: int
    tags: tuple = field(default_factory=tuple)
class Mode(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    BOTH = READ | WRITE
class Stack(Generic[T]):
    def __init__(self):
        self.items = []
    def size(self):
        return len(self.items)
@runtime_checkable
class HasSize(Protocol):
    def size(self) -> int: ...
point, stack = Point(3), Stack[int]()
""",
        """
moved = replace(point, x=5, tags=("a",))
mode = Mode.READ | Mode.WRITE
stack.items.append(moved)
has_size = isinstance(stack, HasSize)
""",
        "moved > point, moved == Point(5, ('a',)), hash(moved) == hash(Point(5, ('a',))), mode is Mode.BOTH, has_size, "
        "stack.items[0] is moved, stack.__orig_class__ == Stack[int]",
    ),
]

MAGICS = [
    Case(
        "streams",
        "import sys, struct\nout, header = sys.stdout, struct.Struct('<I')",
        """
print("x", file=out)
packed = header.pack(3)
errors = sys.stderr
""",
        "packed, header.size, out is sys.stdout, errors is sys.stderr",
    ),
    Case("shell_output", "word = 'hello'", "lines = !echo {word} world", "list(lines)"),
    Case("time_magic", "import math", "%time root = math.sqrt(16)", "root"),
    Case(
        "capture_inside",
        "",
        """
from IPython.utils.capture import capture_output
with capture_output() as grabbed:
    print('inside')
text = grabbed.stdout
""",
        "text",
    ),
    Case(
        "timeit_result",
        "",
        """
best = %timeit -o -q -n1 -r1 sum(range(10))
kind = type(best).__name__
""",
        "kind",
    ),
]

PLOTTING = [
    Case(
        "figure_of_matplotlib",
        """
import matplotlib
matplotlib.use('agg')
""",
        """
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
line, = ax.plot([1, 2, 3])
data = line.get_ydata()
plt.close(fig)
""",
        "list(data), len(fig.axes)",
    ),
    Case(
        "rc_params",
        """
import matplotlib
matplotlib.use('agg')
matplotlib.rcParams['lines.linewidth'] = 4.5
""",
        "width = matplotlib.rcParams['lines.linewidth']",
        "width",
    ),
]

TORCH = [
    Case(
        "torch_training",
        """
import torch
torch.manual_seed(0)
net = torch.nn.Linear(4, 2)
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
X = torch.randn(64, 4)
""",
        """
for _ in range(5):
    optimizer.zero_grad()
    loss = (net(X) ** 2).mean()
    loss.backward()
    optimizer.step()
last = loss.item()
""",
        "last, [p.tolist() for p in net.parameters()], optimizer.param_groups[0]['params'][0] is net.weight",
    ),
    Case(
        "torch_notebook_module",
        """
import torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)
    def forward(self, x):
        return self.layer(x)
torch.manual_seed(1)
""",
        """
net = Net()
out = net(torch.ones(2, 3)).detach()
""",
        "out.tolist(), isinstance(net, Net)",
    ),
    Case(
        "torch_random_state",
        """
import torch
torch.manual_seed(4)
""",
        """
a = torch.rand(5)
b = torch.randperm(6)
""",
        "a.tolist(), b.tolist()",
    ),
    Case(
        "torch_shared_storage",
        """
import torch
a = torch.zeros(100_000)
b = a[:10]
""",
        """
b += 1
total = a.sum().item()
""",
        "total, a.sum().item(), b.sum().item()",
    ),
    Case(
        "torch_loader_with_workers",
        """
import torch
from torch.utils.data import DataLoader, Dataset
class Rows(Dataset):
    def __init__(self, count):
        self.x = torch.arange(count * 4.0).reshape(count, 4) / 100
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return self.x[i], self.x[i].sum()
torch.manual_seed(0)
rows = Rows(32)
loader = DataLoader(rows, batch_size=8, shuffle=True, num_workers=2, generator=torch.Generator().manual_seed(3))
net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
mean = torch.optim.swa_utils.AveragedModel(net)
""",
        """
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2)
rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=8)
losses, shapes = [], []
hook = net[0].register_forward_hook(lambda module, given, out: shapes.append(tuple(out.shape)))
for _ in range(2):
    for batch, target in loader:
        optimizer.zero_grad()
        loss = ((net(batch).squeeze(1) - target) ** 2).mean()
        loss.backward()
        optimizer.step()
        rates.step()
        mean.update_parameters(net)
        losses.append(loss.item())
hook.remove()
""",
        "losses, shapes, rates.get_last_lr(), [p.tolist() for p in [*net.parameters(), *mean.parameters()]], "
        "optimizer.param_groups[0]['params'][0] is net[0].weight, rates.optimizer is optimizer, loader.dataset is rows",
    ),
]

KERAS = [
    Case(
        "keras_training",
        """
import keras, numpy as np
keras.utils.set_random_seed(0)
X = np.random.rand(64, 4).astype('float32')
t = X.sum(1)
net = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(8, 'relu'), keras.layers.Dense(1)])
net.compile('adam', 'mse')
""",
        "history = net.fit(X, t, epochs=3, verbose=0).history",
        "history, [w.tolist() for w in net.get_weights()]",
    ),
    Case(
        "keras_built_in_the_cell",
        """
import keras, numpy as np
keras.utils.set_random_seed(1)
""",
        """
X = np.random.rand(32, 3)
net = keras.Sequential([keras.layers.Dense(2)])
out = net(X).numpy() if hasattr(net(X), 'numpy') else np.asarray(net(X))
""",
        "out.tolist(), [w.tolist() for w in net.get_weights()]",
    ),
    Case(
        "tensorflow_tensors",
        """
import tensorflow as tf
v = tf.Variable([1.0, 2.0])
c = tf.constant([[1, 2], [3, 4]])
""",
        """
v.assign_add([1.0, 1.0])
s = tf.reduce_sum(c)
""",
        "v.numpy().tolist(), int(s)",
    ),
    Case(
        "keras_layers_and_callbacks_of_the_notebook",
        """
import keras, numpy as np
keras.utils.set_random_seed(0)
X = np.random.rand(64, 4).astype('float32')
t = X.sum(1)
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3))
        self.calls = self.add_weight(shape=(), initializer='zeros', trainable=False)
    def call(self, x):
        self.calls.assign_add(1.0)
        return keras.ops.relu(keras.ops.matmul(x, self.w))
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.scale, self.head = Scale(), keras.layers.Dense(1)
    def call(self, x):
        return self.head(self.scale(x))
class Losses(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seen = []
    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(logs['loss'])
def distance(a, b):
    return keras.ops.mean(keras.ops.square(a - b))
""",
        """
given = keras.Input((4,))
first = keras.Model(given, keras.layers.Dense(1)(Scale()(given)))
first.compile(keras.optimizers.Adam(0.01), loss=distance, metrics=['mae'])
losses = Losses()
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
rate = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
history = first.fit(X, t, epochs=3, verbose=0, validation_split=0.25, callbacks=[losses, rate, stop]).history
second = Net()
second.compile('sgd', 'mse')
second.fit(X, t, epochs=2, verbose=0)
""",
        "history, losses.seen, [w.tolist() for w in first.get_weights() + second.get_weights()], "
        "float(first.optimizer.learning_rate), type(first.layers[1]) is Scale, type(second) is Net, "
        "second.predict(X, verbose=0)",
    ),
]

BOOSTING = [
    Case(
        "xgboost",
        DATA,
        """
import xgboost
model = xgboost.XGBClassifier(n_estimators=10, random_state=0).fit(X, y)
p = model.predict_proba(X)
""",
        "p",
    ),
    Case(
        "lightgbm",
        DATA,
        """
import lightgbm
model = lightgbm.LGBMClassifier(n_estimators=10, verbose=-1).fit(X, y)
p = model.predict(X)
""",
        "p",
    ),
]

TUNING = [
    Case(
        "optuna_study",
        DATA,
        """
import optuna
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier
def objective(trial):
    depth = trial.suggest_int("depth", 1, 6)
    return cross_val_score(DecisionTreeClassifier(max_depth=depth, random_state=0), X, y, cv=3).mean()
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
study.optimize(objective, n_trials=5)
best = study.best_params
""",
        "best, study.best_value, [trial.params for trial in study.trials], study.ask().number",
    ),
]

NET = """
import lightning as L, torch
from torch.utils.data import DataLoader, TensorDataset
L.seed_everything(1)
X = torch.randn(64, 8)
batches = DataLoader(TensorDataset(X, (X.sum(1) > 0).long()), batch_size=16, shuffle=True)
class Net(L.LightningModule):
    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(8, 2)
    def training_step(self, batch, i):
        loss = torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss
    def validation_step(self, batch, i):
        self.log("val_acc", (self.layer(batch[0]).argmax(1) == batch[1]).float().mean())
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
quiet = {"accelerator": "cpu", "logger": False, "enable_progress_bar": False, "enable_model_summary": False}
"""
TRAINED = (
    "[p.tolist() for p in net.state_dict().values()], dict(net.hparams), trainer.current_epoch, "
    "{k: v.item() for k, v in trainer.callback_metrics.items()}, checkpoint.best_model_path.rpartition('/')[2], "
    "trainer.lightning_module is net, net.trainer is trainer"
)

LIGHTNING = [
    Case(
        "lightning_training",
        NET,
        """
net = Net(lr=0.05)
checkpoint = L.pytorch.callbacks.ModelCheckpoint("best", monitor="val_acc", enable_version_counter=False)
trainer = L.Trainer(max_epochs=2, callbacks=[checkpoint], log_every_n_steps=1, **quiet)
trainer.fit(net, batches, batches)
""",
        TRAINED,
    ),
    Case(
        "lightning_goes_on",
        NET
        + """
net = Net()
checkpoint = L.pytorch.callbacks.ModelCheckpoint("goes_on", enable_version_counter=False)
trainer = L.Trainer(max_epochs=1, callbacks=[checkpoint], log_every_n_steps=1, **quiet)
trainer.fit(net, batches)
""",
        """
trainer.fit_loop.max_epochs = 2
trainer.fit(net, batches)
validated = trainer.validate(net, batches, verbose=False)
""",
        TRAINED + ", validated, checkpoint is trainer.checkpoint_callback",
    ),
]

CASES = [*ESTIMATORS, *SKLEARN, *NUMPY, *PANDAS, *PYTHON, *MAGICS, *PLOTTING]
CASES += [*TORCH, *KERAS, *BOOSTING, *TUNING, *LIGHTNING]

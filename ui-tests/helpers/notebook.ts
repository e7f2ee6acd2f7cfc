/** Notebooks as files, and cells of which a story decides when they go on. */

const KERNEL = { display_name: 'Python 3 (ipykernel)', language: 'python', name: 'python3' };

/** How many lines a counting run prints. */
export const LINES = 30;

/** Return a notebook of code cells; the first loads the extension. */
export function notebook(...cells: readonly string[]): string {
  return JSON.stringify({
    cells: ['%load_ext jupyter_mlops', ...cells].map((source, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index}`,
      metadata: {},
      outputs: [],
      source
    })),
    metadata: { kernelspec: KERNEL, language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5
  });
}

/** A run that prints `line 1` to `line 30`; after the lines in `gates` it waits for the file `go-LINE`. */
export function counting(name: string, ...gates: readonly number[]): string {
  return `%%train ${name} --returns count
import os, time
for count in range(1, ${LINES + 1}):
    print("line", count)
    while count in [${gates.join(', ')}] and not os.path.exists(f"go-{count}"):
        time.sleep(0.01)`;
}

/** The lines of a counting run, up to one of them. */
export function linesUpTo(last = LINES): readonly string[] {
  return Array.from({ length: last }, (_, index) => `line ${index + 1}`);
}

/** Runs to choose from: parameters, a metric of one value, a curve of each run, one that fails. */
export const SEVERAL = [
  'import jupyter_mlops as mlops',
  ...[0.3, 0.1, 0.03, 0.01].map(
    (
      rate,
      index
    ) => `%%train rate-${rate} -p rate=${rate} -t stage=${index % 2 ? 'candidate' : 'trial'} --returns model
for step in range(50):
    mlops.log(loss=(1 + ${index}) / (step + 1), step=step)
print("trained with", rate)
mlops.log(acc=0.95 - ${index} / 10)
model = ${rate}`
  ),
  `%%train broken -p rate=9 --returns model
print("about to divide")
model = 1 / 0`
];

/** Names of the runs of `SEVERAL`, the newest first. */
export const SEVERAL_NAMES = ['broken', 'rate-0.01', 'rate-0.03', 'rate-0.1', 'rate-0.3'];

/** Loans made with a seed: women of the south ask for as much, and own less. */
export const LOANS = `import numpy as np, pandas as pd
rng = np.random.default_rng(0)
count = 1200
sex = rng.choice(["female", "male"], count)
region = rng.choice(["north", "south"], count, p=[0.7, 0.3])
income = rng.normal(3, 1, count) + 0.8 * (sex == "male")
wealth = rng.normal(2, 1, count) + 0.4 * (region == "north")
X = pd.DataFrame({"income": income, "wealth": wealth, "age": rng.integers(20, 70, count), "sex": sex, "region": region})
y = (income + 0.5 * wealth + rng.normal(0, 1, count) > 4.4).astype(int)
Xtr, Xte, ytr, yte = X[:600], X[600:], y[:600], y[600:]`;

/** Three models of loans, each a run. */
export const LOAN_MODELS = [
  `%%train wide --returns wide
from sklearn.linear_model import LogisticRegression
wide = LogisticRegression().fit(Xtr[["income", "wealth", "age"]], ytr)`,
  `%%train narrow --returns narrow
from sklearn.linear_model import LogisticRegression
narrow = LogisticRegression().fit(Xtr[["wealth", "age"]], ytr)`,
  `%%train forest --returns forest
from sklearn.ensemble import RandomForestClassifier
forest = RandomForestClassifier(30, random_state=0).fit(Xtr[["income", "wealth"]], ytr)`
];

/** The report that compares them. */
export const COMPARED = '%fairness wide -X Xte -y yte -s sex,region --compare narrow,forest --boot 20';

/** A model of visitors, whose columns are of three types; and what it says of one of them, as the kernel knows it. */
export const VISITORS = [
  `import numpy as np, pandas as pd
rng = np.random.default_rng(0)
count = 300
X = pd.DataFrame({
    "age": rng.integers(18, 80, count),
    "income": rng.normal(3, 1, count),
    "town": rng.choice(["Bern", "Köln", "Łódź"], count),
})
y = np.where(X["income"] + (X["town"] == "Bern") > 3.4, "buys", "looks")
X_test = X[200:]`,
  `from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
apart = make_column_transformer((OneHotEncoder(), ["town"]), remainder=StandardScaler())
model = make_pipeline(apart, LogisticRegression()).fit(X[:200], y[:200])`
];

/** The kernel's own answer about the visitor that a story types in. */
export const ONE_VISITOR = `one = pd.DataFrame({"age": [42], "income": [3.25], "town": ["Bern"]})
print("kernel:", model.predict(one)[0], *(f"{share:.4g}" for share in model.predict_proba(one)[0]))`;

/** A model of tumours that is deployed, and another one as the endpoint's second version. */
export const DEPLOYED = [
  `%%train cancer
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
data = load_breast_cancer(as_frame=True)
X = data.data.iloc[:, :5]
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, data.target)`,
  'X_test = X[:40]',
  '%deploy last --to local -n cancer -X X_test',
  `%%train stricter
other = make_pipeline(StandardScaler(), LogisticRegression(C=0.01)).fit(X, data.target)`,
  '%deploy last --to local -n cancer -X X_test'
];

/** A network that takes pictures of 8 × 8, and what the kernel says of one that is white on the left and black on the right. */
export const PICTURES = [
  `import numpy as np, torch
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3)).eval()
pictures = np.random.default_rng(0).random((100, 8, 8), dtype=np.float32)
half = np.tile(np.float32([1, 1, 1, 1, 0, 0, 0, 0]), (1, 8, 1))
print("kernel:", *(f"{value:.3f}" for value in network(torch.from_numpy(half))[0].tolist()))`,
  '%export_onnx network -X pictures -o pictures.onnx'
];

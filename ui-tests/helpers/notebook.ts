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

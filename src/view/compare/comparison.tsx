/** Runs side by side: pictures of all of them, curves, and what differs, section by section. Loaded on demand. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import React, { useMemo, useState } from 'react';

import { CommandIDs } from '../../commands';
import { ComparisonModel, FEW_RUNS, SECTIONS, Section } from '../../model/comparison';
import { comparisonAxes } from '../../model/comparisonFacts';
import { useSignal } from '../hooks';
import { CurvesView } from '../run/curvesView';
import { IRunSurroundings } from '../run/surroundings';
import { Tabs } from '../run/tabs';
import { CodeDiff } from './codeDiff';
import type { ComparisonWidget } from './comparisonWidget';
import { CurveStrip } from './curveStrip';
import { DifferenceTable } from './differenceTable';
import { ParallelAxes } from './parallelAxes';
import { reportSections } from './reportSections';
import { ScatterPlot } from './scatterPlot';

interface IComparisonProps {
  readonly model: ComparisonModel;
  readonly around: IRunSurroundings;
}

type Part = 'facts' | 'curves' | 'parallel' | 'scatter';

/** Fill a comparison's widget. */
export function fillComparison(widget: ComparisonWidget, around: IRunSurroundings): void {
  if (!widget.isDisposed) {
    const view = ReactWidget.create(<Comparison model={widget.model} around={around} />);
    view.addClass('mlops-RunView-host');
    widget.content.addWidget(view);
  }
}

/** See the module. */
export function Comparison({ model, around }: IComparisonProps): JSX.Element {
  const { trans } = around;
  const [chosen, setPart] = useState<Part | null>(null);
  useSignal(model.changed);
  const { comparison, problem } = model;
  if (!comparison) {
    return (
      <div className="mlops-RunView-absent" role={problem ? 'alert' : 'status'}>
        <p>{problem || trans.__('Comparing the runs…')}</p>
        {problem && (
          <button className="jp-mod-styled" onClick={() => void model.refresh()}>
            {trans.__('Try again')}
          </button>
        )}
      </div>
    );
  }
  const words: Readonly<Record<Part, string>> = {
    facts: trans.__('Facts'),
    curves: trans.__('Curves'),
    parallel: trans.__('Parallel axes'),
    scatter: trans.__('Scatter')
  };
  const parts = partsOf(comparison.runs.length);
  const part = chosen ?? parts[0] ?? 'facts';
  return (
    <div className="mlops-Comparison">
      {problem && (
        <p role="alert" className="mlops-Notice">
          {problem}
        </p>
      )}
      <Tabs
        id={model.curves.group}
        label={trans.__('Parts of the comparison')}
        tabs={parts.map(id => ({ id, word: words[id] }))}
        active={part}
        onSelect={setPart}
      >
        <Shown part={part} model={model} around={around} onPart={setPart} />
      </Tabs>
    </div>
  );
}

/** Few runs are read in a table; of many one first wants a picture. */
function partsOf(count: number): readonly Part[] {
  const few: readonly Part[] = ['facts', 'curves'];
  const many: readonly Part[] = ['parallel', 'scatter'];
  return count > FEW_RUNS ? [...many, ...few] : [...few, ...many];
}

interface IShownProps extends IComparisonProps {
  readonly part: Part;
  readonly onPart: (part: Part) => void;
}

function Shown({ part, model, around, onPart }: IShownProps): JSX.Element | null {
  const { trans, commands } = around;
  const { comparison, curves } = model;
  const runs = useMemo(() => comparison?.runs ?? [], [comparison]);
  const axes = useMemo(() => comparisonAxes(runs), [runs]);
  const places = useMemo(
    () => runs.map(run => curves.runs.find(each => each.runId === run.run_id)?.place ?? 0),
    [runs, curves.version]
  );
  const open = openWith(commands);
  switch (part) {
    case 'facts':
      return (
        <Facts model={model} around={around} places={places} open={open} onAll={() => onPart('curves')} />
      );
    case 'curves':
      return <CurvesView model={curves} trans={trans} />;
    case 'parallel':
      return <ParallelAxes runs={runs} places={places} axes={axes} open={open} trans={trans} />;
    case 'scatter':
      return <ScatterPlot runs={runs} places={places} axes={axes} open={open} trans={trans} />;
  }
}

function openWith(commands: CommandRegistry): (runId: string) => void {
  return runId => void commands.execute(CommandIDs.openRun, { runIds: [runId] });
}

interface IFactsProps extends IComparisonProps {
  readonly places: readonly number[];
  readonly open: (runId: string) => void;
  /** Show all curves. */
  readonly onAll: () => void;
}

function Facts({ model, around, places, open, onAll }: IFactsProps): JSX.Element {
  const { trans } = around;
  const { comparison, codeDiffers, onlyDifferences } = model;
  const runs = comparison?.runs ?? [];
  const words: Readonly<Record<Section, string>> = {
    metrics: trans.__('Metrics'),
    params: trans.__('Parameters'),
    data: trans.__('Data'),
    packages: trans.__('Packages'),
    environment: trans.__('Environment'),
    system: trans.__('System')
  };
  const facts = SECTIONS.map(id => ({ id, word: words[id], rows: model.rows(id), same: model.same(id) }));
  // How well a model does, and for whom, stands together.
  const reports = reportSections(comparison?.reports ?? [], onlyDifferences, trans);
  return (
    <div className="mlops-Comparison-facts">
      <label className="mlops-check">
        <input
          type="checkbox"
          checked={onlyDifferences}
          onChange={event => model.setOnlyDifferences(event.target.checked)}
        />
        {trans.__('Only differences')}
      </label>
      <DifferenceTable
        runs={runs}
        places={places}
        sections={[...facts.slice(0, 1), ...reports, ...facts.slice(1)]}
        onlyDifferences={onlyDifferences}
        above={
          <CurveStrip
            model={model.curves}
            main={runs.map(run => run.main_metric)}
            onAll={onAll}
            trans={trans}
          />
        }
        code={
          codeDiffers || !onlyDifferences ? (
            <CodeDiff runs={runs} cells={comparison?.cells ?? []} around={around} />
          ) : null
        }
        onOpen={open}
        onRemove={model.runIds.length > 2 ? runId => model.remove(runId) : null}
        trans={trans}
      />
    </div>
  );
}

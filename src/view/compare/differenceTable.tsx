/** Facts as rows, runs as columns. What is not the same for all stands out, and the best of each metric is marked. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { CSSProperties, ReactNode } from 'react';

import { IDifference, IRunSummary } from '../../api/types';
import { Section } from '../../model/comparison';
import { bestColumns, isLessBetter } from '../../model/comparisonFacts';
import { formatFigure, toNumber } from '../../model/format';
import { isOurs, runName } from '../../model/runs';
import { CutName } from '../cutName';
import { runColour, runDash } from '../run/colours';
import { StateMark } from '../stateMark';
import type { IReportSection } from './reportSections';

const LONG = 60;

interface ISection {
  readonly id: Section | IReportSection['id'];
  readonly word: string;
  readonly rows: readonly IDifference[];
  readonly same: number;
  /** What a reader should know before the rows. */
  readonly notes?: readonly string[];
}

interface ITableProps {
  readonly runs: readonly IRunSummary[];
  readonly places: readonly number[];
  readonly sections: readonly ISection[];
  readonly onlyDifferences: boolean;
  /** What stands over the table and scrolls with it. */
  readonly above?: ReactNode;
  /** The difference of the cells, behind the parameters; null when they are the same. */
  readonly code: ReactNode;
  readonly onOpen: (runId: string) => void;
  readonly onRemove: ((runId: string) => void) | null;
  readonly trans: TranslationBundle;
}

/** See the module. */
export function DifferenceTable(props: ITableProps): JSX.Element {
  const { runs, sections, onlyDifferences, above, trans } = props;
  return (
    <div
      className="mlops-DifferenceTable-scroll"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Facts of the runs')}
    >
      <div className="mlops-DifferenceTable-wide">{above}</div>
      <table
        className="mlops-DifferenceTable"
        style={{ '--mlops-runs': runs.length } as CSSProperties}
        aria-label={onlyDifferences ? trans.__('Facts that differ') : trans.__('All facts')}
      >
        <thead>
          <tr>
            <th scope="col">
              <span className="mlops-visuallyHidden">{trans.__('Fact')}</span>
            </th>
            {runs.map((run, index) => (
              <RunHead key={run.run_id} {...props} run={run} place={props.places[index] ?? 0} />
            ))}
            <td className="mlops-DifferenceTable-rest" />
          </tr>
        </thead>
        {sections.map(section => (
          <React.Fragment key={section.id}>
            {section.rows.length + section.same + (section.notes?.length ?? 0) > 0 && (
              <SectionRows {...props} section={section} />
            )}
            {section.id === 'params' && runs.some(isOurs) && <CodeRows {...props} />}
          </React.Fragment>
        ))}
      </table>
    </div>
  );
}

function RunHead(props: ITableProps & { readonly run: IRunSummary; readonly place: number }): JSX.Element {
  const { run, place, onOpen, onRemove, trans } = props;
  const name = runName(run);
  return (
    <th
      scope="col"
      className="mlops-DifferenceTable-run"
      style={{ borderTopColor: runColour(place), borderTopStyle: runDash(place) ? 'dashed' : 'solid' }}
    >
      <StateMark status={run.status} trans={trans} />
      <button
        className="mlops-linkButton"
        title={`${name}\n${run.run_id}`}
        onClick={() => onOpen(run.run_id)}
      >
        <CutName name={name} />
      </button>
      {onRemove && (
        <button
          className="mlops-linkButton"
          aria-label={trans.__('Compare without %1', name)}
          title={trans.__('Compare without %1', name)}
          onClick={() => onRemove(run.run_id)}
        >
          ✕
        </button>
      )}
    </th>
  );
}

function SectionRows(props: ITableProps & { readonly section: ISection }): JSX.Element {
  const { section, runs, onlyDifferences, trans } = props;
  const hidden = onlyDifferences ? section.same : 0;
  return (
    <tbody>
      <tr className="mlops-DifferenceTable-section">
        <th scope="rowgroup" colSpan={runs.length + 1}>
          {section.word}
          {hidden > 0 && (
            <span className="mlops-quiet">
              {section.rows.length
                ? trans._n('%1 more is the same', '%1 more are the same', hidden)
                : trans._n('%1 is the same', '%1 are the same', hidden)}
            </span>
          )}
        </th>
      </tr>
      {section.notes?.map(note => (
        <tr key={note}>
          <td colSpan={runs.length + 1} className="mlops-DifferenceTable-note">
            {note}
          </td>
        </tr>
      ))}
      {section.rows.map(row => (
        <Row
          key={row.key}
          row={row}
          isMetric={section.id === 'metrics' || section.id === 'system'}
          hasBest={section.id === 'metrics'}
          trans={trans}
        />
      ))}
    </tbody>
  );
}

function CodeRows({ runs, code, trans }: ITableProps): JSX.Element {
  return (
    <tbody>
      <tr className="mlops-DifferenceTable-section">
        <th scope="rowgroup" colSpan={runs.length + 1}>
          {trans.__('Code')}
          {!code && <span className="mlops-quiet">{trans.__('the cells are the same')}</span>}
        </th>
      </tr>
      {code && (
        <tr>
          <td className="mlops-DifferenceTable-code" colSpan={runs.length + 2}>
            <div className="mlops-DifferenceTable-wide">{code}</div>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Row(props: {
  readonly row: IDifference;
  /** Whether its values are figures, which are shortened. */
  readonly isMetric: boolean;
  readonly hasBest: boolean;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { row, isMetric, hasBest, trans } = props;
  const best = hasBest ? bestColumns(row) : [];
  const why = isLessBetter(row.key) ? trans.__('the lowest of these') : trans.__('the highest of these');
  const areFigures = row.values.every(value => value === '' || isFigure(value));
  return (
    <tr className={row.differs ? 'mlops-mod-differs' : undefined}>
      <th scope="row" title={row.key}>
        <bdi>{row.key}</bdi>
      </th>
      {row.values.map((value, index) => (
        <td key={index} className={areFigures || isFigure(value) ? 'mlops-Figure' : undefined} title={value}>
          {value === '' ? (
            <span className="mlops-quiet" aria-label={trans.__('none')}>
              –
            </span>
          ) : (
            <bdi>{isMetric ? formatFigure(value) : shortened(value)}</bdi>
          )}
          {best.includes(index) && (
            <span className="mlops-Best" title={why}>
              ★<span className="mlops-visuallyHidden">{why}</span>
            </span>
          )}
        </td>
      ))}
    </tr>
  );
}

/** What a report says behind a figure. */
const INTERVAL = /( \[.*\])?( \(.*\))?$/;

function isFigure(value: string): boolean {
  const bare = value.replace(INTERVAL, '');
  return bare.trim() !== '' && !Number.isNaN(toNumber(bare));
}

function shortened(value: string): string {
  return value.length > LONG ? `${value.slice(0, LONG)}…` : value;
}

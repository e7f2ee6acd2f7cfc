/** The cells of two of the runs as a difference, in JupyterLab's own editor. */

import { MergeView } from '@codemirror/merge';
import { EditorState, Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { jupyterTheme } from '@jupyterlab/codemirror';
import React, { useEffect, useRef, useState } from 'react';

import { IRunSummary } from '../../api/types';
import { runName } from '../../model/runs';
import { Choice } from '../run/choice';
import { IRunSurroundings } from '../run/surroundings';

interface ICodeDiffProps {
  readonly runs: readonly IRunSummary[];
  /** The cell of each run. */
  readonly cells: readonly string[];
  readonly around: IRunSurroundings;
}

/** See the module. */
export function CodeDiff({ runs, cells, around }: ICodeDiffProps): JSX.Element {
  const { trans } = around;
  const [left, setLeft] = useState(0);
  const [right, setRight] = useState(() => otherCell(cells));
  const isSame = cells[left] === cells[right];
  return (
    <div className="mlops-CodeDiff">
      <div className="mlops-CodeDiff-bar">
        <RunChoice runs={runs} value={left} onChange={setLeft} label={trans.__('On the left')} />
        <RunChoice runs={runs} value={right} onChange={setRight} label={trans.__('On the right')} />
        {isSame && (
          <span className="mlops-quiet" role="status">
            {trans.__('These cells are the same.')}
          </span>
        )}
      </div>
      <Merge
        left={(cells[left] ?? '').trimEnd()}
        right={(cells[right] ?? '').trimEnd()}
        label={trans.__('Difference of the two cells')}
        around={around}
      />
    </div>
  );
}

/** Return the first cell that is not like the first one. */
function otherCell(cells: readonly string[]): number {
  const other = cells.findIndex(cell => cell !== cells[0]);
  return other < 0 ? Math.min(1, cells.length - 1) : other;
}

function RunChoice(props: {
  readonly runs: readonly IRunSummary[];
  readonly value: number;
  readonly onChange: (index: number) => void;
  readonly label: string;
}): JSX.Element {
  return (
    <Choice
      label={props.label}
      value={String(props.value)}
      options={props.runs.map((run, index) => ({
        value: String(index),
        label: `${runName(run)} (${run.run_id.slice(0, 8)})`
      }))}
      onChange={index => props.onChange(Number(index))}
    />
  );
}

function Merge(props: {
  readonly left: string;
  readonly right: string;
  readonly label: string;
  readonly around: IRunSurroundings;
}): JSX.Element {
  const { left, right, label, around } = props;
  const host = useRef<HTMLDivElement>(null);
  const { languages } = around;
  useEffect(() => {
    let view: MergeView | null = null;
    let isWanted = true;
    void languages.getLanguage('ipython').then(language => {
      if (isWanted && host.current) {
        const extensions: Extension[] = [
          jupyterTheme,
          lineNumbers(),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          ...(language?.support ? [language.support] : [])
        ];
        view = new MergeView({
          a: { doc: left, extensions },
          b: { doc: right, extensions },
          parent: host.current,
          collapseUnchanged: { margin: 3, minSize: 6 }
        });
      }
    });
    return () => {
      isWanted = false;
      view?.destroy();
    };
  }, [left, right, label, languages]);
  return <div ref={host} className="mlops-CodeDiff-editors jp-Editor" />;
}

/** How a run has failed, or where it was stopped: the exception, the line of the cell, and the traceback folded below. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useMemo } from 'react';

import { RunViewModel } from '../../model/runView';
import { TerminalText } from '../../model/terminalText';
import { LogText } from '../logLines';

const MOST_LINES = 500;

/** See the module. */
export function RunError(props: {
  readonly error: Readonly<Record<string, string>>;
  /** Whether somebody has stopped the run: then the line tells where it was, and nothing is wrong. */
  readonly isStopped: boolean;
  readonly model: RunViewModel;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { error, isStopped, model, trans } = props;
  return (
    <div
      className={isStopped ? 'mlops-RunError mlops-mod-stopped' : 'mlops-RunError'}
      role={isStopped ? 'note' : 'alert'}
    >
      <p className="mlops-RunError-message">
        {isStopped ? (
          trans.__('Stopped here')
        ) : (
          <>
            <strong>
              <bdi>{error.type}</bdi>
            </strong>
            {error.message && (
              <>
                {': '}
                <bdi>{error.message}</bdi>
              </>
            )}
          </>
        )}
      </p>
      {error.line && (
        <p className="mlops-RunError-line">
          <button className="mlops-linkButton" onClick={() => model.setTab('code')}>
            {trans.__('Line %1 of the cell', error.line)}
          </button>
          {error.source && <code>{error.source.trim()}</code>}
        </p>
      )}
      {error.traceback && (
        <details>
          <summary>{trans.__('Traceback')}</summary>
          <Traceback text={error.traceback} />
        </details>
      )}
    </div>
  );
}

function Traceback({ text }: { readonly text: string }): JSX.Element {
  const lines = useMemo(() => {
    const terminal = new TerminalText(MOST_LINES);
    terminal.write(new TextEncoder().encode(text));
    return terminal.lines;
  }, [text]);
  return (
    <div className="mlops-RunError-traceback mlops-Log jp-RenderedText">
      <LogText lines={lines} />
    </div>
  );
}

/** The cell, the cells that it depends on folded above it, and what was not committed. */

import React from 'react';

import { CodeBlock } from './codeBlock';
import type { ITabProps } from './runView';

const PYTHON = 'text/x-ipython';
const DIFF = 'text/x-diff';

/** See the module. */
export function CodeTab({ model, around }: ITabProps): JSX.Element | null {
  const { detail } = model;
  const { trans, editors } = around;
  if (!detail) {
    return null;
  }
  const cells = detail.upstream_cells;
  const line = Number(detail.error?.line);
  return (
    <div className="mlops-CodeTab">
      {cells.length > 0 && (
        <details>
          <summary>
            {trans._n('%1 cell above that it depends on', '%1 cells above that it depends on', cells.length)}
          </summary>
          {cells.map((cell, index) => (
            <CodeBlock
              key={index}
              text={cell.trimEnd()}
              mimeType={PYTHON}
              label={trans.__('Cell %1 above', index + 1)}
              editors={editors}
            />
          ))}
        </details>
      )}
      {detail.cell && (
        <CodeBlock
          text={detail.cell.trimEnd()}
          mimeType={PYTHON}
          label={trans.__('The cell')}
          editors={editors}
          line={Number.isInteger(line) && line > 0 ? line : undefined}
        />
      )}
      {detail.git?.patch && (
        <details>
          <summary>{trans.__('What was not committed')}</summary>
          <CodeBlock
            text={detail.git.patch}
            mimeType={DIFF}
            label={trans.__('What was not committed')}
            editors={editors}
            hasNumbers={false}
          />
        </details>
      )}
    </div>
  );
}

/** Which colour is which run, as a list of buttons: what the mouse can do in a picture, the keyboard does here. */

import React from 'react';

import { runName } from '../../model/runs';
import { CutName } from '../cutName';
import { runSwatch } from '../run/colours';
import type { IPictureProps } from './parallelAxes';

/** See the module. */
export function RunKey(
  props: IPictureProps & { readonly over: number | null; readonly onOver: (index: number | null) => void }
): JSX.Element {
  const { runs, places, over, onOver, open, trans } = props;
  return (
    <ul className="mlops-RunKey" aria-label={trans.__('Runs')}>
      {runs.map((run, index) => (
        <li key={run.run_id} className={over === index ? 'mlops-mod-over' : undefined}>
          <button
            className="mlops-plainButton"
            title={trans.__('Open %1', runName(run))}
            onMouseEnter={() => onOver(index)}
            onMouseLeave={() => onOver(null)}
            onFocus={() => onOver(index)}
            onBlur={() => onOver(null)}
            onClick={() => open(run.run_id)}
          >
            <span className="mlops-Swatch" style={{ background: runSwatch(places[index] ?? 0) }} />
            <CutName name={runName(run)} />
          </button>
        </li>
      ))}
    </ul>
  );
}

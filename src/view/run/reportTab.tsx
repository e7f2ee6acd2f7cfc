/** A report that the run keeps, drawn as in a cell. */

import React, { useEffect, useRef, useState } from 'react';

import { request } from '../../api/request';
import { ReportKind, reportPath, reportState } from '../../model/reports';
import { show as showExplanation } from '../../widgets/explanation';
import { show as showFairness } from '../../widgets/fairness';
import { IShownReport } from '../../widgets/report/host';
import { ModelFiles } from '../../model/modelFile';
import { show as showOnnx } from '../onnx/onnxCard';
import type { ITabProps } from './runView';

/** The whole report, with all groups, which a notebook would be too small for. */
const LARGEST = 20_000_000;

const SHOW = { fairness: showFairness, explanation: showExplanation, onnx: showOnnx };

/** See the module. */
export function ReportTab({ model, around, kind }: ITabProps & { readonly kind: ReportKind }): JSX.Element {
  const { trans } = around;
  const place = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState('');
  const { runId } = model;
  const { api } = model.manager;
  const state = reportState([model.summary, model.detail?.summary], kind);
  useEffect(() => {
    const abort = new AbortController();
    let shown: IShownReport | null = null;
    const read = async (): Promise<void> => {
      const url = api.artifactUrl(runId, reportPath(kind));
      const response = await request(api.settings, url, { signal: abort.signal });
      const data: unknown = await response.json();
      if (place.current && !abort.signal.aborted) {
        const files = new ModelFiles({ settings: api.settings, trans });
        shown = SHOW[kind](place.current, data, { words: trans, largest: LARGEST, files });
      }
    };
    setProblem('');
    read().catch((error: Error) => !abort.signal.aborted && setProblem(error.message));
    return () => {
      abort.abort();
      shown?.dispose();
    };
  }, [api, runId, kind, state, trans]);
  return (
    <div className="mlops-ReportTab">
      {problem && <p role="alert">{trans.__('The report cannot be read: %1', problem)}</p>}
      <div ref={place} />
    </div>
  );
}

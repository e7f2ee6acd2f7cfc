/** A TensorBoard's frame, and what stands in its place before it listens and when it cannot. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { TensorBoardModel } from '../../model/tensorBoard';
import { useSignal } from '../hooks';

/** What TensorBoard needs; leading the whole page elsewhere is not among it. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads';

interface ITensorBoardViewProps {
  readonly model: TensorBoardModel;
  /** Make a URL of a path below the server's base URL. */
  readonly urlOf: (path: string) => string;
  readonly trans: TranslationBundle;
}

/** See the module. */
export function TensorBoardView({ model, urlOf, trans }: ITensorBoardViewProps): JSX.Element {
  useSignal(model.changed);
  if (model.problem) {
    return (
      <div className="mlops-TensorBoard-message" role="alert">
        <p>{model.problem}</p>
        <button className="jp-mod-styled jp-mod-accept" onClick={() => void model.open()}>
          {trans.__('Try Again')}
        </button>
      </div>
    );
  }
  if (model.url === null) {
    return (
      <div className="mlops-TensorBoard-message" role="status">
        <p>{trans.__('Starting TensorBoard…')}</p>
      </div>
    );
  }
  return <Frame title={trans.__('TensorBoard: %1', model.label)} url={urlOf(model.url)} />;
}

function Frame({ title, url }: { readonly title: string; readonly url: string }): JSX.Element {
  // Of the moment at which it is drawn: another address would load it anew. A choice that is made in it counts more.
  const [isDark] = useState(() => document.body.dataset.jpThemeLight === 'false');
  return (
    <iframe
      className="mlops-TensorBoard-frame"
      title={title}
      src={`${url}?darkMode=${isDark}`}
      sandbox={SANDBOX}
    />
  );
}

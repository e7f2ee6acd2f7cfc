/** The section of the sidebar that lists the endpoints: closed at first, its count beside its name. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React, { useId, useState } from 'react';

import { IEndpoint } from '../../api/types';
import { EndpointsModel } from '../../model/endpoints';
import { problemText } from '../../model/problemText';
import { useSignal } from '../hooks';
import { EndpointState, endpointPace, endpointPaceBriefly } from './endpointState';

interface ISectionProps {
  readonly model: EndpointsModel;
  readonly trans: TranslationBundle;
  /** Show one in a tab. */
  readonly onOpen: (name: string) => void;
}

/** See the module. */
export class EndpointsSection extends ReactWidget {
  /** Look at the endpoints while the sidebar is seen. */
  constructor(private readonly _props: ISectionProps) {
    super();
    this.addClass('mlops-FooterSection');
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return <Endpoints {...this._props} />;
  }

  /** Begin to look. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._leave ??= this._props.model.look();
  }

  /** Begin to look, when it is attached where it can be seen. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._leave ??= this._props.model.look();
    }
  }

  /** Look no more. */
  protected override onBeforeHide(message: Message): void {
    this._end();
    super.onBeforeHide(message);
  }

  /** Look no more. */
  protected override onBeforeDetach(message: Message): void {
    this._end();
    super.onBeforeDetach(message);
  }

  private _end(): void {
    this._leave?.();
    this._leave = null;
  }

  private _leave: (() => void) | null = null;
}

/** The section's content. */
export function Endpoints({ model, trans, onOpen }: ISectionProps): JSX.Element {
  useSignal(model.changed);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const { endpoints } = model;
  return (
    <section aria-label={trans.__('Endpoints')}>
      <h3 className="mlops-FooterSection-title">
        <button
          className="mlops-FooterSection-toggle"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <Caret.react tag="span" aria-hidden="true" />
          {trans.__('Endpoints')}
          <span className="mlops-FooterSection-count">{model.isReady ? endpoints.length : ''}</span>
        </button>
      </h3>
      <div id={id} hidden={!isOpen} className="mlops-FooterSection-body">
        {model.problem !== null && (
          <div className="mlops-Notice mlops-mod-error" role="status">
            <bdi>{problemText(model.problem, trans)}</bdi>{' '}
            <button className="mlops-linkButton" onClick={() => void model.refresh()}>
              {trans.__('Try again')}
            </button>
          </div>
        )}
        {endpoints.length > 0 ? (
          <ul className="mlops-Endpoints">
            {endpoints.map(each => (
              <Row key={`${each.home_id}/${each.name}`} endpoint={each} trans={trans} onOpen={onOpen} />
            ))}
          </ul>
        ) : (
          <Nothing model={model} trans={trans} />
        )}
      </div>
    </section>
  );
}

function Row(props: {
  readonly endpoint: IEndpoint;
  readonly trans: TranslationBundle;
  readonly onOpen: (name: string) => void;
}): JSX.Element {
  const { endpoint, trans, onOpen } = props;
  return (
    <li>
      <button
        className="mlops-Endpoints-row"
        title={endpointPace(endpoint.figures, trans)}
        onClick={() => onOpen(endpoint.name)}
      >
        <EndpointState state={endpoint.state} trans={trans} />
        <bdi className="mlops-Endpoints-name">{endpoint.name}</bdi>
        <span className="mlops-Endpoints-version">{trans.__('v%1', endpoint.current)}</span>
        <span className="mlops-Endpoints-pace">{endpointPaceBriefly(endpoint.figures, trans)}</span>
      </button>
    </li>
  );
}

function Nothing(props: { readonly model: EndpointsModel; readonly trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  if (!model.isReady) {
    return <p className="mlops-FooterSection-empty">{model.problem === null && trans.__('Loading…')}</p>;
  }
  return (
    <p className="mlops-FooterSection-empty">
      {trans.__('No endpoints yet. In a notebook:')} <code>%deploy best --to local -n NAME</code>
    </p>
  );
}
